"""Whether an answer is what the contract promises."""

import json
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator

from ops.container.service import Invocation

Json = dict[str, Any]

_DOCUMENTS: Final = Path("docs/openapi")


def faults(contract: str, event: Json, invocation: Invocation) -> list[str]:
    """What is wrong with an endpoint's answer to its example event; empty if nothing is."""
    answer = invocation.answer
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return [f"failed: {_failure(answer)}", *_trespasses(invocation)]
    return [*_contract_faults(contract, event, answer), *_trespasses(invocation)]


def authorizer_faults(contract: str, invocation: Invocation) -> list[str]:
    """What is wrong with the authorizer's answer to a good credential."""
    answer = invocation.answer
    if not isinstance(answer, dict) or "policyDocument" not in answer:
        return [f"failed: {_failure(answer)}", *_trespasses(invocation)]
    effect = answer["policyDocument"]["Statement"][0]["Effect"]
    named = answer.get("context", {}).get("contract")
    found = [] if (effect, named) == ("Allow", contract) else [f"{effect} for {named}"]
    return [*found, *_trespasses(invocation)]


def _contract_faults(contract: str, event: Json, answer: Json) -> list[str]:
    """Where status and body differ from the OpenAPI document of the contract."""
    document: Json = json.loads((_DOCUMENTS / f"{contract}.json").read_text("utf-8"))
    resource, method = event["resource"], event["httpMethod"].lower()
    responses = document["paths"][resource][method]["responses"]
    status = str(answer["statusCode"])
    if not status.startswith("2") or status not in responses:
        return [f"status {status}: {answer.get('body')}"]
    escaped = resource.replace("~", "~0").replace("/", "~1")
    place = f"#/paths/{escaped}/{method}/responses/{status}/content/application~1json/schema"
    validator = Draft202012Validator({**document, "$ref": place})
    return [
        f"{error.json_path}: {error.message}"
        for error in validator.iter_errors(json.loads(answer["body"]))
    ]


def _trespasses(invocation: Invocation) -> list[str]:
    return [
        *(f"imported {path}" for path in invocation.strays),
        *(f"wrote {path}" for path in invocation.written),
    ]


def _failure(answer: object) -> str:
    if isinstance(answer, dict) and "errorType" in answer:
        return f"{answer['errorType']}: {answer.get('errorMessage')}"
    return repr(answer)

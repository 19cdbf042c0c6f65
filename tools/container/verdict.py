"""Whether an answer is what the contract promises."""

import json
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator

from tools.container.service import Invocation

Json = dict[str, Any]

_DOCUMENTS: Final = Path("docs/openapi")


def endpoint_faults(contract: str, event: Json, answer: object) -> list[str]:
    """Where an endpoint's answer to its example differs from the contract's OpenAPI document."""
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return [f"failed: {_failure(answer)}"]
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


def authorizer_faults(contract: str, answer: object) -> list[str]:
    """What is wrong with the authorizer's answer to a good credential."""
    if not isinstance(answer, dict) or "policyDocument" not in answer:
        return [f"failed: {_failure(answer)}"]
    effect = answer["policyDocument"]["Statement"][0]["Effect"]
    named = answer.get("context", {}).get("contract")
    return [] if (effect, named) == ("Allow", contract) else [f"{effect} for {named}"]


def trespasses(invocation: Invocation) -> list[str]:
    """What a function took from outside the deployment, and what it wrote where AWS forbids it."""
    return [
        *(f"imported {package}" for package in invocation.strays),
        *(f"wrote {path}" for path in invocation.written),
    ]


def _failure(answer: object) -> str:
    if isinstance(answer, dict) and "errorType" in answer:
        return f"{answer['errorType']}: {answer.get('errorMessage')}"
    return repr(answer)

"""Whether a response is as the contract promises."""

import json
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator

from tools.container.service import Invocation

Json = dict[str, Any]

_DOCUMENTS: Final = Path("docs/openapi")


def endpoint_faults(contract: str, event: Json, response: object) -> list[str]:
    """The faults of an endpoint's response to its example, by the contract's OpenAPI document."""
    if not isinstance(response, dict) or "statusCode" not in response:
        return [f"failed: {_failure(response)}"]
    document: Json = json.loads((_DOCUMENTS / f"{contract}.json").read_text("utf-8"))
    resource, method = event["resource"], event["httpMethod"].lower()
    responses = document["paths"][resource][method]["responses"]
    status = str(response["statusCode"])
    if not status.startswith("2") or status not in responses:
        return [f"status {status}: {response.get('body')}"]
    escaped = resource.replace("~", "~0").replace("/", "~1")
    place = f"#/paths/{escaped}/{method}/responses/{status}/content/application~1json/schema"
    validator = Draft202012Validator({**document, "$ref": place})
    return [
        f"{error.json_path}: {error.message}"
        for error in validator.iter_errors(json.loads(response["body"]))
    ]


def authorizer_faults(contract: str, response: object) -> list[str]:
    """The faults of the authorizer's response to a good credential."""
    if not isinstance(response, dict) or "policyDocument" not in response:
        return [f"failed: {_failure(response)}"]
    effect = response["policyDocument"]["Statement"][0]["Effect"]
    named = response.get("context", {}).get("contract")
    return [] if (effect, named) == ("Allow", contract) else [f"{effect} for {named}"]


def projection_faults(response: object) -> list[str]:
    """The faults of a function on a stream or a queue, which took a batch.

    On the change stream it returns nothing then, and on a queue that no message failed.
    """
    return (
        [] if response in (None, {"batchItemFailures": []}) else [f"failed: {_failure(response)}"]
    )


def trespasses(invocation: Invocation) -> list[str]:
    """A function's imports from outside the deployment, and its writes where AWS forbids them."""
    return [
        *(f"imported {package}" for package in invocation.strays),
        *(f"wrote {path}" for path in invocation.written),
    ]


def _failure(response: object) -> str:
    if isinstance(response, dict) and "errorType" in response:
        return f"{response['errorType']}: {response.get('errorMessage')}"
    return repr(response)

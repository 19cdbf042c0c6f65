"""Errors that API Gateway answers itself, as template.yaml has them."""

import json
from dataclasses import dataclass
from typing import Any, Final

from registry.domain.workspace import Contract
from tools.template import apis

Json = dict[str, Any]

# Where no operation is reached, and where only one with a body answers so.
_WITHOUT_ROUTE: Final = frozenset({"MISSING_AUTHENTICATION_TOKEN", "RESOURCE_NOT_FOUND"})
_OF_BODIES: Final = frozenset({"BAD_REQUEST_BODY", "REQUEST_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"})
_OF_CREDENTIALS: Final = frozenset(
    {
        "ACCESS_DENIED",
        "AUTHORIZER_CONFIGURATION_ERROR",
        "AUTHORIZER_FAILURE",
        "EXPIRED_TOKEN",
        "INVALID_API_KEY",
        "INVALID_SIGNATURE",
        "QUOTA_EXCEEDED",
        "UNAUTHORIZED",
    },
)


@dataclass(frozen=True, slots=True)
class GatewayAnswer:
    """A gateway response.

    Attributes:
        name: the response type, such as `throttled`.
        headers: names of the headers it has.
    """

    name: str
    status: int
    body: Json
    headers: tuple[str, ...]


def gateway_answers(contract: Contract, *, public: bool, body: bool) -> list[GatewayAnswer]:
    """What the gateway may answer in place of an operation, by the contract's API."""
    out = _WITHOUT_ROUTE
    if public:
        out |= _OF_CREDENTIALS
    if not body:
        out |= _OF_BODIES
    _, api = apis()[contract]
    return [
        _answer(name, response)
        for name, response in api["GatewayResponses"].items()
        if name not in out
    ]


def _answer(name: str, response: Json) -> GatewayAnswer:
    headers = response.get("ResponseParameters", {}).get("Headers", {})
    template = response["ResponseTemplates"]["application/json"]
    body = json.loads(template)
    return GatewayAnswer(name.lower(), response["StatusCode"], body, tuple(headers))

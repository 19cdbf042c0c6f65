"""What a caller proves itself with, per contract."""

from collections.abc import Iterable
from typing import Any, Final

from registry.domain.workspace import Contract
from registry.gateway.operation import Operation

Json = dict[str, Any]

_BEARER: Final = "bearer"
_API_KEY: Final = "apiKey"
_OAUTH: Final = "oauth"

_SCHEMES: Final[dict[Contract, dict[str, Json]]] = {
    Contract.PAYTRUM: {
        _BEARER: {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key: `ak_live_…`, or `ak_test_…` for test records.",
        },
    },
    Contract.ATHENTY: {
        _API_KEY: {
            "type": "apiKey",
            "in": "header",
            "name": "X-Api-Key",
            "description": "An API key: `ath_live_…`, or `ath_test_…` for test records.",
        },
        _BEARER: {
            "type": "http",
            "scheme": "bearer",
            "description": "The same key as a bearer token.",
        },
    },
    Contract.HOURSMITH: {
        _BEARER: {
            "type": "http",
            "scheme": "bearer",
            "description": "A personal access token: `hsk_live_…`, or `hsk_test_…` for test "
            "records.",
        },
    },
    Contract.ALTERNATIVE_PAYMENTS: {
        _OAUTH: {
            "type": "oauth2",
            "description": "An access token for a client id and its secret.",
            "flows": {"clientCredentials": {"tokenUrl": "/oauth/token"}},
        },
    },
}


def schemes(contract: Contract, operations: Iterable[Operation]) -> dict[str, Json]:
    """The security schemes of a contract; those of OAuth with the scopes its operations ask for."""
    declared = {name: dict(scheme) for name, scheme in _SCHEMES[contract].items()}
    scopes = sorted({scope for operation in operations for scope in operation.scopes})
    for scheme in declared.values():
        if scheme["type"] == "oauth2":
            flow = scheme["flows"]["clientCredentials"]
            described = {scope: _described(scope) for scope in scopes}
            scheme["flows"] = {"clientCredentials": {**flow, "scopes": described}}
    return declared


def requirements(operation: Operation) -> list[Json]:
    """The security requirement objects of an operation: one of its scopes, by one of the schemes.

    Beside OAuth, OpenAPI 3.1 takes the scopes as names of roles.
    """
    if operation.public:
        return []
    alternatives = [[scope] for scope in operation.scopes] or [[]]
    return [
        {scheme: scopes}
        for scheme in _SCHEMES[operation.dialect.contract]
        for scopes in alternatives
    ]


def _described(scope: str) -> str:
    noun, _, verb = scope.partition(":")
    return f"{verb.capitalize()} {noun}"

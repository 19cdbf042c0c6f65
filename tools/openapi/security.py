"""The security schemes of each contract."""

from collections.abc import Sequence
from typing import Any, Final

from registry.domain.credential import CREDENTIAL_RULES, ChecksummedToken
from registry.domain.workspace import CONTRACTS, Contract
from registry.gateway.operation import Operation

Json = dict[str, Any]

_BEARER: Final = "bearer"
_API_KEY: Final = "apiKey"
_OAUTH: Final = "oauth"


def schemes(contract: Contract, operations: Sequence[Operation]) -> dict[str, Json]:
    """The security schemes of a contract; those of OAuth with the scopes its operations ask for."""
    declared = {name: _scheme(name, contract, operations) for name in _names(contract)}
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
        {scheme: scopes} for scheme in _names(operation.dialect.contract) for scopes in alternatives
    ]


def _names(contract: Contract) -> tuple[str, ...]:
    """The names of a contract's schemes, the documented one first."""
    if CREDENTIAL_RULES[contract].client_secret is not None:
        return (_OAUTH,)
    headers = CONTRACTS[contract].headers
    return tuple(_BEARER if header == "Authorization" else _API_KEY for header in headers)


def _scheme(name: str, contract: Contract, operations: Sequence[Operation]) -> Json:
    """One scheme of a contract; one that is not the documented one takes the same credential."""
    profile = CONTRACTS[contract]
    if name == _OAUTH:
        token_url = next(operation.path for operation in operations if operation.public)
        return {
            "type": "oauth2",
            "description": f"{_with_article(profile.credential)} for a client id and its secret.",
            "flows": {"clientCredentials": {"tokenUrl": token_url}},
        }
    description = (
        f"{_with_article(profile.credential)}: {_forms(contract)} for test records."
        if name == _names(contract)[0]
        else "The same key as a bearer token."
    )
    if name == _BEARER:
        return {"type": "http", "scheme": "bearer", "description": description}
    return {
        "type": "apiKey",
        "in": "header",
        "name": profile.headers[0],
        "description": description,
    }


def _forms(contract: Contract) -> str:
    """How the credentials of both modes begin."""
    token = CREDENTIAL_RULES[contract].token
    if not isinstance(token, ChecksummedToken):
        raise TypeError(f"a token of {contract} does not tell its mode")
    return f"`{token.vendor}_live_…`, or `{token.vendor}_test_…`"


def _with_article(noun: str) -> str:
    """A noun with `A` or `An` before it, at the start of a sentence."""
    return f"{'An' if noun[0].lower() in 'aeiou' else 'A'} {noun}"


def _described(scope: str) -> str:
    """A scope in words: `Read customers` of `customers:read`."""
    noun, _, verb = scope.partition(":")
    return f"{verb.capitalize()} {noun}"

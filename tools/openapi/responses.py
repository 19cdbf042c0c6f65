"""The responses of an operation: its success, and every error that it or the gateway returns."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_type_hints

from registry.domain.errors import (
    BadRequest,
    Conflict,
    FieldError,
    Forbidden,
    IdempotencyInFlight,
    IdempotencyMismatch,
    Invalid,
    PayloadTooLarge,
    PlanRequired,
    PreconditionFailed,
    RaceLost,
    RegistryError,
    SubscriptionInactive,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    ValueTaken,
)
from registry.gateway.operation import IdempotencyKey, Operation
from registry.gateway.precondition import IF_MATCH_HEADER
from registry.gateway.request import IDEMPOTENCY_HEADER
from registry.gateway.response import EVERY_RESPONSE
from tools.generate.declarations import dialect
from tools.openapi.gateway import gateway_errors
from tools.openapi.schemas import Schemas

Json = dict[str, Any]

_ETAG: Json = {
    "description": "The version of the record.",
    "required": True,
    "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
}
_COUNT = {"type": "integer", "minimum": 0}
_HEADERS: dict[str, Json] = {
    "WWW-Authenticate": {
        "description": "How to authenticate.",
        "schema": {"const": "Bearer"},
    },
    "Retry-After": {
        "description": "Seconds to wait before trying again.",
        "schema": _COUNT,
    },
    "X-RateLimit-Limit": {
        "description": "Requests a second that the credential may send.",
        "schema": _COUNT,
    },
    "X-RateLimit-Remaining": {
        "description": "Requests left at this moment.",
        "schema": _COUNT,
    },
}


@dataclass(frozen=True, slots=True)
class _Error:
    """One error of an operation: the name of its example, its status, body and header names."""

    name: str
    status: int
    body: Json
    headers: tuple[str, ...]

    @property
    def code(self) -> str:
        """The contract's word for it: `code`, in some contracts within `error`, or a URN's end."""
        wrapped = self.body.get("error")
        body = wrapped if isinstance(wrapped, dict) else self.body
        return str(body["code"] if "code" in body else body["type"].rpartition(":")[2])


def success(operation: Operation, schemas: Schemas, links: Json) -> Json:
    """The response object of the success, with the examples of the contract's page."""
    content: Json = {"schema": schemas.response(operation.response_model)}
    examples = {
        f"example{number}": {"summary": example.title, "value": example.response}
        for number, example in enumerate(operation.examples, 1)
        if example.response is not None
    }
    if examples:
        content["examples"] = examples
    response: Json = {
        "description": operation.response_model.__doc__,
        "content": {"application/json": content},
    }
    headers = {}
    if operation.idempotency_key is not IdempotencyKey.IGNORED:
        headers[operation.dialect.replay_header] = {
            "description": "The response was recorded earlier, under the same idempotency key.",
            "schema": {"const": "true"},
        }
    if operation.etag:
        headers["ETag"] = _ETAG
    if headers:
        response["headers"] = headers
    if links:
        response["links"] = links
    return response


def errors(operation: Operation, schemas: Schemas) -> Json:
    """The response objects of all errors, by status."""
    own, of_gateway = (
        schemas.error(get_type_hints(spoken.envelope)["return"])
        for spoken in (operation.dialect, dialect(operation.dialect.contract))
    )
    # The gateway has one envelope for the whole API; that of a public operation can differ.
    schema = own if own == of_gateway else {"anyOf": [own, of_gateway]}
    by_status: dict[int, list[_Error]] = {}
    for error in (*_own(operation), *_of_gateway(operation)):
        by_status.setdefault(error.status, []).append(error)
    media_type = operation.dialect.error_type
    return {
        str(status): _response(by_status[status], schema, media_type)
        for status in sorted(by_status)
    }


def _response(same_status: list[_Error], schema: Json, media_type: str) -> Json:
    """The response object of all errors with the same status."""
    examples: Json = {}
    for error in same_status:
        if error.body not in [example["value"] for example in examples.values()]:
            examples[error.name] = {"value": error.body}
    codes = dict.fromkeys(error.code for error in same_status)
    response: Json = {
        "description": " or ".join(f"`{code}`" for code in codes),
        "content": {media_type: {"schema": schema, "examples": examples}},
    }
    # Headers of every response are described once, for the whole.
    names = dict.fromkeys(
        name for error in same_status for name in error.headers if name not in EVERY_RESPONSE
    )
    if names:
        response["headers"] = {
            name: {
                "description": _HEADERS[name]["description"],
                "required": all(name in error.headers for error in same_status),
                "schema": _HEADERS[name]["schema"],
            }
            for name in names
        }
    return response


def _own(operation: Operation) -> Iterator[_Error]:
    """The errors that the operation itself returns."""
    named = [
        *((_snake(kind.__name__), instance(kind, operation)) for kind in _kinds(operation)),
        *((name, Invalid(parameters=(error,))) for name, error in _parameter_errors(operation)),
    ]
    for name, error in named:
        response = operation.dialect.render(error)
        yield _Error(name, response.status, json.loads(response.body), tuple(response.headers))


def _of_gateway(operation: Operation) -> Iterator[_Error]:
    """The errors that API Gateway returns in place of the operation."""
    for response in gateway_errors(operation):
        yield _Error(response.name.lower(), response.status, response.json, tuple(response.headers))


def _kinds(operation: Operation) -> Iterator[type[RegistryError]]:
    """The errors that the operation can raise, by its declaration; see `registry.gateway`."""
    if not operation.public:
        yield from (Unauthenticated, SubscriptionInactive, PlanRequired)
        if operation.scopes:
            yield Forbidden
    if operation.body is not None:
        yield from (BadRequest, PayloadTooLarge, UnsupportedMediaType, Invalid)
    if operation.idempotency_key is not IdempotencyKey.IGNORED:
        yield from (IdempotencyMismatch, IdempotencyInFlight, RaceLost)
    if operation.if_match:
        yield PreconditionFailed
    yield from operation.errors
    yield from (Unavailable, RegistryError)


def _parameter_errors(operation: Operation) -> Iterator[tuple[str, FieldError]]:
    """The errors of parameters: a 400 in some contracts, and like those of fields in others."""
    yield "unknown_parameter", FieldError(("unknown",), "extra_forbidden")
    if operation.idempotency_key is not IdempotencyKey.IGNORED:
        yield "bad_idempotency_key", FieldError((IDEMPOTENCY_HEADER,), "idempotency_key")
    if operation.if_match:
        yield "bad_if_match", FieldError((IF_MATCH_HEADER,), "entity_tags")


def instance(kind: type[RegistryError], operation: Operation) -> RegistryError:
    """An error of a kind, as the operation could raise it; any that its contract has a code for."""
    fields = operation.body.model_fields if operation.body is not None else {}
    if issubclass(kind, BadRequest | Conflict):
        return kind(operation.dialect.code(kind).message)
    if issubclass(kind, Forbidden):
        return kind(next(iter(operation.scopes), ""))
    if issubclass(kind, ValueTaken):
        return kind("external_id" if "external_id" in fields else "email")
    if issubclass(kind, Invalid):
        name = next((field.alias or name for name, field in fields.items()), "unknown")
        return kind((FieldError((name,), "string_type", {"received": "number"}),))
    return kind()


def _snake(name: str) -> str:
    """A class name in snake case, as the name of an example."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()

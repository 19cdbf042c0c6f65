"""An API Gateway event, read: headers in any case, query, path, and a strictly parsed body."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from registry.domain import document
from registry.domain.errors import (
    BadRequest,
    FieldError,
    Invalid,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from registry.domain.idempotency import RETENTION, Idempotency, RecordedResponse
from registry.domain.identifiers import now
from registry.gateway.operation import IdempotencyKey, Operation
from registry.gateway.principal import Principal
from registry.gateway.response import Response

IDEMPOTENCY_HEADER = "Idempotency-Key"
MAX_BODY_BYTES = 256 * 1024

_JSON = re.compile(r"application/(?:[\w.!#$&^+-]+\+)?json\s*(?:;.*)?", re.IGNORECASE | re.DOTALL)
_FORM = re.compile(r"application/x-www-form-urlencoded\s*(?:;.*)?", re.IGNORECASE | re.DOTALL)
_KEY = re.compile(r"[\x20-\x7e]{1,255}")

Event = Mapping[str, Any]
# The body of an operation that reads none; there is nothing to accept.
NoBody = BaseModel
Body = TypeVar("Body", bound=BaseModel)
Query = TypeVar("Query", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Body(Generic[Body]):
    """A body that was read and not yet accepted.

    What a contract checks against a record it only has later is checked in the same breath as the
    fields themselves, so that every failing field is named at once.

    Attributes:
        given: the JSON object as it was sent.
    """

    given: Mapping[str, object]
    _model: Body | None
    _fields: tuple[FieldError, ...]
    _parameters: tuple[FieldError, ...]

    def accept(self, more: Iterable[FieldError] = ()) -> Body:
        """The body, when nothing is wrong with it; of several errors of a field the first counts.

        Raises:
            Invalid: with everything that is wrong, `more` included.
        """
        fields: dict[tuple[str, ...], FieldError] = {}
        for error in (*self._fields, *more):
            fields.setdefault(error.path, error)
        if self._model is None or fields or self._parameters:
            raise Invalid(tuple(fields.values()), self._parameters)
        return self._model


@dataclass(frozen=True, slots=True)
class Request(Generic[Body, Query]):
    """A request to one operation.

    Attributes:
        path: path parameters by name.
        query: accepted query parameters.
        body: the body, to be accepted.
        idempotency: the idempotency key in its scope, with what the request is; None without one.
        headers: by name in lower case.
    """

    path: Mapping[str, str]
    query: Query
    body: Body[Body]
    idempotency: Idempotency | None
    headers: Mapping[str, str]

    def remember(self, given: Response) -> RecordedResponse | None:
        """The memory of this request's answer; None where there is no key to remember it by."""
        if self.idempotency is None:
            return None
        return RecordedResponse(self.idempotency, given.status, given.body, now() + RETENTION)


def read_request(
    event: Event,
    operation: Operation,
    caller: Principal | None = None,
) -> Request[Any, Any]:
    """The request in an API Gateway proxy event; `caller` is None for a public operation.

    Raises:
        UnsupportedMediaType, PayloadTooLarge, BadRequest: the body cannot be read.
        Invalid: parameters of an operation without a body; those of an operation with one are
            raised when the body is accepted.
    """
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    path = event.get("pathParameters") or {}
    given = _body(event, headers, operation) if operation.body is not None else None
    query, parameters = _query(event, operation)
    key, key_errors = _key(headers, operation)
    parameters += key_errors
    if operation.body is None and parameters:
        raise Invalid((), parameters)
    idempotency = None
    if key is not None and caller is not None:
        route = f"{operation.method} {operation.path.format(**path)}"
        idempotency = Idempotency(
            f"{caller.workspace_id}#{caller.mode}#{caller.contract}#{key}",
            hashlib.sha256(f"{route}\n{document.canonical(given)}".encode()).hexdigest(),
        )
    return Request(path, query, _draft(given, operation, parameters), idempotency, headers)


def _body(event: Event, headers: Mapping[str, str], operation: Operation) -> dict[str, object]:
    sent = event.get("body") or ""
    try:
        raw = (
            base64.b64decode(sent, validate=True) if event.get("isBase64Encoded") else sent.encode()
        )
        if len(raw) > MAX_BODY_BYTES:
            raise PayloadTooLarge
        if not raw:
            raise BadRequest("The body is empty; it must be a JSON object.")
        content_type = headers.get("content-type", "application/json").strip()
        if operation.form and _FORM.fullmatch(content_type):
            return _form(raw.decode())
        if not _JSON.fullmatch(content_type):
            raise UnsupportedMediaType
        value = document.parse(raw.decode())
    except (UnicodeError, binascii.Error) as error:
        raise BadRequest("The body is not UTF-8 text.") from error
    except document.DocumentError as error:
        raise BadRequest(f"The body is not valid JSON: {error}.") from error
    if not isinstance(value, dict):
        raise BadRequest(f"The body must be a JSON object, not {document.type_name(value)}.")
    return value


def _form(text: str) -> dict[str, object]:
    pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
    members: dict[str, object] = dict(pairs)
    if len(members) != len(pairs):
        raise BadRequest("A name stands twice in the form.")
    return members


def _query(event: Event, operation: Operation) -> tuple[BaseModel | None, tuple[FieldError, ...]]:
    sent = event.get("multiValueQueryStringParameters") or {}
    query, errors = _validate(operation.query, {name: values[0] for name, values in sent.items()})
    repeated = [FieldError((name,), "repeated") for name, values in sent.items() if len(values) > 1]
    others = [error for error in errors if error.path not in {again.path for again in repeated}]
    return query, (*repeated, *others)


def _key(
    headers: Mapping[str, str],
    operation: Operation,
) -> tuple[str | None, tuple[FieldError, ...]]:
    sent = headers.get(IDEMPOTENCY_HEADER.lower())
    if operation.idempotency_key is IdempotencyKey.IGNORED:
        return None, ()
    if sent is None:
        missing = FieldError((IDEMPOTENCY_HEADER,), "missing")
        return None, (missing,) if operation.idempotency_key is IdempotencyKey.REQUIRED else ()
    key = sent.strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not _KEY.fullmatch(key):
        return None, (FieldError((IDEMPOTENCY_HEADER,), "idempotency_key"),)
    return key, ()


def _draft(
    given: dict[str, object] | None,
    operation: Operation,
    parameters: tuple[FieldError, ...],
) -> Body[BaseModel]:
    if operation.body is None or given is None:
        return Body({}, None, (), parameters)
    model, fields = _validate(operation.body, given)
    return Body(given, model, fields, parameters)


def _validate(
    model: type[BaseModel],
    given: Mapping[str, object],
) -> tuple[BaseModel | None, tuple[FieldError, ...]]:
    try:
        return model.model_validate(given), ()
    except ValidationError as error:
        return None, tuple(map(_field_error, error.errors(include_url=False)))


def _field_error(error: ErrorDetails) -> FieldError:
    facts = {**error.get("ctx", {}), "received": document.type_name(error["input"])}
    return FieldError(tuple(map(str, error["loc"])), error["type"], facts)

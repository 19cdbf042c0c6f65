"""Requests from API Gateway events: headers in any case, query, path, strictly parsed body."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
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
    PreconditionFailed,
    Unauthenticated,
    UnsupportedMediaType,
)
from registry.domain.idempotency import Idempotency
from registry.domain.immutable import dataclass, replace
from registry.gateway.event import Event
from registry.gateway.operation import IdempotencyKey, NoParameters, Operation
from registry.gateway.precondition import IF_MATCH_HEADER, Precondition, read_precondition
from registry.gateway.principal import Principal
from registry.gateway.repeated import Shown

IDEMPOTENCY_HEADER = "Idempotency-Key"

_JSON = re.compile(
    r"application/(?:[\w.!#$&^+-]+\+)?json\s*(?:;.*)?", re.IGNORECASE | re.DOTALL | re.ASCII
)
_FORM = re.compile(
    r"application/x-www-form-urlencoded\s*(?:;.*)?", re.IGNORECASE | re.DOTALL | re.ASCII
)
_KEY = re.compile(r"[\x20-\x7e]{1,255}")
# Most requests have none, and there is nothing to validate.
_NO_PARAMETERS = NoParameters.model_construct()

# The body model of an operation that reads none.
NoBody = BaseModel
BodyModel = TypeVar("BodyModel", bound=BaseModel)
QueryModel = TypeVar("QueryModel", bound=BaseModel)
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Body(Generic[BodyModel]):
    """A JSON object that is parsed but not validated.

    A rule may depend on a record that is read later, so a contract validates fields and rules
    together, and the error names every failing field at once.

    Attributes:
        raw: the parsed JSON object; in a change, without members that repeat the record.
        parameters: the errors of query parameters and headers, raised with the body's errors.
        repeated: in a change, the names of the members that repeat the record.
    """

    raw: Mapping[str, object]
    parameters: tuple[FieldError, ...]
    _model: type[BodyModel]
    _shown: Shown | None = None
    repeated: frozenset[str] = frozenset()

    def against(self, shown: Shown) -> "Body[BodyModel]":
        """This body as a change of a record, without the members that repeat the record."""
        changes = shown.changes(self.raw)
        repeated = frozenset(self.raw.keys() - changes.keys())
        return replace(self, raw=changes, _shown=shown, repeated=repeated)

    def validated(self, problems: Iterable[FieldError] = ()) -> BodyModel:
        """The body as its wire model; of several errors of one field the first is reported.

        Args:
            problems: the errors that the contract's rules found.

        Raises:
            Invalid: all errors, `problems` included.
        """
        model, errors = _validate(self._model, self.raw)
        fields: dict[tuple[str, ...], FieldError] = {}
        for error in (*errors, *problems):
            fields.setdefault(error.path, error)
        if model is None or fields or self.parameters:
            raise Invalid(tuple(fields.values()), self.parameters)
        if self._shown is not None:
            self._shown.unset_repeated(model)
        return model


@dataclass(frozen=True, slots=True)
class Request(Generic[BodyModel, QueryModel]):
    """A request to one operation.

    Attributes:
        operation: the endpoint.
        path: path parameters by name.
        query: the validated query parameters.
        body: the body, to be validated.
        idempotency: the idempotency key in its scope, with the request's fingerprint; None without.
        precondition: the versions that the record may have; None for any.
        headers: by name in lower case.
    """

    operation: Operation
    path: Mapping[str, str]
    query: QueryModel
    body: Body[BodyModel]
    idempotency: Idempotency | None
    precondition: Precondition | None
    headers: Mapping[str, str]
    _caller: Principal | None

    @property
    def caller(self) -> Principal:
        """The principal.

        Raises:
            Unauthenticated: the operation is public, so nobody has authenticated.
        """
        if self._caller is None:
            raise Unauthenticated
        return self._caller

    def require(self, version: int) -> None:
        """Check the precondition on the version of the record, which was read.

        Bad parameters are left to the body's validation, which names all of them.

        Raises:
            PreconditionFailed: the record has another version.
        """
        if self.precondition is None or self.body.parameters:
            return
        if not self.precondition.holds(version):
            raise PreconditionFailed


def read_request(
    event: Event,
    operation: Operation,
    caller: Principal | None = None,
) -> Request[Any, Any]:
    """The request in an API Gateway proxy event; `caller` is None for a public operation.

    Raises:
        UnsupportedMediaType, PayloadTooLarge, BadRequest: the body cannot be read.
        Invalid: parameters of an operation without a body; those of an operation with one are
            raised when the body is validated.
    """
    headers = {name.lower(): value for name, value in (event.headers or {}).items()}
    path = event.path_parameters or {}
    raw = _body(event, headers, operation) if operation.body is not None else None
    query, parameters = _query(event, operation)
    key, key_errors = _key(event, headers, operation)
    precondition, precondition_errors = _precondition(event, operation)
    parameters += (*key_errors, *precondition_errors)
    if operation.body is None and parameters:
        raise Invalid((), parameters)
    idempotency = None
    if key is not None and caller is not None:
        idempotency = Idempotency(
            f"{caller.workspace_id}#{caller.mode}#{caller.contract}#{key}",
            _fingerprint(operation, path, event, raw),
        )
    body = Body(raw or {}, parameters, operation.body or NoBody)
    return Request(operation, path, query, body, idempotency, precondition, headers, caller)


def _fingerprint(
    operation: Operation,
    path: Mapping[str, str],
    event: Event,
    raw: object,
) -> str:
    """SHA-256, in hexadecimal, of method, path, query and body: the same for the same request."""
    route = [operation.method, operation.path.format(**path)]
    query = event.multi_value_query_string_parameters or {}
    return hashlib.sha256(document.canonical([*route, query, raw]).encode()).hexdigest()


def _body(event: Event, headers: Mapping[str, str], operation: Operation) -> dict[str, object]:
    """The body as a JSON object; a form becomes an object of texts.

    Raises:
        PayloadTooLarge, UnsupportedMediaType: before it is parsed.
        BadRequest: it is neither a JSON object nor a form where one is accepted.
    """
    expected = "a form or a JSON object" if operation.form else "a JSON object"
    encoded = _encoded_body(event)
    if len(encoded) > operation.max_body_bytes:
        raise PayloadTooLarge
    if not encoded:
        raise BadRequest(f"The body is empty; it must be {expected}.")
    content_type = headers.get("content-type", "application/json").strip()
    is_form = operation.form and _FORM.fullmatch(content_type) is not None
    if headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise UnsupportedMediaType
    if not is_form and not _JSON.fullmatch(content_type):
        raise UnsupportedMediaType
    try:
        text = encoded.decode()
        value = _form(text) if is_form else document.parse(text)
    except UnicodeError as error:
        raise BadRequest("The body is not UTF-8 text.") from error
    except document.DocumentError as error:
        raise BadRequest(f"The body is not valid JSON: {error}.") from error
    if not isinstance(value, dict):
        raise BadRequest(f"The body must be {expected}, not {document.type_name(value)}.")
    return value


def _encoded_body(event: Event) -> bytes:
    """The bytes of the body, which API Gateway sends as base64."""
    body = event.body or ""
    try:
        if event.is_base64_encoded:
            return base64.b64decode(body, validate=True)
        return body.encode()
    except ValueError as error:  # binascii.Error and UnicodeError are kinds of it
        raise BadRequest("The body is not UTF-8 text.") from error


def _form(text: str) -> dict[str, object]:
    """The parameters of a form; RFC 6749, section 3.2, allows each name once."""
    pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
    members: dict[str, object] = dict(pairs)
    if len(members) != len(pairs):
        raise BadRequest("A parameter stands twice in the form.")
    return members


def _query(event: Event, operation: Operation) -> tuple[BaseModel | None, tuple[FieldError, ...]]:
    sent = event.multi_value_query_string_parameters or {}
    if not sent and operation.query is NoParameters:
        return _NO_PARAMETERS, ()
    query, errors = _validate(operation.query, {name: values[0] for name, values in sent.items()})
    repeated = [FieldError((name,), "repeated") for name, values in sent.items() if len(values) > 1]
    others = [error for error in errors if error.path not in {again.path for again in repeated}]
    return query, (*repeated, *others)


def _key(
    event: Event,
    headers: Mapping[str, str],
    operation: Operation,
) -> tuple[str | None, tuple[FieldError, ...]]:
    """The idempotency key without its quotes, None for none; and the errors of its header."""
    header = headers.get(IDEMPOTENCY_HEADER.lower())
    if operation.idempotency_key is IdempotencyKey.IGNORED:
        return None, ()
    if header is None:
        missing = FieldError((IDEMPOTENCY_HEADER,), "missing")
        return None, (missing,) if operation.idempotency_key is IdempotencyKey.REQUIRED else ()
    if len(_values(event, IDEMPOTENCY_HEADER)) > 1:
        return None, (FieldError((IDEMPOTENCY_HEADER,), "repeated"),)
    key = header.strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not _KEY.fullmatch(key):
        return None, (FieldError((IDEMPOTENCY_HEADER,), "idempotency_key"),)
    return key, ()


def _precondition(
    event: Event,
    operation: Operation,
) -> tuple[Precondition | None, tuple[FieldError, ...]]:
    """The precondition of the request, None for none; and the errors of its header."""
    values = _values(event, IF_MATCH_HEADER) if operation.if_match else []
    if not values:
        return None, ()
    try:
        return read_precondition(values), ()
    except ValueError:
        return None, (FieldError((IF_MATCH_HEADER,), "entity_tags"),)


def _values(event: Event, name: str) -> list[str]:
    """The values of a header, as often as it stands in the request."""
    headers, wanted = event.multi_value_headers or {}, name.lower()
    return [value for key, values in headers.items() if key.lower() == wanted for value in values]


def _validate(
    model: type[Model],
    raw: Mapping[str, object],
) -> tuple[Model | None, tuple[FieldError, ...]]:
    """The model of these values; None, and every error, where they cannot be accepted."""
    try:
        return model.model_validate(raw), ()
    except ValidationError as error:
        return None, tuple(map(_field_error, error.errors(include_url=False)))


def _field_error(error: ErrorDetails) -> FieldError:
    """The domain's error of pydantic's; `received` is JSON's name for the type of the value."""
    facts = {**error.get("ctx", {}), "received": document.type_name(error["input"])}
    return FieldError(tuple(map(str, error["loc"])), error["type"], facts)

"""Declarations of an endpoint, and of the rules that a contract has for all of its endpoints.

Requests are read by these declarations, and the OpenAPI documents and the template are generated
from them.
"""

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import Enum

from pydantic import BaseModel, ConfigDict

from registry.domain.errors import (
    BadRequest,
    FieldError,
    Invalid,
    RegistryError,
    TooManyTokens,
    Unavailable,
)
from registry.domain.immutable import dataclass, replace
from registry.domain.workspace import Contract
from registry.gateway.response import JSON_TYPE, Response, json_response
from registry.gateway.wire import WireModel

# Source: `docs/mapping.md`, "Common to all contracts".
MAX_PROBLEMS = 100
# Seconds before a caller should retry after a lost race.
RETRY_AFTER = 1


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """How a contract reports a class of errors.

    Attributes:
        status: the HTTP status.
        code: the contract's stable name of the error, for programs.
        message: a sentence for the caller.
    """

    status: int
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The error codes, the error envelope and the headers of a contract.

    Attributes:
        contract: the contract; a credential of another one is refused.
        replay_header: name of the header that marks a replay; its value is `true`.
        errors: the code of every error class. A class without a code has that of its base class;
            an unhandled exception has that of `RegistryError`.
        envelope: makes the body of an error response.
        rate_limit_headers: whether a 429 has the credential's rate in `X-RateLimit-Limit`.
        printed: bodies of errors that the vendor's page prints, to the byte.
        error_type: the media type of error responses.
        lists_parameters: whether the 400 about bad parameters lists them as problems, beside those
            of the body's fields, as its 422 lists the fields alone.
        parameter_reason: makes the sentence of the 400 about bad parameters. Where it is None or
            returns None, the contract names parameters like fields, in a 422.
    """

    contract: Contract
    replay_header: str
    errors: Mapping[type[RegistryError], ErrorCode]
    envelope: Callable[[ErrorCode, RegistryError], BaseModel]
    rate_limit_headers: bool = True
    printed: Mapping[type[RegistryError], str] = field(default_factory=dict)
    error_type: str = JSON_TYPE
    lists_parameters: bool = False
    parameter_reason: Callable[[tuple[FieldError, ...]], str | None] | None = None

    def code(self, error: type[RegistryError]) -> ErrorCode:
        """The code of an error class."""
        return next(self.errors[kind] for kind in error.__mro__ if kind in self.errors)

    def render(self, error: RegistryError) -> Response:
        """The response for an error, in the contract's shape."""
        if isinstance(error, Invalid) and error.parameters and self.parameter_reason is not None:
            listed, left_out = Invalid((), error.parameters).first(MAX_PROBLEMS)
            reason = self.parameter_reason(listed.parameters)
            if reason is not None:
                more = f" {left_out} more are not listed." if left_out else ""
                error = BadRequest(reason + more)
        code = self.code(type(error))
        if isinstance(error, Invalid):
            if error.parameters and self.lists_parameters:
                code = self.code(BadRequest)
            error, left_out = error.first(MAX_PROBLEMS)
            if left_out:
                code = replace(code, message=f"{code.message} {left_out} more are not listed.")
        headers = self._headers(code, error)
        if self.error_type != JSON_TYPE:
            headers["Content-Type"] = self.error_type
        for kind in type(error).__mro__:
            if kind in self.printed:
                return Response(code.status, self.printed[kind], headers)
        return json_response(code.status, self.envelope(code, error), headers, exclude_none=True)

    def _headers(self, code: ErrorCode, error: RegistryError) -> dict[str, str]:
        """Headers of an error: when to try again (503, 429), how to authenticate (401)."""
        if isinstance(error, TooManyTokens):
            return {"Retry-After": str(error.retry_after)}
        match code.status:
            case 503:
                seconds = error.retry_after if isinstance(error, Unavailable) else RETRY_AFTER
                return {"Retry-After": str(seconds)}
            case 401:
                return {"WWW-Authenticate": "Bearer"}
        return {}


class IdempotencyKey(Enum):
    """Whether an operation ignores, accepts or requires an idempotency key."""

    IGNORED = "ignored"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Access(Enum):
    """An operation's access to stored records; its function is permitted nothing else.

    Tables, indexes and permissions follow from these and from `idempotency_key` when the template
    is generated.
    """

    CREATE_CLIENT = "writes a new client and what belongs to it"
    READ_CLIENT = "reads a client by its id"
    CHANGE_CLIENT = "reads a client by its id and writes it again"
    RELEASE_EXTERNAL_ID = "deletes the claim on an external id that a change replaces"
    FIND_LINK = "looks up which client a vendor's id stands for"
    LIST_CLIENTS = "lists active and archived clients together"
    LIST_BY_STATUS = "lists active or archived clients by creation"
    LIST_BY_NAME = "lists active or archived clients by name"
    LIST_BY_UPDATE = "lists active or archived clients by their last change"
    SEARCH_CLIENTS = "reads the search index, and the clients found there by their ids"
    FIND_BY_EXTERNAL_ID = "reads the clients that have an external id"
    READ_VIEWS = "reads the packs of a workspace, and what changed since they were written"
    LOOK_UP_CLIENTS = "finds clients by a value that they have, through keys, links and indexes"
    LIST_EVIDENCE = "lists the evidence of a client's consents"
    LIST_EVENTS = "lists the events of a client"
    ERASE_CLIENT = "makes tombstones of clients, and counts what they leave behind"
    READ_ERASURE = "reads an erasure by its id"
    READ_FEED = "reads a tenant's feed and the events that it names"
    MERGE_CLIENTS = "reads two clients and what belongs to them, and writes a merge of them"
    UNDO_MERGE = "reads the two clients of a merge and writes them as they were"
    READ_MERGE = "reads a merge by its id"
    LIST_MERGES = "lists the merges of a tenant"
    LIST_CLIENT_PAIRS = "lists the pairs of a client"
    LIST_PAIRS = "lists the pairs of a tenant"
    JUDGE_PAIR = "reads a pair, and writes what a person says of it"
    CREATE_USER = "writes a new user of a client that is there"
    LIST_USERS = "lists the users of a client"
    READ_PAYMENT_METHOD = "reads a payment method by its id"
    LIST_PAYMENT_METHODS = "lists the payment methods of a client"
    CREATE_WEBHOOK = "writes a new webhook endpoint and counts it"
    READ_WEBHOOK = "reads a webhook endpoint by its id"
    LIST_WEBHOOKS = "lists the webhook endpoints of a workspace"
    CHANGE_WEBHOOK = "reads a webhook endpoint by its id and changes it"
    DELETE_WEBHOOK = "deletes a webhook endpoint and counts it"
    SEAL_SECRET = "encrypts a secret of a webhook endpoint"  # noqa: S105 - no secret
    QUEUE_DELIVERIES = "queues what webhook endpoints are to be told"
    LIST_DELIVERIES = "lists the attempts to tell a webhook endpoint"
    HURRY_DELIVERY = "reads what has become of an event for a webhook endpoint, and makes it due"
    ISSUE_TOKEN = "reads an OAuth client, counts its access tokens and writes one"  # noqa: S105 - no secret


class NoParameters(WireModel):
    """The query of an operation that has none."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A request as the contract's page prints it, and its response.

    Attributes:
        title: a heading for the OpenAPI document.
        body: the JSON object in the request; None for a request without a body.
        query: the query parameters of the request.
        response: the JSON object in the response; None where the page prints none.
    """

    title: str
    body: Mapping[str, object] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    response: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One endpoint.

    Attributes:
        name: the name of the function module, the event and the metrics, such as `create_client`.
        method, path: as in the template, path parameters in braces.
        summary: one line for the OpenAPI document.
        scopes: any one of these is enough; empty where every valid credential is.
        status, response_model: the status and the wire model of a successful response.
        other_statuses: further statuses of a successful response, with the same model.
        query: wire model of the query parameters.
        body: wire model of the JSON body; None where a body is not read.
        form: whether the body may be sent as a form as well; its values are text.
        access: its reads and writes of stored records.
        heavy: whether it may read the texts of a whole workspace, which takes a full processor.
        max_body_bytes: the size over which a body is refused before it is parsed.
        idempotency_key: whether it reads an `Idempotency-Key` header.
        etag: whether the response has the version of its record as `ETag`.
        if_match: whether it reads an `If-Match` header.
        public: whether anybody may call it, without a credential.
        errors: errors of this operation beside those that follow from its other attributes.
        examples: requests that the contract's page prints.
        prepare: what loads the libraries that a request needs beside the modules of the contract;
            called while the function loads.
    """

    dialect: Dialect
    name: str
    method: str
    path: str
    summary: str
    scopes: tuple[str, ...]
    response_model: type[BaseModel]
    status: int = 200
    other_statuses: tuple[int, ...] = ()
    query: type[BaseModel] = NoParameters
    body: type[BaseModel] | None = None
    form: bool = False
    access: tuple[Access, ...] = ()
    heavy: bool = False
    max_body_bytes: int = 256 * 1024
    idempotency_key: IdempotencyKey = IdempotencyKey.IGNORED
    etag: bool = False
    if_match: bool = False
    public: bool = False
    errors: tuple[type[RegistryError], ...] = ()
    examples: tuple[Example, ...] = ()
    prepare: tuple[Callable[[], None], ...] = ()


def message_for(words: Mapping[str, str], error: FieldError) -> str:
    """The contract's message about a field: its wording for the kind, with the facts filled in.

    `words[""]` is the wording for every kind without one of its own.
    """
    return words.get(error.kind, words[""]).format_map(error.facts)

"""The registry's own errors: problem details as RFC 9457 has them, `application/problem+json`."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from registry.domain.errors import (
    BadRequest,
    Conflict,
    CredentialNotAllowed,
    FieldError,
    Forbidden,
    IdempotencyInFlight,
    IdempotencyMismatch,
    Invalid,
    NoSuchRoute,
    NotFound,
    PayloadTooLarge,
    PlanRequired,
    PreconditionFailed,
    QuotaExceeded,
    RaceLost,
    RateLimited,
    RegistryError,
    RequestFiltered,
    SubscriptionInactive,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from registry.domain.workspace import Contract
from registry.gateway.operation import Dialect, ErrorCode, message_for

_TYPE = "urn:client-registry:problem:"


class ProblemOfField(BaseModel):
    """What is wrong with one field of the body, or with one parameter or header."""

    field: str | None = None
    parameter: str | None = None
    code: str
    detail: str


class Problem(BaseModel):
    """The body of every error; `errors` where fields or parameters cannot be accepted."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemOfField] | None = None


_WORDS: Mapping[str, str] = {
    "": "is not valid",
    "missing": "is required",
    "string_type": "must be a string",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "bool_type": "must be true or false",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "literal_error": "must be {expected}",
    "extra_forbidden": "is not a known field, or cannot be changed",
    "control_character": "must not contain control characters",
    "email": "must be an e-mail address",
    "typed_text": "must be text, or an object with the text under typed",
    "website": "must be a web address",
    "url": "must be an address such as https://hooks.example.com/registry",
    "https_only": "must begin with https:// and use port 443",
    "host_name": "must have the name of a host, and no number of one",
    "too_short": "must not be empty",
    "too_long": "must not name a type twice",
    "list_type": "must be a list",
    "ein": "must be nine digits, such as 12-3456789",
    "currency_code": "must be an ISO 4217 currency code",
    "decimal": "must be a decimal number",
    "decimal_places": "must have at most 4 digits after the point",
    "decimal_range": "is out of range",
    "timezone": "must be an IANA time zone, such as America/New_York",
    "consent_without_channel": "must not be true without {field}: there is nothing to consent to",
    "too_many_keys": "must have at most {most} keys",
    "key_too_long": "must have at most {most} characters in the key",
    "object_too_large": "must have at most {most} bytes of JSON",
    "too_precise": "must have at most {most} significant digits",
}

_PARAMETER_WORDS: Mapping[str, str] = {
    "": "is not valid",
    "extra_forbidden": "is not a parameter of this operation",
    "repeated": "must be given once",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "control_character": "must not contain control characters",
    "int_parsing": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "instant": "must be an RFC 3339 time with an offset, such as 2026-01-31T00:00:00Z",
    "phone": "must be a phone number of region {region}, or begin with + and a country code",
    "needs": "needs {other} beside it",
    "cursor": "is not a cursor of this list with these filters",
    "idempotency_key": "must be 1 to 255 printable ASCII characters",
    "entity_tags": 'must be *, or entity tags such as "3"',
}


def _envelope(code: ErrorCode, error: RegistryError) -> Problem:
    detail = error.reason if isinstance(error, BadRequest | Conflict) else code.message
    return Problem(
        type=_TYPE + code.code,
        title=code.code.replace("-", " ").capitalize(),
        status=code.status,
        detail=detail,
        errors=list(_problems(error)) if isinstance(error, Invalid) else None,
    )


def _problems(error: Invalid) -> Iterator[ProblemOfField]:
    """The problems of an error: those of fields, then those of parameters and headers."""
    for each in error.fields:
        yield ProblemOfField(
            field=each.dotted, code=each.kind, detail=_sentence(each, message_for(_WORDS, each))
        )
    for each in error.parameters:
        words = message_for(_PARAMETER_WORDS, each)
        yield ProblemOfField(parameter=each.dotted, code=each.kind, detail=_sentence(each, words))


def _sentence(error: FieldError, words: str) -> str:
    """A sentence about a field or parameter."""
    return f"{error.dotted} {words}."


REGISTRY = Dialect(
    contract=Contract.REGISTRY,
    replay_header="Idempotent-Replayed",
    envelope=_envelope,
    rate_limit_headers=False,
    error_type="application/problem+json",
    lists_parameters=True,
    errors={
        BadRequest: ErrorCode(400, "bad-request", "Some parameters cannot be accepted."),
        Unauthenticated: ErrorCode(
            401,
            "unauthenticated",
            "The API key is missing, malformed, expired or revoked.",
        ),
        PlanRequired: ErrorCode(403, "forbidden", "The workspace's plan has no API access."),
        SubscriptionInactive: ErrorCode(
            403,
            "forbidden",
            "The workspace's subscription is not active.",
        ),
        Forbidden: ErrorCode(403, "forbidden", "The API key lacks the scope for this operation."),
        CredentialNotAllowed: ErrorCode(403, "forbidden", "The API key may not use this API."),
        RequestFiltered: ErrorCode(403, "forbidden", "The request was refused."),
        NotFound: ErrorCode(404, "not-found", "Nothing with this id exists in your workspace."),
        NoSuchRoute: ErrorCode(404, "not-found", "There is no such path or method."),
        Conflict: ErrorCode(409, "conflict", "The client's state does not allow this."),
        IdempotencyInFlight: ErrorCode(
            409,
            "conflict",
            "A request with this idempotency key is being carried out; retry shortly.",
        ),
        PreconditionFailed: ErrorCode(
            412,
            "precondition-failed",
            "The client has another version than If-Match names; nothing was done.",
        ),
        PayloadTooLarge: ErrorCode(413, "payload-too-large", "The body is larger than 256 KiB."),
        UnsupportedMediaType: ErrorCode(
            415,
            "unsupported-media-type",
            "The body must be sent as application/json.",
        ),
        IdempotencyMismatch: ErrorCode(
            422,
            "idempotency-mismatch",
            "The idempotency key was used for a different request.",
        ),
        Invalid: ErrorCode(422, "invalid", "Some fields cannot be accepted."),
        RateLimited: ErrorCode(
            429, "too-many-requests", "Too many requests; retry after a second."
        ),
        QuotaExceeded: ErrorCode(
            429,
            "too-many-requests",
            "The quota of requests for this month is used up.",
        ),
        RaceLost: ErrorCode(503, "unavailable", "Others are changing the client; retry shortly."),
        Unavailable: ErrorCode(503, "unavailable", "The service is unavailable; retry shortly."),
        RegistryError: ErrorCode(500, "internal", "Something went wrong on our side."),
    },
)

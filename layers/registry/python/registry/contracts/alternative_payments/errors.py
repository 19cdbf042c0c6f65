"""Alternative Payments' errors: `{"code", "message", "validation_errors"?}`, without a wrapper."""

from collections.abc import Mapping

from registry.domain.errors import (
    BadRequest,
    ClientRefused,
    Conflict,
    CredentialNotAllowed,
    FieldError,
    Forbidden,
    IdempotencyErased,
    IdempotencyInFlight,
    IdempotencyMismatch,
    Invalid,
    NoSuchRoute,
    NotFound,
    PayloadTooLarge,
    PlanRequired,
    QuotaExceeded,
    RaceLost,
    RateLimited,
    RegistryError,
    RequestFiltered,
    ScopeNotHeld,
    SubscriptionInactive,
    TooManyTokens,
    Unauthenticated,
    Unavailable,
    UnsupportedGrant,
    UnsupportedMediaType,
    ValueTaken,
)
from registry.domain.immutable import replace
from registry.domain.workspace import Contract
from registry.gateway.operation import Dialect, ErrorCode, message_for
from registry.gateway.wire import WireModel


class ErrorBody(WireModel):
    """The body of every error; `validation_errors` on 422 only, a reason for each field."""

    code: str
    message: str
    validation_errors: dict[str, str] | None = None


class TokenErrorBody(ErrorBody):
    """The body of every error of the token endpoint; `error` is that of RFC 6749, section 5.2."""

    error: str


# Source: RFC 6749, section 5.2, and for faults of the server section 4.1.2.1.
_OAUTH_ERRORS: Mapping[type[RegistryError], str] = {
    ClientRefused: "invalid_client",
    UnsupportedGrant: "unsupported_grant_type",
    ScopeNotHeld: "invalid_scope",
    BadRequest: "invalid_request",
    Invalid: "invalid_request",
    PayloadTooLarge: "invalid_request",
    UnsupportedMediaType: "invalid_request",
    TooManyTokens: "temporarily_unavailable",
    Unavailable: "temporarily_unavailable",
    RegistryError: "server_error",
}

_WORDS: Mapping[str, str] = {
    "": "is not valid",
    "string_type": "must be a string",
    "string_too_long": "must have at most {max_length} characters",
    "extra_forbidden": "is not a known field",
    "control_character": "must not contain control characters",
    "email": "must be an e-mail address",
    "ein": "must be nine digits, such as 12-3456789",
    "country": "must be a country's ISO 3166-1 code of two or three letters, or its English name",
    "fixed": "cannot be changed",
    "missing": "is required",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must have 12 to 255 printable ASCII characters without spaces",
    "enum": "must be {expected}",
    "url": "must be a URL",
    "https_only": "must be an https URL at port 443",
    "host_name": "must have a host name that others can reach",
}

_PARAMETER_WORDS: Mapping[str, str] = {
    "": "is not valid",
    "extra_forbidden": "is not a parameter of this operation",
    "missing": "is missing",
    "repeated": "must be given once",
    "string_type": "must be a string",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "control_character": "must not contain control characters",
    "int_parsing": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "cursor": "is not a cursor of this list with these filters",
    "exclusive": "cannot be combined with {other}",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "instant": "must be an RFC 3339 time with an offset, such as 2026-01-31T00:00:00Z",
    "before_start": "must not be before {start}",
    "idempotency_key": "must be 1 to 255 printable ASCII characters",
}

_TAKEN: Mapping[str, str] = {
    "external_id": "The external id is already used by another customer.",
    "email": "The e-mail address is already used by another user of this customer.",
    "topic": "The topic is already sent to this address by another webhook.",
}


def parameter_reason(parameters: tuple[FieldError, ...]) -> str:
    """One sentence about all bad parameters."""
    sentences = (f"{error.dotted} {message_for(_PARAMETER_WORDS, error)}" for error in parameters)
    return "; ".join(sentences) + "."


def _envelope(code: ErrorCode, error: RegistryError) -> ErrorBody:
    body = ErrorBody(code=code.code, message=code.message)
    match error:
        case BadRequest(reason=reason) | Conflict(reason=reason):
            body.message = reason
        case ValueTaken(field=field, holder=holder):
            body.message = _TAKEN[field]
            if holder is not None:
                body.message += f" That is the archived customer {holder}."
        case Invalid(fields=fields):
            body.validation_errors = {field.dotted: message_for(_WORDS, field) for field in fields}
    return body


def _token_envelope(code: ErrorCode, error: RegistryError) -> TokenErrorBody:
    """The body of an error of the token endpoint, which OAuth libraries recognise by `error`."""
    oauth = next(_OAUTH_ERRORS[kind] for kind in type(error).__mro__ if kind in _OAUTH_ERRORS)
    return TokenErrorBody(**_envelope(code, error).model_dump(), error=oauth)


ALTERNATIVE_PAYMENTS = Dialect(
    contract=Contract.ALTERNATIVE_PAYMENTS,
    replay_header="Idempotent-Replayed",
    envelope=_envelope,
    rate_limit_headers=False,
    parameter_reason=parameter_reason,
    errors={
        BadRequest: ErrorCode(400, "bad_request", "The request cannot be read."),
        ValueTaken: ErrorCode(400, "bad_request", "A value is already used."),
        Conflict: ErrorCode(400, "bad_request", "The customer's state does not allow this."),
        UnsupportedGrant: ErrorCode(
            400,
            "unsupported_grant_type",
            "The grant type must be client_credentials.",
        ),
        ScopeNotHeld: ErrorCode(
            400,
            "invalid_scope",
            "A scope does not exist, or the client does not hold it.",
        ),
        Unauthenticated: ErrorCode(
            401,
            "unauthorized",
            "The access token is missing, malformed, expired or revoked.",
        ),
        ClientRefused: ErrorCode(403, "forbidden", "The client id or the client secret is wrong."),
        PlanRequired: ErrorCode(403, "forbidden", "The workspace's plan has no API access."),
        SubscriptionInactive: ErrorCode(
            403,
            "forbidden",
            "The workspace's subscription is not active.",
        ),
        Forbidden: ErrorCode(
            403,
            "forbidden",
            "The access token lacks the scope for this operation.",
        ),
        CredentialNotAllowed: ErrorCode(403, "forbidden", "The access token may not use this API."),
        RequestFiltered: ErrorCode(403, "forbidden", "The request was refused."),
        NotFound: ErrorCode(404, "not_found", "Nothing with this id exists in your workspace."),
        NoSuchRoute: ErrorCode(404, "not_found", "There is no such path or method."),
        IdempotencyErased: ErrorCode(
            409,
            "conflict",
            "The idempotency key was used for a client that has been erased.",
        ),
        IdempotencyMismatch: ErrorCode(
            409,
            "conflict",
            "The idempotency key was used for a different request.",
        ),
        IdempotencyInFlight: ErrorCode(
            409,
            "conflict",
            "A request with this idempotency key is being carried out; retry shortly.",
        ),
        PayloadTooLarge: ErrorCode(413, "payload_too_large", "The body is larger than 256 KiB."),
        UnsupportedMediaType: ErrorCode(
            415,
            "unsupported_media_type",
            "The body must be sent as application/json.",
        ),
        Invalid: ErrorCode(422, "validation_error", "Some fields cannot be accepted."),
        RateLimited: ErrorCode(
            429, "too_many_requests", "Too many requests; retry after a second."
        ),
        QuotaExceeded: ErrorCode(
            429,
            "too_many_requests",
            "The quota of requests for this month is used up.",
        ),
        RaceLost: ErrorCode(503, "unavailable", "Others are changing the customer; retry shortly."),
        Unavailable: ErrorCode(503, "unavailable", "The service is unavailable; retry shortly."),
        RegistryError: ErrorCode(500, "internal_error", "Something went wrong on our side."),
    },
)
TOKEN_ENDPOINT = replace(
    ALTERNATIVE_PAYMENTS,
    envelope=_token_envelope,
    errors={
        **ALTERNATIVE_PAYMENTS.errors,
        PayloadTooLarge: ErrorCode(413, "payload_too_large", "The body is larger than 8 KiB."),
        TooManyTokens: ErrorCode(
            429,
            "too_many_requests",
            "Too many access tokens were issued to this client; use each until it expires.",
        ),
        UnsupportedMediaType: ErrorCode(
            415,
            "unsupported_media_type",
            "The body must be sent as application/x-www-form-urlencoded or application/json.",
        ),
    },
)

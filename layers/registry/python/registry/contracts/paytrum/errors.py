"""Paytrum's errors: `{"error": {"code", "message", "fields"?}}`."""

from collections.abc import Mapping

from registry.domain.errors import (
    BadRequest,
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
    SubscriptionInactive,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from registry.domain.workspace import Contract
from registry.gateway.operation import Dialect, ErrorCode, message_for
from registry.gateway.wire import WireModel


class ErrorDetail(WireModel):
    """What went wrong; `fields` on 422 only, a reason for each field that cannot be accepted."""

    code: str
    message: str
    fields: dict[str, str] | None = None


class ErrorBody(WireModel):
    """The body of every error."""

    error: ErrorDetail


_WORDS: Mapping[str, str] = {
    "": "is not valid",
    "missing": "is required",
    "string_type": "must be a string",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "bool_type": "must be true or false",
    "literal_error": "must be {expected}",
    "model_type": "must be an object",
    "extra_forbidden": "unknown field",
    "control_character": "must not contain control characters",
    "not_clearable": "must not be cleared",
    "email": "must be an e-mail address",
    "phone": "must be a valid phone number of region {region}, or begin with + and a country code",
    "phone_extension": "must be a number without an extension",
    "region_code": "must be two letters",
    "region_unknown": "must be a state or province code of {country}",
    "country_code": "must be an ISO 3166-1 alpha-2 code",
    "timezone": "must be an IANA time zone, such as America/New_York",
    "consent_required": "must be true when {field} is set",
    "consent_without_channel": "must not be true without {field}: there is nothing to consent to",
    "usage_type_fixed": "is set when the client is created and cannot be changed",
}

_PARAMETER_WORDS: Mapping[str, str] = {
    "": "is not valid",
    "extra_forbidden": "is not a parameter of this operation",
    "repeated": "must be given once",
    "int_parsing": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "unknown_client": "is not the id of a client in this workspace",
    "exclusive": "cannot be combined with {other}",
    "idempotency_key": "must be 1 to 255 printable ASCII characters",
}


def _envelope(code: ErrorCode, error: RegistryError) -> ErrorBody:
    message = error.reason if isinstance(error, BadRequest | Conflict) else code.message
    fields = None
    if isinstance(error, Invalid):
        fields = {field.dotted: message_for(_WORDS, field) for field in error.fields}
    return ErrorBody(error=ErrorDetail(code=code.code, message=message, fields=fields))


def _parameter_reason(parameters: tuple[FieldError, ...]) -> str:
    """One sentence about all bad parameters."""
    sentences = (f"{error.dotted} {message_for(_PARAMETER_WORDS, error)}" for error in parameters)
    return "; ".join(sentences) + "."


PAYTRUM = Dialect(
    contract=Contract.PAYTRUM,
    replay_header="x-idempotent-replay",
    envelope=_envelope,
    parameter_reason=_parameter_reason,
    errors={
        BadRequest: ErrorCode(400, "bad_request", "The request cannot be read."),
        Unauthenticated: ErrorCode(
            401,
            "unauthorized",
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
        NotFound: ErrorCode(404, "not_found", "No client with this id exists in your workspace."),
        NoSuchRoute: ErrorCode(404, "not_found", "There is no such path or method."),
        Conflict: ErrorCode(409, "conflict", "The client's state does not allow this."),
        IdempotencyErased: ErrorCode(
            409,
            "idempotency_conflict",
            "The idempotency key was used for a client that has been erased.",
        ),
        IdempotencyMismatch: ErrorCode(
            409,
            "idempotency_conflict",
            "The idempotency key was used for a different request.",
        ),
        PayloadTooLarge: ErrorCode(413, "payload_too_large", "The body is larger than 256 KiB."),
        UnsupportedMediaType: ErrorCode(
            415,
            "unsupported_media_type",
            "The body must be sent as application/json.",
        ),
        Invalid: ErrorCode(422, "validation_failed", "Some fields cannot be accepted."),
        RateLimited: ErrorCode(429, "rate_limited", "Too many requests; retry after a second."),
        QuotaExceeded: ErrorCode(
            429,
            "rate_limited",
            "The quota of requests for this month is used up.",
        ),
        IdempotencyInFlight: ErrorCode(
            425,
            "idempotency_in_flight",
            "A request with this idempotency key is being carried out; retry shortly.",
        ),
        RaceLost: ErrorCode(503, "unavailable", "Others are changing the client; retry shortly."),
        Unavailable: ErrorCode(503, "unavailable", "The service is unavailable; retry shortly."),
        RegistryError: ErrorCode(500, "internal_error", "Something went wrong on our side."),
    },
)

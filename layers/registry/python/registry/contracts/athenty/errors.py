"""Athenty's errors: flat, `{"code", "message", "statusCode", "errors"?}`."""

from collections.abc import Mapping

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from registry.domain.errors import (
    BadRequest,
    Conflict,
    CredentialNotAllowed,
    FieldError,
    Forbidden,
    IdempotencyInFlight,
    IdempotencyMismatch,
    Invalid,
    NotFound,
    PayloadTooLarge,
    PlanRequired,
    RaceLost,
    RateLimited,
    RegistryError,
    RequestFiltered,
    SubscriptionInactive,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from registry.domain.workspace import Contract, Plan
from registry.gateway.operation import Dialect, ErrorCode, message_for
from registry.gateway.request import IDEMPOTENCY_HEADER
from registry.gateway.wire import WireModel


class FieldProblem(WireModel):
    """A body field or query parameter that cannot be accepted; `field` is a dotted path."""

    field: str
    message: str


class ErrorBody(WireModel):
    """The body of every error; `errors` on 422 only."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        serialize_by_alias=True,
    )

    code: str
    message: str
    status_code: int
    errors: list[FieldProblem] | None = None


# The reference page's own two messages are those of the zod library; the others follow its wording.
_WORDS: Mapping[str, str] = {
    "": "Invalid input",
    "missing": "Required",
    "string_type": "Expected string, received {received}",
    "string_too_long": "String must contain at most {max_length} character(s)",
    "bool_type": "Expected boolean, received {received}",
    "dict_type": "Expected object, received {received}",
    "literal_error": "Invalid enum value. Expected {expected}",
    "extra_forbidden": "Unrecognized key",
    "control_character": "String must not contain control characters",
    "email": "Invalid email",
    "country_code": "Invalid country code",
    "too_many_keys": "Object must contain at most {most} key(s)",
    "key_too_long": "Key must contain at most {most} character(s)",
    "object_too_large": "Object must contain at most {most} byte(s) of JSON",
    "too_precise": "Number must have at most {most} significant digit(s)",
    "repeated": "Expected string, received array",
    "int_parsing": "Expected integer, received string",
    "greater_than_equal": "Number must be greater than or equal to {ge}",
    "less_than_equal": "Number must be less than or equal to {le}",
}


_KEY_WORDS: Mapping[str, str] = {
    "": "must be 1 to 255 printable ASCII characters",
    "repeated": "must be given once",
}


def _plans_with_api() -> str:
    """A sentence that lists the plans with API access by name."""
    *most, last = (plan.capitalize() for plan in Plan if plan.has_api)
    return f"API access is included in the {', '.join(most)} and {last} plans."


def _envelope(code: ErrorCode, error: RegistryError) -> ErrorBody:
    message, problems = code.message, None
    if isinstance(error, BadRequest | Conflict):
        message = error.reason
    if isinstance(error, Forbidden):
        message = f"The API key lacks the scope {error.needed}."
    if isinstance(error, Invalid):
        problems = [
            FieldProblem(field=field.dotted, message=message_for(_WORDS, field))
            for field in error.fields + error.parameters
        ]
    return ErrorBody(code=code.code, message=message, status_code=code.status, errors=problems)


def _parameter_reason(parameters: tuple[FieldError, ...]) -> str | None:
    """The sentence about a bad idempotency key, for a 400.

    None where the query parameters alone are bad: they are reported like fields, in a 422.
    """
    for error in parameters:
        if error.path == (IDEMPOTENCY_HEADER,):
            return f"{IDEMPOTENCY_HEADER} {message_for(_KEY_WORDS, error)}."
    return None


_PRINTED_401 = '{"code": "UNAUTHORIZED", "message": "Invalid API key.", "statusCode": 401}'
_PRINTED_429 = '{"code": "RATE_LIMITED", "message": "Too many requests", "statusCode": 429}'

ATHENTY = Dialect(
    contract=Contract.ATHENTY,
    printed={Unauthenticated: _PRINTED_401, RateLimited: _PRINTED_429},
    replay_header="Idempotent-Replayed",
    envelope=_envelope,
    parameter_reason=_parameter_reason,
    errors={
        BadRequest: ErrorCode(400, "BAD_REQUEST", "The request cannot be read."),
        Unauthenticated: ErrorCode(401, "UNAUTHORIZED", "Invalid API key."),
        SubscriptionInactive: ErrorCode(
            402,
            "PAYMENT_REQUIRED",
            "The workspace's subscription is inactive.",
        ),
        PlanRequired: ErrorCode(403, "FORBIDDEN", _plans_with_api()),
        Forbidden: ErrorCode(403, "FORBIDDEN", "The API key lacks the scope."),
        CredentialNotAllowed: ErrorCode(403, "FORBIDDEN", "The API key may not use this API."),
        RequestFiltered: ErrorCode(403, "FORBIDDEN", "The request was refused."),
        NotFound: ErrorCode(404, "NOT_FOUND", "Resource not found."),
        Conflict: ErrorCode(409, "CONFLICT", "The client's state does not allow this."),
        IdempotencyMismatch: ErrorCode(
            409,
            "CONFLICT",
            "The idempotency key was used for a different request.",
        ),
        IdempotencyInFlight: ErrorCode(
            409,
            "CONFLICT",
            "A request with this idempotency key is being carried out; retry shortly.",
        ),
        RaceLost: ErrorCode(409, "CONFLICT", "Others are changing the client; retry shortly."),
        PayloadTooLarge: ErrorCode(413, "PAYLOAD_TOO_LARGE", "The body is larger than 256 KiB."),
        UnsupportedMediaType: ErrorCode(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "The body must be sent as application/json.",
        ),
        Invalid: ErrorCode(422, "VALIDATION_ERROR", "Validation failed"),
        RateLimited: ErrorCode(429, "RATE_LIMITED", "Too many requests"),
        Unavailable: ErrorCode(
            503,
            "SERVICE_UNAVAILABLE",
            "The service is unavailable; retry shortly.",
        ),
        RegistryError: ErrorCode(500, "INTERNAL_ERROR", "Something went wrong on our side."),
    },
)

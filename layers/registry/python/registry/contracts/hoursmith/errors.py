"""Hoursmith's errors: `{"error": {"code", "message", "fields"?, "requiredPlan"?, "feature"?}}`."""

from collections.abc import Mapping

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from registry.domain.errors import (
    BadRequest,
    Conflict,
    CredentialNotAllowed,
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
from registry.domain.workspace import Contract, Plan
from registry.gateway.operation import Dialect, ErrorCode, message_for
from registry.gateway.wire import WireModel


class ErrorDetail(WireModel):
    """What went wrong.

    `fields` on 422 only, a reason for each field, parameter or header that cannot be accepted;
    `requiredPlan` and `feature` on 402 only.
    """

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True)

    code: str
    message: str
    fields: dict[str, str] | None = None
    required_plan: str | None = None
    feature: str | None = None


class ErrorBody(WireModel):
    """The body of every error."""

    error: ErrorDetail


# The reasons that a program can tell apart: required, invalid, unknown, too_long, out_of_range, and
# not_allowed for a value that is not in an enumeration.
_REASONS: Mapping[str, str] = {
    "": "invalid",
    "missing": "required",
    "string_too_short": "required",
    "extra_forbidden": "unknown",
    "string_too_long": "too_long",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "decimal_range": "out_of_range",
    "before_start": "out_of_range",
    "literal_error": "not_allowed",
}


def _envelope(code: ErrorCode, error: RegistryError) -> ErrorBody:
    detail = ErrorDetail(code=code.code, message=code.message)
    match error:
        case BadRequest(reason=reason) | Conflict(reason=reason):
            detail.message = reason
        case Invalid(fields=fields, parameters=parameters):
            named = (*parameters, *fields)
            detail.fields = {field.dotted: message_for(_REASONS, field) for field in named}
        case PlanRequired() | SubscriptionInactive():
            detail.required_plan = Plan.STUDIO
            detail.feature = "apiAccess"
    return ErrorBody(error=detail)


HOURSMITH = Dialect(
    contract=Contract.HOURSMITH,
    replay_header="Idempotent-Replayed",
    envelope=_envelope,
    errors={
        BadRequest: ErrorCode(400, "bad_request", "The request cannot be read."),
        Unauthenticated: ErrorCode(
            401,
            "unauthenticated",
            "The token is missing, malformed, expired or revoked.",
        ),
        PlanRequired: ErrorCode(
            402,
            "forbidden_plan",
            "The workspace's plan has no API access.",
        ),
        SubscriptionInactive: ErrorCode(
            402,
            "forbidden_plan",
            "The workspace's subscription is not active.",
        ),
        Forbidden: ErrorCode(403, "forbidden_scope", "The token's role may not do this."),
        CredentialNotAllowed: ErrorCode(403, "forbidden_scope", "The token may not use this API."),
        RequestFiltered: ErrorCode(403, "forbidden_scope", "The request was refused."),
        NotFound: ErrorCode(404, "not_found", "No client with this id exists in your workspace."),
        NoSuchRoute: ErrorCode(404, "not_found", "There is no such path or method."),
        Conflict: ErrorCode(409, "conflict", "The client's state does not allow this."),
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
        RaceLost: ErrorCode(409, "conflict", "Others are changing the client; retry shortly."),
        PayloadTooLarge: ErrorCode(413, "bad_request", "The body is larger than 256 KiB."),
        UnsupportedMediaType: ErrorCode(
            415,
            "bad_request",
            "The body must be sent as application/json.",
        ),
        Invalid: ErrorCode(422, "validation_error", "Some fields cannot be accepted."),
        RateLimited: ErrorCode(429, "rate_limited", "Too many requests; retry after a second."),
        QuotaExceeded: ErrorCode(
            429,
            "rate_limited",
            "The quota of requests for this month is used up.",
        ),
        Unavailable: ErrorCode(503, "internal", "The service is unavailable; retry shortly."),
        RegistryError: ErrorCode(500, "internal", "Something went wrong on our side."),
    },
)

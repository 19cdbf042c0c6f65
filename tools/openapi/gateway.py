"""Errors that API Gateway returns in place of an operation."""

from typing import Final

from registry.gateway.operation import Operation
from tools.generate.declarations import dialect
from tools.generate.gateway import GatewayResponse, gateway_responses

# Gateway responses without any route, and those that only a request with a body can have.
_WITHOUT_ROUTE: Final = frozenset(
    {
        "DEFAULT_4XX",
        "EXPIRED_TOKEN",
        "INVALID_SIGNATURE",
        "MISSING_AUTHENTICATION_TOKEN",
        "RESOURCE_NOT_FOUND",
    },
)
_OF_BODIES: Final = frozenset({"BAD_REQUEST_BODY", "REQUEST_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"})
_OF_CREDENTIALS: Final = frozenset(
    {
        "ACCESS_DENIED",
        "AUTHORIZER_CONFIGURATION_ERROR",
        "AUTHORIZER_FAILURE",
        "INVALID_API_KEY",
        "QUOTA_EXCEEDED",
        "UNAUTHORIZED",
    },
)


def gateway_errors(operation: Operation) -> list[GatewayResponse]:
    """The responses that the gateway can return in place of an operation."""
    out = _WITHOUT_ROUTE
    if operation.public:
        out |= _OF_CREDENTIALS
    if operation.body is None:
        out |= _OF_BODIES
    responses = gateway_responses(dialect(operation.dialect.contract))
    return [response for response in responses if response.name not in out]

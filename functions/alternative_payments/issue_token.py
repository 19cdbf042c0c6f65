"""Alternative Payments: `POST /oauth/token`."""

from registry.contracts.alternative_payments import tokens
from registry.contracts.alternative_payments.operations import ISSUE_TOKEN
from registry.contracts.alternative_payments.wire import TokenRequest
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(ISSUE_TOKEN)
def handler(request: Request[TokenRequest, NoParameters]) -> Response:
    """Issue an access token."""
    return tokens.issue_token(request)

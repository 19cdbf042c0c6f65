"""Alternative Payments: `POST /customers/{id}/users`."""

from registry.contracts.alternative_payments import use
from registry.contracts.alternative_payments.operations import CREATE_USER
from registry.contracts.alternative_payments.wire import CreateUser
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(CREATE_USER)
def handler(request: Request[CreateUser, NoParameters]) -> Response:
    """Create a user of a customer."""
    return use.create_user(request)

"""Alternative Payments: `POST /customers/{id}/users`."""

from registry.contracts.alternative_payments import users
from registry.contracts.alternative_payments.operations import CREATE_USER
from registry.contracts.alternative_payments.wire import CreateUser
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(CREATE_USER)
def handler(request: Request[CreateUser, NoParameters], caller: Principal) -> Response:
    """Create a user of a customer."""
    return users.create(request, caller)

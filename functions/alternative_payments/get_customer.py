"""Alternative Payments: `GET /customers/{id}`."""

from registry.contracts.alternative_payments import customers
from registry.contracts.alternative_payments.operations import GET_CUSTOMER
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(GET_CUSTOMER)
def handler(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Read a customer."""
    return customers.get(request, caller)

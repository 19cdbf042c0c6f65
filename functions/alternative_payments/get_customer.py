"""Alternative Payments: `GET /customers/{id}`."""

from registry.contracts.alternative_payments import use
from registry.contracts.alternative_payments.operations import GET_CUSTOMER
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(GET_CUSTOMER)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Read a customer."""
    return use.get_customer(request)

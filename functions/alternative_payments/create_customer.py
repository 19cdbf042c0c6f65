"""Alternative Payments: `POST /customers`."""

from registry.contracts.alternative_payments import use
from registry.contracts.alternative_payments.operations import CREATE_CUSTOMER
from registry.contracts.alternative_payments.wire import CreateCustomer
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(CREATE_CUSTOMER)
def handler(request: Request[CreateCustomer, NoParameters]) -> Response:
    """Create a customer."""
    return use.create_customer(request)

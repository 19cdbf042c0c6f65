"""Alternative Payments: `PATCH /customers/{id}`."""

from registry.contracts.alternative_payments import use
from registry.contracts.alternative_payments.operations import UPDATE_CUSTOMER
from registry.contracts.alternative_payments.wire import UpdateCustomer
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(UPDATE_CUSTOMER)
def handler(request: Request[UpdateCustomer, NoParameters]) -> Response:
    """Change a customer."""
    return use.update_customer(request)

"""Alternative Payments: `PATCH /customers/{id}`."""

from registry.contracts.alternative_payments import customers
from registry.contracts.alternative_payments.operations import UPDATE_CUSTOMER
from registry.contracts.alternative_payments.wire import UpdateCustomer
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(UPDATE_CUSTOMER)
def handler(request: Request[UpdateCustomer, NoParameters], caller: Principal) -> Response:
    """Change a customer."""
    return customers.update(request, caller)

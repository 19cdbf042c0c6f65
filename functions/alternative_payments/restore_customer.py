"""Alternative Payments: `POST /customers/{id}/restore`."""

from registry.contracts.alternative_payments import customers
from registry.contracts.alternative_payments.operations import RESTORE_CUSTOMER
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(RESTORE_CUSTOMER)
def handler(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Restore an archived customer."""
    return customers.restore(request, caller)

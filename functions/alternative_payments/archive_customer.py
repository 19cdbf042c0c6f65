"""Alternative Payments: `DELETE /customers/{id}`."""

from registry.contracts.alternative_payments import customers
from registry.contracts.alternative_payments.operations import ARCHIVE_CUSTOMER
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(ARCHIVE_CUSTOMER)
def handler(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Archive a customer."""
    return customers.archive(request, caller)

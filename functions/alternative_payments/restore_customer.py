"""Alternative Payments: `POST /customers/{id}/restore`."""

from registry.contracts.alternative_payments import use
from registry.contracts.alternative_payments.operations import RESTORE_CUSTOMER
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(RESTORE_CUSTOMER)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Restore an archived customer."""
    return use.restore_customer(request)

"""Alternative Payments: `DELETE /customers/{id}`."""

from registry.contracts.alternative_payments import use
from registry.contracts.alternative_payments.operations import ARCHIVE_CUSTOMER
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(ARCHIVE_CUSTOMER)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Archive a customer."""
    return use.archive_customer(request)

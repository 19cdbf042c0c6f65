"""Alternative Payments: `DELETE /customers/{id}`."""

from registry.contracts.alternative_payments import customers
from registry.contracts.alternative_payments.operations import ARCHIVE_CUSTOMER
from registry.gateway.answer import Answer
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request


@endpoint(ARCHIVE_CUSTOMER)
def handler(request: Request[NoBody, NoParameters], caller: Principal) -> Answer:
    """Archive a customer."""
    return customers.archive(request, caller)

"""Alternative Payments: `GET /customers`."""

from registry.contracts.alternative_payments import customers
from registry.contracts.alternative_payments.operations import LIST_CUSTOMERS
from registry.contracts.alternative_payments.query import ListCustomers
from registry.gateway.answer import Answer
from registry.gateway.endpoint import endpoint
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request


@endpoint(LIST_CUSTOMERS)
def handler(request: Request[NoBody, ListCustomers], caller: Principal) -> Answer:
    """List customers, newest first."""
    return customers.list_page(request, caller)

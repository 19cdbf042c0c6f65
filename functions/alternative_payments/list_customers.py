"""Alternative Payments: `GET /customers`."""

from registry.contracts.alternative_payments import customers
from registry.contracts.alternative_payments.operations import LIST_CUSTOMERS
from registry.contracts.alternative_payments.query import ListCustomers
from registry.gateway.endpoint import endpoint
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_CUSTOMERS)
def handler(request: Request[NoBody, ListCustomers], caller: Principal) -> Response:
    """List customers, newest first."""
    return customers.list_page(request, caller)

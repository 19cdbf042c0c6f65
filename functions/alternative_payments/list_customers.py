"""Alternative Payments: `GET /customers`."""

from registry.contracts.alternative_payments import lists
from registry.contracts.alternative_payments.operations import LIST_CUSTOMERS
from registry.contracts.alternative_payments.wire import ListCustomers
from registry.gateway.endpoint import endpoint
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_CUSTOMERS)
def handler(request: Request[NoBody, ListCustomers]) -> Response:
    """List customers, newest first."""
    return lists.list_customers(request)

"""Alternative Payments: `GET /customers/{id}/users`."""

from registry.contracts.alternative_payments import lists
from registry.contracts.alternative_payments.operations import LIST_USERS
from registry.contracts.alternative_payments.wire import PageQuery
from registry.gateway.endpoint import endpoint
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_USERS)
def handler(request: Request[NoBody, PageQuery]) -> Response:
    """List a customer's users, newest first."""
    return lists.list_users(request)

"""Alternative Payments: `GET /customers/{id}/users`."""

from registry.contracts.alternative_payments import users
from registry.contracts.alternative_payments.operations import LIST_USERS
from registry.contracts.alternative_payments.query import PageQuery
from registry.gateway.endpoint import endpoint
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_USERS)
def handler(request: Request[NoBody, PageQuery], caller: Principal) -> Response:
    """List a customer's users, newest first."""
    return users.list_page(request, caller)

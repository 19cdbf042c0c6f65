"""Athenty: `GET /v2/api/clients`."""

from registry.contracts.athenty import lists
from registry.contracts.athenty.operations import LIST_CLIENTS
from registry.contracts.athenty.wire import ListClients
from registry.gateway.endpoint import endpoint
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_CLIENTS)
def handler(request: Request[NoBody, ListClients]) -> Response:
    """List and search clients."""
    return lists.list_clients(request)

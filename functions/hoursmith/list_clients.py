"""Hoursmith: `GET /api/v1/clients`."""

from registry.contracts.hoursmith import lists
from registry.contracts.hoursmith.operations import LIST_CLIENTS
from registry.contracts.hoursmith.wire import ListClients
from registry.gateway.endpoint import endpoint
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_CLIENTS)
def handler(request: Request[NoBody, ListClients]) -> Response:
    """List clients."""
    return lists.list_clients(request)

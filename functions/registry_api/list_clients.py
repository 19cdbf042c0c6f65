"""Registry: `GET /v1/clients`."""

from registry.contracts.registry_api.clients import lists
from registry.contracts.registry_api.clients.operations import LIST_CLIENTS
from registry.contracts.registry_api.clients.wire import ListClients
from registry.gateway.endpoint import endpoint
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_CLIENTS)
def handler(request: Request[NoBody, ListClients]) -> Response:
    """List clients, or look them up by exact values."""
    return lists.list_clients(request)

"""Hoursmith: `GET /api/v1/clients`."""

from registry.contracts.hoursmith import clients
from registry.contracts.hoursmith.operations import LIST_CLIENTS
from registry.contracts.hoursmith.query import ListClients
from registry.gateway.endpoint import endpoint
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_CLIENTS)
def handler(request: Request[NoBody, ListClients], caller: Principal) -> Response:
    """List clients."""
    return clients.list_page(request, caller)

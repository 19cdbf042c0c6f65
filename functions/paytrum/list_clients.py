"""Paytrum: `GET /v1/clients`."""

from registry.contracts.paytrum import lists
from registry.contracts.paytrum.operations import LIST_CLIENTS
from registry.contracts.paytrum.wire import ListClients
from registry.gateway.endpoint import endpoint
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_CLIENTS)
def handler(request: Request[NoBody, ListClients]) -> Response:
    """List clients, newest first."""
    return lists.list_clients(request)

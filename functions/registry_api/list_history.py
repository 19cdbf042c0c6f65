"""Registry: `GET /v1/clients/{id}/history`."""

from registry.contracts.registry_api.clients import lists
from registry.contracts.registry_api.clients.operations import LIST_HISTORY
from registry.contracts.registry_api.clients.wire import PageQuery
from registry.gateway.endpoint import endpoint
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_HISTORY)
def handler(request: Request[NoBody, PageQuery]) -> Response:
    """List the events of a client, newest first."""
    return lists.list_history(request)

"""Registry: `GET /v1/clients/{id}/matches`."""

from registry.contracts.registry_api.clients.wire import PageQuery
from registry.contracts.registry_api.matches import lists
from registry.contracts.registry_api.matches.operations import LIST_CLIENT_MATCHES
from registry.gateway.endpoint import endpoint
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_CLIENT_MATCHES)
def handler(request: Request[NoBody, PageQuery]) -> Response:
    """List the pairs of a client, newest first."""
    return lists.list_client_matches(request)

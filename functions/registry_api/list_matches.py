"""Registry: `GET /v1/matches`."""

from registry.contracts.registry_api.matches import lists
from registry.contracts.registry_api.matches.operations import LIST_MATCHES
from registry.contracts.registry_api.matches.wire import ListMatches
from registry.gateway.endpoint import endpoint
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_MATCHES)
def handler(request: Request[NoBody, ListMatches]) -> Response:
    """List the pairs of clients that may be one and the same, newest first."""
    return lists.list_matches(request)

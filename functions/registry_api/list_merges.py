"""Registry: `GET /v1/merges`."""

from registry.contracts.registry_api.merges import lists
from registry.contracts.registry_api.merges.operations import LIST_MERGES
from registry.contracts.registry_api.merges.wire import ListMerges
from registry.gateway.endpoint import endpoint
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_MERGES)
def handler(request: Request[NoBody, ListMerges]) -> Response:
    """List the merges of the workspace, newest first."""
    return lists.list_merges(request)

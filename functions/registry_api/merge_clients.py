"""Registry: `POST /v1/merges`."""

from registry.contracts.registry_api.merges import use
from registry.contracts.registry_api.merges.operations import MERGE_CLIENTS
from registry.contracts.registry_api.merges.wire import MergeClients, MergeQuery
from registry.gateway.endpoint import endpoint
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(MERGE_CLIENTS)
def handler(request: Request[MergeClients, MergeQuery]) -> Response:
    """Merge a client into another one, or see what that would do."""
    return use.merge_clients(request)

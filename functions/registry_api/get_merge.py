"""Registry: `GET /v1/merges/{id}`."""

from registry.contracts.registry_api.merges import use
from registry.contracts.registry_api.merges.operations import GET_MERGE
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(GET_MERGE)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Retrieve a merge."""
    return use.get_merge(request)

"""Registry: `POST /v1/merges/{id}/undo`."""

from registry.contracts.registry_api.merges import use
from registry.contracts.registry_api.merges.operations import UNDO_MERGE
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(UNDO_MERGE)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Undo the latest merge of a client."""
    return use.undo_merge(request)

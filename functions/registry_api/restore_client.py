"""Registry: `POST /v1/clients/{id}/restore`."""

from registry.contracts.registry_api.clients import use
from registry.contracts.registry_api.clients.operations import RESTORE_CLIENT
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(RESTORE_CLIENT)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Restore an archived client."""
    return use.restore_client(request)

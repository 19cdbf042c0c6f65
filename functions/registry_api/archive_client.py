"""Registry: `DELETE /v1/clients/{id}`."""

from registry.contracts.registry_api.clients import use
from registry.contracts.registry_api.clients.operations import ARCHIVE_CLIENT
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(ARCHIVE_CLIENT)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Archive a client."""
    return use.archive_client(request)

"""Registry: `GET /v1/clients/{id}`."""

from registry.contracts.registry_api.clients import use
from registry.contracts.registry_api.clients.operations import GET_CLIENT
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(GET_CLIENT)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Retrieve a client."""
    return use.get_client(request)

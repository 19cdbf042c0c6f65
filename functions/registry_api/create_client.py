"""Registry: `POST /v1/clients`."""

from registry.contracts.registry_api.clients import use
from registry.contracts.registry_api.clients.operations import CREATE_CLIENT
from registry.contracts.registry_api.clients.wire import CreateClient
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(CREATE_CLIENT)
def handler(request: Request[CreateClient, NoParameters]) -> Response:
    """Create a client."""
    return use.create_client(request)

"""Registry: `PATCH /v1/clients/{id}`."""

from registry.contracts.registry_api.clients import use
from registry.contracts.registry_api.clients.operations import UPDATE_CLIENT
from registry.contracts.registry_api.clients.wire import UpdateClient
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(UPDATE_CLIENT)
def handler(request: Request[UpdateClient, NoParameters]) -> Response:
    """Change a client by a JSON Merge Patch."""
    return use.update_client(request)

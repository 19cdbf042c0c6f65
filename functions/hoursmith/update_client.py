"""Hoursmith: `PATCH /api/v1/clients/{id}`."""

from registry.contracts.hoursmith import clients
from registry.contracts.hoursmith.operations import UPDATE_CLIENT
from registry.contracts.hoursmith.wire import UpdateClient
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(UPDATE_CLIENT)
def handler(request: Request[UpdateClient, NoParameters], caller: Principal) -> Response:
    """Change a client."""
    return clients.update(request, caller)

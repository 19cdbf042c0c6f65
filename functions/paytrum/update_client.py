"""Paytrum: `PATCH /v1/clients/{id}`."""

from registry.contracts.paytrum import clients
from registry.contracts.paytrum.operations import UPDATE_CLIENT
from registry.contracts.paytrum.wire import UpdateClient
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(UPDATE_CLIENT)
def handler(request: Request[UpdateClient, NoParameters], caller: Principal) -> Response:
    """Change a client."""
    return clients.update(request, caller)

"""Paytrum: `POST /v1/clients/{id}/restore`."""

from registry.contracts.paytrum import clients
from registry.contracts.paytrum.operations import RESTORE_CLIENT
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(RESTORE_CLIENT)
def handler(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Restore an archived client."""
    return clients.restore(request, caller)

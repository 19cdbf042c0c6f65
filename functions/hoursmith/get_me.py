"""Hoursmith: `GET /api/v1/me`."""

from registry.contracts.hoursmith import clients
from registry.contracts.hoursmith.operations import GET_ME
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(GET_ME)
def handler(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Retrieve the member a token acts as."""
    return clients.me(request, caller)

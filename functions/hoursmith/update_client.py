"""Hoursmith: `PATCH /api/v1/clients/{id}`."""

from registry.contracts.hoursmith import use
from registry.contracts.hoursmith.operations import UPDATE_CLIENT
from registry.contracts.hoursmith.wire import UpdateClient
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(UPDATE_CLIENT)
def handler(request: Request[UpdateClient, NoParameters]) -> Response:
    """Change a client."""
    return use.update_client(request)

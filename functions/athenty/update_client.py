"""Athenty: `PATCH /v2/api/clients/{id}`."""

from registry.contracts.athenty import use
from registry.contracts.athenty.operations import UPDATE_CLIENT
from registry.contracts.athenty.wire import UpdateClient
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(UPDATE_CLIENT)
def handler(request: Request[UpdateClient, NoParameters]) -> Response:
    """Change, archive or restore a client."""
    return use.update_client(request)

"""Athenty: `POST /v2/api/clients`."""

from registry.contracts.athenty import use
from registry.contracts.athenty.operations import CREATE_CLIENT
from registry.contracts.athenty.wire import CreateClient
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(CREATE_CLIENT)
def handler(request: Request[CreateClient, NoParameters]) -> Response:
    """Create a client."""
    return use.create_client(request)

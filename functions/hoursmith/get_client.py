"""Hoursmith: `GET /api/v1/clients/{id}`."""

from registry.contracts.hoursmith import use
from registry.contracts.hoursmith.operations import GET_CLIENT
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(GET_CLIENT)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Retrieve a client."""
    return use.get_client(request)

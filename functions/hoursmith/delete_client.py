"""Hoursmith: `DELETE /api/v1/clients/{id}`."""

from registry.contracts.hoursmith import use
from registry.contracts.hoursmith.operations import DELETE_CLIENT
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(DELETE_CLIENT)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Delete a client."""
    return use.delete_client(request)

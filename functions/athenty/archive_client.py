"""Athenty: `DELETE /v2/api/clients/{id}`."""

from registry.contracts.athenty import use
from registry.contracts.athenty.operations import ARCHIVE_CLIENT
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(ARCHIVE_CLIENT)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Archive a client."""
    return use.archive_client(request)

"""Hoursmith: `GET /api/v1/me`."""

from registry.contracts.hoursmith import use
from registry.contracts.hoursmith.operations import GET_ME
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(GET_ME)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Retrieve the member a token acts as."""
    return use.get_me(request)

"""Registry: `GET /v1/erasures/{id}`."""

from registry.contracts.registry_api.erasures import use
from registry.contracts.registry_api.erasures.operations import GET_ERASURE
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(GET_ERASURE)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Retrieve an erasure, with its receipt when it is done."""
    return use.get_erasure(request)

"""Registry: `POST /v1/erasures`."""

from registry.contracts.registry_api.erasures import use
from registry.contracts.registry_api.erasures.operations import CREATE_ERASURE
from registry.contracts.registry_api.erasures.wire import CreateErasure, ErasureQuery
from registry.gateway.endpoint import endpoint
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(CREATE_ERASURE)
def handler(request: Request[CreateErasure, ErasureQuery]) -> Response:
    """Erase a client, or see what that would remove."""
    return use.create_erasure(request)

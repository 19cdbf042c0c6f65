"""Registry: `GET /v1/clients/{id}/consents`."""

from registry.contracts.registry_api.clients import lists
from registry.contracts.registry_api.clients.operations import LIST_CONSENTS
from registry.contracts.registry_api.clients.wire import PageQuery
from registry.gateway.endpoint import endpoint
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_CONSENTS)
def handler(request: Request[NoBody, PageQuery]) -> Response:
    """List the evidence of a client's consents, newest first."""
    return lists.list_consents(request)

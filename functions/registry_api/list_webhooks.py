"""Registry: `GET /v1/webhooks`."""

from registry.contracts.registry_api.webhooks import use
from registry.contracts.registry_api.webhooks.operations import LIST_WEBHOOKS
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_WEBHOOKS)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """List the webhooks of the workspace."""
    return use.list_webhooks(request)

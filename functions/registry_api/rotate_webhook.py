"""Registry: `POST /v1/webhooks/{id}/rotate`."""

from registry.contracts.registry_api.webhooks import use
from registry.contracts.registry_api.webhooks.operations import ROTATE_WEBHOOK
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(ROTATE_WEBHOOK)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Give a webhook a new secret."""
    return use.rotate_webhook(request)

"""Registry: `POST /v1/webhooks`."""

from registry.contracts.registry_api.webhooks import use
from registry.contracts.registry_api.webhooks.operations import CREATE_WEBHOOK
from registry.contracts.registry_api.webhooks.wire import CreateWebhook
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(CREATE_WEBHOOK)
def handler(request: Request[CreateWebhook, NoParameters]) -> Response:
    """Create a webhook."""
    return use.create_webhook(request)

"""Registry: `PATCH /v1/webhooks/{id}`."""

from registry.contracts.registry_api.webhooks import use
from registry.contracts.registry_api.webhooks.operations import UPDATE_WEBHOOK
from registry.contracts.registry_api.webhooks.wire import UpdateWebhook
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(UPDATE_WEBHOOK)
def handler(request: Request[UpdateWebhook, NoParameters]) -> Response:
    """Change a webhook."""
    return use.update_webhook(request)

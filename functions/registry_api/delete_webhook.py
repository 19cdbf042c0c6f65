"""Registry: `DELETE /v1/webhooks/{id}`."""

from registry.contracts.registry_api.webhooks import use
from registry.contracts.registry_api.webhooks.operations import DELETE_WEBHOOK
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(DELETE_WEBHOOK)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Delete a webhook."""
    return use.delete_webhook(request)

"""Registry: `POST /v1/webhooks/{id}/test`."""

from registry.contracts.registry_api.webhooks import use
from registry.contracts.registry_api.webhooks.operations import TEST_WEBHOOK
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(TEST_WEBHOOK)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Send a webhook a test."""
    return use.test_webhook(request)

"""Alternative Payments: `POST /webhooks`."""

from registry.contracts.alternative_payments import subscriptions
from registry.contracts.alternative_payments.operations import CREATE_WEBHOOK
from registry.contracts.alternative_payments.wire import CreateWebhook
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(CREATE_WEBHOOK)
def handler(request: Request[CreateWebhook, NoParameters]) -> Response:
    """Subscribe an address to a topic."""
    return subscriptions.create_webhook(request)

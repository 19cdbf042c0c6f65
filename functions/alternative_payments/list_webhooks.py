"""Alternative Payments: `GET /webhooks`."""

from registry.contracts.alternative_payments import subscriptions
from registry.contracts.alternative_payments.operations import LIST_WEBHOOKS
from registry.contracts.alternative_payments.wire import ListWebhooks
from registry.gateway.endpoint import endpoint
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_WEBHOOKS)
def handler(request: Request[NoBody, ListWebhooks]) -> Response:
    """List webhooks."""
    return subscriptions.list_webhooks(request)

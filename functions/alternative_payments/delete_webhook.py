"""Alternative Payments: `DELETE /webhooks/{subscription_id}`."""

from registry.contracts.alternative_payments import subscriptions
from registry.contracts.alternative_payments.operations import DELETE_WEBHOOK
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(DELETE_WEBHOOK)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Delete a webhook."""
    return subscriptions.delete_webhook(request)

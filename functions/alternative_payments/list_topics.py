"""Alternative Payments: `GET /webhooks/events`."""

from registry.contracts.alternative_payments import subscriptions
from registry.contracts.alternative_payments.operations import LIST_TOPICS
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_TOPICS)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """List the topics that a webhook can have."""
    return subscriptions.list_topics(request)

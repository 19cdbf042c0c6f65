"""Registry: `GET /v1/webhooks/{id}/deliveries`."""

from registry.contracts.registry_api.webhooks import lists
from registry.contracts.registry_api.webhooks.operations import LIST_DELIVERIES
from registry.contracts.registry_api.webhooks.wire import ListDeliveries
from registry.gateway.endpoint import endpoint
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_DELIVERIES)
def handler(request: Request[NoBody, ListDeliveries]) -> Response:
    """List the attempts to tell a webhook of events, newest first."""
    return lists.list_deliveries(request)

"""Registry: `POST /v1/webhooks/{id}/deliveries/{event_id}/retry`."""

from registry.contracts.registry_api.webhooks import use
from registry.contracts.registry_api.webhooks.operations import REDELIVER
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(REDELIVER)
def handler(request: Request[NoBody, NoParameters]) -> Response:
    """Send an event to a webhook again, or now."""
    return use.redeliver(request)

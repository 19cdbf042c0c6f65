"""Registry: `GET /v1/events`."""

from registry.contracts.registry_api.clients import lists
from registry.contracts.registry_api.clients.operations import LIST_EVENTS
from registry.contracts.registry_api.clients.wire import ListEvents
from registry.gateway.endpoint import endpoint
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


@endpoint(LIST_EVENTS)
def handler(request: Request[NoBody, ListEvents]) -> Response:
    """Read the feed of the workspace's events, oldest first."""
    return lists.list_events(request)

"""From an event to the endpoints that are told of it: a message in the queue for each.

Endpoints are read after the events were written. So an event of before an endpoint was opened or
disabled is queued, or it is in the feed behind the place from which the endpoint catches up.
"""

from collections.abc import Sequence

from registry.domain.event import AnyEvent
from registry.domain.tenant import Tenant
from registry.domain.webhook import Endpoint
from registry.store.webhook_queue import Message, WebhookQueue
from registry.store.webhooks import WebhookStore


class FanOut:
    """Queues events for endpoints."""

    def __init__(self, webhooks: WebhookStore, queue: WebhookQueue) -> None:
        """Keep the endpoints and the queue."""
        self._webhooks = webhooks
        self._queue = queue

    def __call__(self, events: Sequence[tuple[Tenant, AnyEvent]], *, again: bool = False) -> None:
        """Queue events that are in the feed for the endpoints of their tenants.

        One call for each tenant, and one for some ten messages.

        Args:
            events: in the order of each client's versions.
            again: whether some of the events may have been written by an earlier run. When they
                were written is not known here, so they are queued even for endpoints that are
                open or disabled: `deliver` notes their places when it drops them.
        """
        told = [(tenant, event) for tenant, event in events if not event.quiet]
        endpoints = {tenant: self._webhooks.all(tenant) for tenant in {each for each, _ in told}}
        self._queue.put(
            [
                _message(tenant, endpoint, event)
                for tenant, event in told
                for endpoint in endpoints[tenant]
                if endpoint.takes(event.type) and (endpoint.queued or again)
            ]
        )


def _message(tenant: Tenant, endpoint: Endpoint, event: AnyEvent) -> Message:
    return Message(
        tenant=tenant,
        endpoint_id=endpoint.id,
        event_id=event.id,
        client_id=event.client_id,
    )

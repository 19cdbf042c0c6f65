"""Events and the feed: one event for each version of a client, and two for a payment method.

Nothing slow belongs here, because webhooks wait for it.
"""

from collections.abc import Sequence

from registry.domain.change import QUIET_REQUEST
from registry.domain.event import AnyEvent, EventType, PaymentMethodEvent, event_of
from registry.projections.stream import ClientChange, StreamChange
from registry.store.events import EventStore

NAME = "project"


class Project:
    """Writes the events of changes."""

    def __init__(self, events: EventStore) -> None:
        """Keep the store of events."""
        self._events = events

    def __call__(self, changes: Sequence[StreamChange]) -> None:
        """Write the event of every change, unless it is there from before."""
        self._events.append([(change.tenant, _event(change)) for change in changes])


def _event(change: StreamChange) -> AnyEvent:
    if isinstance(change, ClientChange):
        return event_of(change.before, change.after)
    removed = change.removed
    kind = EventType.PAYMENT_METHOD_REMOVED if removed else EventType.PAYMENT_METHOD_ADDED
    quiet = change.author.request_id == QUIET_REQUEST
    return PaymentMethodEvent(change.method, kind, change.at, quiet)

"""Events and the feed: one event for each version of a client, and two for a payment method.

They are queued for webhooks. Nothing slow belongs here, because webhooks wait for it.
"""

from collections.abc import Sequence
from typing import Protocol

from registry.domain.change import QUIET_REQUEST
from registry.domain.event import AnyEvent, EventType, PaymentMethodEvent, event_of
from registry.domain.tenant import Tenant
from registry.projections.stream import ClientChange, StreamChange
from registry.store.events import EventStore

NAME = "project"


class Queue(Protocol):
    """Queues events for webhooks, as `FanOut` does."""

    def __call__(self, events: Sequence[tuple[Tenant, AnyEvent]], *, again: bool = False) -> None:
        """Queue events; `again` where some of them may have been written by an earlier run."""


class Project:
    """Writes the events of changes, and queues them for webhooks."""

    def __init__(self, events: EventStore, fan_out: Queue) -> None:
        """Keep the store of events, and what queues them."""
        self._events = events
        self._fan_out = fan_out

    def __call__(self, changes: Sequence[StreamChange]) -> None:
        """Write the event of every change, unless it is there from before, and queue it.

        An event that is there from before is queued again: the run that wrote it may have ended
        before it was queued. Nobody is told twice of what was delivered.
        """
        events = [(change.tenant, _event(change)) for change in changes]
        written = self._events.append(events)
        self._fan_out(events, again=written < len(events))


def _event(change: StreamChange) -> AnyEvent:
    if isinstance(change, ClientChange):
        return event_of(change.before, change.after)
    removed = change.removed
    kind = EventType.PAYMENT_METHOD_REMOVED if removed else EventType.PAYMENT_METHOD_ADDED
    quiet = change.author.request_id == QUIET_REQUEST
    return PaymentMethodEvent(change.method, kind, change.author.at, quiet)

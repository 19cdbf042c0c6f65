"""Events and the feed: one event for each version of a client, queued for webhooks.

Nothing slow belongs here, because webhooks wait for it.
"""

from collections.abc import Sequence

from registry.domain.event import event_of
from registry.projections.fan_out import FanOut
from registry.projections.stream import ClientChange
from registry.store.events import EventStore

NAME = "project"


class Project:
    """Writes the events of changes, and queues them for webhooks."""

    def __init__(self, events: EventStore, fan_out: FanOut) -> None:
        """Keep the store of events, and what queues them."""
        self._events = events
        self._fan_out = fan_out

    def __call__(self, changes: Sequence[ClientChange]) -> None:
        """Write the event of every change, unless it is there from before, and queue it.

        An event that is there from before is queued again: the run that wrote it may have ended
        before it was queued. Nobody is told twice of what was delivered.
        """
        events = [(change.tenant, event_of(change.before, change.after)) for change in changes]
        written = self._events.append(events)
        self._fan_out(events, again=written < len(events))

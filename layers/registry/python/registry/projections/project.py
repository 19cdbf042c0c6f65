"""Events and the feed: one event for each version of a client.

Nothing slow belongs here, because webhooks wait for it.
"""

from collections.abc import Sequence

from registry.domain.event import event_of
from registry.projections.stream import ClientChange
from registry.store.events import EventStore

NAME = "project"


class Project:
    """Writes the events of changes."""

    def __init__(self, events: EventStore) -> None:
        """Keep the store of events."""
        self._events = events

    def __call__(self, changes: Sequence[ClientChange]) -> None:
        """Write the event of every change, unless it is there from before."""
        events = [(change.tenant, event_of(change.before, change.after)) for change in changes]
        self._events.append(events)

"""What happened to a client, newest first: to it, its payment methods, and what it absorbed.

The events of one client's versions are in the order of their numbers, those of payment methods by
time. All are taken side by side, whichever is the latest next.
"""

import hashlib
import heapq
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import datetime

from registry.domain.client import Client
from registry.domain.event import ClientEvent, Event, EventType, PaymentMethodEvent
from registry.domain.immutable import dataclass, replace
from registry.domain.tenant import Tenant
from registry.store.events import EventStore

_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a history: what lies behind it is older.

    Attributes:
        versions: of each client the last version that was shown; none of those that were not yet.
        method: the last event of a payment method that was shown: its instant in milliseconds, and
            a digest of its id. None where none was shown yet.
    """

    versions: Mapping[str, int] = field(default_factory=dict)
    method: tuple[int, str] | None = None

    def after(self, event: ClientEvent) -> "Place":
        """The place right behind the event that comes next."""
        if isinstance(event, Event):
            return replace(self, versions={**self.versions, event.client_id: event.version})
        return replace(self, method=_method_order(event))


def history(
    events: EventStore,
    tenant: Tenant,
    client: Client,
    *,
    start: Place | None = None,
    at_once: int = 1_000,
) -> Iterator[tuple[ClientEvent, Place]]:
    """The events of a client and of those it absorbed, newest first, each with the place behind it.

    Two calls for each client.

    Args:
        events: their store.
        tenant: the tenant of the client.
        client: the client.
        start: only events behind this place; None for all.
        at_once: how many events of versions a call reads.
    """
    place = start or Place()
    client_ids = (client.id, *client.absorbed)
    versions: list[Iterator[ClientEvent]] = [
        iter(events.of(tenant, each, before=place.versions.get(each), at_once=at_once))
        for each in client_ids
    ]
    found = (event for each in client_ids for event in events.of_payment_methods(tenant, each))
    methods = sorted(
        (each for each in found if place.method is None or _method_order(each) < place.method),
        key=_method_order,
        reverse=True,
    )
    for event in heapq.merge(*versions, methods, key=_order, reverse=True):
        place = place.after(event)
        yield event, place


def _order(event: ClientEvent) -> tuple[int, int, str, int]:
    """The place of an event among those of several clients and of payment methods."""
    if isinstance(event, Event):
        return _milliseconds(event.at), 1, event.client_id, event.version
    at, digest = _method_order(event)
    return at, 0, digest, 0


def _method_order(event: PaymentMethodEvent) -> tuple[int, str]:
    """The place of an event of a payment method among its kind, short enough for a cursor.

    Within a millisecond a removal is later than an attachment, since what is removed was attached.
    """
    removed = event.type is EventType.PAYMENT_METHOD_REMOVED
    digest = hashlib.sha256(event.id.encode()).hexdigest()
    return _milliseconds(event.at), f"{removed:d}{digest}"[:_DIGITS]


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1_000)

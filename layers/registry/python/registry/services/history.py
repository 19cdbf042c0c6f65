"""What happened to a client, newest first: the events of its versions and of its payment methods.

Both are in their own order: versions in that of their numbers, events of payment methods by time.
They are taken side by side, whichever is later next.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from registry.domain.event import AnyEvent, Event, PaymentMethodEvent
from registry.domain.identifiers import instant
from registry.domain.tenant import Tenant
from registry.store.events import EventStore


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a client's history: what lies behind it is older.

    Attributes:
        version: the event of this version is in front of it, and that of the one before behind;
            None where all versions are behind it.
        method: the instant and id of the last event of a payment method in front of it; empty
            where there is none.
    """

    version: int | None = None
    method: tuple[str, str] = ("", "")

    def after(self, event: AnyEvent) -> "Place":
        """The place right behind an event that comes next."""
        if isinstance(event, Event):
            return replace(self, version=event.version)
        return replace(self, method=_order(event))


def history(
    events: EventStore,
    tenant: Tenant,
    client_id: str,
    *,
    start: Place | None = None,
    at_once: int = 1_000,
) -> Iterator[tuple[AnyEvent, Place]]:
    """The events of a client, newest first, each with the place behind it. Two calls.

    Args:
        events: their store.
        tenant: the tenant of the client.
        client_id: the client.
        start: only events behind this place; None for all.
        at_once: how many events of versions a call reads.
    """
    place = start or Place()
    versions = events.of(tenant, client_id, before=place.version, at_once=at_once)
    methods = iter(
        event
        for event in events.of_payment_methods(tenant, client_id)
        if not place.method[0] or _order(event) < place.method
    )
    version, method = next(versions, None), next(methods, None)
    while True:
        event: AnyEvent
        # The instant of a payment method's event is rounded down to the second.
        if version is not None and (method is None or version.at >= method.at):
            event, version = version, next(versions, None)
        elif method is not None:
            event, method = method, next(methods, None)
        else:
            return
        place = place.after(event)
        yield event, place


def _order(event: PaymentMethodEvent) -> tuple[str, str]:
    return instant(event.at), event.id

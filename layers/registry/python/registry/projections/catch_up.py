"""Catching up: an endpoint that missed events is told of them from the feed.

The feed is read a page at a time. The events of a page are queued in one group, with the next step
behind them in the same group, so that the queue holds one page of an endpoint at most. An event
that fails goes to the group of its client, and the page goes on.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from registry.domain.errors import RaceLost
from registry.domain.identifiers import instant, now
from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant
from registry.domain.webhook import KEPT, Cause, DeliveryState, Endpoint
from registry.services.webhooks import CATCH_UP_GROUP, reading_on
from registry.store.deliveries import DeliveryStore
from registry.store.event_items import FeedEntry
from registry.store.events import SETTLED_SECONDS, EventStore
from registry.store.webhook_queue import Message, WebhookQueue
from registry.store.webhooks import WebhookStore

PAGE = 100

# Entries that a step looks at; most may be of types that the endpoint does not ask for.
_LOOKED_AT = 1_000
_DONE = frozenset({DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.SKIPPED})


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Reads the feed on for endpoints.

    Attributes:
        webhooks, deliveries, events, queue: the stores.
        clock: the present instant.
    """

    webhooks: WebhookStore
    deliveries: DeliveryStore
    events: EventStore
    queue: WebhookQueue
    clock: Callable[[], datetime] = now

    def __call__(self, tenant: Tenant, endpoint: Endpoint) -> float | None:
        """Queue the next page for an endpoint.

        Returns:
            The seconds after which the step is to come again, because the feed is not settled that
            far; None where the step is done.
        """
        until = endpoint.catch_up_until
        if not endpoint.queued or until is None:
            return None
        settled = self.clock() - timedelta(seconds=SETTLED_SECONDS)
        found, place = missing(
            self.events,
            self.deliveries,
            tenant,
            endpoint,
            until=min(settled, until),
            most=PAGE,
            not_before=self.clock() - KEPT,
        )
        self.queue.put([_told(tenant, endpoint, entry) for entry in found])
        at_end = place is None
        if at_end and not found and settled < until:
            return (until - settled).total_seconds() + 1
        try:
            if at_end and settled >= until:
                self.webhooks.read_on(tenant, endpoint, None)
                return None
            reached = place or found[-1].place
            self.webhooks.read_on(tenant, endpoint, reached)
        except RaceLost:
            # It may have missed more meanwhile: begin again, unless it is open or disabled by now.
            reached = instant(self.clock())
        self.queue.put([reading_on(tenant, endpoint, reached)])
        return None


def missing(  # noqa: PLR0913 - one parameter per bound
    events: EventStore,
    deliveries: DeliveryStore,
    tenant: Tenant,
    endpoint: Endpoint,
    *,
    until: datetime,
    most: int,
    not_before: datetime | None = None,
) -> tuple[list[FeedEntry], str | None]:
    """Events in the feed that an endpoint was not told of, from where it is behind.

    Args:
        events: the feed.
        deliveries: what became of events.
        tenant: whose feed it is.
        endpoint: the endpoint.
        until: the instant up to which entries are read.
        most: how many events are returned.
        not_before: the instant from which on entries are read.

    Returns:
        The events, and the place up to which the feed was read; None for its end.
    """
    start = endpoint.behind_from or instant(until)
    if not_before is not None:
        start = max(start, instant(not_before))
    found: list[FeedEntry] = []
    page: list[FeedEntry] = []
    feed = events.feed(tenant, after=start, until=until, at_once=PAGE)
    for looked_at, entry in enumerate(feed, 1):
        if endpoint.takes(entry.type):
            page.append(entry)
        if len(page) == most or looked_at == _LOOKED_AT:
            found += _not_done(deliveries, tenant, endpoint, page)
            page = []
            if len(found) >= most or looked_at >= _LOOKED_AT:
                return found[:most], found[most - 1].place if len(found) > most else entry.place
    return found + _not_done(deliveries, tenant, endpoint, page), None


def _not_done(
    deliveries: DeliveryStore,
    tenant: Tenant,
    endpoint: Endpoint,
    entries: list[FeedEntry],
) -> list[FeedEntry]:
    """Those of these events that were neither delivered, nor given up or skipped."""
    if not entries:
        return []
    known = deliveries.get_many(
        tenant, endpoint.id, [(entry.about, entry.event_id) for entry in entries]
    )
    return [
        entry
        for entry in entries
        if entry.event_id not in known or known[entry.event_id].state not in _DONE
    ]


def _told(tenant: Tenant, endpoint: Endpoint, entry: FeedEntry) -> Message:
    """The message that has an endpoint told of an event that it missed."""
    began = endpoint.catch_up_until
    return Message(
        tenant=tenant,
        endpoint_id=endpoint.id,
        event_id=entry.event_id,
        client_id=entry.client_id or "",
        cause=Cause.CATCH_UP,
        counter=instant(began) if began is not None else "",
        group=CATCH_UP_GROUP,
    )

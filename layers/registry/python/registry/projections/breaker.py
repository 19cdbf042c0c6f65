"""Endpoints that do nothing but fail: opened, tried now and then, closed again, or disabled.

Nothing is queued for an open endpoint, and what is in the queue is dropped when its turn comes, so
that one receiver that is down holds neither the queue nor the function that delivers.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import NAMESPACE_OID, uuid5

from registry.domain.errors import RaceLost
from registry.domain.event import AnyEvent, EndpointEvent
from registry.domain.identifiers import instant, now
from registry.domain.immutable import dataclass, replace
from registry.domain.tenant import Tenant
from registry.domain.webhook import (
    GIVEN_UP_AFTER,
    OVERLAP,
    UNQUEUED,
    Attempt,
    Cause,
    Delivery,
    DeliveryState,
    DisabledReason,
    Endpoint,
    delivery_after,
    well,
)
from registry.projections.catch_up import missing
from registry.projections.fan_out import FanOut
from registry.projections.posting import Answer
from registry.projections.telling import Telling
from registry.services.webhooks import reading_on
from registry.store.deliveries import DeliveryStore
from registry.store.events import EventStore
from registry.store.webhook_queue import WebhookQueue
from registry.store.webhooks import WebhookStore

# An endpoint is opened when it did nothing but fail for so long and so often.
_FAILING_FOR, _FAILURES = timedelta(seconds=60), 5
_PROBES, _SOON, _LATER = 10, timedelta(minutes=1), timedelta(minutes=5)
# A probe tells of one of the first events that were missed, another one each time: one that the
# receiver cannot take must not keep the others back.
_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Breaker:
    """Opens, probes, closes and disables endpoints.

    Attributes:
        webhooks, deliveries, events, queue: the stores.
        telling: tells an endpoint.
        fan_out: queues the event of an endpoint that was disabled, for the others.
        disabled: is told of every endpoint that was disabled.
        clock: the present instant.
    """

    webhooks: WebhookStore
    deliveries: DeliveryStore
    events: EventStore
    queue: WebhookQueue
    telling: Telling
    fan_out: FanOut
    disabled: Callable[[Tenant, Endpoint], None]
    clock: Callable[[], datetime] = now

    def failed(
        self,
        tenant: Tenant,
        endpoint: Endpoint,
        answer: Answer,
        place: str | None,
    ) -> None:
        """Take note of a failed attempt: the endpoint may be opened by it, or disabled.

        Args:
            tenant: whose endpoint it is.
            endpoint: the endpoint.
            answer: what came of the attempt.
            place: of the event in the feed; None for a test, by which no endpoint is opened: there
                may be nothing that it could be probed with.
        """
        at = self.clock()
        endpoint = self.webhooks.failed(tenant, endpoint.id, at)
        if self._is_gone(endpoint, answer):
            self._disable(tenant, endpoint, DisabledReason.GONE)
        elif (
            place is not None
            and endpoint.queued
            and endpoint.failures >= _FAILURES
            and at - _failing_since(endpoint, at) >= _FAILING_FOR
        ):
            # An instant is before all entries of the feed that bear it.
            opened = replace(
                endpoint,
                opened_at=at,
                probe_at=at + _SOON,
                behind_from=min(instant(at - UNQUEUED), place.partition("#")[0]),
            )
            try:
                self.webhooks.open(tenant, opened)
            except RaceLost:
                return

    def succeeded(self, tenant: Tenant, endpoint: Endpoint) -> None:
        """Take note of an attempt that succeeded. No call where none had failed."""
        if endpoint.failures or endpoint.failing_since is not None:
            working = replace(endpoint, failures=0, failing_since=None)
            self.webhooks.save(tenant, working, ("failures", "failing_since"))

    def probe(self, tenant: Tenant, endpoint: Endpoint) -> None:
        """Try an open endpoint with an event that it has missed.

        One that has missed nothing it could be told of is closed without. Its failures go on
        counting then, so that the next one opens it again.
        """
        if not endpoint.enabled:
            self.announce(tenant, endpoint)
            return
        if not endpoint.open:
            if endpoint.catch_up_until is not None:
                # An earlier run closed it, and ended before it could say that it is to catch up.
                self.queue.put([reading_on(tenant, endpoint)])
            self.webhooks.looked_after(tenant, endpoint.id)
            return
        candidates = list(self._candidates(tenant, endpoint))
        first = endpoint.probes % max(1, len(candidates))
        for event, known in candidates[first:] + candidates[:first]:
            number = known.attempts + 1 if known is not None else 1
            answer = self.telling.of(tenant, endpoint, event, number)
            if answer is None:
                continue
            if not answer.accepted:
                self._failed_again(tenant, endpoint, answer)
                return
            self._record(tenant, endpoint, event, known, answer)
            self._close(tenant, well(endpoint))
            return
        self._close(tenant, replace(endpoint, opened_at=None, probes=0, probe_at=None))

    def _failed_again(self, tenant: Tenant, endpoint: Endpoint, answer: Answer) -> None:
        """Take note of a probe that failed."""
        at = self.clock()
        disables = self.telling.formats(endpoint.contract).disables
        if self._is_gone(endpoint, answer):
            self._disable(tenant, endpoint, DisabledReason.GONE)
        elif disables and at - _failing_since(endpoint, at) >= GIVEN_UP_AFTER:
            self._disable(tenant, endpoint, DisabledReason.FAILING)
        else:
            probes = endpoint.probes + 1
            wait = _SOON if probes < _PROBES else _LATER
            probed = replace(endpoint, probes=probes, probe_at=at + wait)
            self.webhooks.save(tenant, probed, ("probes", "probe_at"))

    def _is_gone(self, endpoint: Endpoint, answer: Answer) -> bool:
        """Whether a receiver says that it is gone, where that counts."""
        gone = answer.status == HTTPStatus.GONE
        return gone and self.telling.formats(endpoint.contract).disables

    def _close(self, tenant: Tenant, endpoint: Endpoint) -> None:
        """Queue events for an endpoint again, and let it catch up."""
        closed = replace(endpoint, catch_up_until=self.clock() + OVERLAP)
        self.webhooks.close(tenant, closed)
        self.queue.put([reading_on(tenant, closed)])

    def _disable(self, tenant: Tenant, endpoint: Endpoint, reason: DisabledReason) -> None:
        """Disable an endpoint; what it misses from now on it can catch up with once enabled."""
        at = self.clock()
        off = replace(
            well(endpoint),
            enabled=False,
            disabled_reason=reason,
            disabled_at=at,
            catch_up_until=None,
            behind_from=instant(at - UNQUEUED),
        )
        self.webhooks.disable(tenant, off)
        self.announce(tenant, off)

    def announce(self, tenant: Tenant, endpoint: Endpoint) -> None:
        """Write the event of an endpoint that was disabled, and queue it for the others.

        It can be done again: the id of the event follows from the endpoint and the instant. Until
        it is done, the endpoint is among those that the schedule looks after.
        """
        at, reason = endpoint.disabled_at, endpoint.disabled_reason
        if at is not None and reason is not None:
            event = EndpointEvent(
                id=str(uuid5(NAMESPACE_OID, f"{endpoint.id} {instant(at)}")),
                endpoint_id=endpoint.id,
                contract=endpoint.contract,
                reason=reason,
                at=at,
            )
            written = self.events.append([(tenant, event)])
            self.fan_out([(tenant, event)], again=not written)
            self.disabled(tenant, endpoint)
        self.webhooks.looked_after(tenant, endpoint.id)

    def _candidates(
        self,
        tenant: Tenant,
        endpoint: Endpoint,
    ) -> Iterator[tuple[AnyEvent, Delivery | None]]:
        """The first events that the endpoint has missed."""
        found, _ = missing(
            self.events, self.deliveries, tenant, endpoint, until=self.clock(), most=_CANDIDATES
        )
        known = self.deliveries.get_many(
            tenant, endpoint.id, [(each.about, each.event_id) for each in found]
        )
        for event in self.events.get_many(tenant, found):
            if not event.quiet:
                yield event, known.get(event.id)

    def _record(
        self,
        tenant: Tenant,
        endpoint: Endpoint,
        event: AnyEvent,
        known: Delivery | None,
        answer: Answer,
    ) -> None:
        """Write that a probe delivered its event."""
        attempt = Attempt(
            endpoint_id=endpoint.id,
            event_id=event.id,
            type=event.type,
            client_id=event.client_id,
            number=known.attempts + 1 if known is not None else 1,
            cause=Cause.RETRY,
            state=DeliveryState.DELIVERED,
            status=answer.status,
            error=None,
            at=self.clock(),
            next_attempt_at=None,
        )
        self.deliveries.attempted(tenant, delivery_after(known, attempt), attempt)


def _failing_since(endpoint: Endpoint, at: datetime) -> datetime:
    return endpoint.failing_since if endpoint.failing_since is not None else at

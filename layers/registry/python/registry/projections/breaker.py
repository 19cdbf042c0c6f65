"""Endpoints that do nothing but fail: opened, tried now and then, closed again, or disabled.

Nothing is queued for an open endpoint, and what is in the queue is dropped when its turn comes, so
that one receiver that is down holds neither the queue nor the function that delivers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from registry.domain.errors import RaceLost
from registry.domain.event import AnyEvent
from registry.domain.identifiers import instant, now
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
)
from registry.projections.catch_up import missing
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
        disabled: told of every endpoint that is disabled, after it is.
        clock: the present instant.
    """

    webhooks: WebhookStore
    deliveries: DeliveryStore
    events: EventStore
    queue: WebhookQueue
    telling: Telling
    disabled: Callable[[Tenant, Endpoint], None]
    clock: Callable[[], datetime] = now

    def failed(self, tenant: Tenant, endpoint: Endpoint, answer: Answer) -> None:
        """Take note of a failed attempt: the endpoint may be opened by it, or disabled."""
        at = self.clock()
        endpoint = self.webhooks.failed(tenant, endpoint.id, at)
        if self._is_gone(endpoint, answer):
            self._disable(tenant, endpoint, DisabledReason.GONE)
        elif (
            endpoint.queued
            and endpoint.failures >= _FAILURES
            and at - _failing_since(endpoint, at) >= _FAILING_FOR
        ):
            opened = replace(
                endpoint,
                opened_at=at,
                probe_at=at + _SOON,
                behind_from=instant(at - UNQUEUED),
            )
            try:
                self.webhooks.open(tenant, opened)
            except RaceLost:
                return

    def succeeded(self, tenant: Tenant, endpoint: Endpoint) -> None:
        """Take note of an attempt that succeeded. No call where none had failed."""
        if endpoint.failures or endpoint.failing_since is not None:
            well = replace(endpoint, failures=0, failing_since=None)
            self.webhooks.save(tenant, well, ("failures", "failing_since"))

    def probe(self, tenant: Tenant, endpoint: Endpoint) -> None:
        """Try an open endpoint with an event that it has missed."""
        if not endpoint.open:
            if endpoint.catch_up_until is not None:
                # An earlier run closed it, and ended before it could say that it is to catch up.
                self.queue.put([reading_on(tenant, endpoint)])
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
            break
        self._close(tenant, endpoint)

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
        closed = replace(_well(endpoint), catch_up_until=self.clock() + OVERLAP)
        self.webhooks.close(tenant, closed)
        self.queue.put([reading_on(tenant, closed)])

    def _disable(self, tenant: Tenant, endpoint: Endpoint, reason: DisabledReason) -> None:
        """Disable an endpoint; what it misses from now on it can catch up with once enabled."""
        at = self.clock()
        off = replace(
            _well(endpoint),
            enabled=False,
            disabled_reason=reason,
            disabled_at=at,
            catch_up_until=None,
            behind_from=instant(at - UNQUEUED),
        )
        self.webhooks.close(tenant, off)
        self.disabled(tenant, off)

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
            tenant, endpoint.id, [(each.client_id, each.event_id) for each in found]
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


def _well(endpoint: Endpoint) -> Endpoint:
    """The endpoint as it was before anything failed."""
    return replace(
        endpoint, failing_since=None, failures=0, opened_at=None, probes=0, probe_at=None
    )


def _failing_since(endpoint: Endpoint, at: datetime) -> datetime:
    return endpoint.failing_since if endpoint.failing_since is not None else at

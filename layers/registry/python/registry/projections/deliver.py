"""Webhooks: an endpoint is told of an event, and again until it takes it.

An endpoint is told at least once of every event that it asks for, of a client's events in their
order. One that does nothing but fail is opened: nothing is queued for it, what is in the queue is
dropped when its turn comes, and it is tried now and then. When it takes an event again, it catches
up from the feed, where the order of a client's events can be another. See `docs/data-model.md`,
"Webhooks".
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from registry.domain.errors import NotFound
from registry.domain.identifiers import instant, now
from registry.domain.webhook import (
    JITTER,
    MAX_RETRY_AFTER,
    TEST_TYPE,
    Attempt,
    Cause,
    Delivery,
    DeliveryState,
    Endpoint,
    delivery_after,
)
from registry.projections.breaker import Breaker
from registry.projections.catch_up import CatchUp
from registry.projections.posting import Answer
from registry.projections.telling import Telling
from registry.services.webhooks import CATCH_UP_GROUP
from registry.store.deliveries import DeliveryStore
from registry.store.events import EventStore
from registry.store.webhook_queue import LONGEST_WAIT_SECONDS, Errand, Message, WebhookQueue
from registry.store.webhooks import WebhookStore

NAME = "deliver"

# A message may come a little before its attempt is due.
_EARLY = timedelta(seconds=1)
_ENDED = frozenset({DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.SKIPPED})


@dataclass(frozen=True, slots=True)
class Deliver:
    """Does the errands in the queue of deliveries.

    Attributes:
        webhooks, deliveries, events, queue: the stores.
        telling: tells an endpoint.
        breaker: opens, probes and closes endpoints.
        catch_up: reads the feed on for endpoints.
        clock: the present instant.
        jitter: a factor from -1 to 1, by which waits are longer or shorter.
        observe: is told of every attempt.
    """

    webhooks: WebhookStore
    deliveries: DeliveryStore
    events: EventStore
    queue: WebhookQueue
    telling: Telling
    breaker: Breaker
    catch_up: CatchUp
    clock: Callable[[], datetime] = now
    jitter: Callable[[], float] = lambda: random.SystemRandom().uniform(-1, 1)
    observe: Callable[[Attempt], None] = lambda _: None

    def __call__(self, message: Message, receipt: str) -> bool:
        """Do an errand.

        Args:
            message: the errand.
            receipt: the handle with which it was received.

        Returns:
            Whether it is done; False where it has been postponed, and is to come again.

        Raises:
            Throttled, Unavailable: it has to come again.
        """
        try:
            return self._do(message, receipt)
        except NotFound:
            return True

    def _do(self, message: Message, receipt: str) -> bool:
        """As `__call__`.

        Raises:
            NotFound: the endpoint was deleted.
        """
        endpoint = self.webhooks.get(message.tenant, message.endpoint_id)
        match message.errand:
            case Errand.TEST:
                return self._test(message, endpoint, receipt)
            case Errand.PROBE:
                self.breaker.probe(message.tenant, endpoint)
                return True
            case Errand.READ_ON:
                wait = self.catch_up(message.tenant, endpoint)
                return wait is None or self._postpone(receipt, wait)
            case Errand.TELL:
                return self._tell(message, endpoint, receipt)

    def _tell(self, message: Message, endpoint: Endpoint, receipt: str) -> bool:
        """Tell an endpoint of an event, unless it was told, or is not to be told now."""
        tenant = message.tenant
        found = self.events.find(tenant, message.event_id)
        if found is None or found[0].quiet:
            return True
        event, place = found
        known = self.deliveries.get(tenant, endpoint.id, event.client_id, event.id)
        resend = message.cause is Cause.RESEND
        if known is not None and not resend and known.state in _ENDED:
            return True
        if not endpoint.enabled or (endpoint.open and not resend):
            if self.webhooks.missed(tenant, endpoint.id, place):
                return True
            endpoint = self.webhooks.get(tenant, endpoint.id)
        wait = self._wait(message, known)
        if wait is not None:
            return self._postpone(receipt, wait)
        about = _About(message, receipt, endpoint, known, event.type, event.client_id)
        answer = self.telling.of(tenant, endpoint, event, about.number)
        return answer is None or self._take(about, answer)

    def _test(self, message: Message, endpoint: Endpoint, receipt: str) -> bool:
        """Test an endpoint; one that is disabled is not tested."""
        known = self.deliveries.get(message.tenant, endpoint.id, message.event_id, message.event_id)
        if not endpoint.enabled or (known is not None and known.state in _ENDED):
            return True
        wait = self._wait(message, known)
        if wait is not None:
            return self._postpone(receipt, wait)
        about = _About(message, receipt, endpoint, known, TEST_TYPE, None)
        answer = self.telling.of_test(message.tenant, endpoint, message.event_id, about.number)
        return answer is None or self._take(about, answer)

    def _wait(self, message: Message, known: Delivery | None) -> float | None:
        """The seconds until the next attempt is due; None where it is.

        One by which an endpoint catches up, and one that a person asked for, are due at once.
        """
        if known is None or known.next_attempt_at is None:
            return None
        if message.cause in {Cause.CATCH_UP, Cause.RESEND}:
            return None
        wait = known.next_attempt_at - self.clock()
        return wait.total_seconds() if wait > _EARLY else None

    def _take(self, about: "_About", answer: Answer) -> bool:
        """Write an attempt and what follows from it; whether the errand is done."""
        message, at = about.message, self.clock()
        wait = self._next_wait(about, answer)
        attempt = Attempt(
            endpoint_id=about.endpoint.id,
            event_id=message.event_id,
            type=about.type,
            client_id=about.client_id,
            number=about.number,
            cause=about.cause,
            state=about.state(answer, waits=wait is not None),
            status=answer.status,
            error=answer.error,
            at=at,
            next_attempt_at=at + wait if wait is not None else None,
        )
        moves_on = message.group == CATCH_UP_GROUP
        receipt = None if wait is None or moves_on else about.receipt
        delivery = delivery_after(about.known, attempt, receipt)
        self.deliveries.attempted(message.tenant, delivery, attempt)
        self.observe(attempt)
        if answer.accepted:
            self.breaker.succeeded(message.tenant, about.endpoint)
            return True
        self.breaker.failed(message.tenant, about.endpoint, answer)
        if wait is None:
            return True
        if moves_on:
            self.queue.put([_retried(message, at)])
            return True
        return self._postpone(about.receipt, wait.total_seconds())

    def _next_wait(self, about: "_About", answer: Answer) -> timedelta | None:
        """How long to wait for the next attempt; None where there is none."""
        waits = self.telling.formats(about.endpoint.contract).waits
        last = about.number > len(waits) or about.message.cause is Cause.RESEND
        if answer.accepted or last:
            return None
        wait = waits[about.number - 1] * (1 + JITTER * self.jitter())
        if answer.retry_after is not None:
            wait = max(wait, min(answer.retry_after, MAX_RETRY_AFTER))
        return wait

    def _postpone(self, receipt: str, seconds: float) -> bool:
        """Let a message come again after so many seconds, or earlier, to be postponed again."""
        self.queue.postpone(receipt, min(seconds, LONGEST_WAIT_SECONDS))
        return False


@dataclass(frozen=True, slots=True)
class _About:
    """What an attempt is about.

    Attributes:
        message, receipt: the errand, and the handle with which it was received.
        endpoint: who is told.
        known: what has become of the event so far; None before the first attempt.
        type: of the event, or of a test.
        client_id: the client that the event is about; None for a test.
    """

    message: Message
    receipt: str
    endpoint: Endpoint
    known: Delivery | None
    type: str
    client_id: str | None

    @property
    def number(self) -> int:
        """The number of the attempt."""
        return self.known.attempts + 1 if self.known is not None else 1

    @property
    def cause(self) -> Cause:
        """Why the attempt is made: after the first one of a change, it is made again."""
        if self.message.cause is Cause.CHANGE and self.known is not None:
            return Cause.RETRY
        return self.message.cause

    def state(self, answer: Answer, *, waits: bool) -> DeliveryState:
        """What has become of the event; one that was delivered once stays so."""
        delivered = self.known is not None and self.known.state is DeliveryState.DELIVERED
        if answer.accepted or delivered:
            return DeliveryState.DELIVERED
        return DeliveryState.WAITING if waits else DeliveryState.FAILED


def _retried(message: Message, at: datetime) -> Message:
    """The message that has an event of a page retried in the group of its client."""
    return Message(
        tenant=message.tenant,
        endpoint_id=message.endpoint_id,
        event_id=message.event_id,
        client_id=message.client_id,
        cause=Cause.RETRY,
        counter=instant(at),
    )

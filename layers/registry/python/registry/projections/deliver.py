"""Webhooks: an endpoint is told of an event, and again until it takes it.

An endpoint is told at least once of every event that it asks for, of a client's events in their
order. One that does nothing but fail is opened: nothing is queued for it, what is in the queue is
dropped when its turn comes, and it is tried now and then. When it takes an event again, it catches
up from the feed, where the order of a client's events can be another. See `docs/data-model.md`,
"Webhooks".
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from registry.domain.errors import Conflict, NotFound
from registry.domain.identifiers import instant, now
from registry.domain.immutable import dataclass
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
from registry.store.webhook_queue import (
    LONGEST_WAIT_SECONDS,
    Errand,
    Message,
    Received,
    WebhookQueue,
)
from registry.store.webhooks import WebhookStore

NAME = "deliver"

# SQS deletes a message that is 14 days old, whether it waits for its own attempts or for those of
# what is before it in its group. A message of this age is attempted once and not again, so that
# whatever is behind it has its turn in time, and nothing is lost without a trace.
_LAST_RETRY = timedelta(days=10)
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

    def __call__(self, message: Message, received: Received) -> bool:
        """Do an errand.

        Args:
            message: the errand.
            received: how it was received.

        Returns:
            Whether it is done; False where it has been postponed, and is to come again.

        Raises:
            Throttled, Unavailable: it has to come again.
        """
        try:
            return self._do(message, received)
        except NotFound:
            return True

    def _do(self, message: Message, received: Received) -> bool:
        """As `__call__`.

        Raises:
            NotFound: the endpoint was deleted.
        """
        endpoint = self.webhooks.get(message.tenant, message.endpoint_id)
        match message.errand:
            case Errand.TEST:
                return self._test(message, endpoint, received)
            case Errand.PROBE:
                self.breaker.probe(message.tenant, endpoint)
                return True
            case Errand.READ_ON:
                wait = self.catch_up(message.tenant, endpoint)
                return wait is None or self._postpone(received, wait)
            case Errand.TELL:
                return self._tell(message, endpoint, received)

    def _tell(self, message: Message, endpoint: Endpoint, received: Received) -> bool:
        """Tell an endpoint of an event, unless it was told, or is not to be told now."""
        tenant = message.tenant
        found = self.events.find(tenant, message.event_id)
        if found is None or found[0].quiet:
            return True
        event, place = found
        known = self.deliveries.get(tenant, endpoint.id, event.client_id or event.id, event.id)
        resend = message.cause is Cause.RESEND
        if known is not None and not resend and known.state in _ENDED:
            return True
        if not endpoint.enabled or (endpoint.open and not resend):
            if self.webhooks.missed(tenant, endpoint.id, place):
                return True
            endpoint = self.webhooks.get(tenant, endpoint.id)
        if known is not None and (wait := self._wait(message, known)) is not None:
            return self._wait_on(message, known, received, wait)
        about = _About(message, received, endpoint, known, event.type, event.client_id, place)
        answer = self.telling.of(tenant, endpoint, event, about.number)
        return answer is None or self._take(about, answer)

    def _test(self, message: Message, endpoint: Endpoint, received: Received) -> bool:
        """Test an endpoint; one that is disabled is not tested."""
        known = self.deliveries.get(message.tenant, endpoint.id, message.event_id, message.event_id)
        ended = known is not None and known.state in _ENDED and message.cause is not Cause.RESEND
        if not endpoint.enabled or ended:
            return True
        if known is not None and (wait := self._wait(message, known)) is not None:
            return self._wait_on(message, known, received, wait)
        about = _About(message, received, endpoint, known, TEST_TYPE, None, None)
        answer = self.telling.of_test(message.tenant, endpoint, message.event_id, about.number)
        return answer is None or self._take(about, answer)

    def _wait(self, message: Message, known: Delivery) -> float | None:
        """The seconds until the next attempt is due; None where it is.

        One by which an endpoint catches up, and one that a person asked for, are due at once.
        """
        if known.next_attempt_at is None or message.cause in {Cause.CATCH_UP, Cause.RESEND}:
            return None
        wait = known.next_attempt_at - self.clock()
        return wait.total_seconds() if wait > _EARLY else None

    def _wait_on(
        self, message: Message, known: Delivery, received: Received, seconds: float
    ) -> bool:
        """Postpone a message that comes before its next attempt is due; that it is not done.

        Its receipt is written down, so that a person can have it come at once. Where what it waits
        for has changed since it was read, it comes at once as well.
        """
        try:
            self.deliveries.wait_with(message.tenant, known, received.receipt)
        except Conflict:
            return self._postpone(received, 0)
        return self._postpone(received, seconds)

    def _take(self, about: "_About", answer: Answer) -> bool:
        """Write an attempt and what follows from it; whether the errand is done."""
        message, at = about.message, self.clock()
        wait = self._next_wait(about, answer)
        moves_on = message.group == CATCH_UP_GROUP
        next_at = at + wait if wait is not None else None
        receipt = None if wait is None or moves_on else about.received.receipt
        if about.waiting is not None and not answer.accepted:
            next_at, receipt = about.waiting.next_attempt_at, about.waiting.receipt
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
            next_attempt_at=next_at,
        )
        delivery = delivery_after(about.known, attempt, receipt)
        self.deliveries.attempted(message.tenant, delivery, attempt)
        self.observe(attempt)
        if answer.accepted:
            self.breaker.succeeded(message.tenant, about.endpoint)
            return True
        self.breaker.failed(message.tenant, about.endpoint, answer, about.place)
        if wait is None:
            return True
        if moves_on:
            self.queue.put([_retried(message, at)])
            return True
        return self._postpone(about.received, wait.total_seconds())

    def _next_wait(self, about: "_About", answer: Answer) -> timedelta | None:
        """How long to wait for the next attempt; None where there is none."""
        waits = self.telling.formats(about.endpoint.contract).waits
        last = about.number > len(waits) or about.message.cause is Cause.RESEND
        if answer.accepted or last:
            return None
        wait = waits[about.number - 1] * (1 + JITTER * self.jitter())
        if answer.retry_after is not None:
            wait = max(wait, min(answer.retry_after, MAX_RETRY_AFTER))
        return wait if self.clock() + wait < about.received.sent_at + _LAST_RETRY else None

    def _postpone(self, received: Received, seconds: float) -> bool:
        """Let a message come again after so many seconds, or earlier, to be postponed again."""
        self.queue.postpone(received.receipt, min(seconds, LONGEST_WAIT_SECONDS))
        return False


@dataclass(frozen=True, slots=True)
class _About:
    """What an attempt is about.

    Attributes:
        message, received: the errand, and how it was received.
        endpoint: who is told.
        known: what has become of the event so far; None before the first attempt.
        type: of the event, or of a test.
        client_id: the client that the event is about; None for a test, and where it is about none.
        place: of the event in the feed; None for a test.
    """

    message: Message
    received: Received
    endpoint: Endpoint
    known: Delivery | None
    type: str
    client_id: str | None
    place: str | None

    @property
    def waiting(self) -> Delivery | None:
        """What waits on as before where an attempt that somebody asked for fails; None for others.

        An event is not given up because somebody wanted it sent earlier.
        """
        if self.message.cause is not Cause.RESEND or self.known is None:
            return None
        return self.known if self.known.state is DeliveryState.WAITING else None

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
        return DeliveryState.WAITING if waits or self.waiting else DeliveryState.FAILED


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

"""Webhooks in virtual time: the queue, receivers that fail, and the function that delivers.

The queue behaves as SQS FIFO does: it drops a message that is equal to one of the last five
minutes, gives out one message of a group at a time, and one that was received again when its
visibility timeout ends. Time passes only when nothing is left to do.
"""

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, cast
from unittest import mock

from registry.domain.change import Author, Change, create, update
from registry.domain.client import Client
from registry.domain.event import EventType
from registry.domain.tenant import Tenant
from registry.domain.webhook import Endpoint, Format, Notice, Rendered, new_endpoint_id
from registry.domain.workspace import Contract
from registry.projections.breaker import Breaker
from registry.projections.catch_up import CatchUp
from registry.projections.deliver import Deliver
from registry.projections.errands import probe_due
from registry.projections.fan_out import FanOut
from registry.projections.posting import Answer
from registry.projections.project import Project
from registry.projections.stream import ClientChange
from registry.projections.telling import Telling
from registry.services.webhooks import Resending, Switching
from registry.store import events as store_events
from registry.store.clients import ClientStore
from registry.store.deliveries import DeliveryStore
from registry.store.events import EventStore
from registry.store.webhook_queue import WebhookQueue, read_message
from registry.store.webhooks import WebhookStore
from tests.fake_dynamodb import FakeDynamoDB

VISIBILITY_SECONDS = 180.0
DEDUPLICATION_SECONDS = 300.0
_BEGINNING = datetime(2026, 6, 1, tzinfo=UTC)


class FifoQueue:
    """SQS FIFO, with the operations that `WebhookQueue` calls, in virtual time.

    Attributes:
        most: the largest number of messages that it held.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._groups: dict[str, list[str]] = defaultdict(list)
        self._bodies: dict[str, str] = {}
        self._visible: list[tuple[float, int, str]] = []
        self._visible_at: dict[str, float] = {}
        self._seen: dict[tuple[str, str], float] = {}
        self._numbers = count()
        self.most = 0

    def __len__(self) -> int:
        return len(self._bodies)

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803
        """Take messages, but those that are equal to a recent one."""
        assert QueueUrl == "queue"
        assert len(Entries) <= 10
        for entry in Entries:
            seen = entry["MessageGroupId"], entry["MessageDeduplicationId"]
            if self._seconds() - self._seen.get(seen, -1e9) < DEDUPLICATION_SECONDS:
                continue
            self._seen[seen] = self._seconds()
            number = next(self._numbers)
            handle = f"{entry['MessageGroupId']}/{number}"
            self._bodies[handle] = entry["MessageBody"]
            self._groups[entry["MessageGroupId"]].append(handle)
            self._show(handle, self._seconds())
        self.most = max(self.most, len(self))
        return {"Successful": []}

    def change_message_visibility(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        ReceiptHandle: str,  # noqa: N803
        VisibilityTimeout: int,  # noqa: N803
    ) -> dict[str, Any]:
        """Let a message come again at another time."""
        assert QueueUrl == "queue"
        assert 0 <= VisibilityTimeout <= 43_200
        if ReceiptHandle in self._bodies:
            self._show(ReceiptHandle, self._seconds() + VisibilityTimeout)
        return {}

    def receive(self) -> tuple[str, str] | None:
        """A message that is due and the first of its group, with its receipt; None for none."""
        blocked = []
        found = None
        while self._visible and self._visible[0][0] <= self._seconds():
            entry = heapq.heappop(self._visible)
            at, _, handle = entry
            if self._visible_at.get(handle) != at:
                continue
            if self._groups[handle.rpartition("/")[0]][0] != handle:
                blocked.append(entry)
                continue
            self._show(handle, self._seconds() + VISIBILITY_SECONDS)
            found = handle, self._bodies[handle]
            break
        for entry in blocked:
            heapq.heappush(self._visible, entry)
        return found

    def delete(self, handle: str) -> None:
        """Forget a message that is done."""
        self._groups[handle.rpartition("/")[0]].remove(handle)
        del self._bodies[handle], self._visible_at[handle]

    def next_at(self) -> float | None:
        """When the next message that is the first of its group becomes visible."""
        firsts = [handles[0] for handles in self._groups.values() if handles]
        return min((self._visible_at[handle] for handle in firsts), default=None)

    def _show(self, handle: str, at: float) -> None:
        self._visible_at[handle] = at
        heapq.heappush(self._visible, (at, next(self._numbers), handle))


@dataclass
class Receiver:
    """A receiver of webhooks, which answers as it is told to.

    Attributes:
        answer: makes the answer to an event, by the event's id.
        requests: how often it was called.
        taken: the events that it took, in order.
    """

    answer: Callable[[str], Answer] = field(default=lambda _: Answer(204))
    requests: int = 0
    taken: list[str] = field(default_factory=list)

    def __call__(self, event_id: str) -> Answer:
        """Answer a request."""
        self.requests += 1
        answered = self.answer(event_id)
        if answered.accepted:
            self.taken.append(event_id)
        return answered


class _NoSeal:
    """Secrets as they are: what KMS does to them is tested elsewhere."""

    def open(self, _tenant: Tenant, _endpoint_id: str, sealed: str) -> str:
        """The secret."""
        return sealed


class Simulation:
    """Clients that change, endpoints that are told, and time that passes by itself.

    Attributes:
        queue: the queue of deliveries.
        receivers: by the URL of their endpoint.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seconds = 0.0
        self.random = random.Random(seed)  # noqa: S311 - no secret
        self.queue = FifoQueue(lambda: self.seconds)
        self.receivers: dict[str, Receiver] = defaultdict(Receiver)
        self.disabled: list[str] = []
        self.opened: set[str] = set()
        self.tables = FakeDynamoDB()
        for name in ("clients", "idempotency", "links", "events"):
            self.tables.add_table(f"{name.capitalize()}Table", name)
        database = cast("Any", self.tables)
        self.clients = ClientStore(database, "clients", "idempotency")
        self.webhooks = _NotingStore(database, self.opened)
        self.deliveries = DeliveryStore(database, "events")
        self.events = EventStore(database, "events")
        queue = WebhookQueue(self.queue, "queue")
        self.switching = Switching(self.webhooks, queue, self.now)
        self.resending = Resending(self.deliveries, queue, self.now)
        parts = self.webhooks, self.deliveries, self.events, queue
        telling = Telling(
            self.clients, cast("Any", _NoSeal()), format_of_test, self._post, self.now
        )
        self.deliver = Deliver(
            *parts,
            telling,
            Breaker(*parts, telling, self._note_disabled, self.now),
            CatchUp(*parts, self.now),
            clock=self.now,
            jitter=lambda: self.random.uniform(-1, 1),
        )
        self._project = Project(self.events, FanOut(self.webhooks, queue))
        self._clients: dict[tuple[Tenant, str], Client] = {}
        self._next_probe = 60.0

    def now(self) -> datetime:
        """The present instant, to the millisecond."""
        return _BEGINNING + timedelta(milliseconds=round(self.seconds * 1000))

    def endpoint(
        self,
        tenant: Tenant,
        url: str,
        types: tuple[str, ...] = ("*",),
        contract: Contract = Contract.REGISTRY,
    ) -> Endpoint:
        """A new endpoint at a URL."""
        made = Endpoint(
            id=new_endpoint_id(),
            contract=contract,
            url=url,
            types=types,
            sources=format_of_test(contract).queued_for(types),
            enabled=True,
            created_at=self.now(),
            updated_at=self.now(),
            secret="whsec_c2VjcmV0",
            secret_end="JldA",
        )
        self.webhooks.create(tenant, made)
        return made

    def create(self, tenant: Tenant) -> str:
        """The id of a new client, of which the stream has told."""
        client = create(self._author(), name="Acme").client
        self._changed(tenant, None, client)
        return client.id

    def change(self, tenant: Tenant, client_id: str) -> str:
        """Change a client, and have the stream tell of it; the id of the event."""
        before = self._clients[tenant, client_id]
        after = update(before, self._author(), notes=f"note {before.version}").client
        self._changed(tenant, before, after)
        return f"{client_id}.{after.version}"

    def run(self, until: float | None = None) -> None:
        """Deliver until nothing is left to do, or up to a moment, in seconds."""
        with self._time():
            while True:
                self._probe()
                received = self.queue.receive()
                if received is not None:
                    handle, body = received
                    if self.deliver(read_message(body), handle):
                        self.queue.delete(handle)
                    continue
                if not self._pass_time(until):
                    return

    def _probe(self) -> None:
        """Run the schedule, where its minute has come."""
        if self.seconds >= self._next_probe:
            probe_due(self.webhooks, self.switching.queue, self.now)
            self._next_probe = self.seconds - self.seconds % 60 + 60

    def _pass_time(self, until: float | None) -> bool:
        """Let time pass to the next thing to do; False where there is none."""
        ahead = [at for at in (self.queue.next_at(),) if at is not None]
        if any(self.webhooks.opened()):
            ahead.append(self._next_probe)
        if until is not None and (not ahead or min(ahead) > until):
            self.seconds = max(self.seconds, until)
            return False
        if not ahead:
            return False
        self.seconds = max(self.seconds, min(ahead))
        return True

    def _changed(self, tenant: Tenant, before: Client | None, after: Client) -> None:
        """Write a change of a client, and give it to the function on the stream."""
        with self._time():
            if before is None:
                self.clients.create(tenant, Change(after))
            else:
                self.clients.replace(tenant, before, Change(after))
            self._clients[tenant, after.id] = after
            self._project([ClientChange(tenant, before, after, live=True)])

    def _author(self) -> Author:
        return Author("credential", self.now())

    def _post(
        self,
        url: str,
        headers: Mapping[str, str],
        _body: bytes,
        _timeout: timedelta,
    ) -> Answer:
        return self.receivers[url](headers["webhook-id"])

    def _note_disabled(self, _: Tenant, endpoint: Endpoint) -> None:
        self.disabled.append(endpoint.id)

    @contextmanager
    def _time(self) -> Iterator[None]:
        """Let what is written bear the present instant of the simulation."""
        with mock.patch.object(store_events, "now", self.now):
            yield


class _NotingStore(WebhookStore):
    """A store of endpoints that notes which ones were ever opened."""

    def __init__(self, client: Any, opened: set[str]) -> None:
        super().__init__(client, "links", "idempotency")
        self._noted = opened

    def open(self, tenant: Tenant, endpoint: Endpoint) -> None:
        super().open(tenant, endpoint)
        self._noted.add(endpoint.id)


def format_of_test(contract: Contract) -> Format:
    """A format that names the event in a header, so that a receiver need not read the body."""
    return Format(
        contract=contract,
        sources={each.value: (each.value,) for each in EventType},
        any_type=True,
        render=_rendered,
        new_secret=lambda: "",
        needs_client=False,
        disables=contract is not Contract.HOURSMITH,
    )


def _rendered(notice: Notice) -> Rendered:
    return Rendered({"webhook-id": notice.id}, "{}")


def _change(client: Client) -> Any:
    from registry.domain.change import Change  # noqa: PLC0415

    return Change(client)


def in_order(taken: list[str]) -> bool:
    """Whether the first deliveries of each client's events are in the order of its versions."""
    last: Counter[str] = Counter()
    for event_id in dict.fromkeys(taken):
        client_id, version = event_id.split(".")
        if int(version) < last[client_id]:
            return False
        last[client_id] = int(version)
    return True

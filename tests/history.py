"""Random histories of a workspace, their stream in batches as Lambda may bring them, and its views.

Records of one client come in the order of its versions. Those of different clients come in any,
and a batch may come again, whole or in part, at any later time.
"""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from botocore.exceptions import ClientError

from registry.domain import change
from registry.domain.change import Author
from registry.domain.client import Client, MemberType
from registry.domain.errors import Unavailable
from registry.domain.identifiers import new_id
from registry.domain.tenant import Tenant
from registry.projections.fan_out import FanOut
from registry.projections.index import Index
from registry.projections.project import Project
from registry.projections.stream import of_clients, stream_function
from registry.services.catalogue import Catalogue
from registry.services.packing import Busy, Packing
from registry.store import items
from registry.store.clients import ClientStore
from registry.store.events import EventStore
from registry.store.packs import LIVE_KINDS, Kind, kind_of
from registry.store.parked import ParkedStore
from registry.store.rows import ClientRows
from registry.store.views import ViewStore
from registry.store.webhook_queue import WebhookQueue
from registry.store.webhooks import WebhookStore
from tests.fake_dynamodb import FakeDynamoDB, error

TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
_START = datetime(2026, 1, 1, tzinfo=UTC)
_WORDS = ("Ann", "ann lee", "Acme", "ACME GmbH", "Zoë", "İstanbul", "straße", "Lee", "a", "crm-1")


def fake_tables() -> FakeDynamoDB:
    """The tables that clients and their projections are in, empty."""
    tables = FakeDynamoDB()
    for name in ("clients", "idempotency", "events", "views", "links"):
        tables.add_table(f"{name.capitalize()}Table", name)
    return tables


@dataclass
class History:
    """A workspace and everything that has happened to it.

    Attributes:
        chance: what happens is drawn from it.
        tables: the tables.
        live: the clients as they are, without those that are gone.
        versions: the latest version of every client, those that are gone among them.
        waiting: for each client, the stream records that no batch has brought yet.
        brought: the batches so far.
    """

    chance: random.Random
    tables: FakeDynamoDB = field(default_factory=fake_tables)
    live: dict[str, Client] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    brought: list[list[dict[str, Any]]] = field(default_factory=list)
    number: int = 0

    def __post_init__(self) -> None:
        """Open the stores over the tables."""
        self.clients = ClientStore(cast("Any", self.tables), "clients", "idempotency")
        self.rows = ClientRows(cast("Any", self.tables), "clients")
        self.views = ViewStore(cast("Any", self.tables), "views")
        self.events = EventStore(cast("Any", self.tables), "events")
        self.parked = ParkedStore(cast("Any", self.tables), "events")
        self.packing = Packing(self.views, self.rows, most_clients=6, overlay_least=4)

    # What happens to clients.

    def create(self) -> None:
        """A new client, created at any time: those that were moved in are of any age."""
        at = _START + timedelta(milliseconds=self.chance.randrange(10**9))
        fields = self._fields()
        client = change.create(Author("c", at), **fields).client
        after = replace(client, id=new_id(at), created_at=at, updated_at=at)
        self._write(None, after)

    def change(self) -> None:
        """A change of any client."""
        if self.live:
            before = self._any()
            self._write(before, change.update(before, self._author(), **self._fields()).client)

    def archive_or_restore(self) -> None:
        """The other status of any client."""
        if self.live:
            before = self._any()
            turned = change.restore if before.archived else change.archive
            self._write(before, turned(before, self._author()).client)

    def count_requests(self) -> None:
        """A request of any client is counted."""
        if self.live:
            before = self._any()
            counted = before.request_count + 1
            self._write(before, replace(before, version=before.version + 1, request_count=counted))

    def lose(self) -> None:
        """A client is absorbed or erased: its item loses what indexes are made of."""
        if self.live:
            before = self._any()
            after = replace(before, version=before.version + 1)
            self._write(before, after, gone=True)

    # What the stream brings.

    def bring(self, most: int, failing_call: int | None = None) -> None:
        """Bring the next records of some clients, in a batch that may fail at one of its calls."""
        batch: list[dict[str, Any]] = []
        while self.waiting and len(batch) < most:
            client_id = self.chance.choice(sorted(self.waiting))
            batch.append(self.waiting[client_id].pop(0))
            if not self.waiting[client_id]:
                del self.waiting[client_id]
        self.brought.append(batch)
        if failing_call is not None and not self._index(batch, failing_call):
            middle = len(batch) // 2
            self._index(batch[:middle])
            self._index(batch[middle:])
        self._index(batch)

    def bring_again(self) -> None:
        """Bring a batch again, or its end."""
        if self.brought:
            batch = self.chance.choice(self.brought)
            self._index(batch[self.chance.randrange(len(batch) + 1) :])

    def rebuild(self, failing_call: int | None = None) -> None:
        """Make all packs anew; a run that fails is gone on with, after its turn is over."""
        try:
            with _failing(self.tables, failing_call):
                self.packing.build(TENANT)
        except (Busy, ClientError, Unavailable):
            self.end_turn()
            self.packing.build(TENANT)

    def end_turn(self) -> None:
        """Let the time of a turn pass that nobody ended."""
        for item in self.tables.items("views"):
            if "held_until" in item:
                item["held_until"] = {"S": ""}

    def settle(self) -> None:
        """Bring all that is left."""
        while self.waiting:
            self.bring(5)

    def bring_late(self, record: dict[str, Any]) -> None:
        """Bring a record that was parked before, behind newer ones."""
        self._index([record])

    # What has to be true.

    def catalogue(self) -> Catalogue | None:
        """The views as a list reads them; None where the workspace has no packs."""
        snapshot = self.views.snapshot(TENANT)
        return None if snapshot is None else Catalogue(self.views, TENANT, snapshot)

    def shown(self) -> list[str]:
        """The ids that lists show; none for a workspace without packs."""
        catalogue = self.catalogue()
        if catalogue is None:
            return []
        return catalogue.page(set(LIVE_KINDS), 0, 10_000, descending=False)

    def assert_whole(self) -> None:
        """Totals are those of the clients that pages show, each of which is there once."""
        catalogue = self.catalogue()
        if catalogue is None:
            return
        total = 0
        for kind in LIVE_KINDS:
            ids = catalogue.page({kind}, 0, 10_000, descending=False)
            assert len(set(ids)) == len(ids) == catalogue.count({kind})
            total += len(ids)
        assert total == catalogue.size

    def assert_right(self) -> None:
        """Views show the clients as they are."""
        self.assert_whole()
        catalogue = self.catalogue()
        if catalogue is None:
            return
        for kind in LIVE_KINDS:
            expected = sorted(each.id for each in self.live.values() if _kind(each) is kind)
            assert catalogue.page({kind}, 0, 10_000, descending=False) == expected

    def assert_events_right(self) -> None:
        """Each version of each client has one event, which is in the feed once."""
        fed = Counter(entry.event_id for entry in self.events.feed(TENANT))
        expected: list[str] = []
        for client_id, version in self.versions.items():
            expected += [f"{client_id}.{number}" for number in range(1, version + 1)]
            events = [event.version for event in self.events.of(TENANT, client_id)]
            assert events == list(range(version, 0, -1))
        assert fed == Counter(expected)

    def _index(self, batch: list[dict[str, Any]], failing_call: int | None = None) -> bool:
        """Give a batch to both functions; whether they took it."""
        index = Index(self.packing, self.clients, packed_from=8, tidy_every=3, count_every=4)
        webhooks = WebhookStore(cast("Any", self.tables), "links", "idempotency")
        # No workspace has endpoints, so nothing is put into a queue.
        project = Project(self.events, FanOut(webhooks, WebhookQueue(None, "")))
        taken = True
        for function in (
            stream_function("index", lambda: of_clients(index), lambda: self.parked),
            stream_function("project", lambda: project, lambda: self.parked),
        ):
            try:
                with _failing(self.tables, failing_call):
                    function({"Records": batch}, None)
            except (ClientError, Unavailable):
                self.end_turn()
                taken = False
        return taken

    def _write(self, before: Client | None, after: Client, *, gone: bool = False) -> None:
        """Write a client and put the change on the stream."""
        item = items.client_item(TENANT, after)
        self.live[after.id] = after
        self.versions[after.id] = after.version
        if gone:
            del self.live[after.id]
            item = {name: value for name, value in item.items() if name not in _INDEXED}
        self.tables.put_item(TableName="clients", Item=item)
        self.number += 1
        images = {
            "Keys": items.client_key(TENANT, after.id),
            "SequenceNumber": str(self.number),
            "NewImage": item,
        }
        if before is not None:
            images["OldImage"] = items.client_item(TENANT, before)
        record = {"eventName": "INSERT" if before is None else "MODIFY", "dynamodb": images}
        self.waiting.setdefault(after.id, []).append(record)

    def _any(self) -> Client:
        return self.live[self.chance.choice(sorted(self.live))]

    def _author(self) -> Author:
        return Author("c", _START + timedelta(days=self.chance.randrange(20, 400)))

    def _fields(self) -> Any:
        word = self.chance.choice
        names = ("name", "first_name", "last_name", "company", "contact_name", "legal_name")
        fields: dict[str, Any] = {
            name: word(_WORDS) for name in names if self.chance.random() < 0.4
        }
        fields["member_type"] = word([None, *MemberType])
        fields["external_id"] = word([None, None, "crm-1", "crm-2"])
        return fields


_INDEXED = (
    "status_pk",
    "name_key",
    "updated_key",
    "search_pk",
    "search_text",
    "search_facets",
    "external_id_pk",
)


def _kind(client: Client) -> Kind:
    return kind_of(archived=client.archived, member_type=client.shown_member_type)


@contextmanager
def _failing(tables: FakeDynamoDB, failing_call: int | None) -> Iterator[None]:
    """Have all calls fail from one on: the first before or after it is carried out."""
    calls = 0

    def fail(_name: str, _done: bool) -> None:  # noqa: FBT001 - of the fake
        nonlocal calls
        calls += 1
        if failing_call is not None and failing_call <= calls:
            raise error("InternalServerError", 500)

    tables.fault = fail
    try:
        yield
    finally:
        tables.fault = lambda _name, _done: None

"""Moves from fake vendors into the tables of a test, in process."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ops.move.feed import Feed, VendorFeed
from ops.move.meaning import meaning_of
from ops.move.results import Answer
from ops.move.run import Stores, Task, has_parts, run_move
from ops.move.timing import Timing
from ops.move.vendors import open_vendor
from registry.domain.change import Author
from registry.domain.identifiers import now
from registry.domain.tenant import Tenant
from registry.domain.three_way import OnConflict
from registry.domain.workspace import Contract
from registry.services.moving import Settings
from registry.store import items
from registry.store.clients import ClientStore
from registry.store.dynamodb import dynamodb_client
from registry.store.events import EventStore
from registry.store.evidence import EvidenceStore
from registry.store.links import LinkStore
from registry.store.merges import MergeStore
from registry.store.moves import MoveStore
from registry.store.payment_methods import PaymentMethodStore
from registry.store.sources import SourceStore
from registry.store.users import UserStore
from registry.store.verdicts import VerdictStore
from tests.vendors.fakes import SECRETS
from tests.vendors.server import FakeVendor

TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
KEY = b"k" * 32
BEGINNING = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")


class Killed(BaseException):
    """The process ended here."""


@dataclass
class Quiet:
    """Progress that is kept."""

    said: list[str] = field(default_factory=list)
    seen: list[tuple[int, int | None]] = field(default_factory=list)

    def rows(self, done: int, total: int | None) -> None:
        self.seen.append((done, total))

    def say(self, sentence: str) -> None:
        self.said.append(sentence)


def stores() -> Stores:
    """The stores over a test's tables."""
    client = dynamodb_client()
    return Stores(
        clients=ClientStore(client, "clients", "idempotency"),
        links=LinkStore(client, "links"),
        sources=SourceStore(client, "links"),
        moves=MoveStore(client, "links"),
        events=EventStore(client, "events"),
        users=UserStore(client, "clients", "idempotency"),
        methods=PaymentMethodStore(client, "clients"),
        evidence=EvidenceStore(client, "clients"),
        merges=MergeStore(client, "links"),
        verdicts=VerdictStore(client, "links"),
    )


def settings(contract: str, *, on_conflict: OnConflict | None = None, **more: Any) -> Settings:
    """The settings of a move."""
    return Settings(
        tenant=TENANT,
        contract=contract,
        key=KEY,
        job="planned",
        first_at=BEGINNING,
        author=Author(None, now(), operator="local"),
        on_conflict=on_conflict,
        patience=0,
        **more,
    )


@dataclass
class Mover:
    """Moves clients of a vendor, or of a feed, as the command line does.

    Attributes:
        contract: the vendor's.
        progress: what was said.
    """

    contract: Contract
    progress: Quiet = field(default_factory=Quiet)

    def pull(self, vendor: FakeVendor, *, page: int = 5, **changes: Any) -> Answer:
        """Pull a fake vendor's clients in the vendor's own time."""
        timing = Timing(clock=vendor.clock, sleep=getattr(vendor, "sleep", lambda _: None))
        puller = open_vendor(
            self.contract, vendor.url, SECRETS[self.contract], page=page, timing=timing
        )
        try:
            feed = VendorFeed(puller)
            parts = frozenset({"users", "payment-methods"} if has_parts(self.contract) else ())
            given: dict[str, Any] = {"vendor": puller, "parts": parts}
            return self.run(feed, **(given | changes))
        finally:
            puller.close()

    def run(self, feed: Feed, *, region: str = "US", **changes: Any) -> Answer:
        """Run a move with one thread, so that writes come in one order."""
        names: set[str] = {"on_conflict", "notify"}
        chosen = {name: changes.pop(name) for name in names & changes.keys()}
        task = Task(
            settings=settings(self.contract, **chosen),
            meaning=meaning_of(self.contract, region),
            what="test",
            feed=feed,
            threads=1,
            rate=1e9,
        )
        return run_move(replace(task, **changes), stores(), self.progress)


@contextmanager
def killed_at(write: int) -> Iterator[None]:
    """Let the process end before its n-th write, counted from 0; nothing is written from then on.

    A lease that is not given back ends by itself, of which the test does not wait for the end.
    """
    count = itertools.count()

    def end(**_: object) -> None:
        if next(count) >= write:
            raise Killed

    events = dynamodb_client().meta.events
    for name in WRITES:
        events.register(f"before-call.dynamodb.{name}", end)
    try:
        yield
    finally:
        for name in WRITES:
            events.unregister(f"before-call.dynamodb.{name}", end)
        for lease in table_items("links", "LEASE"):
            key = {"pk": lease["pk"], "sk": lease["sk"]}
            dynamodb_client().delete_item(TableName="links", Key=key)


def table_items(table: str, beginning: str = "") -> list[dict[str, Any]]:
    """The items of a table whose sort key begins so."""
    pages = dynamodb_client().get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    found = [item for page in pages for item in page["Items"]]
    return [item for item in found if item["sk"]["S"].startswith(beginning)]


def clients_here() -> dict[str, Any]:
    """The clients of the tenant, by their vendor's id of the one contract that they have."""
    read = [items.read_client(item) for item in table_items("clients", items.CLIENT)]
    return {next(iter(client.ids.values()), client.id): client for client in read}


def read_lines(path: Path) -> list[Any]:
    """The lines of a JSONL file."""
    import json  # noqa: PLC0415

    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]

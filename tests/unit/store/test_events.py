"""Events in the table: each once, each in the feed once, in order, whatever their size."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from registry.domain import deadline
from registry.domain.change import Author, create, update
from registry.domain.client import Client
from registry.domain.errors import Unavailable
from registry.domain.event import AnyEvent, Event, EventType, PaymentMethodEvent, event_of
from registry.domain.identifiers import now, parse_instant
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.store.dynamodb import dynamodb_client
from registry.store.events import SETTLED_SECONDS, WRITE_SECONDS, EventStore

TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
OTHER = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "test")
AT = datetime(2026, 6, 9, 17, 4, 21, tzinfo=UTC)


@pytest.fixture
def store(tables: None) -> EventStore:
    return EventStore(dynamodb_client(), "events")


def history(versions: int, **fields: Any) -> list[Event]:
    """The events of a client that was changed so often, in their order."""
    client = create(Author("c", AT), name="0", **fields).client
    events = [event_of(None, client)]
    for version in range(1, versions):
        changed = update(client, Author("c", AT + timedelta(seconds=version)), name=str(version))
        events.append(event_of(client, changed.client))
        client = changed.client
    return events


def of_tenant(events: Sequence[Event]) -> list[tuple[Tenant, Event]]:
    return [(TENANT, event) for event in events]


def test_events_come_back_newest_first_as_they_were_written(store: EventStore) -> None:
    events = history(120)

    assert store.append(of_tenant(events)) == 120
    assert list(store.of(TENANT, events[0].client_id)) == events[::-1]


def test_events_that_come_again_are_written_once_and_are_in_the_feed_once(
    store: EventStore,
) -> None:
    events = history(60)
    store.append(of_tenant(events[:30]))

    assert store.append(of_tenant(events[10:])) == 30
    assert store.append(of_tenant(events)) == 0
    assert [entry.event_id for entry in store.feed(TENANT)] == [event.id for event in events]
    assert list(store.of(TENANT, events[0].client_id)) == events[::-1]


def test_no_tenant_sees_anothers_events(store: EventStore) -> None:
    (event,) = history(1)

    store.append([(TENANT, event)])

    assert list(store.feed(OTHER)) == []
    assert list(store.of(OTHER, event.client_id)) == []


def test_an_event_that_is_larger_than_an_item_comes_back_whole(store: EventStore) -> None:
    shuffled = random.Random(1)  # noqa: S311 - no secret
    long, longer = (
        "".join(chr(shuffled.randrange(0x4E00, 0x9FFF)) for _ in range(100_000)) for _ in range(2)
    )
    client = create(Author("c", AT), notes=long).client
    changed = update(client, Author("c", AT), notes=longer).client
    events = [event_of(None, client), event_of(client, changed)]

    store.append(of_tenant(events))

    assert list(store.of(TENANT, client.id)) == events[::-1]


class _Counted:
    """The DynamoDB client with its transactions counted."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def transact_write_items(self, **request: Any) -> Any:
        self.calls.append(len(request["TransactItems"]))
        return dynamodb_client().transact_write_items(**request)


def test_a_hundred_events_take_two_calls(tables: None) -> None:
    counted: Any = _Counted()

    EventStore(counted, "events").append(of_tenant(history(100)))

    assert counted.calls == [100, 100]


class _Stuck:
    """A DynamoDB that never responds."""

    def transact_write_items(self, **_: Any) -> Any:
        raise Unavailable


def test_a_write_is_given_up_before_readers_pass_the_instant_it_carries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []
    asked: list[float] = []
    monkeypatch.setattr(deadline, "pause", waited.append)
    monkeypatch.setattr(deadline, "at_most", lambda seconds: _recorded(seconds, asked))
    stuck: Any = _Stuck()

    with pytest.raises(Unavailable):
        EventStore(stuck, "events").append(of_tenant(history(1)))

    assert asked == [WRITE_SECONDS]
    assert WRITE_SECONDS < SETTLED_SECONDS


def _recorded(seconds: float, asked: list[float]) -> Any:
    asked.append(seconds)
    return deadline.within(lambda: seconds)


def test_an_entry_of_the_feed_carries_the_instant_of_its_write(store: EventStore) -> None:
    started = now()

    store.append(of_tenant(history(1)))

    (entry,) = store.feed(TENANT)
    assert started <= parse_instant(entry.place.partition("#")[0]) <= now()


def test_a_client_of_before_authors_has_events_too(store: EventStore) -> None:
    client = Client(id=history(1)[0].client_id, version=4, created_at=AT, updated_at=AT)

    store.append([(TENANT, event_of(None, client))])

    assert [event.version for event in store.of(TENANT, client.id)] == [4]


def method_event(client_id: str, method_id: str, kind: str, at: datetime) -> PaymentMethodEvent:
    """An event of a card, which has no token."""
    method = PaymentMethod(
        id=method_id, client_id=client_id, type=PaymentMethodType.CARD, brand="v"
    )
    return PaymentMethodEvent(method, EventType(f"payment_method.{kind}"), at)


@pytest.mark.parametrize(
    "method_id", ["019ead58-1c40-7a02-b1c3-5d6e7f809102", "1", "a.b#c/d é\n\x1f%2F", "i" * 255]
)
def test_an_event_of_a_payment_method_is_written_once_and_read_in_every_way(
    method_id: str, store: EventStore
) -> None:
    (created,) = history(1)
    events = [
        replace(event, method=replace(event.method, attached_at=AT))
        for event in (
            method_event(created.client_id, method_id, "added", AT),
            method_event(created.client_id, method_id, "removed", AT + timedelta(seconds=1)),
        )
    ]
    everything: list[tuple[Tenant, AnyEvent]] = [
        *of_tenant([created]),
        *((TENANT, event) for event in events),
    ]

    assert store.append(everything) == 3
    assert store.append(everything) == 0

    entries = list(store.feed(TENANT))
    assert [entry.event_id for entry in entries] == [event.id for _, event in everything]
    assert {entry.client_id for entry in entries} == {created.client_id}
    assert store.get_many(TENANT, entries) == [created, *events]
    assert store.of_payment_methods(TENANT, created.client_id) == events[::-1]
    assert list(store.of(TENANT, created.client_id)) == [created]
    for entry, (_, event) in zip(entries, everything, strict=True):
        assert store.find(TENANT, event.id) == (event, entry.place)
        assert store.find(OTHER, event.id) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a.1",
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5",
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5.0",
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5.x",
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5.12345678901",
        "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5." + "i" * 2_000 + ".added",
    ],
)
def test_a_text_that_is_the_id_of_no_event_finds_none_without_a_call(text: str) -> None:
    assert EventStore(cast("Any", None), "events").find(TENANT, text) is None

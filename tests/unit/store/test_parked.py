"""Parked stream records: kept whole, told apart by projection, and gone when they are done."""

import random
from typing import Any

import pytest

from registry.store.dynamodb import dynamodb_client
from registry.store.parked import ParkedStore


@pytest.fixture
def store(tables: None) -> ParkedStore:
    return ParkedStore(dynamodb_client(), "events")


def record(number: int, notes: str = "n") -> dict[str, Any]:
    image = {"pk": {"S": "w#live"}, "notes": {"S": notes}}
    return {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": str(number), "NewImage": image}}


def test_records_come_back_as_they_were_in_the_order_of_their_keys(store: ParkedStore) -> None:
    store.park("project", "002", record(2), ValueError())
    store.park("project", "001", record(1), KeyError())
    store.park("index", "003", record(3), KeyError())

    found = list(store.all("project"))

    assert [(each.key, each.error, each.record) for each in found] == [
        ("001", "KeyError", record(1)),
        ("002", "ValueError", record(2)),
    ]


def test_a_record_parked_twice_is_there_once(store: ParkedStore) -> None:
    store.park("project", "001", record(1), ValueError())
    store.park("project", "001", record(1), ValueError())

    assert len(list(store.all("project"))) == 1


def test_a_record_of_two_full_images_is_kept_whole(store: ParkedStore) -> None:
    shuffled = random.Random(1)  # noqa: S311 - no secret
    notes = "".join(chr(shuffled.randrange(0x4E00, 0x9FFF)) for _ in range(250_000))

    store.park("project", "001", record(1, notes), ValueError())

    (found,) = store.all("project")
    assert found.record == record(1, notes)


def test_a_record_of_which_a_part_is_missing_is_not_taken_for_whole(store: ParkedStore) -> None:
    shuffled = random.Random(1)  # noqa: S311 - no secret
    notes = "".join(chr(shuffled.randrange(0x4E00, 0x9FFF)) for _ in range(250_000))
    store.park("project", "001", record(1, notes), ValueError())

    key = {"pk": {"S": "PARKED#project"}, "sk": {"S": "001#0000"}}
    dynamodb_client().delete_item(TableName="events", Key=key)

    assert list(store.all("project")) == []


def test_what_is_done_is_gone_and_nothing_else(store: ParkedStore) -> None:
    for number in range(3):
        store.park("project", f"{number:03}", record(number), ValueError())

    store.remove("project", "001")

    assert [each.key for each in store.all("project")] == ["000", "002"]

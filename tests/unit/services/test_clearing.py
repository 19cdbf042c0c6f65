"""An erasure that is cut off at any write, and carried out again, ends as one that is not."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from registry.domain.erasure import State
from tests.erasures import TABLES, TENANT, Items, clearing_over, erase, everything, follow, scan
from tests.erasures import seed as seeded
from tests.fake_dynamodb import FakeDynamoDB
from tests.stream import Stream

# What differs between two runs: instants, and the numbers of turns and of the packs made in them.
_OF_A_RUN = frozenset({"completed_at", "receipt", "turn", "held_until", "flip_count", "packs"})


class _Killed(BaseException):
    """The end of a process, which no code can stop."""


class _Cut:
    """The end of a process before its write of a number; None lets it live."""

    def __init__(self, at: int | None) -> None:
        self._at = at
        self._over = False
        self.writes: list[str] = []

    def __call__(self, name: str, done: bool) -> None:  # noqa: FBT001 - as the tables call it
        """See a call before it is carried out, and after it."""
        if done:
            return
        writes = name not in {"GetItem", "BatchGetItem", "Query"}
        self._over = self._over or (writes and len(self.writes) == self._at)
        if self._over:
            raise _Killed
        if writes:
            self.writes.append(name)


@pytest.fixture
def begun(webhooks: None) -> tuple[FakeDynamoDB, str]:
    """Tables in memory with an erasure that can be carried out, and one of its clients."""
    stream = Stream()
    person = seeded(stream)
    erase(person)
    follow(stream, person)
    tables = FakeDynamoDB()
    for name in TABLES:
        tables.add_table(f"{name.capitalize()}Table", name)
    for place, item in everything().items():
        tables.put_item(TableName=place.partition("\n")[0], Item=item)
    return tables, person.id


def test_an_erasure_that_is_cut_off_at_any_write_ends_the_same(
    begun: tuple[FakeDynamoDB, str],
) -> None:
    tables, client_id = begun
    before = dict(_content(tables))
    assert scan(content=before).found != []
    writes = _carry_out(tables, client_id, cut_at=None)
    whole = _settled(tables)
    receipt = _receipt(tables, client_id)

    for number in range(len(writes)):
        _restore(tables, before)
        made = _carry_out(tables, client_id, cut_at=number)
        assert len(made) == number
        assert _state(tables, client_id) is not State.DONE
        _carry_out(tables, client_id, cut_at=None)
        assert _settled(tables) == whole, number
        assert _receipt(tables, client_id) == receipt, number
        assert scan(content=dict(_content(tables))).found == [], number

    print(f"cut off at each of {len(writes)} writes")  # noqa: T201 - the figure of the sweep
    assert len(writes) > 50


def test_an_erasure_that_is_cut_off_again_and_again_ends_the_same(
    begun: tuple[FakeDynamoDB, str],
) -> None:
    tables, client_id = begun
    before = dict(_content(tables))
    writes = len(_carry_out(tables, client_id, cut_at=None))
    whole, receipt = _settled(tables), _receipt(tables, client_id)
    _restore(tables, before)

    for number in range(0, writes, 7):
        _carry_out(tables, client_id, cut_at=number)
    _carry_out(tables, client_id, cut_at=None)

    assert _settled(tables) == whole
    assert _receipt(tables, client_id) == receipt


def _carry_out(tables: FakeDynamoDB, client_id: str, *, cut_at: int | None) -> list[str]:
    """Carry the erasure of a client out, up to a write; the writes that were made."""
    tables.fault = cut = _Cut(cut_at)
    clearing = clearing_over(tables)
    with suppress(_Killed):
        clearing.carry_out(TENANT, clearing.erasures.of_client(TENANT, client_id))
    tables.fault = lambda _name, _done: None
    return cut.writes


def _content(tables: FakeDynamoDB) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every item of every table, by table and key."""
    for table in TABLES:
        for item in tables.items(table):
            place = item["pk"]["S"] + "\n" + item.get("sk", {"S": ""})["S"]
            yield f"{table}\n{place}", item


def _restore(tables: FakeDynamoDB, content: Items) -> None:
    for table in TABLES:
        tables.tables[table] = {}
    for place, item in content.items():
        tables.put_item(TableName=place.partition("\n")[0], Item=item)


def _settled(tables: FakeDynamoDB) -> Items:
    """What the tables hold, without what differs between two runs."""
    return {
        place: {name: value for name, value in item.items() if name not in _OF_A_RUN}
        for place, item in _content(tables)
        if "#PACK#" not in place
    }


def _state(tables: FakeDynamoDB, client_id: str) -> State:
    return clearing_over(tables).erasures.of_client(TENANT, client_id).state


def _receipt(tables: FakeDynamoDB, client_id: str) -> list[Any]:
    """What the erasure says it has removed."""
    receipt = clearing_over(tables).erasures.of_client(TENANT, client_id).receipt
    assert receipt is not None
    return [(each["store"], each["deleted"], each["redacted"]) for each in receipt["stores"]]

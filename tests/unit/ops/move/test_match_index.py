"""The index brings clients together that share a value, and none that come later in the move."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from ops.move.match_index import MatchIndex
from registry.domain.client import Client
from registry.domain.identifiers import created_at, new_id
from registry.matching.features import features_of
from registry.matching.keys import MOST_HOLDERS


@pytest.fixture
def index() -> Iterator[MatchIndex]:
    with closing(MatchIndex()) as made:
        yield made


def client(email: str | None, name: str | None = None) -> Client:
    identifier = new_id()
    at = created_at(identifier)
    return Client(id=identifier, version=1, created_at=at, updated_at=at, email=email, company=name)


def found(index: MatchIndex, of: Client, row: int = 1) -> list[str]:
    return [each.id for each in index.candidates(features_of(of), row)]


def test_clients_that_share_a_value_are_candidates(index: MatchIndex) -> None:
    one, other = client("jane@example.com"), client("omar@example.com", "Acme Ltd")
    index.put(one)
    index.put(other)

    assert found(index, client("Jane@Example.com")) == [one.id]
    assert found(index, client(None, "ACME Limited")) == [other.id]
    assert found(index, client("nobody@example.com", "Delta")) == []
    assert found(index, client(None)) == []


def test_rows_of_the_move_are_candidates_of_later_rows_alone(index: MatchIndex) -> None:
    here, second, third = (client("jane@example.com") for _ in range(3))
    for each in (here, second, third):
        index.put(each)
    index.number_rows([(second.id, 2), (third.id, 3)])

    assert found(index, second, row=2) == [here.id]
    assert sorted(found(index, third, row=3)) == sorted([here.id, second.id])


def test_a_client_that_is_written_again_is_found_by_what_it_has_now(index: MatchIndex) -> None:
    before = client("jane@example.com")
    after = replace(before, email="doe@example.com")
    index.put(before)
    index.put(after)

    assert found(index, client("jane@example.com")) == []
    assert found(index, client("doe@example.com")) == [before.id]
    assert index.get(before.id) == after
    index.remove(before.id)
    assert found(index, client("doe@example.com")) == []
    assert index.get(before.id) is None


@pytest.mark.parametrize("holders", [MOST_HOLDERS, MOST_HOLDERS + 1])
def test_a_value_that_too_many_have_brings_none_together(index: MatchIndex, holders: int) -> None:
    for _ in range(holders):
        index.put(client("guest@hotel.example.com"))
    common = index.find_common()
    index.leave_out(common)
    guest = client("guest@hotel.example.com")

    # The address and its local part.
    assert len(common) == (0 if holders == MOST_HOLDERS else 2)
    assert len(found(index, guest)) == (holders if holders == MOST_HOLDERS else 0)
    assert len(index.common_keys(features_of(guest))) == len(common)


def test_the_longest_texts_are_not_kept(index: MatchIndex) -> None:
    one = replace(client("jane@example.com"), notes="n" * 1000, metadata='{"a": 1}')
    index.put(one)

    kept = index.get(one.id)
    assert kept is not None
    assert (kept.notes, kept.metadata, kept.email) == (None, None, one.email)

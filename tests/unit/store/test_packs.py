"""Packs: what goes in comes out, and a search through all texts at once misses and adds nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.change import Author, create, update
from registry.domain.identifiers import new_id
from registry.store.items import search_entry
from registry.store.packs import (
    Fact,
    Kind,
    PackedFacts,
    Row,
    Texts,
    counts_of,
    find_texts,
    gone_row,
    kind_of,
    live_row,
    pack_facts,
    pack_texts,
    read_texts,
)

AT = datetime(2026, 6, 9, 17, 4, 21, tzinfo=UTC)
texts = st.text(alphabet="ab zé|-", max_size=6)
facts = st.builds(
    Fact,
    id=st.uuids(version=4).map(str),
    kind=st.sampled_from(Kind),
    version=st.integers(1, 2**32 - 1),
    request_count=st.integers(0, 2**32 - 1),
    changed_after=st.integers(-(2**40), 2**40),
)
rows = st.builds(Row, facts, st.builds(Texts, *[texts] * len(Texts._fields)))


@given(st.lists(facts, unique_by=lambda fact: fact.id))
def test_facts_come_out_as_they_went_in(made: list[Fact]) -> None:
    ordered = sorted(made, key=lambda fact: fact.id)

    packed = PackedFacts(pack_facts(ordered))

    assert list(packed) == ordered
    assert [packed.find(fact.id) for fact in ordered] == ordered
    assert packed.find("ffffffff-ffff-4fff-bfff-ffffffffffff") is None
    assert packed[1:3] == ordered[1:3]


def test_there_is_no_row_before_the_first_or_after_the_last() -> None:
    packed = PackedFacts(pack_facts([Fact(new_id(AT), Kind.GONE, 1)]))

    for number in (-1, 1):
        with pytest.raises(IndexError):
            packed[number]


@given(st.lists(rows, max_size=8))
def test_texts_come_out_as_they_went_in(made: list[Row]) -> None:
    assert read_texts(pack_texts(made)) == [(row.fact.kind, row.texts) for row in made]


@given(st.lists(rows, max_size=8), st.text(alphabet="ab zé01\x1e\x1f", max_size=4))
def test_a_search_finds_every_row_that_holds_a_text(made: list[Row], needle: str) -> None:
    found = list(find_texts(pack_texts(made), needle))

    holding = [
        (number, row.fact.kind, row.texts)
        for number, row in enumerate(made)
        if any(needle in text for text in row.texts)
    ]
    assert [each for each in found if any(needle in text for text in each[2])] == holding
    assert len({number for number, _, _ in found}) == len(found)


def test_counts_leave_out_those_that_are_gone() -> None:
    made = [Fact(new_id(AT), kind, 1) for kind in (Kind.GONE, Kind.ARCHIVED_BUSINESS, Kind(0))]

    assert counts_of(made) == [1, 0, 0, 1]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.GONE])
def test_a_kind_is_made_of_status_and_member_type(kind: Kind) -> None:
    assert kind_of(archived=kind.archived, member_type=kind.member_type) is kind


def test_a_row_keeps_a_text_once_and_the_instant_of_the_last_change() -> None:
    fields: Any = {"name": "Acme", "company": "ACME", "external_id": "CRM-1", "first_name": "Jo"}
    client = create(Author("c", AT), **fields).client
    changed = update(client, Author("c", AT.replace(day=12)), name="Acme Co").client

    before = live_row(search_entry(client), 1)
    after = live_row(search_entry(changed), 2)

    assert before.texts == Texts(name="acme", person="jo", external_id="crm-1")
    assert after.texts.company == "acme"
    assert (before.fact.updated_at, after.fact.updated_at) == (AT, changed.updated_at)


def test_a_client_that_is_gone_keeps_its_version_and_no_text() -> None:
    assert gone_row("x", 7) == Row(Fact("x", Kind.GONE, 7), Texts())

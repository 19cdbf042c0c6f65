"""Pairs: their id names both clients, and the last judgement of them counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.client import Client
from registry.domain.errors import NotFound
from registry.domain.identifiers import new_id
from registry.domain.pair import Judgement, clients_of, decisive, in_order, pair_id

AT = datetime(2026, 6, 9, 17, 4, 21, tzinfo=UTC)
OLD, MIDDLE, NEW = (new_id(AT + timedelta(days=days)) for days in range(3))


def client(client_id: str, *absorbed: str) -> Client:
    return Client(id=client_id, version=1, created_at=AT, updated_at=AT, absorbed=absorbed)


def said(one: str, other: str, *, dismissed: bool, days: int = 0) -> Judgement:
    return Judgement(in_order(one, other), dismissed, "credential", AT + timedelta(days=days))


def test_the_id_of_a_pair_begins_with_the_older_client() -> None:
    assert pair_id(NEW, OLD) == pair_id(OLD, NEW) == f"{OLD}.{NEW}"
    assert clients_of(f"{OLD}.{NEW}") == (OLD, NEW)


@given(
    st.one_of(st.text(), st.sampled_from([OLD, f"{NEW}.{OLD}", f"{OLD}.{OLD}", f"{OLD}.{NEW}."]))
)
def test_any_other_text_is_the_id_of_no_pair(text: str) -> None:
    with pytest.raises(NotFound):
        clients_of(text)


def test_the_last_judgement_counts() -> None:
    dismissed = said(OLD, NEW, dismissed=True)
    opened = said(OLD, NEW, dismissed=False, days=1)

    for judgements in ([dismissed, opened], [opened, dismissed]):
        assert decisive(judgements, client(NEW), client(OLD)) == opened
    assert decisive([], client(OLD), client(NEW)) is None


def test_what_was_said_about_an_absorbed_client_counts_for_the_survivor() -> None:
    judgement = said(MIDDLE, NEW, dismissed=True)

    assert decisive([judgement], client(OLD, MIDDLE), client(NEW)) == judgement
    assert decisive([judgement], client(NEW), client(OLD, MIDDLE)) == judgement
    assert decisive([judgement], client(OLD), client(NEW)) is None

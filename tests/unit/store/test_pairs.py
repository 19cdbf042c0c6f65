"""Pairs and judgements: found under either client, and written over what was read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from registry.domain.errors import NotFound, RaceLost
from registry.domain.identifiers import new_id
from registry.domain.pair import Judgement, Level, Pair, Reason, Verdict
from registry.domain.tenant import Tenant
from registry.store.dynamodb import dynamodb_client
from registry.store.pairs import PairStore, place
from registry.store.verdicts import VerdictStore

AT = datetime(2026, 6, 9, 17, 4, 21, tzinfo=UTC)
TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
ONE, TWO, THREE = (new_id(AT + timedelta(days=days)) for days in range(3))
REASONS = (Reason("email", Level.EXACT, 12.5), Reason("phone", Level.DIFFERS, -2.0))


def pair(older: str, newer: str, verdict: Verdict = Verdict.POSSIBLE, *, days: int = 0) -> Pair:
    at = AT + timedelta(days=days)
    return Pair(
        clients=(older, newer),
        verdict=verdict,
        score=10.5,
        reasons=REASONS,
        at=at,
        machine=verdict,
    )


@pytest.fixture
def pairs(tables: None) -> PairStore:
    return PairStore(dynamodb_client(), "views")


@pytest.fixture
def verdicts(tables: None) -> VerdictStore:
    return VerdictStore(dynamodb_client(), "links")


def test_a_pair_is_found_under_either_client_and_by_its_id(pairs: PairStore) -> None:
    written = pairs.put(TENANT, pair(ONE, TWO), None)

    assert pairs.get(TENANT, (ONE, TWO)) == written
    assert pairs.of(TENANT, ONE) == pairs.of(TENANT, TWO) == [written]


def test_the_pairs_of_a_client_come_newest_first(pairs: PairStore) -> None:
    old = pairs.put(TENANT, pair(TWO, THREE), None)
    new = pairs.put(TENANT, pair(ONE, TWO, days=1), None)

    assert pairs.of(TENANT, TWO) == [new, old]


def test_a_list_has_the_pairs_of_a_verdict_newest_first_and_goes_on_behind_a_place(
    pairs: PairStore,
) -> None:
    old = pairs.put(TENANT, pair(ONE, TWO), None)
    new = pairs.put(TENANT, pair(TWO, THREE, days=1), None)
    pairs.put(TENANT, pair(ONE, THREE, Verdict.SURE), None)

    assert list(pairs.listed(TENANT, Verdict.POSSIBLE, at_once=1)) == [new, old]
    assert list(pairs.listed(TENANT, Verdict.POSSIBLE, before=place(new))) == [old]
    assert list(pairs.listed(Tenant(TENANT.workspace_id, "test"), Verdict.POSSIBLE)) == []


def test_a_pair_of_another_verdict_moves_to_that_list(pairs: PairStore) -> None:
    before = pairs.put(TENANT, pair(ONE, TWO), None)
    after = pairs.put(TENANT, replace(before, verdict=Verdict.SURE), before)

    assert list(pairs.listed(TENANT, Verdict.POSSIBLE)) == []
    assert list(pairs.listed(TENANT, Verdict.SURE)) == [after]


def test_a_pair_that_was_written_meanwhile_is_neither_replaced_nor_removed(
    pairs: PairStore,
) -> None:
    read = pairs.put(TENANT, pair(ONE, TWO), None)
    written = pairs.put(TENANT, replace(read, score=1.5), read)

    with pytest.raises(RaceLost):
        pairs.put(TENANT, pair(ONE, TWO), None)
    with pytest.raises(RaceLost):
        pairs.put(TENANT, replace(read, score=2.0), read)
    with pytest.raises(RaceLost):
        pairs.remove(TENANT, read)
    assert pairs.of(TENANT, ONE) == pairs.of(TENANT, TWO) == [written]


def test_a_removed_pair_is_found_nowhere(pairs: PairStore) -> None:
    pairs.remove(TENANT, pairs.put(TENANT, pair(ONE, TWO), None))

    assert pairs.of(TENANT, ONE) == pairs.of(TENANT, TWO) == []
    assert list(pairs.listed(TENANT, Verdict.POSSIBLE)) == []
    with pytest.raises(NotFound):
        pairs.get(TENANT, (ONE, TWO))


def test_a_judgement_is_found_under_either_client_and_gives_way_to_a_later_one(
    verdicts: VerdictStore,
) -> None:
    verdicts.put(TENANT, Judgement((ONE, TWO), dismissed=True, by="credential", at=AT))
    later = Judgement((ONE, TWO), dismissed=False, by="other", at=AT + timedelta(days=1))
    verdicts.put(TENANT, later)

    assert list(verdicts.about(TENANT, ONE)) == list(verdicts.about(TENANT, TWO)) == [later]
    assert list(verdicts.about(TENANT, THREE)) == []

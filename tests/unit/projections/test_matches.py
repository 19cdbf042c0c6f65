"""Pairs: the same after any order of the stream, and gone with what made them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.domain.change import Author, archive, create, update
from registry.domain.client import Client, Phone
from registry.domain.errors import NotFound
from registry.domain.pair import MACHINE, Judgement, Pair, Verdict, in_order
from registry.domain.tenant import Tenant
from registry.matching.keys import all_keys_of
from registry.matching.weights import weights_in_force
from registry.projections.keys import Keys
from registry.projections.matches import Matches, MatchStores
from registry.projections.stream import ClientChange, in_turn
from registry.store.clients import client_store
from registry.store.look_up_keys import look_up_key_store
from registry.store.pairs import PairStore, pair_store
from registry.store.verdicts import verdict_store
from tests.contract.calls import counted

AT = datetime(2026, 6, 9, 17, 4, 21, tzinfo=UTC)
TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
JOHN: dict[str, Any] = {"first_name": "John", "last_name": "Appleseed"}
PHONE = Phone("(415) 555-2671", "+14155552671")
VALUES = st.fixed_dictionaries(
    {
        "first_name": st.sampled_from(["John", "Jon", "Zoe"]),
        "last_name": st.just("Appleseed"),
        "email": st.sampled_from([None, "j@a.com", "other@b.com"]),
        "phone": st.sampled_from([None, PHONE]),
    }
)

pytestmark = pytest.mark.usefixtures("tables")


def index() -> Callable[[list[ClientChange]], None]:
    clients, keys = client_store(), look_up_key_store()
    stores = MatchStores(clients, keys, pair_store(), verdict_store())
    return in_turn(Keys(clients, keys, all_keys_of), Matches(stores, weights_in_force()))


def created(**fields: Any) -> ClientChange:
    change = create(Author("c", AT), **fields)
    client_store().create(TENANT, change)
    return ClientChange(TENANT, None, change.client, live=True)


def updated(before: Client, **fields: Any) -> ClientChange:
    change = update(before, Author("c", before.updated_at + timedelta(seconds=1)), **fields)
    client_store().replace(TENANT, before, change)
    return ClientChange(TENANT, before, change.client, live=True)


def pair_of(*changes: ClientChange) -> Pair:
    one, other = (change.after.id for change in changes)
    return pair_store().get(TENANT, in_order(one, other))


def state(client_ids: list[str]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """What the pairs of clients are, but for the instants at which they were found."""
    return {
        pair.clients: (pair.verdict, pair.score, pair.reasons, pair.judged_by)
        for client_id in client_ids
        for pair in pair_store().of(TENANT, client_id)
    }


def test_twins_are_a_pair_whichever_of_them_is_seen() -> None:
    one, other = created(**JOHN, email="j@a.com"), created(**JOHN, email="j@a.com")

    index()([one])
    index()([other])

    pair = pair_of(one, other)
    assert (pair.verdict, pair.judged_by) == (Verdict.SURE, MACHINE)
    assert {reason.field for reason in pair.reasons} == {"first_name", "last_name", "email"}


@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    histories=st.lists(st.lists(VALUES, min_size=1, max_size=3), min_size=2, max_size=4),
    data=st.data(),
)
def test_any_order_and_any_repetition_of_changes_leads_to_the_pairs_of_the_clients(
    histories: list[list[dict[str, Any]]], data: st.DataObject
) -> None:
    tenant = data.draw(st.uuids().map(str))
    with mock.patch(f"{__name__}.TENANT", Tenant(tenant, "live")):
        changes = []
        for first, *rest in histories:
            changes.append(created(**first))
            for values in rest:
                changes.append(updated(changes[-1].after, **values))
        ids = sorted({change.after.id for change in changes})
        order = data.draw(st.permutations(changes))
        again = data.draw(st.lists(st.sampled_from(changes), max_size=4))

        for batch in (order[: len(order) // 2], order[len(order) // 2 :], again):
            index()(batch)

        reached = state(ids)
        stores = MatchStores(client_store(), look_up_key_store(), pair_store(), verdict_store())
        Matches(stores, weights_in_force()).rebuild(TENANT, client_store().all(TENANT))
        assert state(ids) == reached
        present = [client_store().get(TENANT, client_id) for client_id in ids]
        alike = {
            (one.id, other.id)
            for one in present
            for other in present
            if one.id < other.id
            and (one.first_name == "Zoe") is (other.first_name == "Zoe")
            and one.email is not None
            and one.email == other.email
        }
        assert alike <= reached.keys()


def test_a_pair_whose_clients_have_come_apart_is_gone() -> None:
    one, other = created(email="j@a.com", **JOHN), created(email="j@a.com", **JOHN)
    index()([one, other])

    index()([updated(other.after, first_name="Zoe", last_name="Quux", email="z@b.com")])

    with pytest.raises(NotFound):
        pair_of(one, other)
    assert pair_store().of(TENANT, one.after.id) == []


def test_archiving_one_of_a_sure_pair_makes_it_possible() -> None:
    one, other = created(email="j@a.com", **JOHN), created(email="j@a.com", **JOHN)
    index()([one, other])

    archived = archive(other.after, Author("c", AT + timedelta(seconds=1)))
    client_store().replace(TENANT, other.after, archived)
    index()([ClientChange(TENANT, other.after, archived.client, live=True)])

    assert pair_of(one, other).verdict is Verdict.POSSIBLE


def test_a_persons_verdict_stays_whatever_changes() -> None:
    one, other = created(email="j@a.com", **JOHN), created(email="j@a.com", **JOHN)
    index()([one, other])
    verdict_store().put(TENANT, Judgement(pair_of(one, other).clients, True, "cred", AT))  # noqa: FBT003 - dismissed

    index()([updated(one.after, phone=PHONE)])
    assert (pair_of(one, other).verdict, pair_of(one, other).judged_by) == (
        Verdict.DISMISSED,
        "cred",
    )
    index()([updated(other.after, first_name="Zoe", last_name="Quux", email="z@b.com")])
    assert pair_of(one, other).verdict is Verdict.DISMISSED


def test_a_change_of_what_is_not_compared_takes_no_call() -> None:
    one = created(**JOHN)
    change = updated(one.after, notes="likes apples")
    stores = MatchStores(client_store(), look_up_key_store(), pair_store(), verdict_store())

    with counted() as calls:
        Matches(stores, weights_in_force())([change])

    assert calls.names == []


def test_a_change_that_changes_no_pair_writes_none() -> None:
    one, other = created(email="j@a.com", **JOHN), created(email="j@a.com", **JOHN)
    index()([one, other])
    before = pair_of(one, other)

    index()([one, other])

    assert pair_of(one, other) == before


def test_a_value_of_more_than_a_hundred_clients_brings_none_together() -> None:
    changes = [created(phone=PHONE, name=f"{number} Corp") for number in range(101)]
    index()(changes)
    last = created(phone=PHONE, **JOHN)

    index()([last])

    assert pair_store().of(TENANT, last.after.id) == []


def test_a_client_that_changes_while_its_pair_is_written_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = created(email="j@a.com", **JOHN), created(email="j@a.com", **JOHN)
    index()([one])
    put = PairStore.put

    def slow(self: PairStore, *args: Any, **kwargs: Any) -> Pair:
        monkeypatch.setattr(PairStore, "put", put)
        index()([updated(one.after, first_name="Zoe", last_name="Quux", email="z@b.com")])
        return put(self, *args, **kwargs)

    for pair in pair_store().of(TENANT, one.after.id):
        pair_store().remove(TENANT, pair)
    monkeypatch.setattr(PairStore, "put", slow)
    index()([other])

    assert pair_store().of(TENANT, one.after.id) == []

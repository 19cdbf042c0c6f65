"""Look-up keys: right after any order of the stream, and harmless where they are left over."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.domain.change import Author, archive, create, update
from registry.domain.client import Client, Phone
from registry.domain.look_up import keys_of
from registry.domain.tenant import Tenant
from registry.projections.keys import Keys
from registry.projections.stream import ClientChange
from registry.store.clients import client_store
from registry.store.dynamodb import dynamodb_client
from registry.store.look_up_keys import look_up_key_store
from tests.contract.calls import counted

AT = datetime(2026, 6, 9, 17, 4, 21, tzinfo=UTC)
TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
VALUES = st.fixed_dictionaries(
    {
        "email": st.sampled_from([None, "a@b.com", "A@B.com", "c@d.com"]),
        "phone": st.sampled_from([None, Phone("1", "+14155552671"), Phone("call Bob", None)]),
        "ein": st.sampled_from([None, "12-3456789"]),
        "tax_number": st.sampled_from([None, "123456789", "T-1"]),
    }
)


def changed(before: Client | None, after: Client) -> ClientChange:
    return ClientChange(TENANT, before, after, live=True)


def history(values: list[dict[str, Any]]) -> list[ClientChange]:
    """A client written with these values, one after the other, and its changes."""
    change = create(Author("c", AT), **values[0])
    client_store().create(TENANT, change)
    changes = [changed(None, change.client)]
    for number, each in enumerate(values[1:], 1):
        before = change.client
        author = Author("c", AT + timedelta(seconds=number))
        change = update(before, author, **each)
        client_store().replace(TENANT, before, change)
        if change.client != before:
            changes.append(changed(before, change.client))
    return changes


def written() -> set[tuple[str, str]]:
    items = dynamodb_client().scan(TableName="views", ConsistentRead=True)["Items"]
    return {(item["pk"]["S"], item["sk"]["S"]) for item in items}


def index() -> Keys:
    return Keys(client_store(), look_up_key_store())


def holders(client: Client) -> set[str]:
    """Who is found by any of a client's keys."""
    return {
        holder for key in keys_of(client) for holder in look_up_key_store().holders(TENANT, key)
    }


@pytest.mark.usefixtures("tables")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    histories=st.lists(st.lists(VALUES, min_size=1, max_size=4), min_size=1, max_size=3),
    data=st.data(),
)
def test_any_order_and_any_repetition_of_changes_leads_to_the_keys_of_the_clients(
    histories: list[list[dict[str, Any]]], data: st.DataObject
) -> None:
    before = written()
    changes = [change for values in histories for change in history(values)]
    order = data.draw(st.permutations(changes))
    again = data.draw(st.lists(st.sampled_from(changes), max_size=4))

    for batch in (order[: len(order) // 2], order[len(order) // 2 :], again):
        index()(batch)

    clients = {change.after.id: change.after for change in changes}
    present = [client_store().get(TENANT, client_id) for client_id in clients]
    expected = {(client.id, key) for client in present for key in keys_of(client)}
    assert len(written() - before) == len(expected)
    assert all(client.id in holders(client) or not keys_of(client) for client in present)


@pytest.mark.usefixtures("tables")
def test_a_late_change_does_not_take_away_a_value_that_the_client_has_again() -> None:
    values = [{"email": each} for each in ("a@b.com", "c@d.com", "a@b.com")]
    changes = history(values)
    index()(changes)

    index()([changes[1]])

    assert holders(changes[-1].after) == {changes[0].after.id}
    assert len(written()) == 1


@pytest.mark.usefixtures("tables")
def test_a_client_that_is_no_longer_there_loses_its_keys() -> None:
    (change,) = history([{"email": "a@b.com"}])
    index()([change])
    dynamodb_client().delete_item(
        TableName="clients",
        Key={
            "pk": {"S": f"{TENANT.workspace_id}#live"},
            "sk": {"S": f"CLIENT#{change.after.id}"},
        },
    )

    index()([change])

    assert written() == set()


@pytest.mark.usefixtures("tables")
def test_an_archived_client_keeps_its_keys() -> None:
    (change,) = history([{"email": "a@b.com"}])
    archived = archive(change.after, Author("c", AT + timedelta(seconds=1)))
    client_store().replace(TENANT, change.after, archived)

    index()([change, changed(change.after, archived.client)])

    assert holders(change.after) == {change.after.id}


@pytest.mark.usefixtures("tables")
def test_a_batch_of_a_hundred_new_clients_is_a_read_and_a_write_for_each_25_keys() -> None:
    changes = [
        history([{"email": f"{number}@b.com", "tax_number": f"T-{number}"}])[0]
        for number in range(100)
    ]

    with counted() as calls:
        index()(changes)

    assert calls.names == ["BatchGetItem"] + ["BatchWriteItem"] * 8
    assert len(written()) == 200


@pytest.mark.usefixtures("tables")
def test_a_rebuild_writes_the_keys_of_older_clients_and_may_run_twice() -> None:
    clients = [history([{"email": f"{number}@b.com"}])[0].after for number in range(3)]

    for _ in range(2):
        assert index().rebuild(TENANT, clients) == 3

    assert len(written()) == 3
    assert all(holders(client) == {client.id} for client in clients)

"""What Hoursmith's requests cost: `docs/data-model.md`, table "Access patterns"."""

from datetime import timedelta

import pytest

from registry.domain.identifiers import now
from tests.contract.calls import counted
from tests.contract.hoursmith.conftest import Create, Workspace
from tests.contract_client import ContractClient

PATH = "/api/v1/clients"
KEY = {"Idempotency-Key": "k"}


def test_a_create_and_its_replay_are_one_call_each(hoursmith: ContractClient) -> None:
    for _ in range(2):
        with counted() as calls:
            assert hoursmith.send("POST", PATH, {"name": "Acme"}, KEY).status == 201
        assert calls.names == ["TransactWriteItems"]


def test_reading_is_one_call_and_me_is_none(hoursmith: ContractClient, create: Create) -> None:
    client = create({"name": "Acme"}).json["data"]

    with counted() as read:
        hoursmith.send("GET", f"{PATH}/{client['id']}")
    with counted() as me:
        hoursmith.send("GET", "/api/v1/me")

    assert (read.names, me.names) == (["GetItem"], [])


@pytest.mark.parametrize("sort", ["createdAt", "-createdAt", "id", "name", "-name", "-updatedAt"])
def test_a_page_in_any_order_is_one_call_that_reads_no_more_than_it_shows(
    hoursmith: ContractClient,
    workspace: Workspace,
    sort: str,
) -> None:
    for n in range(30):
        workspace.create(now() - timedelta(hours=n), name=f"c{n}")
    first = hoursmith.send("GET", f"{PATH}?sort={sort}&limit=5").json

    with counted() as calls:
        cursor = first["pagination"]["nextCursor"]
        assert len(hoursmith.send("GET", f"{PATH}?sort={sort}&limit=5&cursor={cursor}").json) == 2

    assert (calls.names, calls.read) == (["Query"], 6)


def test_a_search_looks_for_packs_then_reads_the_slim_index_and_the_page(
    hoursmith: ContractClient,
    create: Create,
) -> None:
    create({"name": "Acme"})

    with counted() as found:
        hoursmith.send("GET", f"{PATH}?search=acme&sort=name")
    with counted() as nothing:
        hoursmith.send("GET", f"{PATH}?search=bolt")

    assert found.names == ["Query", "Query", "BatchGetItem"]
    assert nothing.names == ["Query", "Query"]


def test_a_change_is_a_read_and_a_write(hoursmith: ContractClient, create: Create) -> None:
    path = f"{PATH}/{create({'name': 'Acme'}).json['data']['id']}"

    with counted() as changed:
        hoursmith.send("PATCH", path, {"notes": "x"})
    with counted() as unchanged:
        hoursmith.send("PATCH", path, {"notes": "x"})
    with counted() as deleted:
        hoursmith.send("DELETE", path)

    assert changed.names == deleted.names == ["GetItem", "PutItem"]
    assert unchanged.names == ["GetItem"]


def test_a_refused_request_makes_no_call(hoursmith: ContractClient) -> None:
    with counted() as calls:
        hoursmith.send("POST", PATH, {"name": ""})
        hoursmith.send("GET", f"{PATH}?cursor=x")
        hoursmith.send("GET", f"{PATH}/{'x' * 256}")

    assert calls.names == []

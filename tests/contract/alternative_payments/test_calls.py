"""What Alternative Payments' requests cost: `docs/data-model.md`, table "Access patterns"."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.calls import counted
from tests.contract_client import ContractClient

Create = Callable[..., dict[str, Any]]
KEY = {"Idempotency-Key": "k"}


def test_a_create_is_one_call_with_or_without_claim_and_key(payments: ContractClient) -> None:
    for body, headers, expected in (
        ({"name": "Acme"}, None, ["PutItem"]),
        ({"external_id": "crm-1"}, None, ["TransactWriteItems"]),
        ({"external_id": "crm-2"}, KEY, ["TransactWriteItems"]),
        ({"external_id": "crm-2"}, KEY, ["TransactWriteItems"]),
        ({"external_id": "crm-2"}, None, ["TransactWriteItems", "GetItem"]),  # refused: taken
    ):
        with counted() as calls:
            payments.send("POST", "/customers", body, headers)
        assert calls.names == expected


@pytest.mark.parametrize(
    "query",
    ["", "&after={cursor}", "&before={cursor}", "&created_at_start=2026-01-01T00:00:00Z"],
)
def test_a_list_is_one_call(payments: ContractClient, create: Create, query: str) -> None:
    for number in range(3):
        create(name=f"Company {number}")
    cursor = payments.send("GET", "/customers?limit=1").json["end_cursor"]

    with counted() as calls:
        reply = payments.send("GET", f"/customers?limit=1{query.format(cursor=cursor)}")

    assert reply.status == 200
    assert calls.names == ["Query"]


@pytest.mark.parametrize("query", ["company_name=comp", "external_id=crm-1"])
def test_a_filter_is_a_read_of_the_slim_index_and_one_of_the_page(
    payments: ContractClient, create: Create, query: str
) -> None:
    create(name="Company", external_id="crm-1")

    with counted() as calls:
        reply = payments.send("GET", f"/customers?{query}")

    assert len(reply.json["data"]) == 1
    assert calls.names == ["Query", "BatchGetItem"]


@pytest.mark.parametrize(
    ("method", "suffix", "body", "headers"),
    [
        ("GET", "", None, None),
        ("PATCH", "", {"name": "Other"}, None),
        ("DELETE", "", None, None),
        ("POST", "/restore", None, None),
        ("POST", "/restore", None, KEY),
        ("GET", "/users", None, None),
        ("GET", "/payment-methods", None, None),
    ],
)
def test_the_rest_is_at_most_two_calls(
    payments: ContractClient,
    create: Create,
    method: str,
    suffix: str,
    body: object,
    headers: dict[str, str] | None,
) -> None:
    path = f"/customers/{create(name='Acme')['id']}{suffix}"

    for _ in range(2):
        with counted() as calls:
            assert payments.send(method, path, body, headers).status == 200
        assert len(calls.names) <= 2


def test_a_user_is_written_in_one_call_and_read_after_its_client(
    payments: ContractClient, create: Create
) -> None:
    path = f"/customers/{create(name='Acme')['id']}/users"

    with counted() as written:
        payments.send("POST", path, {"email": "jane@acme.com"}, KEY)
    with counted() as read:
        payments.send("GET", path)

    assert (written.names, read.names) == (["TransactWriteItems"], ["GetItem", "Query"])

"""`/customers/{id}/users`."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.contracts.alternative_payments import examples
from registry.domain.tenant import Tenant
from registry.domain.user import MAX_USERS
from registry.store.dynamodb import dynamodb_client
from registry.store.items import user_count_key
from tests.contract.calls import counted
from tests.contract_client import ContractClient

Create = Callable[..., dict[str, Any]]


@pytest.fixture
def path(create: Create) -> str:
    return f"/customers/{create(name='Acme')['id']}/users"


def make(api: ContractClient, path: str, **fields: object) -> dict[str, Any]:
    """A user of these fields."""
    reply = api.send("POST", path, fields)
    assert reply.status == 201, reply.text
    user: dict[str, Any] = reply.json
    return user


def test_a_user_is_created_and_listed(payments: ContractClient, path: str) -> None:
    user = make(payments, path, **(examples.CREATE_USER.body or {}))

    assert list(user) == ["id", "email", "first_name", "last_name", "created_at"]
    assert {**user, **(examples.CREATE_USER.body or {})} == user
    assert payments.send("GET", path).json["data"] == [user]


def test_nothing_is_required(payments: ContractClient, path: str) -> None:
    users = [make(payments, path), make(payments, path, email=None, first_name="", last_name=" ")]

    assert {user[name] for user in users for name in ("email", "first_name", "last_name")} == {None}


def test_an_email_is_unique_in_a_customer_in_any_case(
    payments: ContractClient, path: str, create: Create
) -> None:
    make(payments, path, email="Jane@acme.com")
    other = f"/customers/{create(name='Other')['id']}/users"

    again = payments.send("POST", path, {"email": "jANE@ACME.com"})

    assert (again.status, again.json["code"]) == (400, "bad_request")
    assert "already used" in again.json["message"]
    assert make(payments, other, email="jane@acme.com")["email"] == "jane@acme.com"
    assert len(payments.send("GET", path).json["data"]) == 1


def test_every_failing_field_is_named(payments: ContractClient, path: str) -> None:
    body = {"email": "x", "first_name": 1, "last_name": "a" * 201, "role": "admin"}

    reply = payments.send("POST", path, body)

    assert (reply.status, reply.json["code"]) == (422, "validation_error")
    assert reply.json["validation_errors"].keys() == {"email", "first_name", "last_name", "role"}


def test_an_archived_customer_has_its_users_and_gets_no_more(
    payments: ContractClient, path: str
) -> None:
    user = make(payments, path, email="jane@acme.com")
    payments.send("DELETE", path.removesuffix("/users"))

    refused = payments.send("POST", path, {"email": "john@acme.com"})

    assert (refused.status, refused.json["code"]) == (400, "bad_request")
    assert "archived" in refused.json["message"]
    assert payments.send("GET", path).json["data"] == [user]


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_mirror_both_ways(payments: ContractClient, path: str, limit: int) -> None:
    made = [make(payments, path, first_name=str(number))["id"] for number in range(5)][::-1]
    forwards = [payments.send("GET", f"{path}?limit={limit}").json]
    while forwards[-1]["has_next_page"]:
        after = forwards[-1]["end_cursor"]
        forwards.append(payments.send("GET", f"{path}?limit={limit}&after={after}").json)
    backwards = [forwards[-1]]
    while backwards[-1]["has_previous_page"]:
        before = backwards[-1]["start_cursor"]
        backwards.append(payments.send("GET", f"{path}?limit={limit}&before={before}").json)

    assert [user["id"] for page in forwards for user in page["data"]] == made
    assert [page["data"] for page in backwards[::-1]] == [page["data"] for page in forwards]


def test_an_empty_list_has_no_cursors(payments: ContractClient, path: str) -> None:
    page = payments.send("GET", path).json

    assert page["data"] == []
    assert (page["start_cursor"], page["end_cursor"]) == (None, None)


@pytest.mark.parametrize("query", ["limit=0", "after=x", "company_name=a", "email=a"])
def test_a_bad_parameter_is_400(payments: ContractClient, path: str, query: str) -> None:
    reply = payments.send("GET", f"{path}?{query}")

    assert (reply.status, reply.json["code"]) == (400, "bad_request")


def test_a_cursor_of_another_customers_users_is_400(
    payments: ContractClient, path: str, create: Create
) -> None:
    make(payments, path)
    cursor = payments.send("GET", path).json["end_cursor"]
    other = f"/customers/{create(name='Other')['id']}/users"

    assert payments.send("GET", f"{other}?after={cursor}").status == 400
    assert payments.send("GET", f"/customers?after={cursor}").status == 400


def test_a_key_makes_a_create_happen_once(payments: ContractClient, path: str) -> None:
    body, key = {"email": "jane@acme.com"}, {"Idempotency-Key": "k"}
    first = payments.send("POST", path, body, key)

    replay = payments.send("POST", path, body, key)
    conflict = payments.send("POST", path, {"email": "john@acme.com"}, key)

    assert (replay.status, replay.text) == (201, first.text)
    assert replay.headers["Idempotent-Replayed"] == "true"
    assert (conflict.status, conflict.json["code"]) == (409, "conflict")
    assert len(payments.send("GET", path).json["data"]) == 1


def test_a_customer_has_at_most_so_many_users(payments: ContractClient, path: str) -> None:
    tenant = Tenant(payments.context["workspaceId"], "live")
    key = user_count_key(tenant, path.split("/")[2])
    make(payments, path, email="first@acme.com")
    counter = dynamodb_client().get_item(TableName="clients", Key=key)["Item"]
    assert counter == key | {"counted": {"N": "1"}}
    almost = counter | {"counted": {"N": str(MAX_USERS - 1)}}
    dynamodb_client().put_item(TableName="clients", Item=almost)

    with counted() as calls:
        last = payments.send("POST", path, {"email": "last@acme.com"}, {"Idempotency-Key": "k"})
    refused = payments.send("POST", path, {"email": "more@acme.com"}, {"Idempotency-Key": "l"})
    replayed = payments.send("POST", path, {"email": "last@acme.com"}, {"Idempotency-Key": "k"})
    taken = payments.send("POST", path, {"email": "LAST@acme.com"})

    assert (last.status, calls.names) == (201, ["TransactWriteItems"])
    assert (refused.status, refused.json["code"]) == (400, "bad_request")
    assert str(MAX_USERS) in refused.json["message"]
    assert (replayed.status, replayed.text) == (201, last.text)
    assert "already used" in taken.json["message"]
    assert len(payments.send("GET", path).json["data"]) == 2


def test_a_user_that_is_not_created_is_not_counted(payments: ContractClient, path: str) -> None:
    make(payments, path, email="a@acme.com")

    refused = payments.send("POST", path, {"email": "a@acme.com"})

    key = user_count_key(Tenant(payments.context["workspaceId"], "live"), path.split("/")[2])
    counter = dynamodb_client().get_item(TableName="clients", Key=key)["Item"]
    assert refused.status == 400
    assert counter["counted"] == {"N": "1"}


def test_a_change_of_the_customer_keeps_the_count(payments: ContractClient, path: str) -> None:
    customer = path.removesuffix("/users")
    key = user_count_key(Tenant(payments.context["workspaceId"], "live"), path.split("/")[2])

    for number in range(3):
        make(payments, path)
        payments.send("PATCH", customer, {"name": f"Acme {number}"})

    counter = dynamodb_client().get_item(TableName="clients", Key=key)["Item"]
    assert counter["counted"] == {"N": "3"}

"""`PATCH` and `DELETE /v2/api/clients/{id}`: what changes, what stays, what is refused."""

from typing import Any

import boto3
import pytest

from registry.domain.change import Author, create
from registry.domain.identifiers import now
from registry.domain.tenant import Tenant
from registry.store.clients import client_store
from tests.contract.athenty.conftest import PATH, Create, Refused
from tests.contract_client import ContractClient

UNKNOWN = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
WHOLE = {
    "nameFirst": "Jane",
    "nameLast": "Smith",
    "businessName": "Smith Legal",
    "email": "jane@example.com",
    "phone": "(415) 555-2671",
    "externalId": "crm-1",
    "memberType": "business",
    "addressLine1": "1 Main St",
    "addressLine2": "Floor 2",
    "city": "Ottawa",
    "region": "Ontario",
    "postalCode": "K1A 0B1",
    "country": "CA",
    "metadata": {"tier": 1},
}


def changed(api: ContractClient, client: dict[str, Any], body: object) -> dict[str, Any]:
    """The client after a PATCH."""
    reply = api.send("PATCH", f"{PATH}/{client['id']}", body)
    assert reply.status == 200, reply.text
    after: dict[str, Any] = reply.json
    return after


@pytest.mark.parametrize("field", WHOLE)
def test_one_field_changes_and_the_rest_stays(
    athenty: ContractClient, create: Create, field: str
) -> None:
    client = create(WHOLE)
    value = {"memberType": "individual", "country": "US", "metadata": {"b": 2}}.get(field, "x@y.de")

    after = changed(athenty, client, {field: value})

    assert after[field] == value
    assert after["updatedAt"] > client["updatedAt"]
    unchanged = client | {field: value, "updatedAt": after["updatedAt"]}
    assert after == unchanged
    assert athenty.send("GET", f"{PATH}/{client['id']}").json == after


@pytest.mark.parametrize("clearing", [None, "", " "])
def test_null_or_empty_clears(athenty: ContractClient, create: Create, clearing: object) -> None:
    client = create(WHOLE)

    after = changed(athenty, client, dict.fromkeys(WHOLE, clearing))

    cleared = dict.fromkeys(WHOLE) | {"memberType": "individual", "metadata": {}}
    assert {field: after[field] for field in WHOLE} == cleared


def test_a_body_that_changes_nothing_leaves_the_client_as_it_is(
    athenty: ContractClient, create: Create
) -> None:
    client = create(WHOLE)

    assert changed(athenty, client, {}) == client
    assert changed(athenty, client, {**WHOLE, "active": True}) == client


def test_active_archives_and_restores_along_with_other_fields(
    athenty: ContractClient,
    create: Create,
) -> None:
    client = create(WHOLE)

    off = changed(athenty, client, {"active": False, "city": "Toronto"})
    still = changed(athenty, client, {"city": "Hamilton"})
    on = changed(athenty, client, {"active": True})

    assert (off["active"], off["city"]) == (False, "Toronto")
    assert (still["active"], still["city"]) == (False, "Hamilton")
    assert (on["active"], on["city"]) == (True, "Hamilton")
    assert client["updatedAt"] < off["updatedAt"] < still["updatedAt"] < on["updatedAt"]


def test_a_change_is_one_version(athenty: ContractClient, create: Create) -> None:
    client = create(WHOLE)

    changed(athenty, client, {"active": False, "city": "Toronto", "nameLast": "Miller"})

    tenant = Tenant(client["orgId"], "live")
    assert client_store().get(tenant, client["id"]).version == 2


@pytest.mark.parametrize("value", [None, "", "false", 0, 1])
def test_active_is_true_or_false(create: Create, refused: Refused, value: object) -> None:
    target = f"{PATH}/{create({})['id']}"

    messages = refused({"active": value}, "PATCH", target)

    assert list(messages) == ["active"]
    assert messages["active"].startswith("Expected boolean, received ")


def test_a_change_is_checked_like_a_new_client(create: Create, refused: Refused) -> None:
    target = f"{PATH}/{create({})['id']}"

    body = {"email": "x", "country": "Canada", "id": UNKNOWN, "requestCount": 5, "phone": "1" * 41}
    assert refused(body, "PATCH", target) == {
        "email": "Invalid email",
        "country": "Invalid country code",
        "id": "Unrecognized key",
        "requestCount": "Unrecognized key",
        "phone": "String must contain at most 40 character(s)",
    }


def test_delete_archives_and_has_the_same_response_again(
    athenty: ContractClient, create: Create
) -> None:
    client = create(WHOLE)
    path = f"{PATH}/{client['id']}"

    first, second = athenty.send("DELETE", path), athenty.send("DELETE", path)

    archived = client | {"active": False, "updatedAt": first.json["updatedAt"]}
    assert (first.status, first.json) == (200, archived)
    assert (second.status, second.text) == (200, first.text)
    assert athenty.send("GET", path).json == archived


def test_delete_does_not_read_a_body(athenty: ContractClient, create: Create) -> None:
    path = f"{PATH}/{create({})['id']}"

    assert athenty.send("DELETE", path, raw="{").status == 200


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_an_id_of_no_client_here_is_404(
    athenty: ContractClient, create: Create, method: str
) -> None:
    client = create({})
    body = {"city": "Ottawa"} if method == "PATCH" else None
    elsewhere = [
        (athenty.as_caller(mode="test"), client["id"]),
        (athenty.as_caller(workspaceId="0192f0c1-2f3a-7cc0-9d2e-000000000009"), client["id"]),
        (athenty, UNKNOWN),
        (athenty, "clt_01j9abc456"),
        (athenty, client["id"].upper()),
        (athenty, "%2e%2e"),
    ]

    replies = [api.send(method, f"{PATH}/{id_}", body) for api, id_ in elsewhere]

    assert {(reply.status, reply.json["code"]) for reply in replies} == {(404, "NOT_FOUND")}


def test_an_unknown_client_is_404_whatever_the_body_says(athenty: ContractClient) -> None:
    assert athenty.send("PATCH", f"{PATH}/{UNKNOWN}", {"country": "Canada"}).status == 404


def test_another_external_id_releases_a_claimed_one(athenty: ContractClient) -> None:
    tenant = Tenant(athenty.context["workspaceId"], "live")
    author = Author("another contract", now())
    one, two, again = (
        create(author, claims_external_id=True, external_id=external_id)
        for external_id in ("one", "two", "two")
    )
    client_store().create(tenant, one)
    client_store().create(tenant, two)

    reply = athenty.send("PATCH", f"{PATH}/{two.client.id}", {"externalId": "one"})

    assert (reply.status, reply.json["externalId"]) == (200, "one")
    assert client_store().create(tenant, again) is None
    found = boto3.client("dynamodb").scan(TableName="clients")["Items"]
    claims = {item["sk"]["S"] for item in found if item["sk"]["S"].startswith("EXTERNAL_ID#")}
    assert claims == {"EXTERNAL_ID#one", "EXTERNAL_ID#two"}

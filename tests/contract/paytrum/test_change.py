"""`PATCH`, `DELETE` and restore: what changes, what stays, what consent does."""

from dataclasses import replace
from typing import Any

import boto3
import pytest

from registry.domain.change import MAX_EVIDENCE
from registry.domain.tenant import Tenant
from registry.store.clients import client_store
from registry.store.dynamodb import dynamodb_client
from registry.store.items import client_item
from tests.contract.calls import counted
from tests.contract_client import ContractClient

FULL = {
    "name": "Acme Co",
    "email": "ar@acme.com",
    "emailConsent": True,
    "phone": "(415) 555-2671",
    "smsConsent": True,
    "company": "Acme",
    "usageType": "commercial",
    "address": {"line1": "1 Main St", "city": "Albany", "state": "NY", "country": "US"},
    "timezone": "America/Chicago",
    "notes": "n",
}


@pytest.fixture
def client(paytrum: ContractClient) -> dict[str, Any]:
    """A client with everything."""
    made: dict[str, Any] = paytrum.send("POST", "/v1/clients", FULL).json
    return made


def patch(api: ContractClient, client: dict[str, Any], body: object) -> Any:
    """The response to a PATCH: the client, or the reasons by field."""
    reply = api.send("PATCH", f"/v1/clients/{client['id']}", body)
    if reply.status == 422:
        return reply.json["error"]["fields"]
    assert reply.status == 200, reply.text
    return reply.json


def evidence(client: dict[str, Any]) -> list[tuple[str, str, bool, str | None]]:
    """Channel, contact_point, granted and withdrawal of all evidence, oldest first."""
    items = boto3.client("dynamodb").scan(TableName="clients")["Items"]
    entries = [item for item in items if item["sk"]["S"].startswith(f"CONSENT#{client['id']}#")]
    return [
        (
            entry["channel"]["S"],
            entry["contact_point"]["S"],
            entry["granted"]["BOOL"],
            entry.get("withdrawal", {}).get("S"),
        )
        for entry in sorted(entries, key=lambda entry: (entry["at"]["S"], entry["granted"]["BOOL"]))
    ]


def test_an_absent_field_stays(paytrum: ContractClient, client: dict[str, Any]) -> None:
    changed = patch(paytrum, client, {"notes": "other"})

    assert changed == {**client, "notes": "other", "updatedAt": changed["updatedAt"]}
    assert changed["updatedAt"] > client["updatedAt"]
    assert paytrum.send("GET", f"/v1/clients/{client['id']}").json == changed


@pytest.mark.parametrize("blank", [None, ""])
def test_null_and_empty_clear(
    paytrum: ContractClient, client: dict[str, Any], blank: object
) -> None:
    cleared = ("company", "notes", "timezone", "email", "phone", "address")

    changed = patch(paytrum, client, dict.fromkeys(cleared, blank))

    assert [changed[name] for name in ("company", "notes", "email", "phone")] == [None] * 4
    assert set(changed["address"].values()) == {None}
    assert changed["timezone"] == "America/New_York"
    assert (changed["emailConsent"], changed["smsConsent"]) == (False, False)


@pytest.mark.parametrize("name", [None, "", " "])
def test_a_name_may_not_be_cleared(
    paytrum: ContractClient, client: dict[str, Any], name: object
) -> None:
    assert list(patch(paytrum, client, {"name": name})) == ["name"]


def test_an_address_merges_key_by_key(paytrum: ContractClient, client: dict[str, Any]) -> None:
    changed = patch(paytrum, client, {"address": {"line2": "Apt 1", "city": None}})

    assert changed["address"] == {**client["address"], "line2": "Apt 1", "city": None}


@pytest.mark.parametrize("address", [{"state": "ON"}, {"country": "CA"}])
def test_a_state_has_to_be_one_of_the_merged_country(
    paytrum: ContractClient,
    client: dict[str, Any],
    address: dict[str, str],
) -> None:
    assert list(patch(paytrum, client, {"address": address})) == ["address.state"]


def test_the_usage_type_may_not_change(paytrum: ContractClient, client: dict[str, Any]) -> None:
    assert list(patch(paytrum, client, {"usageType": "consumer"})) == ["usageType"]
    assert patch(paytrum, client, {"usageType": "commercial"})["usageType"] == "commercial"


def test_an_empty_change_changes_nothing(paytrum: ContractClient, client: dict[str, Any]) -> None:
    assert patch(paytrum, client, {}) == client


def test_every_failing_field_of_a_change_is_named_at_once(
    paytrum: ContractClient,
    client: dict[str, Any],
) -> None:
    fields = patch(
        paytrum,
        client,
        {"name": "", "email": "new@acme.com", "timezone": "x", "usageType": "consumer", "x": 1},
    )

    assert set(fields) == {"name", "emailConsent", "timezone", "usageType", "x"}


@pytest.mark.parametrize(
    ("body", "flag"),
    [
        ({"email": "new@acme.com"}, "emailConsent"),
        ({"email": "new@acme.com", "emailConsent": False}, "emailConsent"),
        ({"phone": "+442079460958"}, "smsConsent"),
        ({"email": None, "emailConsent": True}, "emailConsent"),
    ],
)
def test_a_changed_channel_needs_its_flag(
    paytrum: ContractClient,
    client: dict[str, Any],
    body: dict[str, object],
    flag: str,
) -> None:
    assert list(patch(paytrum, client, body)) == [flag]


def test_the_same_address_in_other_case_keeps_its_consent(
    paytrum: ContractClient,
    client: dict[str, Any],
) -> None:
    changed = patch(paytrum, client, {"email": "AR@ACME.com", "phone": "+1 415-555-2671"})

    assert (changed["email"], changed["emailConsent"]) == ("AR@ACME.com", True)
    assert changed["smsConsent"] is True
    assert len(evidence(client)) == 2


def test_a_new_address_with_consent_replaces_the_old_one(
    paytrum: ContractClient,
    client: dict[str, Any],
) -> None:
    changed = patch(paytrum, client, {"email": "new@acme.com", "emailConsent": True})

    assert (changed["email"], changed["emailConsent"]) == ("new@acme.com", True)
    assert [entry for entry in evidence(client) if entry[0] == "email"] == [
        ("email", "ar@acme.com", True, None),
        ("email", "ar@acme.com", False, "contact_point_changed"),
        ("email", "new@acme.com", True, None),
    ]


def test_a_flag_alone_withdraws_and_grants(paytrum: ContractClient, client: dict[str, Any]) -> None:
    withdrawn = patch(paytrum, client, {"emailConsent": False})
    granted = patch(paytrum, client, {"emailConsent": True})

    assert (withdrawn["emailConsent"], granted["emailConsent"]) == (False, True)
    assert [entry for entry in evidence(client) if entry[0] == "email"] == [
        ("email", "ar@acme.com", True, None),
        ("email", "ar@acme.com", False, "stated"),
        ("email", "ar@acme.com", True, None),
    ]


def test_a_phone_is_read_in_the_country_of_the_client(paytrum: ContractClient) -> None:
    british = {"name": "B", "address": {"country": "GB"}}
    client = paytrum.send("POST", "/v1/clients", british).json

    changed = patch(paytrum, client, {"phone": "020 7946 0958", "smsConsent": True})

    assert changed["phone"] == "+442079460958"


@pytest.mark.parametrize("address", [None, "", {"country": None}, {"country": ""}])
def test_a_phone_is_read_in_the_workspaces_region_where_the_country_goes(
    paytrum: ContractClient, address: object
) -> None:
    british = {"name": "B", "address": {"country": "GB"}}
    client = paytrum.send("POST", "/v1/clients", british).json
    body = {"address": address, "smsConsent": True}

    refused = patch(paytrum, client, {**body, "phone": "020 7946 0958"})
    changed = patch(paytrum, client, {**body, "phone": "(415) 555-2671"})

    assert list(refused) == ["phone"]
    assert changed["phone"] == "+14155552671"


def test_a_country_without_a_numbering_plan_reads_international_numbers_only(
    paytrum: ContractClient,
) -> None:
    client = paytrum.send("POST", "/v1/clients", {"name": "A"}).json
    body = {"address": {"country": "AQ"}, "smsConsent": True}

    refused = patch(paytrum, client, {**body, "phone": "(415) 555-2671"})
    changed = patch(paytrum, client, {**body, "phone": "+1 415 555 2671"})

    assert list(refused) == ["phone"]
    assert changed["phone"] == "+14155552671"


def test_archiving_and_restoring_twice_are_no_ops(
    paytrum: ContractClient, client: dict[str, Any]
) -> None:
    path = f"/v1/clients/{client['id']}"

    archived = [paytrum.send("DELETE", path) for _ in range(2)]
    restored = [paytrum.send("POST", f"{path}/restore") for _ in range(2)]

    assert [reply.status for reply in archived + restored] == [200] * 4
    assert archived[0].text == archived[1].text
    assert restored[0].text == restored[1].text
    assert archived[0].json["status"] == "inactive"
    assert {**archived[0].json, "status": "active", "updatedAt": ""} == {**client, "updatedAt": ""}


def test_an_archived_client_is_read_and_changed(
    paytrum: ContractClient, client: dict[str, Any]
) -> None:
    path = f"/v1/clients/{client['id']}"
    paytrum.send("DELETE", path)

    changed = patch(paytrum, client, {"notes": "gone"})

    assert (changed["status"], changed["notes"]) == ("inactive", "gone")
    assert paytrum.send("GET", path).json == changed


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_an_unknown_client_is_404(paytrum: ContractClient, method: str) -> None:
    body = {"name": ""} if method == "PATCH" else None

    reply = paytrum.send(method, "/v1/clients/0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", body)

    assert (reply.status, reply.json["error"]["code"]) == (404, "not_found")


def test_a_query_parameter_is_refused_everywhere(
    paytrum: ContractClient, client: dict[str, Any]
) -> None:
    path = f"/v1/clients/{client['id']}"

    replies = [
        paytrum.send("GET", f"{path}?expand=all"),
        paytrum.send("PATCH", f"{path}?x=", {"notes": "a"}),
        paytrum.send("DELETE", f"{path}?hard=true"),
        paytrum.send("POST", f"{path}/restore?x=1"),
    ]

    assert {(reply.status, reply.json["error"]["code"]) for reply in replies} == {
        (400, "bad_request"),
    }
    assert paytrum.send("GET", path).json == client


def test_a_client_with_too_much_evidence_can_only_withdraw_consent(paytrum: ContractClient) -> None:
    body = {"name": "Acme", "email": "ar@acme.com", "emailConsent": True}
    path = f"/v1/clients/{paytrum.send('POST', '/v1/clients', body).json['id']}"
    tenant = Tenant(paytrum.context["workspaceId"], "live")
    before = client_store().get(tenant, path.rpartition("/")[2])
    full = replace(before, evidence_count=MAX_EVIDENCE)
    dynamodb_client().put_item(TableName="clients", Item=client_item(tenant, full))

    moved = {"email": "new@acme.com", "emailConsent": True}
    with counted() as calls:
        refused = paytrum.send("PATCH", path, moved)
    withdrawn = paytrum.send("PATCH", path, {"email": None})
    again = paytrum.send("PATCH", path, moved)
    renamed = paytrum.send("PATCH", path, {"name": "Acme Ltd"})

    assert (refused.status, refused.json["error"]["code"]) == (409, "conflict")
    assert "10000" in refused.json["error"]["message"]
    assert calls.names == ["GetItem"]
    assert (withdrawn.status, withdrawn.json["emailConsent"]) == (200, False)
    assert again.status == 409
    assert (renamed.status, renamed.json["emailConsent"]) == (200, False)

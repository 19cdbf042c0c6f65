"""`PATCH /api/v1/clients/{id}`: what is named changes, everything else stays."""

from typing import Any

import boto3
import pytest

from registry.contracts.paytrum.operations import OPERATIONS as PAYTRUM
from tests.contract.hoursmith.conftest import Create, Refused
from tests.contract.hoursmith.test_create import OPTIONAL
from tests.contract.hoursmith.test_page import FULL
from tests.contract_client import ContractClient, caller

PATH = "/api/v1/clients"


@pytest.fixture
def client(create: Create) -> dict[str, Any]:
    """A client with every field filled."""
    made: dict[str, Any] = create(FULL).json["data"]
    return made


@pytest.fixture
def paytrum(tables: None) -> ContractClient:
    """The same workspace, reached through Paytrum."""
    return ContractClient(PAYTRUM, caller("paytrum"))


def change(api: ContractClient, client: dict[str, Any], body: object) -> dict[str, Any]:
    """The client as a change leaves it."""
    reply = api.send("PATCH", f"{PATH}/{client['id']}", body)
    assert reply.status == 200, reply.text
    changed: dict[str, Any] = reply.json["data"]
    return changed


def evidence() -> list[tuple[str, str, bool, str | None]]:
    """Channel, address or number, grant, and reason of withdrawal, oldest first."""
    found = boto3.client("dynamodb").scan(TableName="clients")["Items"]
    entries = [item for item in found if item["sk"]["S"].startswith("CONSENT#")]
    entries.sort(key=lambda item: (item["at"]["S"], item["granted"]["BOOL"]))
    return [
        (
            item["channel"]["S"],
            item["contact_point"]["S"],
            item["granted"]["BOOL"],
            item.get("withdrawal", {}).get("S"),
        )
        for item in entries
    ]


def test_the_page_changes_a_name(hoursmith: ContractClient, client: dict[str, Any]) -> None:
    changed = change(hoursmith, client, {"name": "Acme Ltd"})

    assert changed == {**client, "name": "Acme Ltd", "updatedAt": changed["updatedAt"]}
    assert changed["updatedAt"] > client["updatedAt"]


@pytest.mark.parametrize("field", ["notes", "defaultRate", "billingCity", "requirePoNumber"])
def test_a_name_may_be_left_out(
    hoursmith: ContractClient, client: dict[str, Any], field: str
) -> None:
    value = {"notes": "New.", "defaultRate": "1.0", "billingCity": "Bonn", "requirePoNumber": False}

    changed = change(hoursmith, client, {field: value[field]})

    assert changed == {**client, field: value[field], "updatedAt": changed["updatedAt"]}


@pytest.mark.parametrize("body", [{}, {"name": "Acme Holding"}, FULL])
def test_a_change_to_what_is_there_changes_nothing(
    hoursmith: ContractClient,
    client: dict[str, Any],
    body: object,
) -> None:
    assert change(hoursmith, client, body) == client


@pytest.mark.parametrize("blank", [None, "", " "])
def test_null_and_blank_clear(
    hoursmith: ContractClient, client: dict[str, Any], blank: str | None
) -> None:
    changed = change(hoursmith, client, dict.fromkeys(OPTIONAL, blank))

    assert [changed[name] for name in OPTIONAL] == [None] * len(OPTIONAL)
    assert (changed["name"], changed["requirePoNumber"]) == ("Acme Holding", True)


@pytest.mark.parametrize("name", [None, "", " "])
def test_a_name_cannot_be_cleared(
    refused: Refused,
    client: dict[str, Any],
    name: str | None,
) -> None:
    reasons = refused({"name": name}, method="PATCH", target=f"{PATH}/{client['id']}")

    assert reasons == {"name": "required"}


def test_every_failing_field_is_named_at_once(refused: Refused, client: dict[str, Any]) -> None:
    body = {"email": "x", "defaultRate": "-1", "deletedAt": "x", "requirePoNumber": None}
    target = f"{PATH}/{client['id']}?force=1"

    assert refused(body, method="PATCH", target=target, headers={}) == {
        "force": "unknown",
        "email": "invalid",
        "defaultRate": "out_of_range",
        "deletedAt": "unknown",
        "requirePoNumber": "invalid",
    }


@pytest.mark.parametrize(
    "identifier",
    ["0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "497f6eca-6276-4993-bfeb-53cbbbba6f08", "cl_1", "%20"],
)
@pytest.mark.parametrize(
    ("method", "body"),
    [("GET", None), ("PATCH", {}), ("PATCH", {"name": None, "size": 1}), ("DELETE", None)],
)
def test_an_id_of_nobody_is_404(
    hoursmith: ContractClient,
    method: str,
    body: object,
    identifier: str,
) -> None:
    reply = hoursmith.send(method, f"{PATH}/{identifier}", body)

    assert (reply.status, reply.json["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "other",
    [{"workspaceId": "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2d"}, {"mode": "test"}],
)
@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {}), ("DELETE", None)])
def test_another_workspace_or_mode_finds_nothing(
    hoursmith: ContractClient,
    client: dict[str, Any],
    method: str,
    body: object,
    other: dict[str, str],
) -> None:
    reply = hoursmith.as_caller(**other).send(method, f"{PATH}/{client['id']}", body)

    assert reply.status == 404
    assert hoursmith.send("GET", f"{PATH}/{client['id']}").json["data"] == client


@pytest.mark.parametrize(
    ("body", "channel", "contact_point"),
    [
        ({"email": "new@acme.com"}, "email", "ar@acme.com"),
        ({"email": ""}, "email", "ar@acme.com"),
        ({"phone": "(415) 555-2672"}, "sms", "+14155552671"),
        ({"phone": None}, "sms", "+14155552671"),
        ({"phone": "ask for Ada"}, "sms", "+14155552671"),
        ({"phone": "(415) 555-2671", "billingCountry": "Germany"}, "sms", "+14155552671"),
    ],
)
def test_consent_ends_with_what_it_was_given_for(
    hoursmith: ContractClient,
    paytrum: ContractClient,
    body: object,
    channel: str,
    contact_point: str,
) -> None:
    consented = {
        "name": "Acme",
        "email": "ar@acme.com",
        "emailConsent": True,
        "phone": "(415) 555-2671",
        "smsConsent": True,
    }
    client = paytrum.send("POST", "/v1/clients", consented).json

    change(hoursmith, client, body)

    shown = paytrum.send("GET", f"/v1/clients/{client['id']}").json
    consents = {"email": shown["emailConsent"], "sms": shown["smsConsent"]}
    assert consents == {"email": True, "sms": True, channel: False}
    assert evidence()[2:] == [(channel, contact_point, False, "contact_point_changed")]


@pytest.mark.parametrize(
    "body",
    [
        {"email": "AR@acme.com"},
        {"phone": "(415) 555-2671"},
        {"phone": "+1 415 555 2671"},
        {"phone": "(415) 555-2671", "billingCountry": "United States"},
        {"name": "Other", "billingEmail": "new@acme.com"},
    ],
)
def test_consent_stays_where_the_contact_point_is_the_same(
    hoursmith: ContractClient,
    paytrum: ContractClient,
    body: object,
) -> None:
    consented = {
        "name": "Acme",
        "email": "ar@acme.com",
        "emailConsent": True,
        "phone": "(415) 555-2671",
        "smsConsent": True,
    }
    client = paytrum.send("POST", "/v1/clients", consented).json

    change(hoursmith, client, body)

    shown = paytrum.send("GET", f"/v1/clients/{client['id']}").json
    assert (shown["emailConsent"], shown["smsConsent"]) == (True, True)
    assert len(evidence()) == 2


def test_fields_that_hoursmith_does_not_show_are_kept(
    hoursmith: ContractClient, paytrum: ContractClient
) -> None:
    body = {
        "name": "Acme",
        "company": "Acme Holding",
        "usageType": "commercial",
        "timezone": "Europe/Berlin",
    }
    client = paytrum.send("POST", "/v1/clients", body).json

    change(hoursmith, client, {"name": "Other", "notes": "Seen."})

    shown = paytrum.send("GET", f"/v1/clients/{client['id']}").json
    assert shown == {
        **client,
        "name": "Other",
        "notes": "Seen.",
        "updatedAt": shown["updatedAt"],
    }


def test_phone_and_country_reach_paytrum_in_its_own_forms(
    hoursmith: ContractClient,
    paytrum: ContractClient,
    create: Create,
) -> None:
    body = {"name": "A", "phone": "030 901820", "billingCountry": "Germany"}
    client = create(body).json["data"]

    shown = paytrum.send("GET", f"/v1/clients/{client['id']}").json
    assert (shown["phone"], shown["address"]["country"]) == ("+4930901820", "DE")

    change(hoursmith, client, {"phone": "ask for Ada", "billingCountry": "Atlantis"})

    shown = paytrum.send("GET", f"/v1/clients/{client['id']}").json
    assert (shown["phone"], shown["address"]["country"]) == (None, None)


def test_a_phone_is_read_in_the_country_on_file_then_in_the_workspaces(
    hoursmith: ContractClient,
    paytrum: ContractClient,
    create: Create,
) -> None:
    client = create({"name": "A", "billingCountry": "DE"}).json["data"]
    change(hoursmith, client, {"phone": "030 901820"})
    there = paytrum.send("GET", f"/v1/clients/{client['id']}").json["phone"]

    change(hoursmith, client, {"phone": "(415) 555-2671", "billingCountry": None})
    here = paytrum.send("GET", f"/v1/clients/{client['id']}").json["phone"]

    assert (there, here) == ("+4930901820", "+14155552671")

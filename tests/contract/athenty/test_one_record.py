"""One record through two contracts, by `docs/mapping.md`: nothing is lost on the way."""

from typing import Any

import pytest

from registry.contracts.athenty.wire import ClientObject
from tests.contract.athenty.conftest import PATH, Create
from tests.contract_client import ContractClient

PAYTRUM = "/v1/clients"
NAMES = ("nameFirst", "nameLast", "businessName")


def through(api: ContractClient, path: str, client_id: str) -> dict[str, Any]:
    """A client as a contract shows it."""
    reply = api.send("GET", f"{path}/{client_id}")
    assert reply.status == 200, reply.text
    shown: dict[str, Any] = reply.json
    return shown


def names(client: dict[str, Any]) -> tuple[str | None, ...]:
    """First, last and business name."""
    return tuple(client[name] for name in NAMES)


@pytest.mark.parametrize(
    ("sent", "name", "company", "usage"),
    [
        ({"nameFirst": "Jane", "nameLast": "Smith"}, "Jane Smith", None, "consumer"),
        ({"nameLast": "Smith"}, "Smith", None, "consumer"),
        ({"businessName": "Acme Corp"}, "Acme Corp", "Acme Corp", "commercial"),
        (
            {"nameFirst": "Jane", "businessName": "Acme", "memberType": "individual"},
            "Acme",
            "Acme",
            "consumer",
        ),
        ({"email": "jane@example.com"}, None, None, "consumer"),
        ({"externalId": "crm-1"}, None, None, "consumer"),
        ({}, None, None, "consumer"),
    ],
)
def test_a_client_of_athenty_is_read_through_paytrum(
    create: Create,
    paytrum: ContractClient,
    sent: object,
    name: str | None,
    company: str | None,
    usage: str,
) -> None:
    shown = through(paytrum, PAYTRUM, create(sent)["id"])

    assert (shown["name"], shown["company"], shown["usageType"]) == (name, company, usage)


def test_every_shared_field_of_athenty_is_read_through_paytrum(
    athenty: ContractClient,
    create: Create,
    paytrum: ContractClient,
) -> None:
    client = create(
        {
            "nameFirst": "Jane",
            "nameLast": "Smith",
            "email": "jane@example.com",
            "phone": "(613) 555-0123",
            "addressLine1": "1 Main St",
            "addressLine2": "Floor 2",
            "city": "Ottawa",
            "region": "ON",
            "postalCode": "K1A 0B1",
            "country": "ca",
        },
    )
    athenty.send("DELETE", f"{PATH}/{client['id']}")

    shown = through(paytrum, PAYTRUM, client["id"])

    assert (shown["email"], shown["phone"]) == ("jane@example.com", "+16135550123")
    assert shown["address"] == {
        "line1": "1 Main St",
        "line2": "Floor 2",
        "city": "Ottawa",
        "state": "ON",
        "postalCode": "K1A 0B1",
        "country": "CA",
    }
    assert shown["status"] == "inactive"
    assert (shown["emailConsent"], shown["smsConsent"]) == (False, False)
    assert shown["createdAt"] == client["createdAt"]


def paytrum_client(paytrum: ContractClient, **fields: object) -> str:
    """The id of a client created through Paytrum."""
    reply = paytrum.send("POST", PAYTRUM, fields)
    assert reply.status == 201, reply.text
    return str(reply.json["id"])


@pytest.mark.parametrize(
    ("sent", "expected", "kind"),
    [
        ({"name": "Jane Smith"}, (None, "Jane Smith", None), "individual"),
        ({"name": "Acme", "usageType": "commercial"}, (None, None, "Acme"), "business"),
        ({"name": "Jane", "company": "Acme"}, (None, None, "Acme"), "business"),
    ],
)
def test_a_client_of_paytrum_is_read_through_athenty(
    athenty: ContractClient,
    paytrum: ContractClient,
    sent: dict[str, object],
    expected: tuple[str | None, ...],
    kind: str,
) -> None:
    shown = through(athenty, PATH, paytrum_client(paytrum, **sent))

    assert names(shown) == expected
    assert set(shown) == {field.alias for field in ClientObject.model_fields.values()}
    assert (shown["metadata"], shown["requestCount"]) == ({}, 0)
    assert shown["active"] is True
    # Paytrum writes the usage type; a person who buys as a consumer with a company alone is shown
    # by the company: `docs/mapping.md`, "Rule 2".
    assert shown["memberType"] == kind


@pytest.mark.parametrize(
    ("written", "expected", "name"),
    [
        ({"nameFirst": "Dr"}, ("Dr", "Jane Smith", None), "Dr Jane Smith"),
        ({"nameFirst": "Jane", "nameLast": "Smith"}, ("Jane", "Smith", None), "Jane Smith"),
        ({"businessName": "Acme"}, (None, "Jane Smith", "Acme"), "Acme"),
        ({"nameLast": None}, (None, None, None), None),
        ({"city": "Ottawa"}, (None, "Jane Smith", None), "Jane Smith"),
    ],
)
def test_writing_a_name_starts_from_what_was_shown(
    athenty: ContractClient,
    paytrum: ContractClient,
    written: object,
    expected: tuple[str | None, ...],
    name: str,
) -> None:
    client_id = paytrum_client(
        paytrum,
        name="Jane Smith",
        email="jane@example.com",
        emailConsent=True,
    )

    changed = athenty.send("PATCH", f"{PATH}/{client_id}", written)

    assert names(changed.json) == expected
    assert through(paytrum, PAYTRUM, client_id)["name"] == name


def test_clearing_the_business_name_leaves_the_person(
    athenty: ContractClient, create: Create
) -> None:
    client = create({"nameFirst": "Jane", "nameLast": "Smith", "businessName": "Acme"})

    changed = athenty.send("PATCH", f"{PATH}/{client['id']}", {"businessName": ""})

    assert names(changed.json) == ("Jane", "Smith", None)


def test_fields_that_athenty_cannot_show_outlive_its_changes(
    athenty: ContractClient, paytrum: ContractClient
) -> None:
    client_id = paytrum_client(
        paytrum,
        name="Acme Co",
        email="ar@acme.com",
        phone="+14155552671",
        usageType="commercial",
        timezone="Europe/Berlin",
        notes="Pays late",
        emailConsent=True,
        smsConsent=True,
    )
    before = through(paytrum, PAYTRUM, client_id)

    body = {"city": "Ottawa", "metadata": {"a": 1}, "memberType": "individual", "active": False}
    assert athenty.send("PATCH", f"{PATH}/{client_id}", body).status == 200

    after = through(paytrum, PAYTRUM, client_id)
    address = before["address"] | {"city": "Ottawa"}
    changes = {"address": address, "status": "inactive", "updatedAt": after["updatedAt"]}
    assert after == before | changes


def test_fields_that_paytrum_cannot_show_outlive_its_changes(
    athenty: ContractClient,
    create: Create,
    paytrum: ContractClient,
) -> None:
    client = create(
        {
            "nameFirst": "Jane",
            "nameLast": "Smith",
            "externalId": "crm-1",
            "memberType": "business",
            "metadata": {"a": 1},
        },
    )

    changed = paytrum.send("PATCH", f"{PAYTRUM}/{client['id']}", {"notes": "x", "name": "Jane S."})

    assert changed.status == 200
    after = through(athenty, PATH, client["id"])
    assert after == client | {"updatedAt": after["updatedAt"]}


@pytest.mark.parametrize(
    ("change", "consents"),
    [
        ({"email": "other@acme.com"}, (False, True)),
        ({"email": "AR@ACME.com"}, (True, True)),
        ({"phone": "+1 415 555 2672"}, (True, False)),
        ({"phone": "(415) 555-2671"}, (True, True)),
        ({"email": None, "phone": None}, (False, False)),
    ],
)
def test_consent_ends_with_the_address_or_number_it_was_for(
    athenty: ContractClient,
    paytrum: ContractClient,
    change: object,
    consents: tuple[bool, bool],
) -> None:
    client_id = paytrum_client(
        paytrum,
        name="Acme Co",
        email="ar@acme.com",
        phone="+14155552671",
        emailConsent=True,
        smsConsent=True,
    )

    assert athenty.send("PATCH", f"{PATH}/{client_id}", change).status == 200

    shown = through(paytrum, PAYTRUM, client_id)
    assert (shown["emailConsent"], shown["smsConsent"]) == consents

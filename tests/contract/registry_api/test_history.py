"""History, feed and ledger: what happened to a client, and who did it."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from registry.contracts.alternative_payments.operations import OPERATIONS as PAYMENTS
from registry.contracts.athenty.operations import OPERATIONS as ATHENTY
from registry.contracts.hoursmith.operations import OPERATIONS as HOURSMITH
from registry.contracts.paytrum.operations import OPERATIONS as PAYTRUM
from registry.contracts.registry_api.operations import OPERATIONS as REGISTRY
from registry.domain.change import Author, update
from registry.domain.identifiers import now
from registry.domain.tenant import Tenant
from registry.store.clients import client_store
from tests.contract.registry_api.conftest import CLIENTS, EVENTS, Registry
from tests.contract_client import ContractClient, caller
from tests.stream import Stream

TENANT = Tenant(caller("registry")["workspaceId"], "live")
SOURCE = f"urn:client-registry:{TENANT.workspace_id}:live"
DOORS = {
    "paytrum": (PAYTRUM, "/v1/clients", "notes"),
    "athenty": (ATHENTY, "/v2/api/clients", "nameLast"),
    "hoursmith": (HOURSMITH, "/api/v1/clients", "notes"),
    "alternative_payments": (PAYMENTS, "/customers", "legal_name"),
    "registry": (REGISTRY, "/v1/clients", "notes"),
}
Json = dict[str, Any]


def test_a_write_through_each_of_the_five_doors_is_seen_with_who_did_it(
    registry: Registry, stream: Stream
) -> None:
    client = registry.create(name="Acme")
    stream.catch_up()
    for number, (contract, (operations, path, field)) in enumerate(DOORS.items()):
        credential = f"0192f0c1-2f3a-7cc0-9d2e-00000000010{number}"
        door = ContractClient(operations, caller(contract, credentialId=credential))
        reply = door.send("PATCH", f"{path}/{client['id']}", {field: f"by {contract}"})
        assert reply.status == 200, reply.text
        stream.catch_up()

    history = registry.data(f"{CLIENTS}/{client['id']}/history")

    assert [event["data"]["by"] for event in history[:-1]] == [
        {
            "credential_id": f"0192f0c1-2f3a-7cc0-9d2e-00000000010{number}",
            "contract": contract,
            "operator": None,
        }
        for number, contract in reversed(list(enumerate(DOORS)))
    ]
    assert [event["type"] for event in history] == ["client.updated"] * 5 + ["client.created"]
    assert all(
        f"by {contract}" in str(event)
        for contract, event in zip(reversed(DOORS), history[:-1], strict=True)
    )


def test_an_event_has_the_keys_of_cloudevents(registry: Registry, stream: Stream) -> None:
    client = registry.create(name="Acme", address={"city": "Berlin"})
    stream.catch_up()
    changed = registry.patch(client["id"], address={"city": None}, notes="x")
    stream.catch_up()
    archived = registry.send("DELETE", f"{CLIENTS}/{client['id']}").json
    stream.catch_up()

    newest, middle, oldest = registry.data(f"{CLIENTS}/{client['id']}/history")

    by = {
        "credential_id": registry.client.context["credentialId"],
        "contract": "registry",
        "operator": None,
    }
    nowhere = dict.fromkeys(client["address"])
    assert middle == {
        "specversion": "1.0",
        "id": f"{client['id']}.2",
        "source": SOURCE,
        "type": "client.updated",
        "time": changed["updated_at"],
        "subject": client["id"],
        "data": {
            "version": 2,
            "changed": {"address": [client["address"], nowhere], "notes": [None, "x"]},
            "by": by,
        },
    }
    assert (newest["type"], oldest["type"]) == ("client.archived", "client.created")
    assert newest["data"]["changed"] == {
        "status": ["active", "archived"],
        "archived_at": [None, archived["archived_at"]],
    }


def test_a_command_of_an_operator_is_in_the_history_by_its_identity(
    registry: Registry, stream: Stream
) -> None:
    client = registry.create(name="Acme")
    stream.catch_up()
    before = client_store().get(TENANT, client["id"])
    author = Author(None, now(), operator="assumed-role/Admin/alice")
    client_store().replace(TENANT, before, update(before, author, notes="x"))
    stream.catch_up()

    newest = registry.data(f"{CLIENTS}/{client['id']}/history")[0]

    assert newest["data"]["by"] == {
        "credential_id": None,
        "contract": None,
        "operator": "assumed-role/Admin/alice",
    }


def test_history_and_feed_come_in_pages_that_miss_and_repeat_nothing(
    registry: Registry, stream: Stream
) -> None:
    client = registry.create(name="0")
    stream.catch_up()
    for number in range(1, 7):
        registry.patch(client["id"], name=str(number), notes="n" * 5000 if number == 3 else None)
        stream.catch_up()

    history = registry.walk(f"{CLIENTS}/{client['id']}/history?limit=2")
    pages = []
    after = ""
    while True:
        page = registry.send("GET", f"{EVENTS}?limit=2{after}", status=200).json
        after = f"&after={page['next']}"
        if not page["data"]:
            break
        pages.append(page["data"])

    assert [event["data"]["version"] for event in history] == [7, 6, 5, 4, 3, 2, 1]
    assert [event for page in pages for event in page] == history[::-1]
    assert [len(page) for page in pages] == [2, 2, 2, 1]


def test_the_end_of_the_feed_is_the_place_to_ask_from_again(
    registry: Registry, stream: Stream
) -> None:
    empty = registry.send("GET", EVENTS, status=200).json
    client = registry.create(name="Acme")
    stream.catch_up()

    first = registry.send("GET", f"{EVENTS}?after={empty['next']}", status=200).json
    at_the_end = registry.send("GET", f"{EVENTS}?after={first['next']}", status=200).json
    registry.patch(client["id"], name="Bolt")
    stream.catch_up()
    later = registry.send("GET", f"{EVENTS}?after={at_the_end['next']}", status=200).json

    assert empty["data"] == at_the_end["data"] == []
    assert [event["id"] for event in first["data"]] == [f"{client['id']}.1"]
    assert [event["id"] for event in later["data"]] == [f"{client['id']}.2"]


def test_what_is_younger_than_five_seconds_is_not_in_the_feed(
    registry: Registry, stream: Stream
) -> None:
    registry.create(name="Acme")
    stream.catch_up(ago_seconds=4)

    assert registry.data(EVENTS) == []
    assert len(registry.data(EVENTS.replace("events", "clients"))) == 1


def test_the_feed_of_a_type_goes_on_past_pages_without_one(
    registry: Registry, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.contracts.registry_api.clients.lists._LOOKED_AT", 2)
    client = registry.create(name="0")
    stream.catch_up()
    for number in range(1, 6):
        registry.patch(client["id"], name=str(number))
        stream.catch_up()
    registry.send("DELETE", f"{CLIENTS}/{client['id']}")
    stream.catch_up()

    seen, sizes, after = [], [], ""
    for _ in range(5):
        page = registry.send("GET", f"{EVENTS}?type=client.archived{after}", status=200).json
        seen += page["data"]
        sizes.append(len(page["data"]))
        after = f"&after={page['next']}"

    assert [event["data"]["version"] for event in seen] == [7]
    assert sizes == [0, 0, 0, 1, 0]


def test_the_ledger_is_a_chain_that_anybody_can_check(registry: Registry) -> None:
    client = registry.create(
        email="Jane@Example.com", phone="(415) 555-2671", consents={"email": True, "sms": True}
    )
    registry.patch(client["id"], email="jane@elsewhere.com", consents={"email": True})
    registry.patch(client["id"], consents={"sms": None})

    ledger = registry.walk(f"{CLIENTS}/{client['id']}/consents?limit=2")

    key = bytes.fromhex(registry.client.context["consentKey"])
    previous = None
    for entry in reversed(ledger):
        assert entry["previous_hash"] == previous
        previous = entry["hash"]
        assert entry["hash"] == hash_of(entry)
        point = entry["contact_point"].lower().encode()
        assert entry["contact_point_hash"] == hmac.new(key, point, "sha256").hexdigest()
    assert [(e["channel"], e["granted"], e["withdrawal"]) for e in ledger] == [
        ("sms", False, "stated"),
        ("email", True, None),
        ("email", False, "contact_point_changed"),
        ("sms", True, None),
        ("email", True, None),
    ]
    assert {entry["source"] for entry in ledger} == {"attested"}
    assert {entry["client_id"] for entry in ledger} == {client["id"]}
    assert {entry["credential_id"] for entry in ledger} == {registry.client.context["credentialId"]}
    assert client_store().get(TENANT, client["id"]).ledger_head == ledger[0]["hash"]


def test_consent_given_through_paytrum_is_in_the_same_chain(registry: Registry) -> None:
    body = {"name": "Acme", "email": "ar@acme.com", "emailConsent": True}
    client = ContractClient(PAYTRUM, caller("paytrum")).send("POST", CLIENTS, body).json
    registry.patch(client["id"], consents={"email": False})

    newest, oldest = registry.data(f"{CLIENTS}/{client['id']}/consents")

    assert (oldest["source"], newest["source"]) == ("imported", "attested")
    assert newest["previous_hash"] == oldest["hash"]
    assert oldest["previous_hash"] is None


def test_entries_of_a_workspace_without_a_secret_have_no_hashes_and_the_chain_begins_after_them(
    registry: Registry,
) -> None:
    before = Registry(registry.client.as_caller(consentKey=""))
    client = before.create(email="ar@acme.com", consents={"email": True})
    registry.patch(client["id"], consents={"email": False})

    newest, oldest = registry.data(f"{CLIENTS}/{client['id']}/consents")

    assert (oldest["contact_point_hash"], oldest["hash"]) == (None, None)
    assert (newest["previous_hash"], newest["hash"]) == (None, hash_of(newest))


def hash_of(entry: Json) -> str:
    """SHA-256 of the RFC 8785 JSON of an entry's members, as the page says."""
    names = (
        "at",
        "channel",
        "client_id",
        "contact_point_hash",
        "credential_id",
        "granted",
        "id",
        "previous_hash",
        "source",
        "withdrawal",
    )
    text = json.dumps({name: entry[name] for name in names}, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

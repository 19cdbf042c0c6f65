"""`registry consents`: the records of an export, and what a verification finds."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ops.cli.commands import app
from ops.cli.deployment import Deployment
from ops.cli.session import Session
from registry.domain.change import Author, create, update
from registry.domain.client import Channel, Client
from registry.domain.identifiers import now
from registry.domain.keys import Purpose
from registry.domain.ledger import Evidence, hash_of_entry
from registry.domain.tenant import Tenant
from registry.domain.workspace import Plan, Workspace, new_workspace
from registry.store import items
from registry.store.clients import ClientStore
from registry.store.credentials import CredentialStore
from registry.store.evidence import EvidenceStore
from tests.template import create_table

Run = Callable[..., Result]


@pytest.fixture
def workspace(deployment: Deployment, credential_store: CredentialStore) -> Iterator[Workspace]:
    """A workspace that says whose consent it is, on an empty table."""
    create_table(deployment.dynamodb, "ClientsTable", "clients")
    workspace = new_workspace("Acme", Plan.STUDIO, at=now()).changed(
        at=now(),
        controller="Acme GmbH",
        notice="https://acme.example/privacy",
        purpose="Offers by e-mail",
        jurisdiction="DE",
    )
    credential_store.create_workspace(workspace)
    yield workspace
    deployment.dynamodb.delete_table(TableName="clients")


@pytest.fixture
def tenant(workspace: Workspace) -> Tenant:
    return Tenant(workspace.id, "live")


@pytest.fixture
def clients(deployment: Deployment, workspace: Workspace, tenant: Tenant) -> list[Client]:
    """Two clients whose consent was given, withdrawn and given again, and one without a ledger."""
    store = ClientStore(deployment.dynamodb, "clients", "")
    key = workspace.key(Purpose.CONSENT)
    made = []
    for number in range(2):
        author = Author("c", now(), consent_key=key)
        change = create(author, {Channel.EMAIL: True}, email=f"{number}@acme.example")
        store.create(tenant, change)
        for stated in (False, True):
            before = change.client
            author = replace(author, at=author.at + timedelta(seconds=1))
            change = update(before, author, {Channel.EMAIL: stated})
            store.replace(tenant, before, change)
        made.append(change.client)
    store.create(tenant, create(Author("c", now(), consent_key=key), name="Silent"))
    return sorted(made, key=lambda client: client.id)


@pytest.fixture
def run(deployment: Deployment, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the workspace."""
    monkeypatch.setattr(Session, "deployment", lambda _: deployment)
    where = ("--workspace", workspace.id)
    return lambda *words: CliRunner().invoke(app, ["consents", *words, *where])


def ledger(deployment: Deployment, tenant: Tenant, client: Client) -> list[Evidence]:
    """The entries of a client, oldest first."""
    return list(EvidenceStore(deployment.dynamodb, "clients").of(tenant, client.id))[::-1]


def put(deployment: Deployment, tenant: Tenant, entry: Evidence) -> None:
    item = items.evidence_item(tenant, entry)
    deployment.dynamodb.put_item(TableName="clients", Item=item)


def delete(deployment: Deployment, tenant: Tenant, entry: Evidence) -> None:
    item = items.evidence_item(tenant, entry)
    key = {"pk": item["pk"], "sk": item["sk"]}
    deployment.dynamodb.delete_item(TableName="clients", Key=key)


def test_an_export_has_the_fields_of_iso_27560_and_can_be_verified_without_the_registry(
    run: Run, deployment: Deployment, workspace: Workspace, tenant: Tenant, clients: list[Client]
) -> None:
    result = run("export")

    assert result.exit_code == 0, result.stderr
    records = [json.loads(line) for line in result.stdout.splitlines()]
    entries = [entry for client in clients for entry in ledger(deployment, tenant, client)]
    assert [record["record_id"] for record in records] == [entry.id for entry in entries]
    first, second, _ = records[:3]
    assert first == {
        "schema_version": "ISO/IEC TS 27560:2023",
        "record_id": entries[0].id,
        "pii_principal_id": clients[0].id,
        "privacy_notice": "https://acme.example/privacy",
        "purposes": [
            {
                "purpose": "Offers by e-mail",
                "lawful_basis": "consent",
                "pii_information": [{"pii_type": "email_address"}],
                "pii_controllers": [workspace.id],
                "collection_method": "imported",
                "jurisdiction": "DE",
            }
        ],
        "party_identification": [
            {"party_id": workspace.id, "party_name": "Acme GmbH", "party_role": "pii_controller"}
        ],
        "event": [
            {
                "event_time": first["ledger"]["at"],
                "entity_id": "c",
                "event_type": "explicit",
                "event_state": "consent_given",
            }
        ],
        "ledger": first["ledger"],
    }
    assert second["event"][0]["event_state"] == "consent_withdrawn"
    assert [record["ledger"]["hash"] for record in records] == list(map(hash_of_entry, entries))
    assert first["ledger"]["contact_point"] in {"0@acme.example", "1@acme.example"}


def test_an_export_of_one_client_as_json_is_an_array(run: Run, clients: list[Client]) -> None:
    alone = json.loads(run("export", "--client", clients[1].id, "--json").stdout)

    assert {record["pii_principal_id"] for record in alone} == {clients[1].id}
    assert len(alone) == 3
    assert json.loads(run("export", "--mode", "test", "--json").stdout) == []


def test_ledgers_as_they_were_written_hold(run: Run, clients: list[Client]) -> None:
    result = run("verify", "--json")

    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {"clients": 2, "entries": 6, "broken": []}
    assert run("verify", "--client", clients[0].id).stdout == "3 entries of 1 clients hold.\n"


@pytest.mark.parametrize("number", range(3))
def test_a_changed_entry_is_named_and_the_exit_status_is_3(
    run: Run, deployment: Deployment, tenant: Tenant, clients: list[Client], number: int
) -> None:
    entry = ledger(deployment, tenant, clients[1])[number]
    put(deployment, tenant, replace(entry, granted=not entry.granted))

    result = run("verify", "--json")

    assert result.exit_code == 3
    (broken,) = json.loads(result.stdout)["broken"]
    assert broken == {
        "client_id": clients[1].id,
        "entry_id": entry.id,
        "fault": "changed",
        "hash": None,
    }
    assert f"entry {entry.id} was changed" in run("verify", "--client", clients[1].id).stdout


@pytest.mark.parametrize("number", range(3))
def test_a_missing_entry_is_noticed_the_newest_too(
    run: Run, deployment: Deployment, tenant: Tenant, clients: list[Client], number: int
) -> None:
    entries = ledger(deployment, tenant, clients[0])
    delete(deployment, tenant, entries[number])

    result = run("verify", "--json")

    assert result.exit_code == 3
    (broken,) = json.loads(result.stdout)["broken"]
    after = entries[number + 1].id if number < 2 else None
    assert (broken["fault"], broken["entry_id"]) == ("missing", after)
    assert broken["hash"] == entries[number].hash
    assert "is missing" in run("verify").stdout


def test_entries_that_changed_places_are_noticed(
    run: Run, deployment: Deployment, tenant: Tenant, clients: list[Client]
) -> None:
    first, second, _ = ledger(deployment, tenant, clients[0])
    put(deployment, tenant, replace(first, id=second.id))
    put(deployment, tenant, replace(second, id=first.id))

    result = run("verify", "--json")

    assert result.exit_code == 3
    assert json.loads(result.stdout)["broken"][0]["entry_id"] == first.id


def test_entries_without_their_client_and_a_client_without_its_entries_are_noticed(
    run: Run, deployment: Deployment, tenant: Tenant, clients: list[Client]
) -> None:
    key: Any = items.client_key(tenant, clients[0].id)
    deployment.dynamodb.delete_item(TableName="clients", Key=key)
    for entry in ledger(deployment, tenant, clients[1]):
        delete(deployment, tenant, entry)

    broken: list[dict[str, Any]] = json.loads(run("verify", "--json").stdout)["broken"]

    assert [each["client_id"] for each in broken] == [client.id for client in clients]
    assert broken[1]["fault"] == "missing"


def test_a_text_that_is_no_id_is_said_in_a_sentence(run: Run) -> None:
    result = run("verify", "--client", "x")

    assert (result.exit_code, result.stderr) == (1, "registry: x is no id of a client.\n")

"""`registry views`: what a check finds, what a rebuild makes, what becomes of parked records."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from ops.cli.commands import app
from ops.cli.deployment import Deployment
from ops.cli.session import Session
from registry.domain.change import Author, archive, create
from registry.domain.client import Client
from registry.domain.identifiers import now
from registry.domain.tenant import Tenant
from registry.domain.workspace import Plan, new_workspace
from registry.store import items
from registry.store.clients import ClientStore
from registry.store.credentials import CredentialStore
from registry.store.events import EventStore
from registry.store.parked import ParkedStore
from registry.store.views import ViewStore
from tests.template import create_table

Run = Callable[..., Result]
TABLES = ("clients", "events", "links", "views")
AUTHOR = Author("c", now())


@pytest.fixture
def tenant(deployment: Deployment, credential_store: CredentialStore) -> Iterator[Tenant]:
    """A workspace, with empty tables."""
    dynamodb = boto3.client("dynamodb")
    for table in TABLES:
        create_table(dynamodb, f"{table.capitalize()}Table", table)
    workspace = new_workspace("Acme", Plan.STUDIO, at=now())
    credential_store.create_workspace(workspace)
    yield Tenant(workspace.id, "live")
    for table in TABLES:
        dynamodb.delete_table(TableName=table)


@pytest.fixture
def clients(deployment: Deployment, tenant: Tenant) -> ClientStore:
    return ClientStore(deployment.dynamodb, deployment.clients_table, "")


@pytest.fixture
def run(deployment: Deployment, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command; no time passes between two looks of a check."""
    monkeypatch.setattr(Session, "deployment", lambda _: deployment)
    monkeypatch.setattr("ops.cli.views.time.sleep", lambda _: None)

    def invoke(name: str, *more: str) -> Result:
        where = () if name == "redrive" else ("--workspace", tenant.workspace_id)
        return CliRunner().invoke(app, ["views", name, *where, *more])

    return invoke


def made(clients: ClientStore, tenant: Tenant, name: str = "Acme") -> Client:
    change = create(AUTHOR, name=name)
    clients.create(tenant, change)
    return change.client


def printed(result: Result) -> Any:
    return json.loads(result.stdout)


def test_a_workspace_without_packs_has_nothing_that_differs(
    run: Run, clients: ClientStore, tenant: Tenant
) -> None:
    made(clients, tenant)

    result = run("check", "--json")

    assert result.exit_code == 0
    assert printed(result)["packed"] is False
    assert printed(result)["clients"] == 1


def test_a_check_names_what_differs_and_a_repair_mends_it(
    run: Run, clients: ClientStore, tenant: Tenant
) -> None:
    kept, changed = made(clients, tenant), made(clients, tenant)
    assert run("rebuild").exit_code == 0
    assert run("check").exit_code == 0
    missing = made(clients, tenant)
    clients.replace(tenant, changed, archive(changed, AUTHOR))

    found = run("check", "--json")

    assert found.exit_code == 3
    assert printed(found)["different"] == sorted([changed.id, missing.id])
    assert printed(found)["counts"]["archived individual"] == {"clients": 1, "views": 0}
    assert kept.id not in printed(found)["different"]
    assert run("check", "--repair").exit_code == 0
    mended = run("check", "--json")
    assert mended.exit_code == 0
    assert printed(mended)["counts"]["active individual"] == {"clients": 2, "views": 2}


def test_a_rebuild_prints_what_it_made(run: Run, clients: ClientStore, tenant: Tenant) -> None:
    for _ in range(3):
        made(clients, tenant)

    result = run("rebuild", "--json")

    assert printed(result) == {"clients": 3, "packs": 1}


def test_a_rebuild_waits_for_another_one_and_gives_up(
    run: Run, deployment: Deployment, tenant: Tenant
) -> None:
    views = ViewStore(deployment.dynamodb, deployment.views_table)
    assert views.begin_turn(tenant, 60) is not None

    result = run("rebuild")

    assert result.exit_code == 1
    assert "being made elsewhere" in result.stderr


def test_an_unknown_workspace_is_an_error(run: Run) -> None:
    assert run("check", "--workspace", "nobody").exit_code == 1


def test_parked_records_are_taken_again_and_those_that_cannot_be_are_left(
    run: Run, deployment: Deployment, clients: ClientStore, tenant: Tenant
) -> None:
    client = made(clients, tenant)
    image = items.client_item(tenant, client)
    keys = items.client_key(tenant, client.id)
    good = {"eventName": "INSERT", "dynamodb": {"Keys": keys, "NewImage": image}}
    bad = {"eventName": "INSERT", "dynamodb": {"Keys": keys, "NewImage": keys}}
    parked = ParkedStore(deployment.dynamodb, deployment.events_table)
    for key, record in enumerate((good, bad)):
        parked.park("project", str(key), record, ValueError())
        parked.park("index", str(key), record, ValueError())

    result = run("redrive", "--json")

    assert result.exit_code == 3
    assert printed(result) == {
        "project": {"taken": 1, "left": 1},
        "index": {"taken": 1, "left": 1},
    }
    events = EventStore(deployment.dynamodb, deployment.events_table)
    assert [event.client_id for event in events.of(tenant, client.id)] == [client.id]
    assert [each.key for each in parked.all("project")] == ["1"]

"""`registry client`: one client, those with a value, and what happened to one."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ops.cli.commands import app
from ops.cli.deployment import Deployment
from ops.cli.session import Session
from registry.domain.change import Author, archive, create
from registry.domain.client import Client, Phone
from registry.domain.event import event_of
from registry.domain.identifiers import now
from registry.domain.tenant import Tenant
from registry.domain.workspace import Plan, new_workspace
from registry.projections.keys import Keys
from registry.store.clients import ClientStore
from registry.store.credentials import CredentialStore
from registry.store.events import EventStore
from registry.store.links import LinkStore
from registry.store.look_up_keys import LookUpKeyStore
from tests.template import create_table

Run = Callable[..., Result]
TABLES = ("clients", "links", "events", "views")
OPERATOR = Author(None, now(), operator="assumed-role/Admin/alice")


@pytest.fixture
def tenant(deployment: Deployment, credential_store: CredentialStore) -> Iterator[Tenant]:
    """A workspace on empty tables."""
    for name in TABLES:
        create_table(deployment.dynamodb, f"{name.capitalize()}Table", name)
    workspace = new_workspace("Acme", Plan.STUDIO, at=now(), region="GB")
    credential_store.create_workspace(workspace)
    yield Tenant(workspace.id, "live")
    for name in TABLES:
        deployment.dynamodb.delete_table(TableName=name)


@pytest.fixture
def client(deployment: Deployment, tenant: Tenant) -> Client:
    """An archived client with its events and keys, as the change stream writes them."""
    dynamodb = deployment.dynamodb
    clients = ClientStore(dynamodb, "clients", "")
    created = create(
        Author("credential", now(), "hoursmith"),
        name="Acme",
        email="ar@acme.com",
        phone=Phone("020 7946 0958", "+442079460958"),
        external_id="crm-1",
        tax_number="T-1",
        metadata='{"rate":1.50}',
    )
    clients.create(tenant, created)
    archived = archive(created.client, OPERATOR)
    clients.replace(tenant, created.client, archived)
    events = [event_of(None, created.client), event_of(created.client, archived.client)]
    EventStore(dynamodb, "events").append([(tenant, event) for event in events])
    Keys(clients, LookUpKeyStore(dynamodb, "views")).rebuild(tenant, [archived.client])
    LinkStore(dynamodb, "links").link(tenant, "paytrum", "66f1", created.client.id)
    return archived.client


@pytest.fixture
def run(deployment: Deployment, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the workspace."""
    monkeypatch.setattr(Session, "deployment", lambda _: deployment)
    where = ("--workspace", tenant.workspace_id)
    return lambda *words: CliRunner().invoke(app, ["client", *words, *where])


def printed(result: Result) -> Any:
    """The JSON that a command printed, and nothing else."""
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_client_is_shown_whole(run: Run, client: Client) -> None:
    result = run("show", client.id, "--json")

    shown = printed(result)
    assert (shown["id"], shown["status"], shown["version"]) == (client.id, "archived", 2)
    assert shown["phone"] == {"typed": "020 7946 0958", "e164": "+442079460958"}
    assert '"metadata":{"rate":1.50}' in result.stdout
    for text in ("Acme", "ar@acme.com", "020 7946 0958", "crm-1"):
        assert text in run("show", client.id).stdout


@pytest.mark.parametrize(
    "values",
    [
        ("--email", "AR@acme.com"),
        ("--phone", "+44 20 7946 0958"),
        ("--phone", "020 7946 0958"),
        ("--external-id", "crm-1"),
        ("--tax-id", "T-1"),
        ("--contract", "paytrum", "--vendor-id", "66f1"),
        ("--email", "ar@acme.com", "--external-id", "crm-1", "--tax-id", "T-1"),
    ],
)
def test_a_client_is_found_by_a_value(run: Run, client: Client, values: tuple[str, ...]) -> None:
    assert [each["id"] for each in printed(run("find", *values, "--json"))] == [client.id]
    assert client.id in run("find", *values).stdout
    assert printed(run("find", *values, "--mode", "test", "--json")) == []


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize(
    "values",
    [
        ("--email", "other@acme.com"),
        ("--email", "ar@acme.com", "--external-id", "crm-2"),
        ("--contract", "athenty", "--vendor-id", "66f1"),
    ],
)
def test_another_value_finds_nobody(run: Run, values: tuple[str, ...]) -> None:
    assert printed(run("find", *values, "--json")) == []


@pytest.mark.parametrize(
    "values", [(), ("--vendor-id", "x"), ("--contract", "paytrum", "--email", "a@b.com")]
)
def test_values_that_do_not_belong_together_are_a_mistake_of_usage(
    run: Run, values: tuple[str, ...]
) -> None:
    result = run("find", *values)

    assert (result.exit_code, result.stdout) == (2, "")


def test_the_history_names_who_did_it_newest_first(run: Run, client: Client) -> None:
    newest, oldest = printed(run("history", client.id, "--json"))

    assert (newest["type"], oldest["type"]) == ("client.archived", "client.created")
    assert newest["data"]["by"]["operator"] == "assumed-role/Admin/alice"
    assert oldest["data"]["by"]["contract"] == "hoursmith"
    table = run("history", client.id).stdout
    assert "assumed-role/Admin/alice" in table
    assert "hoursmith credential" in table


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5"), "The workspace has no live client"),
        (("history", "x"), "The workspace has no live client x."),
        (("find", "--phone", "nobody"), "nobody is no phone number of the region GB."),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(
    run: Run, words: tuple[str, ...], sentence: str
) -> None:
    result = run(*words)

    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr


@pytest.mark.usefixtures("tenant")
def test_an_unknown_workspace_is_said_in_a_sentence(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "deployment", lambda _: deployment)

    result = CliRunner().invoke(app, ["client", "show", "x", "--workspace", "w"])

    assert (result.exit_code, result.stderr) == (1, "registry: There is no workspace w.\n")

"""`registry payment-method`: what it keeps, what it refuses, and the client's default."""

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
from registry.store.clients import ClientStore
from registry.store.credentials import CredentialStore
from tests.template import create_table

Run = Callable[..., Result]
CARD = ("--type", "card", "--token", "pm_1", "--brand", "visa", "--last4", "4242")


@pytest.fixture
def clients(deployment: Deployment) -> Iterator[ClientStore]:
    """The Clients table, empty."""
    dynamodb = boto3.client("dynamodb")
    create_table(dynamodb, "ClientsTable", deployment.clients_table)
    yield ClientStore(dynamodb, deployment.clients_table, "")
    dynamodb.delete_table(TableName=deployment.clients_table)


@pytest.fixture
def tenant(credential_store: CredentialStore) -> Tenant:
    workspace = new_workspace("Acme", Plan.STUDIO, at=now())
    credential_store.create_workspace(workspace)
    return Tenant(workspace.id, "live")


@pytest.fixture
def client(clients: ClientStore, tenant: Tenant) -> Client:
    change = create(Author("c", now()), name="Acme", email="ar@acme.com")
    clients.create(tenant, change)
    return change.client


@pytest.fixture
def run(
    deployment: Deployment, tenant: Tenant, client: Client, monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Runs a command on the client."""
    monkeypatch.setattr(Session, "deployment", lambda _: deployment)
    where = ("--workspace", tenant.workspace_id, "--customer", client.id)
    return lambda name, *more: CliRunner().invoke(app, ["payment-method", name, *where, *more])


def printed(result: Result) -> Any:
    """The JSON a command printed."""
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def refused(result: Result) -> str:
    """The sentence a command failed with."""
    assert (result.exit_code, result.stdout) == (1, "")
    return result.stderr


def test_an_attached_method_is_listed(run: Run, client: Client) -> None:
    card = printed(run("attach", *CARD, "--exp-month", "12", "--exp-year", "2030", "--json"))
    account = printed(
        run("attach", "--type", "bank_account", "--token", "ba_1", "--bank-name", "First", "--json")
    )

    assert (card["customerId"], card["last4"], card["isDefault"]) == (client.id, "4242", False)
    assert printed(run("list", "--json")) == [account, card]
    assert "pm_1" not in run("list").stdout


def test_the_default_follows(
    run: Run, clients: ClientStore, tenant: Tenant, client: Client
) -> None:
    def default() -> str | None:
        return clients.get(tenant, client.id).default_payment_method_id

    first = printed(run("attach", *CARD, "--default", "--json"))
    second = printed(run("attach", *CARD, "--json"))
    defaults = [default()]
    printed(run("set-default", second["id"], "--json"))
    defaults.append(default())
    printed(run("detach", first["id"], "--json"))
    defaults.append(default())
    printed(run("detach", second["id"], "--json"))
    defaults.append(default())

    assert first["isDefault"] is True
    assert defaults == [first["id"], second["id"], second["id"], None]
    assert printed(run("list", "--json")) == []


def test_the_rest_of_the_client_stays(
    run: Run, clients: ClientStore, tenant: Tenant, client: Client
) -> None:
    clients.replace(tenant, client, archive(client, Author("c", now())))

    run("attach", *CARD, "--default")

    after = clients.get(tenant, client.id)
    assert after.archived
    assert (after.name, after.email, after.version) == ("Acme", "ar@acme.com", 3)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--token", "4242 4242 4242 4242"),
        ("--token", "acct_000123456789"),
        ("--holder-name", "Jane 4111-1111-1111-1111"),
        ("--brand", "378282246310005"),
        ("--bank-name", "GB82 WEST 1234 5698 7654 32"),
        ("--last4", "000123456789"),
    ],
)
def test_a_number_is_refused_and_nothing_kept(run: Run, option: str, value: str) -> None:
    sentence = refused(run("attach", *CARD, option, value))

    assert "full card or account number" in sentence
    assert value not in sentence
    assert printed(run("list", "--json")) == []


def test_a_missing_record_is_named_in_a_sentence(run: Run, tenant: Tenant) -> None:
    unknown = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"

    assert unknown in refused(run("set-default", unknown))
    assert "no payment method x" in refused(run("detach", "x"))
    for name, *more in (("list",), ("attach", *CARD), ("detach", unknown)):
        other = run(name, *more, "--customer", unknown)
        assert f"customer {unknown}" in refused(other)
        assert "test customer" in refused(run(name, *more, "--mode", "test"))
    assert f"workspace {unknown}" in refused(run("list", "--workspace", unknown))

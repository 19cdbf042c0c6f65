"""`registry merge`: preview, do, undo, and all pairs that are sure."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ops.cli.commands import app
from ops.cli.deployment import Deployment
from ops.cli.merges import Merges
from ops.cli.session import Session
from registry.domain.change import Author, archive, create
from registry.domain.client import Client
from registry.domain.identifiers import new_id, now
from registry.domain.pair import Judgement, Pair, Verdict, in_order
from registry.domain.tenant import Tenant
from registry.domain.workspace import Mode, Plan, new_workspace
from registry.store.clients import ClientStore
from registry.store.credentials import CredentialStore
from registry.store.pairs import PairStore
from registry.store.verdicts import VerdictStore
from tests.template import create_table

TABLES = ("clients", "links", "views")
Run = Callable[..., Result]


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
def run(deployment: Deployment, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in the workspace, and expect its exit status."""
    monkeypatch.setattr(Session, "deployment", lambda _: deployment)

    def call(*arguments: str, status: int = 0) -> Result:
        command = ["merge", *arguments, "--workspace", tenant.workspace_id]
        result = CliRunner().invoke(app, command)
        assert result.exit_code == status, result.output
        return result

    return call


def made(
    deployment: Deployment, tenant: Tenant, *, archived: bool = False, **fields: Any
) -> Client:
    """A client."""
    store = ClientStore(deployment.dynamodb, "clients", "")
    created = create(Author("credential", now()), **fields)
    store.create(tenant, created)
    if not archived:
        return created.client
    change = archive(created.client, Author("credential", now()))
    store.replace(tenant, created.client, change)
    return change.client


def sure(deployment: Deployment, tenant: Tenant, one: Client, other: Client) -> None:
    """Let two clients be a pair that is sure."""
    pair = Pair(
        clients=in_order(one.id, other.id),
        verdict=Verdict.SURE,
        machine=Verdict.SURE,
        score=12.0,
        reasons=(),
        at=now(),
    )
    PairStore(deployment.dynamodb, "views").put(tenant, pair, None)


def test_a_merge_is_previewed_made_and_undone(
    run: Run, deployment: Deployment, tenant: Tenant
) -> None:
    one = made(deployment, tenant, name="Acme")
    other = made(deployment, tenant, name="ACME", website="https://acme.com")

    preview = json.loads(run("preview", one.id, other.id, "--json").stdout)
    merge = json.loads(run("do", one.id, other.id, "--json").stdout)
    undone = json.loads(run("undo", merge["id"], "--json").stdout)

    assert preview["fields"] == merge["fields"]
    assert merge["fields"]["website"]["kept"] == "absorbed"
    assert undone["undone_at"] is not None
    assert "website" in run("preview", one.id, other.id).stdout
    (judgement,) = VerdictStore(deployment.dynamodb, "links").about(tenant, one.id)
    assert (judgement.dismissed, judgement.clients) == (True, in_order(one.id, other.id))


def test_a_refused_merge_is_a_sentence(run: Run, deployment: Deployment, tenant: Tenant) -> None:
    one = made(deployment, tenant)

    assert "itself" in run("do", one.id, one.id, status=1).stderr
    assert "no such live client" in run("preview", one.id, new_id(), status=1).stderr
    assert "no such live merge" in run("undo", new_id(), status=1).stderr


def test_all_pairs_that_are_sure_are_merged_into_the_older_or_the_active_client(
    run: Run, deployment: Deployment, tenant: Tenant
) -> None:
    one, two, three = (made(deployment, tenant, name=name) for name in "abc")
    for pair in ((one, two), (two, three), (one, three)):
        sure(deployment, tenant, *pair)
    archived = made(deployment, tenant, archived=True)
    active = made(deployment, tenant)
    sure(deployment, tenant, archived, active)

    planned = json.loads(run("sure", "--dry-run", "--json").stdout)
    merged = json.loads(run("sure", "--json").stdout)

    assert {each["merge"] for each in planned} == {None}
    ends = {(each["survivor"], each["absorbed"]) for each in merged}
    assert (active.id, archived.id) in ends
    assert len(merged) == 3
    store = ClientStore(deployment.dynamodb, "clients", "")
    assert {client.id for client in store.all(tenant)} == {one.id, active.id}
    assert set(store.get(tenant, three.id).absorbed) == {two.id, three.id}
    assert json.loads(run("sure", "--json").stdout) == []


@pytest.mark.parametrize("dismissed", [("one", "three"), ("two", "three")])
def test_clients_that_a_person_keeps_apart_do_not_come_together_by_a_third_one(
    dismissed: tuple[str, str], run: Run, deployment: Deployment, tenant: Tenant
) -> None:
    clients = {name: made(deployment, tenant, name=name) for name in ("one", "two", "three")}
    ids = {name: client.id for name, client in clients.items()}
    for pair in (("one", "two"), ("two", "three"), ("one", "three")):
        if pair != dismissed:
            sure(deployment, tenant, *(clients[name] for name in pair))
    said = Judgement(
        in_order(*(ids[name] for name in dismissed)), dismissed=True, by="me", at=now()
    )
    VerdictStore(deployment.dynamodb, "links").put(tenant, said)

    planned = json.loads(run("sure", "--dry-run", "--json").stdout)
    merged = json.loads(run("sure", "--json").stdout)

    ends = [(each["survivor"], each["absorbed"]) for each in merged]
    assert ends == [(each["survivor"], each["absorbed"]) for each in planned]
    assert len(ends) == 1
    kept_apart = {ids[name] for name in dismissed}
    assert all(set(pair) != kept_apart for pair in ends)
    assert len(list(ClientStore(deployment.dynamodb, "clients", "").all(tenant))) == 2


def test_a_pair_that_is_not_sure_any_more_when_its_turn_comes_is_left_out(
    deployment: Deployment, tenant: Tenant
) -> None:
    first = made(deployment, tenant), made(deployment, tenant)
    second = made(deployment, tenant), made(deployment, tenant)
    for pair in (first, second):
        sure(deployment, tenant, *pair)
    store = PairStore(deployment.dynamodb, "views")

    merges = Merges(deployment, tenant.workspace_id, Mode.LIVE).sure(writing=True)
    merged = next(merges)
    left = first if merged.survivor == second[0].id else second
    present = store.get(tenant, in_order(*(client.id for client in left)))
    store.put(tenant, replace(present, verdict=Verdict.POSSIBLE), present)

    assert list(merges) == []


def test_a_pair_that_cannot_be_merged_is_named_and_the_rest_goes_on(
    run: Run, deployment: Deployment, tenant: Tenant
) -> None:
    one = made(deployment, tenant)
    for _ in range(21):
        sure(deployment, tenant, one, made(deployment, tenant))
    beside = made(deployment, tenant), made(deployment, tenant)
    sure(deployment, tenant, *beside)

    merged = json.loads(run("sure", "--json", status=3).stdout)

    assert len([each for each in merged if each["refused"] is not None]) == 1
    assert len(merged) == 22

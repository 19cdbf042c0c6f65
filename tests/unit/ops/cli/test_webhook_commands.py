"""`registry webhook`: endpoints of every contract, their secrets, and what was delivered."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ops.cli.commands import app
from ops.cli.deployment import Deployment
from ops.cli.session import Session
from registry.domain.identifiers import now
from registry.domain.tenant import Tenant
from registry.domain.webhook import DeliveryState, delivery_after
from registry.domain.workspace import Plan, new_workspace
from registry.store.credentials import CredentialStore
from registry.store.deliveries import DeliveryStore
from registry.store.sealing import Sealer
from registry.store.webhook_queue import Errand, read_message
from registry.store.webhooks import WebhookStore
from tests.template import create_table
from tests.webhooks import attempt_at

Run = Callable[..., Result]
TABLES = ("events", "links")
URL = "https://hooks.acme.com/registry"
CREATE = ("create", "--contract", "registry", "--url", URL, "--type", "*")
UNKNOWN = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"


@pytest.fixture
def stack(deployment: Deployment) -> Iterator[Deployment]:
    """A stack with tables, queue and key."""
    dynamodb, sqs, kms = deployment.dynamodb, deployment.sqs, deployment.kms
    for table in TABLES:
        create_table(dynamodb, f"{table.capitalize()}Table", table)
    url = sqs.create_queue(QueueName="hooks.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    yield replace(deployment, webhook_queue_url=url, webhook_key=key)
    sqs.delete_queue(QueueUrl=url)
    for table in TABLES:
        dynamodb.delete_table(TableName=table)


@pytest.fixture
def tenant(credential_store: CredentialStore) -> Tenant:
    """A workspace."""
    workspace = new_workspace("Acme", Plan.STUDIO, at=now())
    credential_store.create_workspace(workspace)
    return Tenant(workspace.id, "live")


@pytest.fixture
def run(stack: Deployment, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on that workspace."""
    monkeypatch.setattr(Session, "deployment", lambda _: stack)

    def invoke(name: str, *more: str) -> Result:
        where = ("--workspace", tenant.workspace_id)
        return CliRunner().invoke(app, ["webhook", name, *where, *more])

    return invoke


def read(result: Result) -> Any:
    """What a command printed as JSON."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_webhook_is_made_listed_rotated_and_deleted(
    run: Run, stack: Deployment, tenant: Tenant
) -> None:
    made = read(run(*CREATE, "--json"))
    rotated = read(run("rotate", made["id"], "--json"))
    listed = read(run("list", "--json"))
    of_others = read(run("list", "--contract", "paytrum", "--json"))

    endpoint = WebhookStore(stack.dynamodb, "links", "").get(tenant, made["id"])
    sealer = Sealer(stack.kms, stack.webhook_key)
    assert sealer.open(tenant, endpoint.id, endpoint.secret) == rotated["secret"]
    assert made["secret"] != rotated["secret"]
    assert [each["id"] for each in listed] == [made["id"]]
    assert "secret" not in listed[0]
    assert of_others == []
    assert read(run("delete", made["id"], "--json"))["id"] == made["id"]
    assert read(run("list", "--json")) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((*CREATE[:4], "http://a.example/", "--type", "*"), "url must begin with https://"),
        ((*CREATE[:4], "https://10.0.0.1/", "--type", "*"), "url must have the name of a host"),
        ((*CREATE[:5], "--type", "client.cloned"), "type must be one of client.created"),
        (("create", "--contract", "paytrum", *CREATE[3:]), "Paytrum has no webhooks."),
        (("rotate", UNKNOWN), "There is no such webhook"),
        (("deliveries", UNKNOWN), "There is no such webhook"),
        (("delete", "x"), "There is no such webhook"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    run: Run,
    arguments: tuple[str, ...],
    sentence: str,
) -> None:
    result = run(*arguments)

    assert result.exit_code == 1
    assert sentence in result.stderr


def test_an_event_is_sent_again_or_skipped(run: Run, stack: Deployment, tenant: Tenant) -> None:
    webhook_id = read(run(*CREATE, "--json"))["id"]
    event_id = f"{UNKNOWN}.1"
    attempt = attempt_at(
        webhook_id,
        event_id,
        status=None,
        error="timeout",
        at=datetime(2026, 6, 1, tzinfo=UTC),
        next_attempt_at=datetime(2026, 6, 1, 1, tzinfo=UTC),
    )
    deliveries = DeliveryStore(stack.dynamodb, "events")
    deliveries.attempted(tenant, delivery_after(None, attempt, "a-receipt"), attempt)

    (listed,) = read(run("deliveries", webhook_id, "--json"))
    test_id = read(run("test", webhook_id, "--json"))["event_id"]
    # The message has been received since, and comes again by itself.
    read(run("retry", webhook_id, event_id, "--json"))
    read(run("skip", webhook_id, event_id, "--json"))
    again = run("skip", webhook_id, event_id)
    unknown = run("retry", webhook_id, f"{UNKNOWN}.2")

    assert (listed["event_id"], listed["state"], listed["error"]) == (
        event_id,
        "waiting",
        "timeout",
    )
    delivery = deliveries.get(tenant, webhook_id, UNKNOWN, event_id)
    assert delivery is not None
    assert delivery.state is DeliveryState.SKIPPED
    assert (again.exit_code, unknown.exit_code) == (1, 1)
    assert "does not wait" in again.stderr
    assert "never told" in unknown.stderr
    (message,) = stack.sqs.receive_message(QueueUrl=stack.webhook_queue_url)["Messages"]
    assert json.loads(message["Body"])["event"] == test_id


def test_people_get_a_table(run: Run) -> None:
    run(*CREATE)

    result = run("list")

    assert result.exit_code == 0
    assert URL in result.stdout


def test_hoursmith_has_webhooks_on_its_larger_plans_only(
    run: Run, credential_store: CredentialStore
) -> None:
    create = ("--contract", "hoursmith", "--url", URL, "--type", "client.created")
    agency = new_workspace("Agency", Plan.AGENCY, at=now())
    credential_store.create_workspace(agency)

    refused = run("create", *create)
    made = CliRunner().invoke(
        app, ["webhook", "create", *create, "--workspace", agency.id, "--json"]
    )

    assert refused.exit_code == 1
    assert "agency, business, enterprise" in refused.output
    assert read(made)["secret"].startswith("wsk_")


def test_an_endpoint_of_athenty_is_tested_as_soon_as_it_is_made(
    run: Run, stack: Deployment
) -> None:
    create = ("--contract", "athenty", "--url", URL, "--type", "client.created", "--json")
    made = read(run("create", *create))

    queue = stack.webhook_queue_url
    (message,) = stack.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    queued = read_message(message["Body"])
    assert (queued.errand, queued.endpoint_id) == (Errand.TEST, made["id"])
    assert made["secret"].startswith("whsec_")


def test_an_endpoint_of_alternative_payments_has_one_topic_once_at_an_address(run: Run) -> None:
    create = ("--contract", "alternative_payments", "--url", URL, "--json")
    made = read(run("create", *create, "--type", "customer_created"))

    again = run("create", *create, "--type", "customer_created")
    two = run("create", *create, "--type", "customer_updated", "--type", "customer_archived")

    assert again.exit_code == 1
    assert "already" in again.output
    assert two.exit_code != 0
    assert "one type" in " ".join(two.output.split())
    read(run("delete", made["id"], "--json"))
    read(run("create", *create, "--type", "customer_created"))

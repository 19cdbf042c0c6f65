"""docs/operator-policy.json allows what the command line does in AWS, and nothing it does not do.

Every command runs on moto, and each call it makes is written down as IAM sees it. IAM's view of
a DynamoDB transaction is its items' actions; API Gateway's actions are HTTP methods on paths.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import boto3
import pytest
from botocore import handlers
from botocore.exceptions import ReadTimeoutError
from typer.testing import CliRunner

from ops.cli import move_commands
from ops.cli.commands import app
from ops.cli.deployment import Deployment
from registry.domain.change import Author, create, update
from registry.domain.client import Channel
from registry.domain.erasure import digest_of
from registry.domain.identifiers import now
from registry.domain.pair import Pair, Verdict
from registry.domain.tenant import Tenant
from registry.domain.webhook import delivery_after
from registry.domain.workspace import Contract, Mode
from registry.services.stream_lag import StreamLag
from registry.store.clients import ClientStore
from registry.store.deliveries import DeliveryStore
from registry.store.events import EventStore
from registry.store.items import client_item, client_key
from registry.store.pairs import PairStore
from registry.store.parked import ParkedStore
from registry.store.whole import WholeStore
from tests.template import create_table
from tests.unit.ops.cli.conftest import Api
from tests.unit.ops.cli.test_commands import create_stack, outputs
from tests.vendors.alternative_payments import CLIENT, FakeAlternativePayments
from tests.vendors.fakes import fake
from tests.webhooks import attempt_at

if TYPE_CHECKING:
    from types_boto3_cloudformation.client import CloudFormationClient
    from types_boto3_dynamodb.client import DynamoDBClient

STACK = "client-registry-prod"
POLICY = json.loads((Path(__file__).parents[4] / "docs/operator-policy.json").read_text("utf-8"))
REGION = "us-east-1"
ACCOUNT = "123456789012"
# What CloudFormation names the tables that the fixtures name for short.
TABLES = {
    "credentials": f"{STACK}-CredentialsTable-1A2B3C",
    "clients": f"{STACK}-ClientsTable-1A2B3C",
    "links": f"{STACK}-LinksTable-1A2B3C",
    "idempotency": f"{STACK}-IdempotencyTable-1A2B3C",
    "events": f"{STACK}-EventsTable-1A2B3C",
    "views": f"{STACK}-ViewsTable-1A2B3C",
}
TRANSACTED = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


class Call(NamedTuple):
    """An action on a resource, as a policy names them."""

    action: str
    resource: str


class Statement(NamedTuple):
    """One action on one pattern of resources that the policy allows."""

    action: str
    resource: str

    def allows(self, call: Call) -> bool:
        return self.action == call.action and fnmatchcase(call.resource, self.resource)


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def allowed() -> list[Statement]:
    return [
        Statement(action, resource)
        for statement in POLICY["Statement"]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]


def dynamodb_calls(operation: str, params: dict[str, Any]) -> Iterator[Call]:
    if operation.startswith("Transact"):
        for item in params["TransactItems"]:
            for kind, request in item.items():
                yield from dynamodb_calls(TRANSACTED[kind], request)
        return
    if operation.startswith("Batch"):
        for table in params["RequestItems"]:
            yield Call(f"dynamodb:{operation}", table_arn(table))
        return
    index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
    yield Call(f"dynamodb:{operation}", table_arn(params["TableName"]) + index)


def table_arn(name: str) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLES[name]}"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, aws_account: None) -> list[Call]:
    """Every call to AWS since the test began."""
    made: list[Call] = []

    def see_dynamodb(params: dict[str, Any], model: Any, **_: object) -> None:
        made.extend(dynamodb_calls(model.name, params))

    def see_gateway(params: dict[str, Any], **_: object) -> None:
        path = params["url_path"]
        made.append(Call(f"apigateway:{params['method']}", f"arn:aws:apigateway:{REGION}::{path}"))

    def see_cloudformation(params: dict[str, Any], model: Any, **_: object) -> None:
        stack = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{params['StackName']}/1a2b3c"
        made.append(Call(f"cloudformation:{model.name}", stack))

    def see_logs(params: dict[str, Any], model: Any, **_: object) -> None:
        group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{params['logGroupName']}"
        made.append(Call(f"logs:{model.name}", group))

    def count_nothing(params: dict[str, Any], **_: object) -> tuple[Any, dict[str, Any]]:
        see_gateway(params)
        return SimpleNamespace(status_code=200), {"items": {"key": [[1, 2]]}}

    def see_sqs(model: Any, **_: object) -> None:
        # A call for several messages needs the permission for one.
        queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{STACK}-WebhookQueue-1A2B3C.fifo"
        made.append(Call(f"sqs:{model.name.removesuffix('Batch')}", queue))

    def see_kms(model: Any, **_: object) -> None:
        made.append(Call(f"kms:{model.name}", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1a2b3c"))

    seen = [
        ("before-parameter-build.logs", see_logs),
        # moto does not know this one
        ("before-call.apigateway.GetUsage", count_nothing),
        ("before-parameter-build.sqs.SendMessageBatch", see_sqs),
        ("before-parameter-build.sqs.ChangeMessageVisibility", see_sqs),
        ("before-parameter-build.kms.Encrypt", see_kms),
        ("before-parameter-build.dynamodb", see_dynamodb),
        ("before-call.apigateway", see_gateway),
        # the fixture `aws_account` responds, and no later handler sees the call
        ("before-call.apigateway.FlushStageAuthorizersCache", see_gateway),
        ("before-parameter-build.cloudformation", see_cloudformation),
    ]
    monkeypatch.setattr(handlers, "BUILTIN_HANDLERS", [*seen, *handlers.BUILTIN_HANDLERS])
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    # The fake vendor's.
    monkeypatch.setenv("REGISTRY_VENDOR_CLIENT_ID", CLIENT[0])
    monkeypatch.setenv("REGISTRY_VENDOR_CLIENT_SECRET", CLIENT[1])
    return made


@pytest.fixture
def lose_responses(calls: list[Call], monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Makes every response to a transaction get lost, or no longer."""
    losing = False

    def lose(**_: object) -> None:
        if losing:
            raise ReadTimeoutError(endpoint_url="https://dynamodb.invalid")

    def switch(on: bool) -> None:  # noqa: FBT001 - on or off is all there is
        nonlocal losing
        losing = on

    failing = [*handlers.BUILTIN_HANDLERS, ("after-call.dynamodb.TransactWriteItems", lose)]
    monkeypatch.setattr(handlers, "BUILTIN_HANDLERS", failing)
    return switch


@pytest.fixture
def stack(
    deployment: Deployment, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployment]:
    """The deployment, found by its stack, with its tables."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    # moto is not made for threads.
    monkeypatch.setattr(move_commands, "THREADS", 1)
    cloudformation = cast("CloudFormationClient", boto3.client("cloudformation"))
    dynamodb = deployment.dynamodb
    tables = ("clients", "links", "events", "views", "idempotency")
    for name in tables:
        create_table(dynamodb, f"{name.capitalize()}Table", name)
    attributes = {"FifoQueue": "true"}
    queue = deployment.sqs.create_queue(QueueName="webhooks.fifo", Attributes=attributes)
    key = deployment.kms.create_key()["KeyMetadata"]["KeyId"]
    deployment = replace(deployment, webhook_queue_url=queue["QueueUrl"], webhook_key=key)
    create_stack(cloudformation, STACK, outputs(deployment))
    yield deployment
    cloudformation.delete_stack(StackName=STACK)
    for name in tables:
        dynamodb.delete_table(TableName=name)


def run(*words: str) -> Any:
    """What a command prints."""
    done = CliRunner().invoke(app, ["--stack", STACK, *words, "--json"])
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def run_all(deployment: Deployment, lose_responses: Callable[[bool], None]) -> None:
    """Every command, with what it does when it is refused half way."""
    workspace = run("workspace", "create", "--name", "Acme")["id"]
    run("workspace", "list")
    run("workspace", "show", workspace)
    of_workspace = ("--workspace", workspace)
    create = ("credential", "create", "--contract", "paytrum", *of_workspace)
    credential = run(*create)["id"]
    run("credential", "list", *of_workspace)
    run("credential", "show", credential)
    run("credential", "rotate", credential, "--overlap", "1")
    run("workspace", "usage", workspace)
    assert CliRunner().invoke(app, ["--stack", STACK, "logs"]).exit_code == 1
    run("workspace", "update", workspace, "--plan", "enterprise")
    run("credential", "revoke", credential)
    lose_responses(True)  # noqa: FBT003 - on
    assert CliRunner().invoke(app, ["--stack", STACK, *create]).exit_code == 1
    lose_responses(False)  # noqa: FBT003 - off
    run_payment_methods(deployment, workspace)
    run_views(deployment, workspace)
    run_clients(deployment, workspace)
    run_merges(deployment, workspace)
    run_webhooks(deployment, workspace)
    run_moves(deployment)


def run_webhooks(deployment: Deployment, workspace: str) -> None:
    """A webhook, with an event that waits for its next attempt."""
    of_workspace = ("--workspace", workspace)
    kind = ("--contract", "registry", "--url", "https://hooks.acme.com/", "--type", "*")
    webhook = run("webhook", "create", *kind, *of_workspace)["id"]
    run("webhook", "list", *of_workspace)
    run("webhook", "rotate", webhook, *of_workspace)
    run("webhook", "test", webhook, *of_workspace)
    run("webhook", "deliveries", webhook, *of_workspace)
    event = f"{webhook}.1"
    attempt = attempt_at(webhook, event)
    deliveries = DeliveryStore(deployment.dynamodb, deployment.events_table)
    tenant = Tenant(workspace, Mode.LIVE)
    deliveries.attempted(tenant, delivery_after(None, attempt, "receipt"), attempt)
    for command in ("retry", "skip"):
        run("webhook", command, webhook, event, *of_workspace)
    run("webhook", "delete", webhook, *of_workspace)


def run_moves(deployment: Deployment) -> None:
    """A move of customers with users and methods, two of them one, and all that follows it."""
    workspace = run("workspace", "create", "--name", "Moved", "--plan", "enterprise")["id"]
    of_workspace = ("--workspace", workspace)
    with fake(Contract.ALTERNATIVE_PAYMENTS, 4, odd=False) as vendor:
        assert isinstance(vendor, FakeAlternativePayments)
        vendor.windows = ((1_000, 1.0),)
        vendor.archived.clear()
        source = ("--from", "alternative_payments", *of_workspace)
        url = ("--url", vendor.url)
        twin, other = vendor.rows[-2:]
        other.update({name: twin[name] for name in twin.keys() - {"id", "external_id"}})
        matched = run("move", "pull", *source, *url, "--match", "sure")["matched"]
        assert matched == 1
        vendor.users["cus_3"] = vendor.users["cus_3"][1:]
        vendor.methods["cus_2"] = vendor.methods["cus_2"][1:]
        vendor.rows[1]["external_id"] = "another"
        run("move", "pull", *source, *url)
        change_one(deployment, workspace)
        run("move", "verify", *source, *url)
    run("move", "status", *of_workspace)
    run("move", "finish", *source)
    run("export", *of_workspace, "--format", "jsonl", "--as", "record")
    clock = iter((0.0, 100.0))
    # A client of its own, since that of the fixture was made before calls were written down.
    client = cast("DynamoDBClient", boto3.client("dynamodb"))
    events = EventStore(client, deployment.events_table)
    lag = StreamLag(events, Tenant(workspace, Mode.LIVE), lambda: next(clock))
    lag.wrote("a client", 1)
    assert lag.is_behind()


def change_one(deployment: Deployment, workspace: str) -> None:
    """Change a client that was moved in, as a caller does."""
    tenant = Tenant(workspace, Mode.LIVE)
    wholes = WholeStore(deployment.dynamodb, deployment.clients_table, deployment.links_table)
    client = next(wholes.clients(tenant))
    clients = ClientStore(deployment.dynamodb, deployment.clients_table, "")
    clients.replace(tenant, client, update(client, Author("c", now()), city="Here"))


def run_payment_methods(deployment: Deployment, workspace: str) -> None:
    client = make_client(deployment, workspace)
    of_client = ("--workspace", workspace, "--customer", client)
    card = ("--type", "card", "--token", "pm_1", "--brand", "visa", "--last4", "4242")
    method = run("payment-method", "attach", *card, *of_client)["id"]
    run("payment-method", "set-default", method, *of_client)
    run("payment-method", "list", *of_client)
    run("payment-method", "detach", method, *of_client)


def run_views(deployment: Deployment, workspace: str) -> None:
    """Packs made twice, a client that they lack, and a record that was parked."""
    of_workspace = ("--workspace", workspace)
    run("views", "rebuild", *of_workspace)
    run("views", "rebuild", *of_workspace)
    missing = make_client(deployment, workspace)
    run("views", "check", "--repair", *of_workspace)
    tenant = Tenant(workspace, Mode.LIVE)
    clients = ClientStore(deployment.dynamodb, deployment.clients_table, "")
    image = client_item(tenant, clients.get(tenant, missing))
    keys = client_key(tenant, missing)
    record = {"eventName": "INSERT", "dynamodb": {"Keys": keys, "NewImage": image}}
    parked = ParkedStore(deployment.dynamodb, deployment.events_table)
    for projection in ("project", "index"):
        parked.park(projection, "1", record, ValueError())
    run("views", "redrive")


def run_clients(deployment: Deployment, workspace: str) -> None:
    client = make_client(deployment, workspace)
    of_workspace = ("--workspace", workspace)
    run("client", "show", client, *of_workspace)
    run("client", "history", client, *of_workspace)
    run("client", "find", "--external-id", "crm-1", *of_workspace)
    run("client", "find", "--email", "ar@acme.com", *of_workspace)
    vendor = ("--contract", "paytrum", "--vendor-id", "66f1a2b3")
    run("client", "find", *vendor, *of_workspace)
    run_erasures(of_workspace, client)
    run("consents", "verify", *of_workspace)
    run("consents", "export", "--client", client, *of_workspace)


def run_erasures(of_workspace: tuple[str, ...], client: str) -> None:
    """An erasure that is asked for, looked at, verified by a receipt, and replayed."""
    job = run("erasure", "create", client, "--reason", "r", *of_workspace)
    run("erasure", "show", job["id"], *of_workspace)
    body = {
        "id": job["id"],
        "client": client,
        "absorbed": [],
        "workspace": of_workspace[1],
        "mode": "live",
        "completed_at": "2026-06-10T08:30:00.000Z",
        "stores": [],
    }
    with NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({**body, "digest": digest_of(body)}, file)
        file.flush()
        words = ["--stack", STACK, "erasure", "verify", file.name, *of_workspace]
        assert CliRunner().invoke(app, words).exit_code == 3
        run("erasure", "replay", file.name, *of_workspace)


def run_merges(deployment: Deployment, workspace: str) -> None:
    """Merges of clients with consents and payment methods, and of a pair that is sure."""
    of_workspace = ("--workspace", workspace)
    card = ("--type", "card", "--token", "pm_1", "--brand", "visa", "--last4", "4242")
    one, two, three = (make_twin(deployment, workspace) for _ in range(3))
    method = run("payment-method", "attach", *card, "--customer", two, *of_workspace)["id"]
    run("payment-method", "set-default", method, "--customer", two, *of_workspace)
    run("merge", "preview", one, two, *of_workspace)
    made = run("merge", "do", one, two, *of_workspace)["id"]
    run("merge", "undo", made, *of_workspace)
    pair = Pair(
        clients=(one, three),
        verdict=Verdict.SURE,
        machine=Verdict.SURE,
        score=24.0,
        reasons=(),
        at=now(),
    )
    views = PairStore(deployment.dynamodb, deployment.views_table)
    views.put(Tenant(workspace, Mode.LIVE), pair, None)
    run("match", "list", *of_workspace)
    run("merge", "sure", "--dry-run", *of_workspace)
    run("merge", "sure", *of_workspace)


def make_twin(deployment: Deployment, workspace: str) -> str:
    """The id of a client with an address that it may be written to."""
    fields: Any = {"name": "Twin", "email": "twin@acme.com"}
    change = create(Author("c", now()), {Channel.EMAIL: True}, **fields)
    clients = ClientStore(deployment.dynamodb, deployment.clients_table, "")
    clients.create(Tenant(workspace, Mode.LIVE), change)
    return change.client.id


def make_client(deployment: Deployment, workspace: str) -> str:
    """The id of a client, made as a caller makes it: its calls are no operator's."""
    fields: Any = {"name": "Acme", "external_id": "crm-1", "email": "ar@acme.com"}
    change = create(Author("c", now()), **fields)
    clients = ClientStore(deployment.dynamodb, deployment.clients_table, "")
    clients.create(Tenant(workspace, Mode.LIVE), change)
    return change.client.id


def test_the_policy_allows_every_call_and_no_other(
    stack: Deployment, calls: list[Call], lose_responses: Callable[[bool], None]
) -> None:
    run_all(stack, lose_responses)

    statements = allowed()
    assert {call for call in calls if not any(s.allows(call) for s in statements)} == set()
    assert {s for s in statements if not any(s.allows(call) for call in calls)} == set()


def test_the_policy_opens_nothing_beside_the_stack() -> None:
    assert {statement["Effect"] for statement in POLICY["Statement"]} == {"Allow"}
    assert [s for s in allowed() if "*" in s.action or s.resource == "*"] == []

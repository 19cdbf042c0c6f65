"""A function's role allows every DynamoDB action that its requests make, and no other.

Each operation is called until it has done everything it can do: success, replay of a recorded
response, an id nobody has, a value that is taken. The calls are written down as IAM sees them, and
compared with the roles in the template that SAM hands to CloudFormation.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlencode

import pytest

from authorizer.authorize import handler as authorize
from projections.deliver import handler as tell
from projections.probe import handler as probe
from registry.contracts.alternative_payments import operations as alternative_payments
from registry.contracts.athenty import operations as athenty
from registry.contracts.hoursmith import operations as hoursmith
from registry.contracts.paytrum import operations as paytrum
from registry.contracts.registry_api.clients import operations as registry_api
from registry.contracts.registry_api.erasures import operations as erasures
from registry.contracts.registry_api.matches import operations as registry_matches
from registry.contracts.registry_api.merges import operations as registry_merges
from registry.contracts.registry_api.webhooks import operations as webhooks
from registry.domain.change import Author, Change, create, update
from registry.domain.credential import issue_credential, permissions
from registry.domain.identifiers import now
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.domain.webhook import delivery_after
from registry.domain.workspace import Contract, Mode, Plan, new_workspace
from registry.gateway.operation import Operation
from registry.matching.keys import all_keys_of
from registry.matching.weights import weights_in_force
from registry.projections.erase import erase_function
from registry.projections.fan_out import FanOut
from registry.projections.followed import Followed
from registry.projections.index import Index
from registry.projections.keys import Keys
from registry.projections.matches import Matches, MatchStores
from registry.projections.posting import Answer
from registry.projections.project import Project
from registry.projections.stream import ClientChange, in_turn, of_clients, stream_function
from registry.services.packing import Packing
from registry.services.payment_methods import PaymentMethods
from registry.store import items
from registry.store.beside import service_client
from registry.store.clients import client_store
from registry.store.credentials import CredentialStore
from registry.store.deliveries import delivery_store
from registry.store.dynamodb import dynamodb_client
from registry.store.events import event_store
from registry.store.http.client import KMS, SQS
from registry.store.indexed import indexed_store
from registry.store.links import link_store
from registry.store.look_up_keys import look_up_key_store
from registry.store.pairs import pair_store
from registry.store.parked import parked_store
from registry.store.payment_methods import payment_method_store
from registry.store.rows import client_rows
from registry.store.sources import Source, source_store
from registry.store.verdicts import verdict_store
from registry.store.views import view_store
from registry.store.webhook_queue import webhook_queue
from registry.store.webhooks import webhook_store
from tests.contract_client import ContractClient, Reply, caller
from tests.erasures import carry_out, clearing, erase, follow, seed
from tests.records import records_of
from tests.stream import Stream
from tests.template import create_table
from tests.transformed import Allowed, allowed_to
from tests.webhooks import attempt_at
from tools.generate.declarations import all_operations, logical_id

TENANT = Tenant(caller(Contract.ATHENTY)["workspaceId"], "live")
UNKNOWN = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
AUTHORIZER = "Authorizer"
LOGICAL_IDS = {
    "clients": "ClientsTable",
    "credentials": "CredentialsTable",
    "idempotency": "IdempotencyTable",
    "links": "LinksTable",
    "events": "EventsTable",
    "views": "ViewsTable",
}
# The actions of the services beside DynamoDB, by the operations of the SDK, and what they are on.
BESIDE = {
    "SendMessageBatch": Allowed("sqs:SendMessage", "WebhookQueue"),
    "ChangeMessageVisibility": Allowed("sqs:ChangeMessageVisibility", "WebhookQueue"),
    "Encrypt": Allowed("kms:Encrypt", "WebhookKey"),
    "Decrypt": Allowed("kms:Decrypt", "WebhookKey"),
}
SERVICES = ("dynamodb:", "sqs:", "kms:")
# What Lambda does for a function on a queue, with the function's role.
# Source: "Configuring an Amazon SQS queue for use with Lambda", AWS Lambda Developer Guide.
POLLING = {
    ("sqs:DeleteMessage", "WebhookQueue"),
    ("sqs:GetQueueAttributes", "WebhookQueue"),
    ("sqs:ReceiveMessage", "WebhookQueue"),
}
TRANSACTED = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


@dataclass
class Recorder:
    """The calls of each function, as IAM sees them.

    Attributes:
        function: logical id of the function that is called at the moment; empty for the test.
        calls: by function; each with the partition key it touches as its `leading_key`.
    """

    function: str = ""
    calls: dict[str, set[Allowed]] = field(default_factory=lambda: defaultdict(set))

    def record(self, params: dict[str, Any], model: Any, **_: object) -> None:
        """Write down one call of the SDK, each part of a transaction or a batch by itself."""
        if self.function:
            self.calls[self.function].update(_actions(model.name, params))

    def record_beside(self, model: Any, **_: object) -> None:
        """Write down one call of another service."""
        if self.function:
            self.calls[self.function].add(BESIDE[model.name])

    def send(self, operation: Operation, *ids: str, status: int, **request: Any) -> Reply:
        """Call an operation on records with these ids; it has to answer with this status."""
        target = operation.path
        for name, value in zip(re.findall(r"{(\w+)}", operation.path), ids, strict=False):
            target = target.replace(f"{{{name}}}", value)
        if query := request.pop("query", None):
            target += f"?{urlencode(query)}"
        if key := request.pop("key", None):
            request["headers"] = {"Idempotency-Key": key}
        client = ContractClient(
            (operation,), caller(operation.dialect.contract, role="owner", scopes="*")
        )
        self.function = logical_id(operation)
        reply = client.send(operation.method, target, **request)
        self.function = ""
        assert reply.status == status, (operation.name, reply.text)
        return reply

    def twice(self, operation: Operation, *ids: str, status: int, **request: Any) -> Reply:
        """Call an operation and repeat the call; with a key, the repetition is a replay."""
        self.send(operation, *ids, status=status, **request)
        return self.send(operation, *ids, status=status, **request)


def _actions(name: str, params: dict[str, Any]) -> Iterator[Allowed]:
    match name:
        case "TransactWriteItems":
            for write in params["TransactItems"]:
                ((kind, part),) = write.items()
                yield _action(TRANSACTED[kind], part, part.get("Key") or part["Item"])
        case "BatchGetItem":
            for table, wanted in params["RequestItems"].items():
                for key in wanted["Keys"]:
                    yield _action(name, {"TableName": table}, key)
        case "BatchWriteItem":
            for table, writes in params["RequestItems"].items():
                for write in writes:
                    ((_, part),) = write.items()
                    yield _action(name, {"TableName": table}, part.get("Key") or part["Item"])
        case "Query":
            values = params["ExpressionAttributeValues"]
            keys = {
                key: value
                for key, value in values.items()
                if key in params["KeyConditionExpression"]
            }
            yield _action(name, params, {"pk": next(iter(keys.values()))})
        case _:
            yield _action(name, params, params.get("Key") or params["Item"])


def _action(action: str, params: dict[str, Any], key: dict[str, Any]) -> Allowed:
    index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
    return Allowed(f"dynamodb:{action}", LOGICAL_IDS[params["TableName"]] + index, key["pk"]["S"])


def _covers(allowed: Allowed, call: Allowed) -> bool:
    return (allowed.action, allowed.resource) == (call.action, call.resource) and fnmatchcase(
        call.leading_key, allowed.leading_key or "*"
    )


@pytest.fixture
def recorder(tables: None, webhooks: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """A recorder on the process's clients, in front of empty tables."""
    create_table(dynamodb_client(), "CredentialsTable", "credentials")
    monkeypatch.setenv("CREDENTIALS_TABLE", "credentials")
    recorder = Recorder()
    hooks = [
        (dynamodb_client(), "dynamodb", recorder.record),
        (service_client(SQS), "sqs", recorder.record_beside),
        (service_client(KMS), "kms", recorder.record_beside),
    ]
    for client, service, record in hooks:
        client.meta.events.register(f"before-parameter-build.{service}", record)
    yield recorder
    for client, service, record in hooks:
        client.meta.events.unregister(f"before-parameter-build.{service}", record)


def test_roles_allow_what_functions_do_and_nothing_else(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.contracts.alternative_payments.lists._FIRST_READ", 1)
    call_paytrum(recorder)
    call_athenty(recorder)
    call_hoursmith(recorder)
    call_alternative_payments(recorder)
    call_registry(recorder)
    call_erasures(recorder)
    call_webhooks(recorder)
    call_merges(recorder)
    call_matches(recorder)
    call_with_ids_that_nobody_has(recorder)
    call_token_endpoint_and_authorizer(recorder)

    functions = {logical_id(operation) for operation in all_operations()} | {AUTHORIZER}
    allowed = {
        function: {each for each in allowed_to(function) if each.action.startswith(SERVICES)}
        for function in functions
    }
    refused = {
        (function, call)
        for function in functions
        for call in recorder.calls[function]
        if not any(_covers(each, call) for each in allowed[function])
    }
    unused = {
        (function, each)
        for function in functions
        for each in allowed[function]
        if not any(_covers(each, call) for call in recorder.calls[function])
    }

    assert refused == set()
    assert unused == set()
    silent = {function for function in functions if not recorder.calls[function]}
    without_tables = (hoursmith.GET_ME, alternative_payments.LIST_TOPICS)
    assert silent == {logical_id(each) for each in without_tables}


def test_the_roles_of_projections_allow_what_they_do_and_nothing_else(recorder: Recorder) -> None:
    records: list[dict[str, Any]] = []
    for number in range(4):
        client = create(Author("c", now()), name=f"Acme {number}", email="ar@acme.com").client
        changed = update(client, Author("c", now()), name="Bolt").client
        client_store().create(TENANT, create(Author("c", now()), name="beside"))
        for version in (client, changed):
            image = items.client_item(TENANT, version)
            client_store()._client.put_item(TableName="clients", Item=image)  # noqa: SLF001
            key = items.client_key(TENANT, client.id)
            seen = {"Keys": key, "SequenceNumber": str(len(records)), "NewImage": image}
            records.append({"eventName": "INSERT", "dynamodb": seen})
    broken = {"Keys": {"pk": {"S": "?"}}, "SequenceNumber": "9"}
    packing = Packing(view_store(), client_rows(), most_clients=2, overlay_least=0)
    index = Index(packing, client_store(), packed_from=1, tidy_every=1, count_every=1)
    clients, found_by = client_store(), look_up_key_store()
    keys = Keys(clients, found_by, all_keys_of)
    stores = MatchStores(clients, found_by, pair_store(), verdict_store())
    matches = Matches(stores, weights_in_force())
    functions = {
        "Project": stream_function(
            "project",
            lambda: Project(event_store(), FanOut(webhook_store(), webhook_queue())),
            parked_store,
        ),
        "Index": stream_function(
            "index",
            lambda: of_clients(in_turn(index, keys, matches, Followed(indexed_store()))),
            parked_store,
        ),
    }

    for name, function in functions.items():
        recorder.function = name
        function({"Records": [records[0], {"eventName": "INSERT", "dynamodb": broken}]}, None)
        later = update(
            items.read_client(records[1]["dynamodb"]["NewImage"]), Author("c", now()), name="Later"
        ).client
        seen = records[1]["dynamodb"] | {"NewImage": items.client_item(TENANT, later)}
        function({"Records": [*records, {"eventName": "MODIFY", "dynamodb": seen}]}, None)
        recorder.function = ""

    for name in functions:
        calls = {(each.action, each.resource) for each in recorder.calls[name]}
        allowed = {
            (each.action, each.resource)
            for each in allowed_to(name)
            if each.action.startswith("dynamodb:")
            and "Table" in each.resource
            and not each.action.endswith(("Stream", "Records", "Iterator", "Streams"))
        }
        assert calls == allowed


def test_the_role_of_erase_allows_what_it_does_and_nothing_else(recorder: Recorder) -> None:
    stream = Stream()
    person = seed(stream)
    erase(person)
    follow(stream, person)
    recorder.function = "Erase"
    carry_out(person)
    erase_function(clearing)({}, None)
    recorder.function = ""

    allowed = {
        each
        for each in allowed_to("Erase")
        if each.action.startswith("dynamodb:")
        and "Table" in each.resource
        and not each.action.endswith(("Stream", "Records", "Iterator", "Streams"))
    }
    calls = recorder.calls["Erase"]

    assert {call for call in calls if not any(_covers(each, call) for each in allowed)} == set()
    assert {each for each in allowed if not any(_covers(each, call) for call in calls)} == set()
    assert {each.leading_key for each in allowed if each.resource == "CredentialsTable"} == {
        "WORKSPACE#*"
    }


def test_the_roles_on_the_queue_of_webhooks_allow_what_they_do_and_nothing_else(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"url": "https://hooks.acme.com/", "types": ["*"]}
    made = recorder.send(webhooks.CREATE_WEBHOOK, status=201, body=body).json["id"]
    project = Project(event_store(), FanOut(webhook_store(), webhook_queue()))
    answers: list[Answer] = []
    monkeypatch.setattr("registry.projections.errands._poster", lambda: lambda *_: answers.pop(0))

    def change(*said: Answer) -> list[dict[str, Any]]:
        """Have the function on the queue tell of a new client; it is answered this."""
        answers.extend(said)
        client = create(Author("c", now()), name="Acme").client
        client_store().create(TENANT, Change(client))
        recorder.function = "Project"
        project([ClientChange(TENANT, None, client, live=True)])
        recorder.function = ""
        return deliver_queued(recorder)

    waiting = change(Answer(500))
    run(recorder, "Deliver", tell, {"Records": waiting})
    since = now() - timedelta(hours=1)
    failing = replace(webhook_store().get(TENANT, made), failures=9, failing_since=since)
    webhook_store().save(TENANT, failing, ("failures", "failing_since"))
    change(Answer(500))
    due = replace(webhook_store().get(TENANT, made), probe_at=since)
    assert due.open
    webhook_store().save(TENANT, due, ("probe_at",))
    run(recorder, "Probe", probe, {})
    answers.append(Answer(200))
    deliver_queued(recorder)
    assert not webhook_store().get(TENANT, made).open
    deliver_queued(recorder)
    change(Answer(410))
    assert not webhook_store().get(TENANT, made).enabled

    for name in ("Deliver", "Probe"):
        calls = {(each.action, each.resource) for each in recorder.calls[name]}
        allowed = {
            (each.action, each.resource)
            for each in allowed_to(name)
            if each.action.startswith(SERVICES)
        }
        assert calls == allowed - POLLING, name
    assert BESIDE["SendMessageBatch"] in recorder.calls["Project"] & allowed_to("Project")


def run(
    recorder: Recorder, name: str, function: Callable[[Any, Any], Any], event: dict[str, Any]
) -> Any:
    """Run a function, whose calls are written down."""
    recorder.function = name
    result = function(event, None)
    recorder.function = ""
    return result


def deliver_queued(recorder: Recorder) -> list[dict[str, Any]]:
    """Run the function on the queue of webhooks for what is visible; the messages that stay."""
    queue = webhook_queue()
    client, url = queue._client, queue._url  # noqa: SLF001 - to play Lambda's part
    found = client.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], VisibilityTimeout=30
    ).get("Messages", [])
    stay = []
    for message in found:
        record = {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
        }
        if run(recorder, "Deliver", tell, {"Records": [record]})["batchItemFailures"]:
            stay.append(record)
        else:
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return stay


def call_paytrum(recorder: Recorder) -> None:
    """Create, read, list, change, archive and restore, with a key and without."""
    body = {"name": "Acme"}
    one = recorder.send(paytrum.CREATE_CLIENT, status=201, body=body).json["id"]
    two = recorder.twice(paytrum.CREATE_CLIENT, status=201, body=body, key="create").json["id"]
    recorder.send(paytrum.GET_CLIENT, one, status=200)
    recorder.send(paytrum.GET_CLIENT, UNKNOWN, status=404)
    in_the_other_list = {"status": "inactive", "startingAfter": one}
    for query in ({}, {"status": "active"}, in_the_other_list):
        recorder.send(paytrum.LIST_CLIENTS, status=200, query=query)
    for operation, sent in (
        (paytrum.UPDATE_CLIENT, {"body": {"name": "Acme Corp"}}),
        (paytrum.ARCHIVE_CLIENT, {}),
        (paytrum.RESTORE_CLIENT, {}),
    ):
        recorder.send(operation, one, status=200, **sent)
        recorder.send(operation, UNKNOWN, status=404, **sent)
        recorder.twice(operation, two, status=200, key=operation.name, **sent)


def call_athenty(recorder: Recorder) -> None:
    """As for Paytrum; a change also releases an external id claimed through another contract."""
    body = {"memberType": "business", "businessName": "Acme"}
    one = recorder.twice(athenty.CREATE_CLIENT, status=201, body=body, key="ath").json["id"]
    claimed = {"name": "Acme", "external_id": "crm-1"}
    create = alternative_payments.CREATE_CUSTOMER
    two = recorder.send(create, status=201, body=claimed).json["id"]
    recorder.send(athenty.GET_CLIENT, one, status=200)
    recorder.send(athenty.LIST_CLIENTS, status=200)
    pack()
    for query in ({}, {"sort": "name"}, {"search": "acme"}, {"externalId": "crm-1"}):
        recorder.send(athenty.LIST_CLIENTS, status=200, query=query)
    unpack()
    recorder.send(athenty.UPDATE_CLIENT, one, status=200, body={"businessName": "Acme Corp"})
    recorder.twice(
        athenty.UPDATE_CLIENT, two, status=200, body={"externalId": "crm-2"}, key="update"
    )
    recorder.send(athenty.ARCHIVE_CLIENT, one, status=athenty.ARCHIVE_CLIENT.status)
    recorder.twice(athenty.ARCHIVE_CLIENT, two, status=athenty.ARCHIVE_CLIENT.status, key="archive")


def pack() -> None:
    """Make packs of all clients, as a large workspace has them."""
    Packing(view_store(), client_rows()).build(TENANT)


def unpack() -> None:
    """Make the workspace a small one again, without packs."""
    for item in dynamodb_client().scan(TableName="views")["Items"]:
        key = {"pk": item["pk"], "sk": item["sk"]}
        dynamodb_client().delete_item(TableName="views", Key=key)


def call_hoursmith(recorder: Recorder) -> None:
    """Every order of the list has an index of its own, and a search reads the search index."""
    reply = recorder.twice(
        hoursmith.CREATE_CLIENT, status=201, body={"name": "Acme"}, key="hoursmith"
    )
    client = reply.json["data"]["id"]
    recorder.send(hoursmith.GET_CLIENT, client, status=200)
    for query in ({}, {"sort": "name"}, {"sort": "-updatedAt"}, {"search": "acme"}):
        recorder.send(hoursmith.LIST_CLIENTS, status=200, query=query)
    pack()
    recorder.send(hoursmith.LIST_CLIENTS, status=200, query={"search": "acme"})
    unpack()
    recorder.send(hoursmith.UPDATE_CLIENT, client, status=200, body={"name": "Acme Corp"})
    recorder.send(hoursmith.DELETE_CLIENT, client, status=hoursmith.DELETE_CLIENT.status)
    recorder.send(hoursmith.GET_ME, status=200)


def call_alternative_payments(recorder: Recorder) -> None:
    """Customers, their users and their payment methods."""
    contract = alternative_payments
    body = {"name": "Acme", "external_id": "ap-1"}
    one = recorder.send(contract.CREATE_CUSTOMER, status=201, body=body).json["id"]
    other = {**body, "external_id": "ap-2"}
    two = recorder.twice(contract.CREATE_CUSTOMER, status=201, body=other, key="ap").json["id"]
    recorder.send(contract.CREATE_CUSTOMER, status=400, body=body)
    recorder.send(contract.GET_CUSTOMER, one, status=200)
    for query in ({}, {"company_name": "Acme"}):
        recorder.send(contract.LIST_CUSTOMERS, status=200, query=query)
    pack()
    for query in ({"company_name": "Acme"}, {"external_id": "ap-1"}):
        recorder.send(contract.LIST_CUSTOMERS, status=200, query=query)
    recorder.send(contract.UPDATE_CUSTOMER, one, status=200, body={"name": "Acme Corp"})
    user = {"email": "jane@acme.com", "first_name": "Jane", "last_name": "Doe"}
    recorder.send(contract.CREATE_USER, one, status=201, body=user)
    recorder.send(contract.CREATE_USER, one, status=400, body=user)
    recorder.twice(contract.CREATE_USER, two, status=201, body=user, key="user")
    recorder.send(contract.LIST_USERS, one, status=200)
    recorder.send(contract.LIST_USERS, UNKNOWN, status=404)
    method = PaymentMethod(
        id="0192f0c1-2f3a-7cc0-9d2e-00000000000a",
        client_id=one,
        type=PaymentMethodType.CARD,
        token="pm_1",
    )
    PaymentMethods(client_store(), payment_method_store()).attach(
        TENANT, method, Author("example", now()), default=True
    )
    recorder.send(contract.LIST_PAYMENT_METHODS, one, status=200)
    recorder.send(contract.GET_PAYMENT_METHOD, one, method.id, status=200)
    recorder.send(contract.GET_PAYMENT_METHOD, one, UNKNOWN, status=404)
    recorder.send(contract.ARCHIVE_CUSTOMER, one, status=200)
    recorder.send(contract.ARCHIVE_CUSTOMER, two, status=200)
    recorder.send(contract.RESTORE_CUSTOMER, one, status=200)
    recorder.twice(contract.RESTORE_CUSTOMER, two, status=200, key="restore")


def call_registry(recorder: Recorder) -> None:
    """Every way to find a client has a table or an index of its own."""
    contract = registry_api
    body = {"name": "Acme", "email": "ar@acme.com", "consents": {"email": True}}
    one = recorder.send(contract.CREATE_CLIENT, status=201, body=body).json["id"]
    two = recorder.twice(contract.CREATE_CLIENT, status=201, body=body, key="r").json["id"]
    claimed = {"name": "Acme", "external_id": "r-1"}
    create = alternative_payments.CREATE_CUSTOMER
    three = recorder.send(create, status=201, body=claimed).json["id"]
    Stream().catch_up()
    recorder.send(contract.GET_CLIENT, one, status=200)
    vendor = {"contract": "paytrum", "vendor_id": "66f1a2b3c4d5e6f7a8b9c0d1"}
    for query in (
        {},
        {"status": "active"},
        {"updated_since": "2026-01-01T00:00:00Z"},
        {"email": "ar@acme.com"},
        {"external_id": "r-1"},
        vendor,
    ):
        recorder.send(contract.LIST_CLIENTS, status=200, query=query)
    recorder.send(contract.UPDATE_CLIENT, one, status=200, body={"notes": "x"})
    recorder.send(contract.UPDATE_CLIENT, three, status=200, body={"external_id": "r-2"})
    recorder.send(contract.ARCHIVE_CLIENT, one, status=200)
    recorder.send(contract.ARCHIVE_CLIENT, two, status=200)
    recorder.send(contract.RESTORE_CLIENT, one, status=200)
    recorder.twice(contract.RESTORE_CLIENT, two, status=200, key="restore")
    recorder.send(contract.LIST_HISTORY, one, status=200)
    recorder.send(contract.LIST_CONSENTS, one, status=200)
    recorder.send(contract.LIST_EVENTS, status=200)


def call_erasures(recorder: Recorder) -> None:
    """A client in packs, with a claim, a vendor's id and an absorbed client; and its job."""
    body = {"name": "Acme", "external_id": "erased-1"}
    made = recorder.send(alternative_payments.CREATE_CUSTOMER, status=201, body=body).json["id"]
    other = recorder.send(registry_api.CREATE_CLIENT, status=201, body={"name": "A"}).json["id"]
    link_store().link(TENANT, "paytrum", "erased", made)
    pair = {"survivor": made, "absorbed": other}
    recorder.send(registry_merges.MERGE_CLIENTS, status=201, body=pair)
    pack()
    asked = {"client": made, "reason": "r"}
    create = erasures.CREATE_ERASURE
    recorder.send(create, status=200, body=asked, query={"preview": "true"})
    unpack()
    job = recorder.twice(create, status=202, body=asked, key="erase").json["id"]
    recorder.send(erasures.GET_ERASURE, job, status=200)


def call_webhooks(recorder: Recorder) -> None:
    """The endpoints of webhooks, with an event that waits for its next attempt."""
    body = {"url": "https://hooks.acme.com/", "types": ["*"]}
    made = recorder.twice(webhooks.CREATE_WEBHOOK, status=201, body=body, key="w-1").json["id"]
    recorder.send(webhooks.LIST_WEBHOOKS, status=200)
    recorder.send(webhooks.UPDATE_WEBHOOK, made, status=200, body={"types": ["client.created"]})
    for enabled in (False, True):
        recorder.send(webhooks.UPDATE_WEBHOOK, made, status=200, body={"enabled": enabled})
    recorder.twice(webhooks.ROTATE_WEBHOOK, made, status=200, key="w-2")
    recorder.twice(webhooks.TEST_WEBHOOK, made, status=202, key="w-3")
    recorder.send(webhooks.LIST_DELIVERIES, made, status=200)
    event_id = f"{UNKNOWN}.1"
    attempt = attempt_at(made, event_id)
    delivery_store().attempted(TENANT, delivery_after(None, attempt, "receipt"), attempt)
    recorder.send(webhooks.LIST_DELIVERIES, made, status=200)
    recorder.twice(webhooks.REDELIVER, made, event_id, status=202, key="w-4")
    told = records_of(webhooks.REDELIVER, TENANT)
    recorder.send(webhooks.REDELIVER, told["id"], told["event_id"], status=202)
    recorder.send(webhooks.DELETE_WEBHOOK, made, status=200)
    topic = {"endpoint_url": "https://hooks.acme.com/", "topic": "customer_created"}
    create, remove = alternative_payments.CREATE_WEBHOOK, alternative_payments.DELETE_WEBHOOK
    made = recorder.twice(create, status=201, body=topic, key="t-1").json["id"]
    recorder.send(create, status=400, body=topic)
    recorder.send(alternative_payments.LIST_WEBHOOKS, status=200)
    recorder.send(alternative_payments.LIST_TOPICS, status=200)
    recorder.send(remove, made, status=200)
    again = recorder.send(create, status=201, body=topic).json["id"]
    recorder.send(remove, again, status=200)


def call_merges(recorder: Recorder) -> None:
    """Clients with consent, a claim each and vendors' ids, one of which absorbed another before."""
    create = alternative_payments.CREATE_CUSTOMER
    claimed = [
        recorder.send(create, status=201, body={"external_id": f"m-{number}"}).json["id"]
        for number in range(3)
    ]
    body = {"email": "m@acme.com", "consents": {"email": True}}
    for each in claimed:
        recorder.send(registry_api.UPDATE_CLIENT, each, status=200, body=body)
        client = client_store().get(TENANT, each)
        linked = replace(client, ids={"paytrum": f"merged-{each}"}, version=client.version + 1)
        client_store().replace(TENANT, client, Change(linked))
        moved = Source(client_id=each, version=linked.version, job="job", outcome="created")
        source_store().put(TENANT, "paytrum", f"merged-{each}", moved)
    one, two, three = claimed
    chosen = {"fields": {"external_id": "absorbed"}}
    pair = {"survivor": two, "absorbed": three}
    recorder.send(registry_merges.MERGE_CLIENTS, status=200, body=pair, query={"preview": "true"})
    recorder.send(registry_merges.MERGE_CLIENTS, status=201, body=pair)
    pair = {"survivor": one, "absorbed": two, **chosen}
    merge = recorder.twice(registry_merges.MERGE_CLIENTS, status=201, body=pair, key="m").json["id"]
    recorder.send(alternative_payments.CREATE_USER, two, status=201, body={"email": "u@m.co"})
    recorder.send(registry_merges.GET_MERGE, merge, status=200)
    recorder.send(registry_merges.LIST_MERGES, status=200)
    recorder.twice(registry_merges.UNDO_MERGE, merge, status=200, key="u")


def call_matches(recorder: Recorder) -> None:
    """A pair of two clients, which a person judges and judges again."""
    pair_id = records_of(registry_matches.JUDGE_MATCH, TENANT)["id"]
    recorder.send(registry_matches.LIST_MATCHES, status=200)
    recorder.send(registry_matches.LIST_MATCHES, status=200, query={"verdict": "dismissed"})
    client_id = pair_id.partition(".")[0]
    recorder.send(registry_matches.LIST_CLIENT_MATCHES, client_id, status=200)
    for verdict in ("dismissed", "open"):
        body = {"verdict": verdict}
        recorder.send(registry_matches.JUDGE_MATCH, pair_id, status=200, body=body)


def call_with_ids_that_nobody_has(recorder: Recorder) -> None:
    """An id that no client has may be a vendor's, so its link is looked up."""
    for operation in all_operations():
        if "{id}" in operation.path:
            body: dict[str, Any] = {"name": "Acme Corp"}
            if operation is athenty.UPDATE_CLIENT:
                body = {"businessName": "Acme Corp"}
            if operation is alternative_payments.CREATE_USER:
                body = {"email": "jane@acme.com"}
            if operation is registry_matches.JUDGE_MATCH:
                body = {"verdict": "dismissed"}
            if operation is webhooks.UPDATE_WEBHOOK:
                body = {"types": ["*"]}
            sent = {"body": body} if operation.body is not None else {}
            recorder.send(operation, UNKNOWN, UNKNOWN, status=404, **sent)
    recorder.send(paytrum.LIST_CLIENTS, status=400, query={"startingAfter": UNKNOWN})


def call_token_endpoint_and_authorizer(recorder: Recorder) -> None:
    """A token is issued to a client, and shown to the authorizer."""
    contract = Contract.ALTERNATIVE_PAYMENTS
    store = CredentialStore(dynamodb_client(), "credentials")
    workspace = new_workspace("Acme Holding", Plan.ENTERPRISE, at=now())
    store.create_workspace(workspace)
    issued = issue_credential(
        workspace.id,
        contract,
        Mode.LIVE,
        permissions(contract, (), None),
        api_key_id="k",
        usage_key="u",
        at=now(),
    )
    store.create_credential(issued.credential, token_hash=None, workspace=workspace)
    shown = {"client_id": issued.credential.id, "client_secret": issued.secret}
    grant = {"grant_type": "client_credentials"}
    issue_token = alternative_payments.ISSUE_TOKEN
    token = recorder.send(issue_token, status=200, body={**grant, **shown}).json["access_token"]
    recorder.send(issue_token, status=403, body={**grant, **shown, "client_id": UNKNOWN})
    recorder.function = AUTHORIZER
    event = {
        "type": "REQUEST",
        "methodArn": "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/live/GET/customers",
        "stageVariables": {"contract": contract.value},
        "headers": {"Authorization": f"Bearer {token}"},
    }
    decision = authorize(json.loads(json.dumps(event)), None)
    recorder.function = ""
    assert decision["policyDocument"]["Statement"][0]["Effect"] == "Allow"

"""The example events run the functions they are named after, for the console and `sam local`."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from registry.domain.change import Author, create
from registry.domain.identifiers import now
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.domain.webhook import (
    Attempt,
    Cause,
    DeliveryState,
    Endpoint,
    delivery_after,
    new_endpoint_id,
)
from registry.domain.workspace import Contract
from registry.gateway.operation import Operation
from registry.services.payment_methods import PaymentMethods
from registry.store.clients import client_store
from registry.store.deliveries import delivery_store
from registry.store.parked import parked_store
from registry.store.payment_methods import payment_method_store
from registry.store.webhooks import webhook_store
from tests.records import record_of
from tools.generate.declarations import all_operations, module_name, package
from tools.generate.events import PROJECTIONS, QUEUED, SCHEDULED
from tools.template import template

EVENTS = Path(__file__).parents[2] / "events"
OPERATIONS = all_operations()
# Keys that API Gateway sets in every proxy event; the console's Test tab sends an event as it is.
PROXY_EVENT = {
    "resource",
    "path",
    "httpMethod",
    "headers",
    "multiValueHeaders",
    "queryStringParameters",
    "multiValueQueryStringParameters",
    "pathParameters",
    "stageVariables",
    "requestContext",
    "body",
    "isBase64Encoded",
}


def event_of(operation: Operation) -> dict[str, Any]:
    """The example event of an operation."""
    path = EVENTS / package(operation) / f"{operation.name}.json"
    event: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return event


def webhook_of(operation: Operation, tenant: Tenant) -> str:
    """The id of a webhook of the operation's contract, which was told of the event it may name."""
    contract = operation.dialect.contract
    endpoint = Endpoint(
        id=new_endpoint_id(),
        contract=contract,
        url="https://hooks.acme.com/",
        types=("customer_updated" if contract is Contract.ALTERNATIVE_PAYMENTS else "*",),
        sources=("*",),
        enabled=True,
        created_at=now(),
        updated_at=now(),
        secret="sealed",
        secret_end="aled",
    )
    webhook_store().create(tenant, endpoint)
    event_id = (event_of(operation)["pathParameters"] or {}).get("event_id")
    if event_id is not None:
        attempt = Attempt(
            endpoint_id=endpoint.id,
            event_id=event_id,
            type="client.updated",
            client_id=event_id.partition(".")[0],
            number=1,
            cause=Cause.CHANGE,
            state=DeliveryState.DELIVERED,
            status=200,
            error=None,
            at=now(),
            next_attempt_at=None,
        )
        delivery_store().attempted(tenant, delivery_after(None, attempt), attempt)
    return endpoint.id


def test_every_function_has_an_event_and_every_event_a_function() -> None:
    handlers = {
        resource["Properties"]["Handler"].removesuffix(".handler")
        for resource in template()["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    }

    events = {f"{path.parent.name}.{path.stem}" for path in EVENTS.glob("*/*.json")}

    assert events == handlers


@pytest.mark.parametrize("name", PROJECTIONS)
def test_a_projection_takes_its_event(tables: None, name: str) -> None:
    event = json.loads((EVENTS / f"projections/{name}.json").read_text("utf-8"))

    import_module(f"projections.{name}").handler(event, None)

    assert list(parked_store().all(name)) == []


def test_the_function_on_the_queue_takes_its_event(webhooks: None) -> None:
    event = json.loads((EVENTS / f"projections/{QUEUED}.json").read_text("utf-8"))

    reported = import_module(f"projections.{QUEUED}").handler(event, None)

    assert reported == {"batchItemFailures": []}


def test_the_function_on_a_schedule_takes_its_event(webhooks: None) -> None:
    event = json.loads((EVENTS / f"projections/{SCHEDULED}.json").read_text("utf-8"))

    import_module(f"projections.{SCHEDULED}").handler(event, None)


@pytest.mark.parametrize("operation", OPERATIONS, ids=module_name)
def test_an_event_is_one_api_gateway_sends(operation: Operation) -> None:
    event = event_of(operation)
    context = event["requestContext"]

    assert event.keys() == PROXY_EVENT
    assert (event["httpMethod"], event["resource"]) == (operation.method, operation.path)
    assert (context["httpMethod"], context["resourcePath"]) == (operation.method, operation.path)
    assert event["path"] == operation.path.format(**(event["pathParameters"] or {}))
    assert event["stageVariables"] == {"contract": operation.dialect.contract}
    assert {name: [value] for name, value in event["headers"].items()} == event["multiValueHeaders"]
    assert ("authorizer" in context) is not operation.public


@pytest.mark.parametrize(
    "operation",
    [operation for operation in OPERATIONS if not operation.public],
    ids=module_name,
)
def test_an_event_succeeds_when_its_record_exists(webhooks: None, operation: Operation) -> None:
    event = event_of(operation)
    tenant = Tenant(event["requestContext"]["authorizer"]["workspaceId"], "live")
    author = Author("example", now())
    change = create(author, name="Acme Co")
    client_store().create(tenant, change)
    named = event["pathParameters"] or {}
    webhook = webhook_of(operation, tenant)
    if "subscription_id" in named:
        named["subscription_id"] = webhook
    if "id" in named:
        named["id"] = webhook if "webhooks" in operation.path else change.client.id
    named |= {"id": other} if (other := record_of(operation, tenant)) else {}
    if "payment_method_id" in named:
        method = PaymentMethod(
            id=named["payment_method_id"],
            client_id=change.client.id,
            type=PaymentMethodType.CARD,
            token="pm_1",
        )
        PaymentMethods(client_store(), payment_method_store()).attach(
            tenant, method, author, default=True
        )

    response = import_module(module_name(operation)).handler(event, None)

    assert response["statusCode"] == operation.status, response["body"]

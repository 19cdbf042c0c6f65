"""The example events run the functions they are named after."""

import base64
import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from registry.contracts.alternative_payments.operations import ISSUE_TOKEN, OPERATIONS
from registry.domain.change import Author, new_client
from registry.domain.credential import IssuedCredential
from registry.domain.identifiers import now
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.gateway.operation import Operation
from registry.store.clients import client_store
from registry.store.payment_methods import payment_method_store

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "events" / "alternative_payments"


def event_of(operation: Operation) -> dict[str, Any]:
    """The example event of an operation."""
    event: dict[str, Any] = json.loads((FOLDER / f"{operation.name}.json").read_text("utf-8"))
    return event


def sent(operation: Operation, event: dict[str, Any]) -> dict[str, Any]:
    """What the function answers."""
    module = import_module(f"alternative_payments.{operation.name}")
    answered: dict[str, Any] = module.handler(event, None)
    return answered


def test_there_is_an_event_for_every_function() -> None:
    functions = {path.stem for path in (ROOT / "functions/alternative_payments").glob("[!_]*.py")}

    assert {path.stem for path in FOLDER.glob("*.json")} == functions
    assert {operation.name for operation in OPERATIONS} == functions


@pytest.mark.parametrize(
    "operation",
    [operation for operation in OPERATIONS if not operation.public],
    ids=lambda operation: operation.name,
)
def test_an_event_is_answered(tables: None, operation: Operation) -> None:
    event = event_of(operation)
    caller = event["requestContext"]["authorizer"]
    author, tenant = Author("x", now()), Tenant(caller["workspaceId"], "live")
    change = new_client(author, name="Acme")
    client_store().create(tenant, change)
    names = event["pathParameters"] or {}
    if "payment_method_id" in names:
        method = PaymentMethod(
            id=names["payment_method_id"],
            client_id=change.client.id,
            type=PaymentMethodType.CARD,
            token="pm_1",
        )
        payment_method_store().attach(tenant, method, author, default=True)
    if "id" in names:
        names["id"] = change.client.id

    answered = sent(operation, event)

    assert (event["httpMethod"], event["resource"]) == (operation.method, operation.path)
    assert caller["contract"] == "alternative_payments"
    assert answered["statusCode"] == operation.status, answered["body"]


def test_the_event_for_a_token_is_answered_with_a_real_client(
    issue: Callable[..., IssuedCredential],
) -> None:
    event = event_of(ISSUE_TOKEN)
    issued = issue()
    made_up = sent(ISSUE_TOKEN, event)
    pair = f"{issued.credential.id}:{issued.secret}"
    event["headers"]["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"

    answered = sent(ISSUE_TOKEN, event)

    assert "authorizer" not in event["requestContext"]
    assert made_up["statusCode"] == 403
    assert answered["statusCode"] == 200, answered["body"]

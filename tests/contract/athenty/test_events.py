"""The example events run the functions they are named after."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from registry.contracts.athenty.operations import OPERATIONS
from registry.domain.change import Author, new_client
from registry.domain.identifiers import now
from registry.domain.tenant import Tenant
from registry.gateway.operation import Operation
from registry.store.clients import client_store
from tests.contract.athenty.conftest import PATH
from tests.door import Door

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "events" / "athenty"


def test_there_is_an_event_for_every_function() -> None:
    functions = {path.stem for path in (ROOT / "functions/athenty").glob("[!_]*.py")}

    assert {path.stem for path in FOLDER.glob("*.json")} == functions
    assert {operation.name for operation in OPERATIONS} == functions


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_an_event_is_answered(tables: None, operation: Operation) -> None:
    event: dict[str, Any] = json.loads((FOLDER / f"{operation.name}.json").read_text("utf-8"))
    assert (event["httpMethod"], event["resource"]) == (operation.method, operation.path)
    assert event["requestContext"]["authorizer"]["contract"] == "athenty"
    if event["pathParameters"]:
        change = new_client(Author("x", now()), first_name="Jane")
        event["pathParameters"]["id"] = change.client.id
        workspace = event["requestContext"]["authorizer"]["workspaceId"]
        client_store().create(Tenant(workspace, "live"), change)

    answered = import_module(f"athenty.{operation.name}").handler(event, None)

    assert answered["statusCode"] == operation.status, answered["body"]


def test_the_documented_examples_are_what_is_answered(athenty: Door) -> None:
    for operation in OPERATIONS:
        for example in operation.examples:
            reply = athenty.send(operation.method, PATH, dict(example.body or {}))
            assert example.answer is not None
            varying = ("id", "createdAt", "updatedAt")
            same = {name: reply.json[name] for name in varying}
            assert list((dict(example.answer) | same).items()) == list(reply.json.items())

"""Athenty in process, on empty tables, and Paytrum beside it."""

from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from registry.contracts.athenty import operations as athenty_operations
from registry.contracts.paytrum import operations as paytrum_operations
from registry.store.dynamodb import dynamodb_client
from tests.contract_client import ContractClient, caller

PATH = "/v2/api/clients"


class Create(Protocol):
    """Create a client and return it as the response shows it."""

    def __call__(self, body: object = None, *, raw: str | None = None) -> dict[str, Any]: ...


class Refused(Protocol):
    """Send a body that cannot be accepted and give the messages by field."""

    def __call__(
        self,
        body: object = None,
        method: str = "POST",
        target: str = PATH,
        *,
        raw: str | None = None,
    ) -> dict[str, str]: ...


@pytest.fixture
def athenty(tables: None) -> ContractClient:
    """A caller with a key that may do everything, on the largest plan."""
    return ContractClient(athenty_operations.OPERATIONS, caller("athenty"))


@pytest.fixture
def paytrum(tables: None) -> ContractClient:
    """A caller of Paytrum in the same workspace."""
    return ContractClient(paytrum_operations.OPERATIONS, caller("paytrum"))


@pytest.fixture
def create(athenty: ContractClient) -> Create:
    """Create clients through Athenty."""

    def post(body: object = None, *, raw: str | None = None) -> dict[str, Any]:
        reply = athenty.send("POST", PATH, body, raw=raw)
        assert reply.status == 201, reply.text
        client: dict[str, Any] = reply.json
        return client

    return post


@pytest.fixture
def refused(athenty: ContractClient) -> Refused:
    """Send what is refused with a 422."""

    def send(
        body: object = None,
        method: str = "POST",
        target: str = PATH,
        *,
        raw: str | None = None,
    ) -> dict[str, str]:
        reply = athenty.send(method, target, body, raw=raw)
        assert reply.status == 422, reply.text
        assert list(reply.json) == ["code", "message", "statusCode", "errors"]
        shown = (reply.json["code"], reply.json["message"], reply.json["statusCode"])
        assert shown == ("VALIDATION_ERROR", "Validation failed", 422)
        assert all(list(error) == ["field", "message"] for error in reply.json["errors"])
        return {error["field"]: error["message"] for error in reply.json["errors"]}

    return send


@pytest.fixture
def calls(tables: None) -> Iterator[list[str]]:
    """The DynamoDB calls made since the test began, by the name of their action."""
    made: list[str] = []

    def note(model: Any, **_: object) -> None:
        made.append(model.name)

    events = dynamodb_client().meta.events
    events.register("before-call.dynamodb", note)
    yield made
    events.unregister("before-call.dynamodb", note)

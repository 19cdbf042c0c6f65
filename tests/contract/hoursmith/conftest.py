"""Hoursmith in process, on empty tables."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, Unpack

import pytest

from registry.contracts.hoursmith.operations import OPERATIONS
from registry.domain import change
from registry.domain.change import Author, Change
from registry.domain.client import Client, Fields
from registry.domain.credential import permissions
from registry.domain.tenant import Tenant
from registry.domain.workspace import Contract, Role
from registry.store.clients import client_store
from tests.contract_client import ContractClient, Reply, caller

PATH = "/api/v1/clients"
SOME_KEY = {"Idempotency-Key": "k"}


def acting_as(role: Role) -> dict[str, str]:
    """The authorizer's context for a token of a member with this role."""
    allowed = permissions(Contract.HOURSMITH, (), role)
    return {"role": role, "scopes": " ".join(allowed.scopes)}


class Create(Protocol):
    """A create with a key of its own."""

    def __call__(self, body: object = None, *, raw: str | None = None) -> Reply: ...


@pytest.fixture
def hoursmith(tables: None) -> ContractClient:
    """A caller with the token of an owner."""
    token = acting_as(Role.OWNER) | {"tokenPrefix": "Ab3dEf6hIj9l"}
    return ContractClient(OPERATIONS, caller("hoursmith", **token))


@pytest.fixture
def create(hoursmith: ContractClient) -> Create:
    """Create a client."""

    def post(body: object = None, *, raw: str | None = None) -> Reply:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        return hoursmith.send("POST", PATH, body, key, raw=raw)

    return post


class Refused(Protocol):
    """The reasons of a 422 by field."""

    def __call__(
        self,
        body: object = None,
        *,
        method: str = "POST",
        target: str = PATH,
        raw: str | None = None,
        headers: Mapping[str, str] = SOME_KEY,
    ) -> dict[str, str]: ...


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> ContractClient:
    """A caller of functions without tables: what passes the checks of a request is a 500."""
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "ClientRegistry")
    return ContractClient(OPERATIONS, caller("hoursmith", **acting_as(Role.OWNER)))


@pytest.fixture
def refused(gate: ContractClient) -> Refused:
    """Send a request that has to be refused; returns the reasons of the response."""

    def send(
        body: object = None,
        *,
        method: str = "POST",
        target: str = PATH,
        raw: str | None = None,
        headers: Mapping[str, str] = SOME_KEY,
    ) -> dict[str, str]:
        reply = gate.send(method, target, body, dict(headers), raw=raw)
        assert reply.status == 422, reply.text
        error: dict[str, Any] = reply.json["error"]
        assert list(error) == ["code", "message", "fields"]
        assert error["code"] == "validation_error"
        fields: dict[str, str] = error["fields"]
        return fields

    return send


class Workspace:
    """The clients of a caller's workspace, written at instants that a test chooses."""

    def __init__(self, api: ContractClient) -> None:
        self._tenant = Tenant(api.context["workspaceId"], api.context["mode"])

    def create(self, at: datetime, **fields: Unpack[Fields]) -> Client:
        """A client created at an instant."""
        made = change.create(Author("test", at), **fields)
        client_store().create(self._tenant, made)
        return made.client

    def change(self, client: Client, at: datetime, **fields: Unpack[Fields]) -> Client:
        """The client, changed at an instant."""
        return self._replace(client, change.update(client, Author("test", at), **fields))

    def archive(self, client: Client, at: datetime) -> Client:
        """The client, archived at an instant."""
        return self._replace(client, change.archive(client, Author("test", at)))

    def _replace(self, client: Client, change: Change) -> Client:
        """Write the change without the contract."""
        client_store().replace(self._tenant, client, change)
        return change.client


@pytest.fixture
def workspace(hoursmith: ContractClient) -> Workspace:
    """The workspace of the caller."""
    return Workspace(hoursmith)

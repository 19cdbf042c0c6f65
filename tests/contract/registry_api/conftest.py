"""The registry's own contract in process, on empty tables, with the change stream behind it."""

from collections.abc import Mapping
from typing import Any

import pytest

from registry.contracts.registry_api.operations import OPERATIONS
from tests.contract_client import ContractClient, Reply, caller
from tests.stream import Stream

CLIENTS = "/v1/clients"
EVENTS = "/v1/events"
Json = dict[str, Any]


class Registry:
    """A caller with a key that may do everything, on the largest plan."""

    def __init__(self, client: ContractClient) -> None:
        self.client = client

    def send(
        self,
        method: str,
        target: str,
        body: object = None,
        headers: Mapping[str, str | list[str]] | None = None,
        *,
        status: int | None = None,
    ) -> Reply:
        """Send a request; with a status, the response has to have it."""
        reply = self.client.send(method, target, body, headers)
        assert status is None or reply.status == status, reply.text
        return reply

    def create(self, **body: object) -> Json:
        """A client made with these fields."""
        created: Json = self.send("POST", CLIENTS, body, status=201).json
        return created

    def get(self, client_id: str) -> Json:
        """The client as it is shown."""
        shown: Json = self.send("GET", f"{CLIENTS}/{client_id}", status=200).json
        return shown

    def patch(self, client_id: str, **body: object) -> Json:
        """The client after a change."""
        changed: Json = self.send("PATCH", f"{CLIENTS}/{client_id}", body, status=200).json
        return changed

    def data(self, target: str) -> list[Json]:
        """The records of a page."""
        page: Json = self.send("GET", target, status=200).json
        data: list[Json] = page["data"]
        return data

    def walk(self, target: str) -> list[Json]:
        """The records of all pages, in order."""
        found: list[Json] = []
        after = ""
        joint = "&" if "?" in target else "?"
        while True:
            page = self.send("GET", f"{target}{after}", status=200).json
            found += page["data"]
            if page["next"] is None:
                return found
            after = f"{joint}after={page['next']}"

    def refused(self, method: str, target: str, body: object = None) -> dict[str, str]:
        """The codes of a 422 by field."""
        problem = self.send(method, target, body, status=422).json
        assert problem["type"] == "urn:client-registry:problem:invalid"
        return {each["field"]: each["code"] for each in problem["errors"]}


@pytest.fixture
def registry(tables: None) -> Registry:
    """The registry's own contract."""
    return Registry(ContractClient(OPERATIONS, caller("registry")))


@pytest.fixture
def stream(tables: None) -> Stream:
    """The change stream of the tables."""
    return Stream()

"""A workspace of 20,000 clients without packs: searched correctly, in as many calls as promised.

moto takes minutes for so many, so the two calls of a list are served here from the items
themselves, in pages of one megabyte as DynamoDB cuts them ("Paginating table query results",
DynamoDB Developer Guide).
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from registry.contracts.athenty.operations import OPERATIONS
from registry.domain.change import Author, create
from registry.domain.client import Client, MemberType
from registry.domain.identifiers import now
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.clients import ClientStore
from registry.store.views import ViewStore
from tests.contract.athenty.conftest import PATH
from tests.contract_client import ContractClient, caller

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

SIZE = 20_000
CLIENTS_PER_CALL = 3_000
MEGABYTE = 1024 * 1024
INDEXED = ("pk", "sk", "search_pk", "search_text", "search_facets")

FIRST = ("Jane", "Olu", "Maximilian", "Zoë", "María José", "Li", "Anne-Sophie")
LAST = ("Smith", "Okonkwo", "Schwarzenberger", "Ådahl", "García Márquez", "Nakamura", "O'Neill")
TRADES = ("Legal", "Holding", "Consulting Group", "Bäckerei", "Logistics")


def indexed_size(item: items.Item) -> int:
    """Bytes an item takes in the search index: names and values, UTF-8."""
    return sum(len(name) + len(item[name]["S"].encode()) for name in INDEXED)


@dataclass
class SearchIndex:
    """DynamoDB's responses to the calls of a list."""

    items: dict[str, items.Item]
    calls: list[str] = field(default_factory=list)

    def query(self, **request: Any) -> dict[str, Any]:
        """A page of the search index; the workspace has no packs."""
        self.calls.append("Query")
        if request["TableName"] == "views":
            return {"Items": []}
        assert request["IndexName"] == "Search"
        low, high = (
            request["ExpressionAttributeValues"][name]["S"] for name in (":sk_low", ":sk_high")
        )
        start = request.get("ExclusiveStartKey", {"sk": {"S": "~"}})["sk"]["S"]
        keys = [key for key in sorted(self.items, reverse=True) if low <= key <= min(high, start)]
        page, size = [], 0
        for key in keys[1:] if "ExclusiveStartKey" in request else keys:
            size += indexed_size(self.items[key])
            page.append(
                {name: self.items[key][name] for name in ("sk", "search_text", "search_facets")}
            )
            if size >= MEGABYTE:
                return {"Items": page, "LastEvaluatedKey": {"sk": {"S": key}}}
        return {"Items": page}

    def batch_get_item(self, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        """Clients by their keys."""
        self.calls.append("BatchGetItem")
        keys = [key["sk"]["S"] for key in RequestItems["clients"]["Keys"]]
        return {"Responses": {"clients": [self.items[key] for key in keys]}}


def usual_clients(count: int) -> Iterator[Client]:
    """People and businesses as they are usually kept."""
    chance = random.Random(20_000)  # noqa: S311 - the same clients every time
    author = Author("0192f0c1-2f3a-7cc0-9d2e-000000000001", now())
    for number in range(count):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        business = f"{last} {chance.choice(TRADES)}" if number % 3 == 0 else None
        yield create(
            author,
            name=business or f"{first} {last}",
            first_name=first,
            last_name=last,
            company=business,
            email=f"{first}.{last}.{number}@example.com".replace(" ", "").lower(),
            external_id=f"CRM-{number:06}" if number % 2 == 0 else None,
            member_type=MemberType.BUSINESS if business else MemberType.INDIVIDUAL,
        ).client


@pytest.fixture(scope="module")
def clients() -> list[Client]:
    """Twenty thousand usual clients, some archived."""
    return list(usual_clients(SIZE))


@pytest.fixture
def index(clients: list[Client], monkeypatch: pytest.MonkeyPatch) -> SearchIndex:
    """Their index, behind the store that Athenty's lists use."""
    tenant = Tenant(caller("athenty")["workspaceId"], "live")
    made = (items.client_item(tenant, client) for client in clients)
    index = SearchIndex({item["sk"]["S"]: item for item in made})
    store = ClientStore(cast("DynamoDBClient", index), "clients", "idempotency")
    monkeypatch.setattr("registry.contracts.athenty.lists.client_store", lambda: store)
    views = ViewStore(cast("DynamoDBClient", index), "views")
    monkeypatch.setattr("registry.contracts.athenty.lists.view_store", lambda: views)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "ClientRegistry")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    return index


def test_twenty_thousand_clients_are_searched_correctly(
    clients: list[Client],
    index: SearchIndex,
) -> None:
    athenty = ContractClient(OPERATIONS, caller("athenty"))
    expected = [
        client.id
        for client in clients
        if "zoë ådahl" in f"{client.first_name} {client.last_name}".casefold()
    ]

    seen: list[str] = []
    page, more = 1, True
    while more:
        index.calls.clear()
        reply = athenty.send("GET", f"{PATH}?search=ZO%C3%8B%20%C3%85dahl&limit=100&page={page}")
        assert reply.json["pagination"]["total"] == len(expected)
        assert len(index.calls) <= -(-SIZE // CLIENTS_PER_CALL) + 2
        assert index.calls[-1] == "BatchGetItem"
        seen += [client["id"] for client in reply.json["data"]]
        page, more = page + 1, reply.json["pagination"]["hasNext"]

    assert len(expected) > 300
    assert sorted(seen) == sorted(expected)


def test_a_page_in_the_middle_of_twenty_thousand(
    clients: list[Client],
    index: SearchIndex,
) -> None:
    athenty = ContractClient(OPERATIONS, caller("athenty"))
    in_order = sorted(clients, key=lambda client: ((client.name or "").casefold(), client.id))

    reply = athenty.send("GET", f"{PATH}?sort=name&page=500&limit=20")

    assert [client["id"] for client in reply.json["data"]] == [
        client.id for client in in_order[9_980:10_000]
    ]
    assert reply.json["pagination"] == {
        "page": 500,
        "limit": 20,
        "total": SIZE,
        "totalPages": 1_000,
        "hasNext": True,
        "hasPrev": True,
    }
    assert len(index.calls) <= -(-SIZE // CLIENTS_PER_CALL) + 2


def test_three_thousand_usual_clients_fit_into_a_call(index: SearchIndex) -> None:
    sizes = [indexed_size(item) for item in index.items.values()]

    assert sum(sizes) / len(sizes) < MEGABYTE / CLIENTS_PER_CALL

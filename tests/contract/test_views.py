"""Lists of a workspace that has packs answer as they do without, and cost as much at any size."""

import random
from typing import Any
from urllib.parse import urlencode

import pytest

from registry.contracts.alternative_payments import operations as alternative_payments
from registry.contracts.athenty import operations as athenty
from registry.contracts.hoursmith import operations as hoursmith
from registry.gateway.operation import Operation
from tests.contract_client import ContractClient, caller
from tests.history import History
from tools.scale.measure import LISTS, listed

STEPS = ("create", "create", "create", "change", "archive_or_restore", "lose", "count_requests")
CONTRACTS = ("athenty", "hoursmith", "alternative_payments")
ATHENTY = [
    {},
    {"active": "true"},
    {"active": "false", "memberType": "business"},
    {"memberType": "individual", "order": "asc"},
    {"sort": "name"},
    {"sort": "name", "order": "desc", "active": "true"},
    {"sort": "name", "memberType": "business"},
    {"sort": "request_count"},
    {"sort": "request_count", "order": "asc", "active": "true"},
    {"search": "ann lee"},
    {"search": "ACME", "sort": "name"},
    {"search": "a", "sort": "request_count", "active": "true"},
    {"search": "strasse", "memberType": "business"},
    {"search": "crm-1", "order": "asc"},
    {"search": "\x1e"},
    {"search": "lee\x1fann"},
    {"externalId": "crm-1"},
    {"externalId": "crm-2", "search": "a", "sort": "name"},
    {"externalId": "nobody"},
]
HOURSMITH = [
    {"search": "ann"},
    {"search": "acme", "sort": "name"},
    {"search": "a", "sort": "-updatedAt"},
    {"search": "lee", "sort": "updatedAt", "updatedAtFrom": "2026-03-01T00:00:00Z"},
    {"sort": "-createdAt", "updatedAtFrom": "2026-05-01T00:00:00Z"},
    {"sort": "name", "createdAtTo": "2026-01-05T00:00:00Z"},
    {
        "sort": "-updatedAt",
        "createdAtFrom": "2026-01-03T00:00:00Z",
        "updatedAtTo": "2026-08-01T00:00:00Z",
    },
]
PAYMENTS = [
    {"company_name": "acme"},
    {"company_name": "ANN"},
    {"company_name": "straSSe"},
    {"external_id": "crm-1"},
    {"external_id": "crm-2", "company_name": "a"},
]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What functions have around them."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "ClientRegistry")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    monkeypatch.setattr("registry.contracts.alternative_payments.lists._FIRST_READ", 2)


def serve(history: History, patch: pytest.MonkeyPatch) -> None:
    """Have the lists read the tables of a history."""
    for contract in CONTRACTS:
        lists = f"registry.contracts.{contract}.lists"
        patch.setattr(f"{lists}.client_store", lambda: history.clients)
        patch.setattr(f"{lists}.view_store", lambda: history.views)


def walked(operation: Operation, query: dict[str, Any]) -> list[Any]:
    """What a caller sees who reads a list to its end, a few records at a time."""
    client = ContractClient((operation,), caller(operation.dialect.contract, role="owner"))
    pages: list[Any] = []
    more: dict[str, Any] = {"page": 1} if operation is athenty.LIST_CLIENTS else {}
    while True:
        reply = client.send("GET", f"{operation.path}?{urlencode({**query, **more, 'limit': 3})}")
        assert reply.status == 200, reply.text
        body = reply.json
        pages.append(body)
        if operation is athenty.LIST_CLIENTS:
            if not body["pagination"]["hasNext"]:
                return pages
            more = {"page": more["page"] + 1}
        elif operation is hoursmith.LIST_CLIENTS:
            if not body["pagination"]["nextCursor"]:
                return pages
            more = {"cursor": body["pagination"]["nextCursor"]}
        else:
            if not body["has_next_page"]:
                return pages
            more = {"after": body["end_cursor"]}


def random_history(seed: int, steps: int = 60) -> History:
    chance = random.Random(seed)  # noqa: S311 - the same history every time
    history = History(chance)
    for _ in range(steps):
        getattr(history, chance.choice(STEPS))()
        if chance.random() < 0.3:
            history.bring(chance.randrange(1, 8))
    history.settle()
    history.rebuild()
    for _ in range(6):
        getattr(history, chance.choice(STEPS))()
    history.settle()
    return history


@pytest.mark.parametrize("seed", range(6))
def test_every_list_answers_as_without_packs(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    history = random_history(seed)
    serve(history, monkeypatch)
    lists: tuple[tuple[Operation, list[dict[str, str]]], ...] = (
        (athenty.LIST_CLIENTS, ATHENTY),
        (hoursmith.LIST_CLIENTS, HOURSMITH),
        (alternative_payments.LIST_CUSTOMERS, PAYMENTS),
    )
    asked = [(operation, query) for operation, queries in lists for query in queries]
    assert history.catalogue() is not None

    with_packs = [walked(*each) for each in asked]
    history.tables.tables["views"] = {}
    assert history.catalogue() is None

    for each, answer in zip(asked, with_packs, strict=True):
        assert answer == walked(*each), each


@pytest.mark.parametrize("seed", range(4))
def test_lists_of_a_history_are_those_of_a_plain_model(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = random_history(seed + 100)
    serve(history, monkeypatch)
    live = list(history.live.values())

    seen = walked(athenty.LIST_CLIENTS, {"active": "true", "search": "lee"})
    by_prefix = walked(alternative_payments.LIST_CUSTOMERS, {"company_name": "acme"})
    within = walked(
        hoursmith.LIST_CLIENTS, {"sort": "-createdAt", "updatedAtFrom": "2026-05-01T00:00:00Z"}
    )

    matching = sorted(
        client.id
        for client in live
        if not client.archived
        and any(
            "lee" in (text or "").lower()
            for text in (client.display_name, client.person_name, client.company, client.email)
        )
    )
    assert [client["id"] for page in seen for client in page["data"]] == matching[::-1]
    assert {page["pagination"]["total"] for page in seen} == {len(matching)}
    assert [client["id"] for page in by_prefix for client in page["data"]] == sorted(
        (
            client.id
            for client in live
            if not client.archived
            and any(
                (text or "").lower().startswith("acme")
                for text in (client.display_name, client.legal_name)
            )
        ),
        reverse=True,
    )
    assert [client["id"] for page in within for client in page["data"]] == sorted(
        (
            client.id
            for client in live
            if not client.archived and client.updated_at.isoformat() >= "2026-05-01"
        ),
        reverse=True,
    )


@pytest.mark.parametrize(
    ("contract", "query"),
    [(contract, query) for contract, name, query in LISTS if "search" not in name],
)
def test_a_list_makes_as_many_calls_at_any_size(contract: str, query: dict[str, str]) -> None:
    small, _ = listed(contract, query, 10**3)
    large, _ = listed(contract, query, 10**5)

    by_prefix, bounded = "company_name" in query, "updatedAtFrom" in query
    most = 20 if by_prefix or bounded else small.calls
    assert small.calls <= 4
    assert large.calls <= most


@pytest.mark.parametrize(
    ("contract", "text"), [("athenty", "smith"), ("hoursmith", "smith"), ("athenty", "nobody")]
)
def test_a_search_of_a_hundred_thousand_clients_costs_what_is_promised(
    contract: str, text: str
) -> None:
    cost, _ = listed(contract, {"search": text}, 10**5)

    assert cost.calls <= 8
    assert cost.read_units <= 500

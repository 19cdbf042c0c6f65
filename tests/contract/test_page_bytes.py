"""A page ends at `limit` records or at its bytes, and says truly whether more follow."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from registry.contracts.alternative_payments.operations import OPERATIONS as PAYMENTS
from registry.contracts.athenty.operations import OPERATIONS as ATHENTY
from registry.contracts.hoursmith.operations import OPERATIONS as HOURSMITH
from registry.contracts.paytrum.operations import OPERATIONS as PAYTRUM
from registry.contracts.registry_api.operations import OPERATIONS as REGISTRY
from registry.domain.change import Author, create
from registry.domain.tenant import Tenant
from registry.gateway import response
from registry.store.clients import client_store
from tests.contract_client import ContractClient, caller

SMALL_PAGE = 30_000
LAMBDA_RESPONSE = 6_291_556
AT = datetime(2026, 6, 9, 17, 4, 21, tzinfo=UTC)
Walk = Iterator[list[str]]


def clients(count: int, size: int) -> list[str]:
    """Ids of clients with texts of so many bytes, oldest first."""
    context = caller("paytrum")
    tenant = Tenant(context["workspaceId"], context["mode"])
    made = []
    for number in range(count):
        author = Author("test", AT + timedelta(seconds=number))
        text = "€" * (size // 6)
        change = create(author, name=f"Acme {number}", legal_name=text, notes=text, company=text)
        client_store().create(tenant, change)
        made.append(change.client.id)
    return made


def body(api: ContractClient, target: str) -> dict[str, Any]:
    reply = api.send("GET", target)
    assert reply.status == 200, reply.text
    found: dict[str, Any] = reply.json
    assert len(reply.text.encode()) <= response.MAX_PAGE_BYTES or len(found["data"]) == 1
    return found


def ids(page: dict[str, Any]) -> list[str]:
    return [client["id"] for client in page["data"]]


def paytrum(parameter: str) -> Walk:
    api, start = ContractClient(PAYTRUM, caller("paytrum")), ""
    more = True
    while more:
        page = body(api, f"/v1/clients?limit=100{start}")
        yield ids(page)
        more = page["hasMore"]
        start = f"&{parameter}={page['data'][-1]['id']}"


def hoursmith(query: str) -> Walk:
    api, cursor = ContractClient(HOURSMITH, caller("hoursmith")), ""
    while True:
        page = body(api, f"/api/v1/clients?limit=100{query}{cursor}")
        yield ids(page)
        if page["pagination"]["nextCursor"] is None:
            return
        cursor = f"&cursor={page['pagination']['nextCursor']}"


def payments(query: str) -> Walk:
    api, cursor = ContractClient(PAYMENTS, caller("alternative_payments")), ""
    while True:
        page = body(api, f"/customers?limit=100{query}{cursor}")
        yield ids(page)
        if not page["has_next_page"]:
            return
        cursor = f"&after={page['end_cursor']}"


def registry(query: str) -> Walk:
    api, cursor = ContractClient(REGISTRY, caller("registry")), ""
    while True:
        page = body(api, f"/v1/clients?limit=100{query}{cursor}")
        yield ids(page)
        if page["next"] is None:
            return
        cursor = f"&after={page['next']}"


WALKS = {
    "paytrum": lambda: paytrum("startingAfter"),
    "hoursmith by creation": lambda: hoursmith(""),
    "hoursmith by name": lambda: hoursmith("&sort=name"),
    "hoursmith search": lambda: hoursmith("&search=acme"),
    "payments": lambda: payments(""),
    "registry": lambda: registry(""),
    "registry by change": lambda: registry("&updated_since=2026-01-01T00:00:00Z"),
    "payments filtered": lambda: payments("&company_name=acme"),
}


@pytest.mark.parametrize("walk", WALKS)
def test_pages_cut_at_their_bytes_miss_and_repeat_nobody(
    tables: None, monkeypatch: pytest.MonkeyPatch, walk: str
) -> None:
    monkeypatch.setattr(response, "MAX_PAGE_BYTES", SMALL_PAGE)
    made = clients(24, 6_000)

    pages = list(WALKS[walk]())

    assert len(pages) > 2
    assert all(pages)
    seen = [client_id for page in pages for client_id in page]
    assert sorted(seen) == sorted(made)


@pytest.mark.parametrize("walk", WALKS)
def test_a_record_larger_than_a_page_is_a_page(
    tables: None, monkeypatch: pytest.MonkeyPatch, walk: str
) -> None:
    monkeypatch.setattr(response, "MAX_PAGE_BYTES", 1)
    made = clients(3, 3_000)

    pages = list(WALKS[walk]())

    assert [len(page) for page in pages] == [1, 1, 1]
    assert sorted(client_id for page in pages for client_id in page) == sorted(made)


def test_going_backwards_keeps_the_records_next_to_the_cursor(
    tables: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clients(12, 6_000)
    pays = ContractClient(PAYMENTS, caller("alternative_payments"))
    pay = ContractClient(PAYTRUM, caller("paytrum"))
    last = body(pays, "/customers")["end_cursor"]
    monkeypatch.setattr(response, "MAX_PAGE_BYTES", SMALL_PAGE)

    customers = body(pays, f"/customers?before={last}")
    billed = body(pay, f"/v1/clients?limit=100&endingBefore={made[0]}")

    newest_first = made[:0:-1]
    assert ids(customers) == newest_first[-len(ids(customers)) :]
    assert ids(billed) == newest_first[-len(ids(billed)) :]
    assert 0 < len(ids(customers)) < len(newest_first)
    assert (customers["has_previous_page"], customers["has_next_page"]) == (True, True)
    assert billed["hasMore"] is True


def test_a_numbered_page_that_was_cut_says_that_more_follow(
    tables: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients(12, 6_000)
    athenty = ContractClient(ATHENTY, caller("athenty"))
    monkeypatch.setattr(response, "MAX_PAGE_BYTES", SMALL_PAGE)

    page = body(athenty, "/v2/api/clients?limit=100")

    assert 0 < len(ids(page)) < 12
    assert page["pagination"]["hasNext"] is True
    assert page["pagination"]["total"] == 12


def test_two_hundred_of_the_largest_clients_fit_into_a_response_of_lambda(tables: None) -> None:
    made = clients(200, 60_000)
    api = ContractClient(HOURSMITH, caller("hoursmith"))

    reply = api.send("GET", "/api/v1/clients?limit=200")

    assert reply.status == 200
    assert len(reply.text.encode()) < LAMBDA_RESPONSE
    assert 0 < len(ids(reply.json)) < len(made)
    assert reply.json["pagination"]["nextCursor"]

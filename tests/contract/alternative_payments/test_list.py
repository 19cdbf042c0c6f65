"""`GET /customers`: pages both ways, filters, and cursors that are bound to them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest

from registry.domain.change import Author, archive, create
from registry.domain.tenant import Tenant
from registry.store.items import client_item
from tests.contract_client import ContractClient, Reply

START = datetime(2026, 1, 1, tzinfo=UTC)
Create = Callable[..., dict[str, Any]]


def listed(api: ContractClient, **query: object) -> Reply:
    """A page of customers."""
    return api.send("GET", f"/customers?{urlencode(query)}")


def ids(reply: Reply) -> list[str]:
    """The ids of a page, in its order."""
    assert reply.status == 200, reply.text
    return [customer["id"] for customer in reply.json["data"]]


@pytest.fixture
def seven(payments: ContractClient) -> list[str]:
    """Ids of seven customers an hour apart, newest first; an archived one is among them."""
    tenant = Tenant(payments.context["workspaceId"], "live")
    made = []
    for hour in range(8):
        author = Author("c", START + timedelta(hours=hour))
        change = create(author, name=f"Company {hour}", legal_name=f"Straße {hour % 2}")
        if hour == 3:
            change = archive(change.client, author)
        else:
            made.append(change.client.id)
        item = client_item(tenant, change.client)
        boto3.client("dynamodb").put_item(TableName="clients", Item=item)
    return made[::-1]


def test_a_list_says_where_it_ends(payments: ContractClient, seven: list[str]) -> None:
    reply = listed(payments)

    assert ids(reply) == seven
    assert list(reply.json) == [
        "data",
        "start_cursor",
        "end_cursor",
        "has_next_page",
        "has_previous_page",
    ]
    assert (reply.json["has_next_page"], reply.json["has_previous_page"]) == (False, False)


def test_an_empty_list_has_no_cursors(payments: ContractClient) -> None:
    assert listed(payments).json == {
        "start_cursor": None,
        "end_cursor": None,
        "has_next_page": False,
        "has_previous_page": False,
        "data": [],
    }


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("filters", [{}, {"company_name": "company"}])
def test_forwards_to_the_end_and_backwards_to_the_start_mirror(
    payments: ContractClient, seven: list[str], limit: int, filters: dict[str, str]
) -> None:
    forwards = [listed(payments, limit=limit, **filters).json]
    while forwards[-1]["has_next_page"]:
        after = forwards[-1]["end_cursor"]
        forwards.append(listed(payments, limit=limit, after=after, **filters).json)
    backwards = [forwards[-1]]
    while backwards[-1]["has_previous_page"]:
        before = backwards[-1]["start_cursor"]
        backwards.append(listed(payments, limit=limit, before=before, **filters).json)

    assert [entry["id"] for page in forwards for entry in page["data"]] == seven
    assert [page["data"] for page in backwards[::-1]] == [page["data"] for page in forwards]
    assert [page["has_next_page"] for page in backwards[::-1]] == [
        page["has_next_page"] for page in forwards
    ]
    assert len(forwards) == -(-7 // limit)


def test_beyond_both_ends_is_an_empty_page(payments: ContractClient, seven: list[str]) -> None:
    whole = listed(payments).json

    last = listed(payments, after=whole["end_cursor"]).json
    first = listed(payments, before=whole["start_cursor"]).json

    assert (last["data"], last["has_next_page"], last["has_previous_page"]) == ([], False, True)
    assert (first["data"], first["has_next_page"], first["has_previous_page"]) == ([], True, False)


def test_a_cursor_outlives_its_customer_being_archived(
    payments: ContractClient, seven: list[str]
) -> None:
    cursor = listed(payments, limit=2).json["end_cursor"]
    payments.send("DELETE", f"/customers/{seven[1]}")

    assert ids(listed(payments, limit=2, after=cursor)) == seven[2:4]
    assert ids(listed(payments, limit=2, before=cursor)) == seven[:1]


def test_an_empty_cursor_is_none(payments: ContractClient, seven: list[str]) -> None:
    assert ids(listed(payments, after="", before="")) == seven
    assert ids(listed(payments, limit=1, after="")) == seven[:1]


def test_the_default_is_a_hundred(payments: ContractClient, create: Create) -> None:
    made = [create(name=f"Company {number}")["id"] for number in range(101)]

    reply = listed(payments)

    assert ids(reply) == made[:0:-1]
    assert reply.json["has_next_page"] is True


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=ten",
        "limit=1.0",
        "limit=",
        "limit=1&limit=2",
        "page=2",
        "archived=true",
        "sort=name",
        "after=nonsense",
        "before=nonsense",
        "after=MDE5MmYwYzEtMmYzYS03Y2MwLTlkMmUtNmE0YjhmMGUxZDJj",
        "created_at_start=2026-01-01",
        "created_at_start=2026-01-01T00:00:00",
        "created_at_start=2026-01-01T00:00:00+02:00",
        "created_at_start=2026-02-30T00:00:00Z",
        "created_at_start=20260101T000000Z",
        "created_at_start=2026-W01-1T00:00:00Z",
        "created_at_start=",
        "created_at_end=yesterday",
        "created_at_start=2026-01-02T00:00:00Z&created_at_end=2026-01-01T23:59:59Z",
        "company_name=a%00b",
        f"company_name={'a' * 201}",
        "external_id=",
        f"external_id={'a' * 129}",
    ],
)
def test_a_bad_parameter_is_400(payments: ContractClient, seven: list[str], query: str) -> None:
    reply = payments.send("GET", f"/customers?{query}")

    assert (reply.status, reply.json["code"]) == (400, "bad_request")
    assert reply.json.keys() == {"code", "message"}
    assert query.partition("=")[0].partition("_")[0] in reply.json["message"]


def test_after_with_before_is_400(payments: ContractClient, seven: list[str]) -> None:
    page = listed(payments, limit=3).json

    reply = listed(payments, after=page["end_cursor"], before=page["end_cursor"])

    assert (reply.status, reply.json["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    "changed",
    [
        {"company_name": "comp"},
        {"company_name": ""},
        {"external_id": "x"},
        {"created_at_start": "2026-01-01T00:00:01Z"},
        {"created_at_end": "2026-02-01T00:00:00Z"},
    ],
)
def test_a_cursor_is_bound_to_the_filters(
    payments: ContractClient, seven: list[str], changed: dict[str, str]
) -> None:
    filters = {"company_name": "Company", "created_at_start": "2026-01-01T00:00:00Z"}
    cursor = listed(payments, limit=2, **filters).json["end_cursor"]

    same = listed(payments, limit=3, after=cursor, **filters)
    other = listed(payments, after=cursor, **{**filters, **changed})

    assert ids(same) == seven[2:5]
    assert (other.status, other.json["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    "stranger",
    [{"workspaceId": "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2d"}, {"mode": "test"}],
)
def test_a_cursor_of_another_workspace_or_mode_is_400(
    payments: ContractClient, seven: list[str], stranger: dict[str, str]
) -> None:
    cursor = listed(payments, limit=2).json["end_cursor"]

    assert listed(payments.as_caller(**stranger), after=cursor).status == 400


def test_an_altered_cursor_is_400(payments: ContractClient, seven: list[str]) -> None:
    cursor = listed(payments, limit=2).json["end_cursor"]

    for place in (0, len(cursor) // 2, len(cursor) - 2):
        other = "A" if cursor[place] != "A" else "B"
        altered = cursor[:place] + other + cursor[place + 1 :]
        assert listed(payments, after=altered).status == 400


@pytest.mark.parametrize("filters", [{}, {"company_name": "company"}])
@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-01-01T05:00:00Z", None, [7, 6, 5]),
        ("2026-01-01T05:00:00.001Z", None, [7, 6]),
        (None, "2026-01-01T02:00:00Z", [2, 1, 0]),
        (None, "2026-01-01T01:59:59.999Z", [1, 0]),
        ("2026-01-01T02:00:00Z", "2026-01-01T04:00:00Z", [4, 2]),
        ("2026-01-01T04:00:00+02:00", "2026-01-01t02:00:00z", [2]),
        ("2026-01-01T04:00:00Z", "2026-01-01T04:00:00Z", [4]),
        ("2027-01-01T00:00:00Z", None, []),
    ],
)
def test_created_between_is_inclusive(
    payments: ContractClient,
    seven: list[str],
    start: str | None,
    end: str | None,
    hours: list[int],
    filters: dict[str, str],
) -> None:
    query = {"created_at_start": start, "created_at_end": end, **filters}
    reply = listed(payments, **{name: value for name, value in query.items() if value})

    assert reply.status == 200
    assert [entry["name"] for entry in reply.json["data"]] == [f"Company {hour}" for hour in hours]


@pytest.mark.parametrize(
    ("sought", "hours"),
    [
        ("company", [7, 6, 5, 4, 2, 1, 0]),
        ("  COMPANY 7 ", [7]),
        ("STRASSE 1", [7, 5, 1]),
        ("straße 0", [6, 4, 2, 0]),
        ("ompany", []),
        ("Company 3", []),
        ("   ", [7, 6, 5, 4, 2, 1, 0]),
    ],
)
def test_company_name_is_a_prefix_of_name_or_legal_name(
    payments: ContractClient, seven: list[str], sought: str, hours: list[int]
) -> None:
    reply = listed(payments, company_name=sought)

    assert [entry["name"] for entry in reply.json["data"]] == [f"Company {hour}" for hour in hours]


def test_an_external_id_is_found_exactly(payments: ContractClient, create: Create) -> None:
    customer = create(external_id="crm-1")
    create(external_id="CRM-1")
    create(external_id="crm-10")

    found = listed(payments, external_id="crm-1")

    assert ids(found) == [customer["id"]]
    assert (found.json["has_next_page"], found.json["has_previous_page"]) == (False, False)
    assert ids(listed(payments, external_id="crm-2")) == []


def test_filters_apply_together(payments: ContractClient, create: Create) -> None:
    create(name="Acme", external_id="crm-1")

    assert len(ids(listed(payments, external_id="crm-1", company_name="ac"))) == 1
    assert ids(listed(payments, external_id="crm-1", company_name="other")) == []

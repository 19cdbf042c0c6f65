"""`GET /api/v1/clients`: order, limits, cursors, search and the bounds of dates."""

import base64
from datetime import timedelta
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest

from registry.contracts.hoursmith.operations import LIST_CLIENTS
from registry.contracts.paytrum.operations import OPERATIONS as PAYTRUM
from registry.domain.client import Client
from registry.domain.identifiers import parse_instant
from registry.gateway.cursor import cursors
from registry.gateway.principal import principal
from tests.contract.hoursmith.conftest import Refused, Workspace
from tests.contract_client import ContractClient, caller

PATH = "/api/v1/clients"
START = parse_instant("2026-03-01T23:59:57.000Z")
NAMES = ["bravo", "Alpha", "charlie", "ALPHA", "Émile", "delta", "Zulu"]
BY_NAME = [1, 3, 0, 2, 5, 6, 4]  # case-folded, then by code point; equal names by id
# Which of the seven, by sort.
ORDERS = {
    "createdAt": [0, 1, 2, 3, 4, 5, 6],
    "-createdAt": [6, 5, 4, 3, 2, 1, 0],
    "id": [0, 1, 2, 3, 4, 5, 6],
    "-id": [6, 5, 4, 3, 2, 1, 0],
    "name": BY_NAME,
    "-name": BY_NAME[::-1],
    "updatedAt": [6, 5, 4, 3, 2, 1, 0],
    "-updatedAt": [0, 1, 2, 3, 4, 5, 6],
}


@pytest.fixture
def clients(workspace: Workspace) -> list[Client]:
    """Seven clients made a second apart over midnight, changed since in the opposite order."""
    made = [
        workspace.create(START + timedelta(seconds=n), name=name) for n, name in enumerate(NAMES)
    ]
    hour = START + timedelta(hours=1)
    return [
        workspace.change(client, hour - timedelta(seconds=n), notes="seen")
        for n, client in enumerate(made)
    ]


def get(api: ContractClient, **query: object) -> dict[str, Any]:
    """A list as the response shows it."""
    reply = api.send("GET", f"{PATH}?{urlencode(query)}")
    assert reply.status == 200, reply.text
    listed: dict[str, Any] = reply.json
    return listed


def ids(api: ContractClient, **query: object) -> list[str]:
    """The ids of a page."""
    return [client["id"] for client in get(api, **query)["data"]]


def numbers(api: ContractClient, clients: list[Client], **query: object) -> list[int]:
    """Which of the clients a page has."""
    order = [client.id for client in clients]
    return [order.index(identifier) for identifier in ids(api, **query)]


def walk(api: ContractClient, **query: object) -> list[list[str]]:
    """The ids of all pages, from the first to the end."""
    page = get(api, **query)
    pages = [[client["id"] for client in page["data"]]]
    while (cursor := page["pagination"]["nextCursor"]) is not None:
        page = get(api, **query, cursor=cursor)
        pages.append([client["id"] for client in page["data"]])
    return pages


def test_an_empty_workspace_lists_nothing(hoursmith: ContractClient) -> None:
    assert get(hoursmith) == {"data": [], "pagination": {"nextCursor": None, "limit": 50}}


def test_a_list_has_whole_clients_and_the_place_where_it_goes_on(
    hoursmith: ContractClient,
    clients: list[Client],
) -> None:
    listed = get(hoursmith, limit=2)

    one = hoursmith.send("GET", f"{PATH}/{clients[6].id}").json["data"]
    assert list(listed) == ["data", "pagination"]
    assert list(listed["pagination"]) == ["nextCursor", "limit"]
    assert listed["data"][0] == one
    assert listed["pagination"]["limit"] == 2
    assert isinstance(listed["pagination"]["nextCursor"], str)


@pytest.mark.parametrize("search", ["", "l"])
def test_four_sorts_in_both_directions(
    hoursmith: ContractClient,
    clients: list[Client],
    search: str,
) -> None:
    for sort, order in ORDERS.items():
        expected = [n for n in order if search in NAMES[n].casefold()]

        pages = walk(hoursmith, sort=sort, limit=2, search=search)

        assert numbers(hoursmith, clients, sort=sort, search=search) == expected, sort
        assert [len(page) for page in pages[:-1]] == [2] * (len(pages) - 1), sort
        assert [identifier for page in pages for identifier in page] == [
            clients[n].id for n in expected
        ], sort


def test_no_sort_is_newest_first_to_a_cursor_too(
    hoursmith: ContractClient, clients: list[Client]
) -> None:
    cursor = get(hoursmith, limit=3)["pagination"]["nextCursor"]

    assert numbers(hoursmith, clients) == [6, 5, 4, 3, 2, 1, 0]
    assert numbers(hoursmith, clients, cursor=cursor, sort="-createdAt") == [3, 2, 1, 0]


def test_an_exact_page_is_the_last(hoursmith: ContractClient, clients: list[Client]) -> None:
    assert get(hoursmith, limit=7)["pagination"]["nextCursor"] is None
    assert get(hoursmith, limit=7, search="a")["pagination"]["nextCursor"] is None
    assert len(clients) == 7


def test_a_page_may_have_another_size_than_the_one_before(
    hoursmith: ContractClient,
    clients: list[Client],
) -> None:
    cursor = get(hoursmith, limit=1)["pagination"]["nextCursor"]

    assert numbers(hoursmith, clients, cursor=cursor, limit=4) == [5, 4, 3, 2]


def test_the_default_is_50_and_the_most_200(
    hoursmith: ContractClient, workspace: Workspace
) -> None:
    for n in range(202):
        workspace.create(START + timedelta(seconds=n), name=f"c{n}")

    assert len(ids(hoursmith)) == 50
    assert len(ids(hoursmith, limit=200)) == 200
    assert len(ids(hoursmith, limit=200, search="c")) == 200


@pytest.mark.parametrize(
    ("query", "reasons"),
    [
        ("limit=0", {"limit": "out_of_range"}),
        ("limit=201", {"limit": "out_of_range"}),
        ("limit=-1", {"limit": "out_of_range"}),
        ("limit=ten", {"limit": "invalid"}),
        ("limit=1.5", {"limit": "invalid"}),
        ("limit=", {"limit": "invalid"}),
        ("limit=1&limit=2", {"limit": "invalid"}),
        ("sort=email", {"sort": "not_allowed"}),
        ("sort=%2Bname", {"sort": "not_allowed"}),
        ("sort=-", {"sort": "not_allowed"}),
        ("sort=Name", {"sort": "not_allowed"}),
        ("search=" + "a" * 201, {"search": "too_long"}),
        ("search=a%00", {"search": "invalid"}),
        ("createdAtFrom=yesterday", {"createdAtFrom": "invalid"}),
        ("createdAtFrom=", {"createdAtFrom": "invalid"}),
        ("createdAtTo=2026-02-30", {"createdAtTo": "invalid"}),
        ("updatedAtFrom=2026-3-1", {"updatedAtFrom": "invalid"}),
        ("updatedAtTo=20260301", {"updatedAtTo": "invalid"}),
        ("updatedAtTo=2026-03-01T25:00:00Z", {"updatedAtTo": "invalid"}),
        ("createdAtFrom=2026-03-02&createdAtTo=2026-03-01", {"createdAtTo": "out_of_range"}),
        ("updatedAtFrom=2026-03-02&updatedAtTo=2026-03-01", {"updatedAtTo": "out_of_range"}),
        ("page=1&status=active", {"page": "unknown", "status": "unknown"}),
        ("Limit=1&limit=0", {"Limit": "unknown", "limit": "out_of_range"}),
        ("cursor=", {"cursor": "invalid"}),
        ("cursor=abc", {"cursor": "invalid"}),
        ("cursor=%F0%9F%98%80", {"cursor": "invalid"}),
        ("cursor=" + "A" * 4000, {"cursor": "invalid"}),
        (
            "cursor=abc&limit=0&page=1",
            {"cursor": "invalid", "limit": "out_of_range", "page": "unknown"},
        ),
    ],
)
def test_a_bad_query_is_refused(refused: Refused, query: str, reasons: dict[str, str]) -> None:
    assert refused(method="GET", target=f"{PATH}?{query}", headers={}) == reasons


# Cursors


OTHER_LISTS = [
    {"sort": "-name"},
    {"sort": "updatedAt"},
    {"sort": "createdAt"},
    {},
    {"sort": "name", "search": "a"},
    {"sort": "name", "createdAtFrom": "2026-01-01"},
    {"sort": "name", "createdAtTo": "2027-01-01"},
    {"sort": "name", "updatedAtFrom": "2026-01-01"},
    {"sort": "name", "updatedAtTo": "2027-01-01"},
]


@pytest.mark.parametrize("other", OTHER_LISTS)
def test_a_cursor_of_another_list_is_refused(
    hoursmith: ContractClient,
    clients: list[Client],
    refused: Refused,
    other: dict[str, str],
) -> None:
    cursor = get(hoursmith, sort="name", limit=2)["pagination"]["nextCursor"]
    query = urlencode({**other, "cursor": cursor})

    assert numbers(hoursmith, clients, sort="name", cursor=cursor) == BY_NAME[2:]
    assert refused(method="GET", target=f"{PATH}?{query}", headers={}) == {"cursor": "invalid"}


@pytest.mark.parametrize(
    "other",
    [{"workspaceId": "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2d"}, {"mode": "test"}],
)
def test_a_cursor_of_another_workspace_or_mode_is_refused(
    hoursmith: ContractClient,
    clients: list[Client],
    other: dict[str, str],
) -> None:
    cursor = get(hoursmith, limit=2)["pagination"]["nextCursor"]

    reply = hoursmith.as_caller(**other).send("GET", f"{PATH}?cursor={cursor}")

    assert (reply.status, reply.json["error"]["fields"]) == (422, {"cursor": "invalid"})
    assert str(clients[0].id) not in reply.text


def test_a_cursor_altered_in_any_place_is_refused(
    hoursmith: ContractClient, clients: list[Client]
) -> None:
    cursor = get(hoursmith, limit=2)["pagination"]["nextCursor"]
    assert str(clients[5].id) in base64.urlsafe_b64decode(cursor + "==").decode(errors="ignore")

    for place in range(len(cursor)):
        altered = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        reply = hoursmith.send("GET", f"{PATH}?cursor={altered}")

        assert (reply.status, reply.json["error"]["fields"]) == (422, {"cursor": "invalid"})


@pytest.mark.parametrize(
    "place",
    [("",), ("a", "b", "c"), ("a", "not an id"), ("", ""), ("x" * 900, "0" * 8)],
)
def test_a_forged_cursor_is_refused_or_harmless(
    hoursmith: ContractClient, place: list[str]
) -> None:
    made = cursors(principal(hoursmith.context), LIST_CLIENTS, {"sort": "name"}).issue(*place)

    reply = hoursmith.send("GET", f"{PATH}?sort=name&cursor={made}")

    assert (reply.status, reply.json["error"]["fields"]) == (422, {"cursor": "invalid"})


@pytest.mark.parametrize("search", [{}, {"search": "ß"}])
def test_the_longest_name_has_a_place(
    hoursmith: ContractClient,
    workspace: Workspace,
    search: dict[str, str],
) -> None:
    names = ["ΐ" * 150 + "ß" * 50, "ΐ" * 150 + "ß" * 49 + "a", "ß" * 200]
    made = {workspace.create(START, name=name).id for name in names}

    pages = walk(hoursmith, sort="name", limit=1, **search)

    assert {identifier for page in pages for identifier in page} == made
    assert [len(page) for page in pages] == [1, 1, 1]


# Search


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("acme", ["a", "b", "c"]),
        ("ACME", ["a", "b", "c"]),
        ("  acme ", ["a", "b", "c"]),
        ("me hold", ["a"]),
        ("ADA", ["b"]),
        ("@acme.com", ["c"]),
        ("STRASSE", ["d"]),
        ("straße", ["d"]),
        ("secret", []),
        ("%", []),
        (".*", []),
    ],
)
def test_a_search_looks_into_name_contact_and_email(
    hoursmith: ContractClient,
    workspace: Workspace,
    search: str,
    found: list[str],
) -> None:
    made = {
        "a": workspace.create(START, name="ACME Holding", notes="secret", company="secret"),
        "b": workspace.create(START, name="Bolt", contact_name="Ada of Acme"),
        "c": workspace.create(START, name="Cord", email="ar@Acme.com", billing_email="secret@x.y"),
        "d": workspace.create(START, name="Hauptstraße 1", line1="secret"),
    }

    names = {client.id: letter for letter, client in made.items()}
    assert sorted(names[identifier] for identifier in ids(hoursmith, search=search)) == found


# Dates


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"createdAtFrom": "2026-03-02"}, {3, 4, 5, 6}),
        ({"createdAtTo": "2026-03-01"}, {0, 1, 2}),
        ({"createdAtFrom": "2026-03-01", "createdAtTo": "2026-03-01"}, {0, 1, 2}),
        ({"createdAtFrom": "2026-03-01T23:59:58Z"}, {1, 2, 3, 4, 5, 6}),
        ({"createdAtFrom": "2026-03-01T23:59:58.001Z"}, {2, 3, 4, 5, 6}),
        ({"createdAtTo": "2026-03-02T00:00:00"}, {0, 1, 2, 3}),
        ({"createdAtTo": "2026-03-02T01:00:00+01:00"}, {0, 1, 2, 3}),
        ({"createdAtTo": "2026-03-02T00:00"}, {0, 1, 2, 3}),
        (
            {"createdAtFrom": "2026-03-01T23:59:59Z", "createdAtTo": "2026-03-02T00:00:01Z"},
            {2, 3, 4},
        ),
        ({"updatedAtFrom": "2026-03-02T00:59:55Z"}, {0, 1, 2}),
        ({"updatedAtTo": "2026-03-02T00:59:55Z"}, {2, 3, 4, 5, 6}),
        ({"updatedAtFrom": "2026-03-03"}, set()),
        ({"createdAtFrom": "2026-03-02", "updatedAtFrom": "2026-03-02T00:59:53Z"}, {3, 4}),
        ({"createdAtFrom": "0001-01-01", "createdAtTo": "9999-12-31"}, {0, 1, 2, 3, 4, 5, 6}),
        # Within one millisecond, in which nothing can be kept.
        (
            {
                "createdAtFrom": "2026-03-01T23:59:59.0001Z",
                "createdAtTo": "2026-03-01T23:59:59.0009Z",
            },
            set(),
        ),
        (
            {
                "updatedAtFrom": "2026-03-02T00:59:55.0001Z",
                "updatedAtTo": "2026-03-02T00:59:55.0009Z",
            },
            set(),
        ),
    ],
)
def test_bounds_are_inclusive_and_a_bare_date_is_its_whole_day(
    hoursmith: ContractClient,
    clients: list[Client],
    bounds: dict[str, str],
    expected: set[int],
) -> None:
    for sort, search in product(ORDERS, ["", "a"]):
        found = numbers(hoursmith, clients, sort=sort, search=search, **bounds)

        wanted = {n for n in expected if search in NAMES[n].casefold()}
        assert found == [n for n in ORDERS[sort] if n in wanted], (sort, search)


def test_pages_of_a_filtered_list_hold_together(
    hoursmith: ContractClient, clients: list[Client]
) -> None:
    bounds = {"updatedAtFrom": "2026-03-02T00:59:53Z", "createdAtFrom": "2026-03-01T23:59:58Z"}

    pages = walk(hoursmith, sort="name", limit=2, **bounds)

    assert pages == [[clients[1].id, clients[3].id], [clients[2].id, clients[4].id]]


# Names from elsewhere


def test_a_client_without_a_name_has_the_empty_one_and_comes_first(
    hoursmith: ContractClient,
    workspace: Workspace,
) -> None:
    nameless = workspace.create(START, notes="x")
    named = workspace.create(START, name="!")

    listed = get(hoursmith, sort="name")["data"]

    assert [client["id"] for client in listed] == [nameless.id, named.id]
    assert listed[0]["name"] == ""


def test_clients_of_every_contract_are_listed(hoursmith: ContractClient) -> None:
    made = (
        ContractClient(PAYTRUM, caller("paytrum"))
        .send("POST", "/v1/clients", {"name": "Acme"})
        .json
    )

    (listed,) = get(hoursmith, search="acme")["data"]

    assert (listed["id"], listed["name"]) == (made["id"], "Acme")

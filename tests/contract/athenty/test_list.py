"""`GET /v2/api/clients`: search, filters, orders and numbered pages with true totals."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.contract.athenty.conftest import PATH, Create
from tests.contract_client import ContractClient

PEOPLE: dict[str, dict[str, object]] = {
    "jane": {"nameFirst": "Jane", "nameLast": "Smith", "email": "jane@example.com"},
    "straße": {"nameLast": "Groß Straße", "externalId": "CRM-77"},
    "acme": {"businessName": "Acme Corp", "email": "LEGAL@acme.com", "externalId": "crm-77"},
    "both": {"nameFirst": "Zoë", "nameLast": "Ådahl", "businessName": "Beta", "memberType": None},
    "blank": {},
}


def listed(api: ContractClient, **query: object) -> dict[str, Any]:
    """The response to a list."""
    parameters = "&".join(f"{name}={quote(str(value))}" for name, value in query.items())
    reply = api.send("GET", f"{PATH}?{parameters}")
    assert reply.status == 200, reply.text
    page: dict[str, Any] = reply.json
    return page


@pytest.fixture
def ids(create: Create) -> dict[str, str]:
    """The id of everybody in `PEOPLE` by name, created in this order."""
    return {name: create(body)["id"] for name, body in PEOPLE.items()}


def found(api: ContractClient, ids: dict[str, str], **query: object) -> list[str]:
    """Names of the clients a list gives, in its order; its total counts just these."""
    page = listed(api, **query)
    assert page["pagination"]["total"] == len(page["data"])
    names = {id_: name for name, id_ in ids.items()}
    return [names[client["id"]] for client in page["data"]]


def test_the_newest_come_first(athenty: ContractClient, ids: dict[str, str]) -> None:
    assert found(athenty, ids) == ["blank", "both", "acme", "straße", "jane"]


@pytest.mark.parametrize(
    ("sort", "ascending"),
    [
        ("name", ["blank", "acme", "both", "straße", "jane"]),
        ("created_at", ["jane", "straße", "acme", "both", "blank"]),
        ("request_count", ["jane", "straße", "acme", "both", "blank"]),
    ],
)
def test_every_order_turns_round(
    athenty: ContractClient,
    ids: dict[str, str],
    sort: str,
    ascending: list[str],
) -> None:
    descending = list(reversed(ascending))

    assert found(athenty, ids, sort=sort, order="asc") == ascending
    assert found(athenty, ids, sort=sort, order="desc") == descending
    assert found(athenty, ids, sort=sort) == (ascending if sort == "name" else descending)


def test_order_alone_turns_the_default_round(athenty: ContractClient, ids: dict[str, str]) -> None:
    assert found(athenty, ids, order="asc") == ["jane", "straße", "acme", "both", "blank"]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("JANE", {"jane"}),
        ("e smi", {"jane"}),
        ("GROSS STRASSE", {"straße"}),
        ("@", {"jane", "acme"}),
        ("legal@ACME", {"acme"}),
        ("crm-7", {"straße", "acme"}),
        ("beta", {"both"}),
        ("zoë ådahl", {"both"}),
        ("  corp ", {"acme"}),
        ("nobody", set()),
        ("%", set()),
        ("\x1f", set()),
        ("", set(PEOPLE)),
    ],
)
def test_search_looks_into_names_email_and_external_id(
    athenty: ContractClient,
    ids: dict[str, str],
    search: str,
    expected: set[str],
) -> None:
    assert set(found(athenty, ids, search=search)) == expected


@pytest.mark.parametrize("field", ["city", "phone", "addressLine1", "region", "metadata"])
def test_search_looks_into_nothing_else(
    athenty: ContractClient, create: Create, field: str
) -> None:
    create({field: {"needle": "needle"} if field == "metadata" else "needle"})

    assert listed(athenty, search="needle")["pagination"]["total"] == 0


def test_search_finds_the_display_name_of_another_contract(
    athenty: ContractClient, paytrum: ContractClient
) -> None:
    made = paytrum.send("POST", "/v1/clients", {"name": "Overview Ltd", "company": "Acme"})

    page = listed(athenty, search="VIEW l")

    assert [client["id"] for client in page["data"]] == [made.json["id"]]


def test_filters_work_together(athenty: ContractClient, ids: dict[str, str]) -> None:
    athenty.send("DELETE", f"{PATH}/{ids['jane']}")
    athenty.send("DELETE", f"{PATH}/{ids['acme']}")

    assert found(athenty, ids, active="false") == ["acme", "jane"]
    assert found(athenty, ids, active="true") == ["blank", "both", "straße"]
    assert found(athenty, ids, memberType="business") == ["acme"]
    assert found(athenty, ids, memberType="individual", active="false") == ["jane"]
    assert found(athenty, ids, search="crm-77", active="true") == ["straße"]


def test_the_external_id_filter_is_exact(athenty: ContractClient, ids: dict[str, str]) -> None:
    assert found(athenty, ids, externalId="crm-77") == ["acme"]
    assert found(athenty, ids, externalId="CRM-77") == ["straße"]
    assert found(athenty, ids, externalId="crm-7") == []


def test_member_type_is_filtered_as_it_is_shown(
    athenty: ContractClient, paytrum: ContractClient
) -> None:
    made = paytrum.send("POST", "/v1/clients", {"name": "Acme", "usageType": "commercial"})

    for kind, expected in (("business", [made.json["id"]]), ("individual", [])):
        page = listed(athenty, memberType=kind)
        assert [client["id"] for client in page["data"]] == expected


def test_a_change_moves_a_client_in_the_lists(athenty: ContractClient, ids: dict[str, str]) -> None:
    body = {"nameFirst": "Aaron", "externalId": "new"}
    athenty.send("PATCH", f"{PATH}/{ids['jane']}", body)

    assert found(athenty, ids, sort="name")[1:3] == ["jane", "acme"]
    assert found(athenty, ids, search="jane smith") == []
    assert found(athenty, ids, externalId="new") == ["jane"]


def test_an_empty_list_has_no_pages(athenty: ContractClient) -> None:
    assert athenty.send("GET", PATH).text == (
        '{"data":[],"pagination":{"page":1,"limit":20,"total":0,"totalPages":0,'
        '"hasNext":false,"hasPrev":false}}'
    )


def test_pages_hold_every_client_once(athenty: ContractClient, create: Create) -> None:
    created = [create({"nameFirst": f"Same {number % 2}"})["id"] for number in range(23)]

    for sort in ("name", "created_at", "request_count"):
        pages = [listed(athenty, sort=sort, limit=5, page=page) for page in range(1, 6)]
        seen = [client["id"] for page in pages for client in page["data"]]
        assert sorted(seen) == sorted(created)
        assert [page["pagination"] for page in pages] == [
            {
                "page": number,
                "limit": 5,
                "total": 23,
                "totalPages": 5,
                "hasNext": number < 5,
                "hasPrev": number > 1,
            }
            for number in range(1, 6)
        ]
        whole = listed(athenty, sort=sort, limit=100)
        assert [client["id"] for client in whole["data"]] == seen


def test_twenty_come_by_default_and_a_page_too_far_is_empty(
    athenty: ContractClient,
    create: Create,
) -> None:
    for _ in range(21):
        create({})

    first, far = listed(athenty), listed(athenty, page=999_999_999_999)

    assert (len(first["data"]), first["pagination"]["totalPages"]) == (20, 2)
    assert far["data"] == []
    assert (far["pagination"]["total"], far["pagination"]["hasNext"]) == (21, False)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("page=0", "Number must be greater than or equal to 1"),
        ("page=-1", "Number must be greater than or equal to 1"),
        ("page=1.5", "Expected integer, received string"),
        ("page=", "Expected integer, received string"),
        ("limit=0", "Number must be greater than or equal to 1"),
        ("limit=101", "Number must be less than or equal to 100"),
        ("limit=10000000000", "Number must be less than or equal to 100"),
        ("limit=ten", "Expected integer, received string"),
        ("active=1", "Invalid enum value. Expected 'true' or 'false'"),
        ("active=True", "Invalid enum value. Expected 'true' or 'false'"),
        ("memberType=person", "Invalid enum value. Expected 'individual' or 'business'"),
        ("sort=email", "Invalid enum value. Expected 'name', 'created_at' or 'request_count'"),
        ("sort=createdAt", "Invalid enum value. Expected 'name', 'created_at' or 'request_count'"),
        ("order=up", "Invalid enum value. Expected 'asc' or 'desc'"),
        ("page=1&page=2", "Expected string, received array"),
        ("cursor=x", "Unrecognized key"),
        ("member_type=business", "Unrecognized key"),
    ],
)
def test_a_bad_parameter_is_named(athenty: ContractClient, query: str, message: str) -> None:
    reply = athenty.send("GET", f"{PATH}?{query}")

    assert (reply.status, reply.json["code"]) == (422, "VALIDATION_ERROR")
    name = query.partition("=")[0]
    assert reply.json["errors"] == [{"field": name, "message": message}]


def test_every_bad_parameter_is_named_at_once(athenty: ContractClient) -> None:
    reply = athenty.send("GET", f"{PATH}?page=0&limit=x&sort=y&nick=z")

    assert {error["field"] for error in reply.json["errors"]} == {"page", "limit", "sort", "nick"}


def test_workspace_and_mode_are_lists_of_their_own(athenty: ContractClient, create: Create) -> None:
    create({})
    others = [
        athenty.as_caller(mode="test"),
        athenty.as_caller(workspaceId="0192f0c1-2f3a-7cc0-9d2e-000000000009"),
    ]

    assert [listed(api)["pagination"]["total"] for api in others] == [0, 0]


def test_a_list_of_whole_clients_is_shown_as_each_is_read(
    athenty: ContractClient,
    ids: dict[str, str],
) -> None:
    page = listed(athenty, limit=100)

    read = [athenty.send("GET", f"{PATH}/{client['id']}").json for client in page["data"]]
    assert len(read) == len(ids)
    assert json.dumps(page["data"]) == json.dumps(read)

"""Hoursmith over HTTP: authorizer, usage plan, gateway responses, exactly-once, isolation."""

import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest

from registry.domain.workspace import UsagePlan
from tests.stack.conftest import Access, Stack, patiently

PATH = "/api/v1/clients"
ME = "/api/v1/me"
UNKNOWN = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
KEYS = [
    "id",
    "orgId",
    "name",
    "contactName",
    "email",
    "phone",
    "website",
    "currency",
    "notes",
    "billingAddress",
    "billingLine1",
    "billingLine2",
    "billingCity",
    "billingRegion",
    "billingPostalCode",
    "billingCountry",
    "taxNumber",
    "defaultRate",
    "defaultPaymentTerms",
    "defaultTaxRate",
    "requirePoNumber",
    "billingEmail",
    "createdAt",
    "updatedAt",
    "deletedAt",
]


@pytest.fixture(scope="module")
def hoursmith(stack: Stack) -> Access:
    """A workspace of this module's own."""
    return stack.access(stack.workspace(), "hoursmith")


@pytest.fixture
def http(hoursmith: Access) -> Iterator[httpx.Client]:
    """An HTTP client with an owner's token."""
    with hoursmith.client() as client:
        yield client


def key() -> dict[str, str]:
    """A header with a key of its own."""
    return {"Idempotency-Key": str(uuid.uuid4())}


def code(response: httpx.Response) -> tuple[int, str]:
    """Status and code of an error that has Hoursmith's shape and nothing else."""
    body = response.json()
    assert response.headers["Content-Type"] == "application/json"
    assert body.keys() == {"error"}
    extra = {402: {"requiredPlan", "feature"}, 422: {"fields"}}.get(response.status_code, set())
    assert body["error"].keys() == {"code", "message"} | extra
    return response.status_code, body["error"]["code"]


def walk(http: httpx.Client, query: str) -> str:
    """The names on all pages of a list."""
    names, cursor = "", ""
    while cursor is not None:
        target = f"{PATH}{query}{cursor and f'&cursor={cursor}'}"
        page = patiently(partial(http.get, target)).json()
        names += "".join(client["name"] for client in page["data"])
        cursor = page["pagination"]["nextCursor"]
    return names


def test_the_printed_curl_returns_the_printed_shape(http: httpx.Client) -> None:
    headers = {"Idempotency-Key": "string", "Content-Type": "application/json"}

    response = http.post(PATH, headers=headers, content='{ "name": "string" }')

    assert response.status_code == 201
    assert list(response.json()) == ["data"]
    assert list(response.json()["data"]) == KEYS
    assert response.json()["data"]["name"] == "string"


def test_money_keeps_its_digits_on_the_way(http: httpx.Client) -> None:
    for sent, shown in {"100.50": "100.50", "1e2": "100", "12345678901.1234": None}.items():
        body = f'{{"name": "Acme", "defaultRate": {sent}}}'
        headers = {**key(), "Content-Type": "application/json"}

        response = http.post(PATH, headers=headers, content=body)

        assert f'"defaultRate":"{shown or sent}"' in response.text


def test_a_client_is_changed_deleted_and_gone(http: httpx.Client) -> None:
    path = f"{PATH}/{http.post(PATH, json={'name': 'Acme'}, headers=key()).json()['data']['id']}"

    changed = http.patch(path, json={"notes": "Pays late.", "website": "acme.com"})
    deleted = http.delete(path)

    assert changed.json()["data"]["website"] == "https://acme.com"
    assert deleted.status_code == 200
    assert deleted.json()["data"]["deletedAt"] is not None
    for gone in (http.get(path), http.patch(path, json={}), http.delete(path)):
        assert code(gone) == (404, "not_found")


def test_pages_go_to_the_end_in_every_order(stack: Stack) -> None:
    with stack.access(stack.workspace(), "hoursmith").client() as http:
        for name in ("b", "A", "c", "a", "B"):
            http.post(PATH, json={"name": name}, headers=key())
        for sort, expected in {"name": "AabBc", "-name": "cBbaA", "-createdAt": "BacAb"}.items():
            for search in ("", "&search="):
                assert walk(http, f"?sort={sort}&limit=2{search}") == expected, (sort, search)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer hsk_live_Ab3dEf6hIj9l_your_token"},
        {"Authorization": "Basic YTpi"},
        {"X-Api-Key": "hsk_live_Ab3dEf6hIj9l_your_token"},
    ],
)
def test_without_a_good_token_the_response_is_401(
    hoursmith: Access,
    headers: dict[str, str],
) -> None:
    for path in (PATH, ME):
        response = httpx.get(hoursmith.base_url + path, headers=headers, timeout=None)

        assert code(response) == (401, "unauthenticated")


def test_a_token_of_another_contract_or_mode_is_refused(stack: Stack) -> None:
    mine = stack.access(stack.workspace(), "hoursmith")
    forged = {"Authorization": mine.headers["Authorization"].replace("hsk_live", "hsk_test")}
    foreign = stack.contract("paytrum").headers

    for headers in (forged, foreign):
        assert code(httpx.get(mine.base_url + PATH, headers=headers, timeout=None)) == (
            401,
            "unauthenticated",
        )


def test_a_revoked_token_ends_at_once(stack: Stack) -> None:
    issued = stack.credential(stack.workspace(), "hoursmith")
    url = f"{stack.endpoint}/hoursmith{ME}"
    before = httpx.get(url, headers=issued["headers"], timeout=None)

    stack.revoke(issued["id"])

    assert before.status_code == 200
    assert code(httpx.get(url, headers=issued["headers"], timeout=None)) == (401, "unauthenticated")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/nothing"),
        ("GET", "/"),
        ("PUT", PATH),
        ("POST", ME),
        ("POST", f"{PATH}/{UNKNOWN}"),
        ("GET", f"{PATH}/{UNKNOWN}"),
        ("GET", f"{PATH}/cl_1"),
        ("DELETE", f"{PATH}/{UNKNOWN}"),
    ],
)
def test_an_unknown_path_or_id_is_404(http: httpx.Client, method: str, path: str) -> None:
    assert code(patiently(lambda: http.request(method, path))) == (404, "not_found")


@pytest.mark.parametrize(
    ("content", "content_type", "expected"),
    [
        ("{", "application/json", (400, "bad_request")),
        ("[]", "application/json", (400, "bad_request")),
        ("", "application/json", (400, "bad_request")),
        ('{"name": 1}', "application/json", (422, "validation_error")),
        ('{"name": "a"}', "text/plain", (415, "bad_request")),
        ('{"name": "a"}'.ljust(256 * 1024 + 1), "application/json", (413, "bad_request")),
    ],
)
def test_bad_bodies(
    http: httpx.Client,
    content: str,
    content_type: str,
    expected: tuple[int, str],
) -> None:
    headers = {**key(), "Content-Type": content_type}

    assert code(patiently(lambda: http.post(PATH, content=content, headers=headers))) == expected


def test_a_post_without_a_key_and_a_bad_query_are_422(http: httpx.Client) -> None:
    keyless = http.post(PATH, json={"name": "Acme"})
    query = http.get(f"{PATH}?limit=0&page=1&cursor=x")

    assert keyless.json()["error"]["fields"] == {"Idempotency-Key": "required"}
    assert query.json()["error"]["fields"] == {
        "limit": "out_of_range",
        "page": "unknown",
        "cursor": "invalid",
    }
    assert code(keyless) == code(query) == (422, "validation_error")


def test_a_member_reaches_only_me(stack: Stack) -> None:
    workspace = stack.workspace("agency")
    tokens = {
        role: stack.access(workspace, "hoursmith", "--role", role)
        for role in ("owner", "admin", "manager", "member")
    }
    for role, access in tokens.items():
        with access.client() as http:
            me, listed = http.get(ME), http.get(PATH)
            made = http.post(PATH, json={"name": "Acme"}, headers=key())

        full = role != "member"
        shown = me.json()["data"]
        assert (shown["role"], shown["plan"], shown["orgId"]) == (role, "agency", workspace)
        assert shown["scopes"] == (["clients:read", "clients:write"] if full else [])
        assert shown["tokenPrefix"] in access.headers["Authorization"]
        assert (listed.status_code, made.status_code) == ((200, 201) if full else (403, 403))
        if not full:
            assert code(listed) == code(made) == (403, "forbidden_scope")


def test_plan_and_subscription_count_at_once(stack: Stack) -> None:
    workspace = stack.workspace("free")
    with stack.access(workspace, "hoursmith").client() as http:
        refused = [http.get(path) for path in (PATH, ME)]
        stack.registry("workspace", "update", workspace, "--plan", "studio")
        let_in = http.get(ME)
        stack.registry("workspace", "update", workspace, "--subscription", "inactive")
        lapsed = http.get(ME)

    assert [code(response) for response in (*refused, lapsed)] == [(402, "forbidden_plan")] * 3
    assert refused[0].json()["error"]["requiredPlan"] == "studio"
    assert refused[0].json()["error"]["feature"] == "apiAccess"
    assert let_in.json()["data"]["plan"] == "studio"


def test_a_studio_token_is_throttled_and_let_in_again(stack: Stack) -> None:
    access = stack.access(stack.workspace("studio"), "hoursmith")

    with access.client() as http, ThreadPoolExecutor(20) as pool:
        with stack.without_refill(UsagePlan.STANDARD):
            responses = list(pool.map(lambda _: http.get(ME), range(80)))
        again = patiently(lambda: http.get(ME))

    throttled = [response for response in responses if response.status_code == 429]
    assert len(responses) - len(throttled) == 30
    assert code(throttled[0]) == (429, "rate_limited")
    assert throttled[0].headers["Retry-After"] == "1"
    assert throttled[0].headers["X-RateLimit-Limit"] == "10"
    assert throttled[0].headers["X-RateLimit-Remaining"] == "0"
    assert again.status_code == 200


def test_many_creates_with_one_key_make_one_client(stack: Stack) -> None:
    with stack.access(stack.workspace(), "hoursmith").client() as http:

        def create(_: int) -> httpx.Response:
            return patiently(
                lambda: http.post(PATH, json={"name": "Acme"}, headers={"Idempotency-Key": "one"}),
            )

        with ThreadPoolExecutor(20) as pool:
            responses = list(pool.map(create, range(100)))
        other = patiently(
            lambda: http.post(PATH, json={"name": "Other"}, headers={"Idempotency-Key": "one"}),
        )
        listed = patiently(lambda: http.get(PATH)).json()["data"]

    assert Counter(response.status_code for response in responses) == {201: 100}
    assert len({response.text for response in responses}) == 1
    replayed = [response.headers.get("Idempotent-Replayed") for response in responses]
    assert Counter(replayed) == {"true": 99, None: 1}
    assert code(other) == (409, "conflict")
    assert len(listed) == 1


def test_workspaces_and_modes_are_apart(stack: Stack, http: httpx.Client) -> None:
    mine = http.post(PATH, json={"name": "Acme"}, headers=key()).json()["data"]
    cursor = patiently(lambda: http.get(f"{PATH}?limit=1")).json()["pagination"]["nextCursor"]
    workspace = stack.workspace()
    others = [
        stack.access(workspace, "hoursmith"),
        stack.access(workspace, "hoursmith", "--mode", "test"),
    ]
    for access in others:
        with access.client() as other:
            assert code(other.get(f"{PATH}/{mine['id']}")) == (404, "not_found")
            assert code(other.delete(f"{PATH}/{mine['id']}")) == (404, "not_found")
            assert other.get(PATH).json()["data"] == []
            assert code(other.get(f"{PATH}?limit=1&cursor={cursor}")) == (422, "validation_error")
    assert http.get(f"{PATH}/{mine['id']}").json()["data"] == mine

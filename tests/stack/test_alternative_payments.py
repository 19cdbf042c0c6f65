"""Alternative Payments over HTTP: tokens, scopes, usage plan, gateway responses, pages, races."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session

from registry.contracts.alternative_payments import examples
from registry.domain.workspace import UsagePlan
from tests.stack.conftest import Access, Stack, patiently

CUSTOMER: dict[str, Any] = dict(examples.CREATE.body or {})
UNKNOWN = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
NAME = "alternative_payments"


@pytest.fixture(scope="module")
def base_url(stack: Stack) -> str:
    return str(stack.file["contracts"][NAME]["base_url"])


@pytest.fixture
def client(stack: Stack) -> dict[str, Any]:
    """An OAuth client of a new workspace; nobody else uses up its rate."""
    return stack.credential(stack.workspace(), NAME)


def token(base_url: str, client: dict[str, Any], **form: str) -> httpx.Response:
    """The response to a request for a token."""
    return patiently(
        lambda: httpx.post(
            f"{base_url}/oauth/token",
            data={"grant_type": "client_credentials", **form},
            auth=(client["client_id"], client["client_secret"]),
            timeout=None,
        ),
    )


def access(base_url: str, client: dict[str, Any], **form: str) -> Access:
    """Access with a new token of a client."""
    issued = token(base_url, client, **form).json()
    return Access(base_url, {"Authorization": f"Bearer {issued['access_token']}"})


class Patient:
    """An HTTP client that keeps to its rate."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        return patiently(lambda: self._http.request(method, path, **more))


@pytest.fixture
def call(base_url: str, client: dict[str, Any]) -> Iterator[Patient]:
    """Calls with a token that may do everything."""
    with access(base_url, client).client() as http:
        yield Patient(http)


def code(response: httpx.Response) -> tuple[int, str]:
    """Status and code of an error that has the contract's shape and nothing else.

    The token endpoint adds RFC 6749's `error`; what the gateway answers there itself does not.
    """
    body = response.json()
    optional = {"error"} if response.url.path.endswith("/oauth/token") else {"validation_errors"}
    assert response.headers["Content-Type"] == "application/json"
    assert {"code", "message"} <= body.keys() <= {"code", "message"} | optional
    return response.status_code, body["code"]


def test_a_standard_oauth_library_gets_a_token_and_calls_the_api(
    base_url: str, client: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    session = OAuth2Session(
        client=BackendApplicationClient(client["client_id"], scope=["customers:read", "write"]),
    )

    issued = session.fetch_token(f"{base_url}/oauth/token", client_secret=client["client_secret"])
    created = session.post(f"{base_url}/customers", json=CUSTOMER)
    listed = session.get(f"{base_url}/customers")

    assert (issued["token_type"], issued["expires_in"]) == ("bearer", 3600)
    assert created.status_code == 201
    assert listed.json()["data"] == [created.json()]


def test_the_same_library_with_the_client_in_the_body(
    base_url: str, client: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    session = OAuth2Session(client=BackendApplicationClient(client["client_id"]))

    session.fetch_token(
        f"{base_url}/oauth/token",
        client_secret=client["client_secret"],
        include_client_id=True,
        auth=False,
    )

    assert session.get(f"{base_url}/customers").json()["data"] == []


def test_a_customers_life(call: Patient) -> None:
    ids = [call("POST", "/customers", json={"name": f"C{n}"}).json()["id"] for n in range(7)][::-1]
    forwards = [call("GET", "/customers?limit=3").json()]
    while forwards[-1]["has_next_page"]:
        after = forwards[-1]["end_cursor"]
        forwards.append(call("GET", f"/customers?limit=3&after={after}").json())
    backwards = [forwards[-1]]
    while backwards[-1]["has_previous_page"]:
        before = backwards[-1]["start_cursor"]
        backwards.append(call("GET", f"/customers?limit=3&before={before}").json())
    path = f"/customers/{ids[3]}"

    changed = call("PATCH", path, json=examples.CHANGE.body)
    archived = call("DELETE", path)
    without = call("GET", "/customers").json()["data"]
    read = call("GET", path)
    restored = call("POST", f"{path}/restore")
    again = call("GET", "/customers").json()["data"]

    assert [entry["id"] for page in forwards for entry in page["data"]] == ids
    assert [page["data"] for page in backwards[::-1]] == [page["data"] for page in forwards]
    assert (changed.status_code, changed.json()["country"]) == (200, "USA")
    assert (archived.status_code, restored.status_code, read.status_code) == (200, 200, 200)
    assert archived.json() == restored.json() == read.json() == changed.json()
    assert [entry["id"] for entry in without] == ids[:3] + ids[4:]
    assert [entry["id"] for entry in again] == ids


def test_two_hundred_creates_with_one_external_id_make_one_customer(
    stack: Stack, base_url: str
) -> None:
    workspace = stack.workspace()
    clients = [access(base_url, stack.credential(workspace, NAME)).client() for _ in range(4)]
    body = {"name": "Acme", "external_id": "crm-1001"}

    def create(number: int) -> httpx.Response:
        http = clients[number % len(clients)]
        return patiently(lambda: http.post("/customers", json=body))

    with ThreadPoolExecutor(20) as pool:
        responses = list(pool.map(create, range(200)))
    listed = patiently(lambda: clients[0].get("/customers?external_id=crm-1001")).json()["data"]
    for http in clients:
        http.close()

    assert Counter(response.status_code for response in responses) == {201: 1, 400: 199}
    refused = [response for response in responses if response.status_code == 400]
    assert {code(response) for response in refused} == {(400, "bad_request")}
    made = next(response for response in responses if response.status_code == 201)
    assert listed == [made.json()]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer " + "0" * 56},
        {"Authorization": "Bearer not-a-token"},
        {"Authorization": "Basic YTpi"},
    ],
)
def test_without_a_good_token_the_response_is_401(base_url: str, headers: dict[str, str]) -> None:
    response = httpx.get(f"{base_url}/customers", headers=headers, timeout=None)

    assert code(response) == (401, "unauthorized")


def test_a_client_secret_is_no_token_and_a_token_no_secret(
    base_url: str, client: dict[str, Any]
) -> None:
    issued = token(base_url, client).json()["access_token"]
    headers = {"Authorization": f"Bearer {client['client_secret']}"}

    assert code(httpx.get(f"{base_url}/customers", headers=headers, timeout=None)) == (
        401,
        "unauthorized",
    )
    assert code(token(base_url, {**client, "client_secret": issued})) == (403, "forbidden")


def test_the_token_endpoint_says_what_is_wrong(base_url: str, client: dict[str, Any]) -> None:
    response = token(base_url, client)
    wrong = {**client, "client_secret": client["client_secret"][:-1]}

    assert response.headers["Cache-Control"] == "no-store"
    assert response.json().keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert code(token(base_url, wrong)) == (403, "forbidden")
    assert code(token(base_url, {**client, "client_id": UNKNOWN})) == (403, "forbidden")
    assert code(token(base_url, client, grant_type="password")) == (400, "unsupported_grant_type")
    assert code(token(base_url, client, grant_type="")) == (400, "bad_request")
    assert code(token(base_url, client, scope="everything")) == (400, "invalid_scope")
    assert code(httpx.get(f"{base_url}/oauth/token", timeout=None)) == (404, "not_found")


def test_a_token_takes_json_as_well(base_url: str, client: dict[str, Any]) -> None:
    body = {name: client[name] for name in ("client_id", "client_secret")}

    response = patiently(
        lambda: httpx.post(
            f"{base_url}/oauth/token",
            json={**body, "grant_type": "client_credentials"},
            timeout=None,
        ),
    )

    assert response.status_code == 200


def test_a_scope_narrows_what_a_token_may_do(base_url: str, client: dict[str, Any]) -> None:
    with access(base_url, client, scope="customers:read").client() as http:
        read = http.get("/customers")
        write = http.post("/customers", json={})

    assert read.status_code == 200
    assert code(write) == (403, "forbidden")


def test_revoking_a_client_ends_its_tokens_at_once(
    stack: Stack, base_url: str, client: dict[str, Any]
) -> None:
    with access(base_url, client).client() as http:
        before = http.get("/customers")
        stack.revoke(client["id"])
        after = http.get("/customers")

    assert before.status_code == 200
    assert code(after) == (401, "unauthorized")
    assert code(token(base_url, client)) == (403, "forbidden")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/nothing"),
        ("PUT", "/customers"),
        ("POST", f"/customers/{UNKNOWN}"),
        ("GET", f"/customers/{UNKNOWN}"),
        ("GET", "/customers/cus_123"),
        ("DELETE", f"/customers/{UNKNOWN}"),
        ("POST", f"/customers/{UNKNOWN}/restore"),
        ("GET", f"/customers/{UNKNOWN}/users"),
        ("GET", f"/customers/{UNKNOWN}/payment-methods"),
        ("POST", f"/customers/{UNKNOWN}/payment-methods"),
    ],
)
def test_an_unknown_path_or_id_is_404(stack: Stack, base_url: str, method: str, path: str) -> None:
    demo = stack.file["contracts"][NAME]

    with access(base_url, demo).client() as http:
        response = patiently(lambda: http.request(method, path))

    assert code(response) == (404, "not_found")


@pytest.mark.parametrize(
    ("content", "content_type", "expected"),
    [
        (b"", "application/json", (400, "bad_request")),
        (b"{", "application/json", (400, "bad_request")),
        (b"[]", "application/json", (400, "bad_request")),
        (b"name=a", "application/x-www-form-urlencoded", (415, "unsupported_media_type")),
        (b'{"name": "%s"}' % (b"a" * 300_000), "application/json", (413, "payload_too_large")),
        (b'{"nickname": "a"}', "application/json; charset=utf-8", (422, "validation_error")),
    ],
)
def test_a_body_that_cannot_be_accepted_is_refused_with_its_reason(
    call: Patient, content: bytes, content_type: str, expected: tuple[int, str]
) -> None:
    headers = {"Content-Type": content_type}

    assert code(call("POST", "/customers", content=content, headers=headers)) == expected


def test_five_a_second_for_each_client_on_every_plan(stack: Stack, base_url: str) -> None:
    workspace = stack.workspace()
    one, other = (access(base_url, stack.credential(workspace, NAME)) for _ in range(2))

    with one.client() as http, other.client() as another, ThreadPoolExecutor(20) as pool:
        with stack.without_refill(UsagePlan.PAYMENTS):
            responses = list(pool.map(lambda _: http.get("/customers"), range(60)))
            untouched = another.get("/customers")
        later = patiently(lambda: http.get("/customers"))

    refused = [response for response in responses if response.status_code == 429]
    assert {code(response) for response in refused} == {(429, "too_many_requests")}
    assert all(int(response.headers["Retry-After"]) >= 1 for response in refused)
    assert len(responses) - len(refused) == 5
    assert (untouched.status_code, later.status_code) == (200, 200)


def test_the_token_endpoint_has_a_limit_of_its_own(stack: Stack, base_url: str) -> None:
    with httpx.Client(base_url=base_url, timeout=None) as http, ThreadPoolExecutor(20) as pool:
        let_in = patiently(lambda: http.post("/oauth/token", json={}))
        with stack.without_token_refill():
            responses = list(pool.map(lambda _: http.post("/oauth/token", json={}), range(80)))

    refused = [response for response in responses if response.status_code == 429]
    assert code(let_in) == (400, "bad_request")
    assert len(refused) >= 80 - 40
    assert {code(response) for response in refused} == {(429, "too_many_requests")}
    assert all(int(response.headers["Retry-After"]) >= 1 for response in refused)


def test_users_and_payment_methods(stack: Stack, base_url: str) -> None:
    workspace = stack.workspace()
    with access(base_url, stack.credential(workspace, NAME)).client() as http:
        call = Patient(http)
        customer = call("POST", "/customers", json={"name": "Acme"}).json()
        path = f"/customers/{customer['id']}"
        user = call("POST", f"{path}/users", json=examples.CREATE_USER.body)
        twice = call("POST", f"{path}/users", json=examples.CREATE_USER.body)
        users = call("GET", f"{path}/users")
        where = ("--workspace", workspace, "--customer", customer["id"])
        shown = ("--type", "card", "--token", "pm_1", "--brand", "visa", "--last4", "4242")
        attached = stack.registry("payment-method", "attach", *where, *shown, "--default")
        methods = call("GET", f"{path}/payment-methods")
        method = call("GET", f"{path}/payment-methods/{attached['id']}")
        default = call("GET", path).json()["default_payment_method_id"]
        stack.registry("payment-method", "detach", attached["id"], *where)
        after = call("GET", path).json()["default_payment_method_id"]

    assert (user.status_code, users.json()["data"]) == (201, [user.json()])
    assert code(twice) == (400, "bad_request")
    assert methods.json()["data"] == [method.json()]
    assert (method.json()["last4"], method.json()["is_default"]) == ("4242", True)
    assert (default, after) == (attached["id"], None)


def test_another_workspace_and_the_other_mode_see_nothing(stack: Stack, base_url: str) -> None:
    workspace = stack.workspace()
    with access(base_url, stack.credential(workspace, NAME)).client() as http:
        created = patiently(lambda: http.post("/customers", json={"external_id": "x"})).json()

    for stranger in (
        stack.credential(workspace, NAME, "--mode", "test"),
        stack.credential(stack.workspace(), NAME),
    ):
        with access(base_url, stranger).client() as http:
            call = Patient(http)
            path = f"/customers/{created['id']}"
            assert code(call("GET", path)) == (404, "not_found")
            assert code(call("PATCH", path, json={"name": "Mine"})) == (404, "not_found")
            assert call("GET", "/customers").json()["data"] == []
            assert call("POST", "/customers", json={"external_id": "x"}).status_code == 201


def test_a_plan_without_api_is_403(stack: Stack, base_url: str) -> None:
    workspace = stack.workspace("free")

    with access(base_url, stack.credential(workspace, NAME)).client() as http:
        assert code(patiently(lambda: http.get("/customers"))) == (403, "forbidden")

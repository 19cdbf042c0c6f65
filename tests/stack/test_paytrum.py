"""Paytrum over HTTP: authorizer, usage plan, gateway responses, exactly-once, isolation."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from registry.domain.workspace import UsagePlan
from tests.stack.conftest import Access, Stack, patiently

CLIENT = {
    "name": "Acme Co",
    "email": "ar@acme.com",
    "emailConsent": True,
    "usageType": "commercial",
}
UNKNOWN = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"


@pytest.fixture(scope="module")
def paytrum(stack: Stack) -> Access:
    return stack.contract("paytrum")


def code(response: httpx.Response) -> tuple[int, str]:
    """Status and code of an error that has Paytrum's shape and nothing else."""
    body = response.json()
    assert response.headers["Content-Type"] == "application/json"
    assert body.keys() == {"error"}
    assert {"code", "message"} <= body["error"].keys() <= {"code", "message", "fields"}
    return response.status_code, body["error"]["code"]


def test_the_printed_requests_work_as_printed(paytrum: Access) -> None:
    with paytrum.client() as http:
        created = http.post("/v1/clients", json=CLIENT)
        read = http.get(f"/v1/clients/{created.json()['id']}")
        listed = http.get("/v1/clients?limit=50&status=active")

    assert created.status_code == 201
    assert read.json() == created.json()
    assert listed.json()["object"] == "list"
    assert listed.json()["data"][0] == created.json()


def test_a_client_is_changed_archived_and_restored(paytrum: Access) -> None:
    with paytrum.client() as http:
        path = f"/v1/clients/{http.post('/v1/clients', json=CLIENT).json()['id']}"
        changed = http.patch(path, json={"notes": "Pays late", "address": {"city": "Ottawa"}})
        archived = http.delete(path)
        restored = http.post(f"{path}/restore")

    assert (changed.json()["notes"], changed.json()["address"]["city"]) == ("Pays late", "Ottawa")
    assert (archived.status_code, archived.json()["status"]) == (200, "inactive")
    assert (restored.status_code, restored.json()["status"]) == (200, "active")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer ak_live_your_key"},
        {"Authorization": "Basic YTpi"},
        {"X-Api-Key": "ak_live_your_key"},
    ],
)
def test_without_a_good_key_the_response_is_401(paytrum: Access, headers: dict[str, str]) -> None:
    response = httpx.get(f"{paytrum.base_url}/v1/clients", headers=headers, timeout=None)

    assert code(response) == (401, "unauthorized")


def test_a_key_of_another_contract_is_refused(stack: Stack) -> None:
    workspace = stack.workspace()
    others = stack.access(workspace, "paytrum")
    forged = {"Authorization": others.headers["Authorization"].replace("ak_live", "ak_test")}

    response = httpx.get(f"{others.base_url}/v1/clients", headers=forged, timeout=None)

    assert code(response) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/nothing"),
        ("GET", "/"),
        ("PUT", "/v1/clients"),
        ("POST", f"/v1/clients/{UNKNOWN}"),
        ("GET", f"/v1/clients/{UNKNOWN}"),
        ("GET", "/v1/clients/66f1a2b3c4d5e6f7a8b9c0d1"),
        ("GET", "/v1/clients/%2e%2e%2fclients"),
        ("GET", "/v1/clients/a%0Ab"),
        ("DELETE", f"/v1/clients/{UNKNOWN}"),
        ("POST", f"/v1/clients/{UNKNOWN}/restore"),
    ],
)
def test_an_unknown_path_or_id_is_404(paytrum: Access, method: str, path: str) -> None:
    with paytrum.client() as http:
        response = http.request(method, path)

    assert code(response) == (404, "not_found")


@pytest.mark.parametrize(
    ("content", "content_type", "expected"),
    [
        (b"", "application/json", (400, "bad_request")),
        (b"{", "application/json", (400, "bad_request")),
        (b"[]", "application/json", (400, "bad_request")),
        (b'{"name": "a", "name": "b"}', "application/json", (400, "bad_request")),
        (b'{"name": NaN}', "application/json", (400, "bad_request")),
        (b'{"name": "\\ud800"}', "application/json", (400, "bad_request")),
        (b'{"name": "\xff"}', "application/json", (400, "bad_request")),
        (b'{"name": "\xe9"}', "application/json; charset=latin-1", (400, "bad_request")),
        (b"[" * 100_000, "application/json", (400, "bad_request")),
        (b'{"name": "a"}', "text/plain", (415, "unsupported_media_type")),
        (b'{"name": "a"}', "application/x-www-form-urlencoded", (415, "unsupported_media_type")),
        (b'{"name": "%s"}' % (b"a" * 300_000), "application/json", (413, "payload_too_large")),
        (b"{}", "application/json; charset=utf-8", (422, "validation_failed")),
        (b"{}", "application/vnd.acme+json", (422, "validation_failed")),
    ],
)
def test_a_bad_body_is_refused_with_its_status(
    paytrum: Access,
    content: bytes,
    content_type: str,
    expected: tuple[int, str],
) -> None:
    with paytrum.client() as http:
        response = http.post(
            "/v1/clients",
            content=content,
            headers={"Content-Type": content_type},
        )

    assert code(response) == expected


def test_a_bad_parameter_is_400(paytrum: Access) -> None:
    with paytrum.client() as http:
        responses = [
            http.get(f"/v1/clients?{query}")
            for query in ("limit=0", "limit=x", "status=archived", "page=2", "startingAfter=x")
        ]

    assert {code(response) for response in responses} == {(400, "bad_request")}


def test_two_hundred_creates_with_one_key_make_one_client(stack: Stack) -> None:
    access = stack.access(stack.workspace(), "paytrum")
    headers = {"Idempotency-Key": str(uuid.uuid4())}

    with access.client() as http, ThreadPoolExecutor(20) as pool:
        sends = [lambda: http.post("/v1/clients", json=CLIENT, headers=headers)] * 200
        responses = list(pool.map(patiently, sends))
        conflict = patiently(lambda: http.post("/v1/clients", json={"name": "B"}, headers=headers))
        listed = patiently(lambda: http.get("/v1/clients"))

    assert Counter(response.status_code for response in responses) == {201: 200}
    assert len({response.text for response in responses}) == 1
    replays = Counter(response.headers.get("x-idempotent-replay") for response in responses)
    assert replays == {"true": 199, None: 1}
    assert code(conflict) == (409, "idempotency_conflict")
    assert [client["id"] for client in listed.json()["data"]] == [responses[0].json()["id"]]


def test_the_usage_plan_throttles_and_lets_in_again(stack: Stack) -> None:
    access = stack.access(stack.workspace("studio"), "paytrum")

    with access.client() as http, ThreadPoolExecutor(20) as pool:
        with stack.without_refill(UsagePlan.STANDARD):
            responses = list(pool.map(lambda _: http.get("/v1/clients"), range(80)))
        later = patiently(lambda: http.get("/v1/clients"))

    refused = [response for response in responses if response.status_code == 429]
    assert len(responses) - len(refused) == 30
    assert {code(response) for response in refused} == {(429, "rate_limited")}
    assert {
        (response.headers["X-RateLimit-Limit"], response.headers["X-RateLimit-Remaining"])
        for response in refused
    } == {("10", "0")}
    assert all(int(response.headers["Retry-After"]) >= 1 for response in refused)
    assert len(responses) - len(refused) >= 30
    assert later.status_code == 200


def test_another_workspace_and_the_other_mode_see_nothing(stack: Stack) -> None:
    workspace = stack.workspace()
    live = stack.access(workspace, "paytrum")
    test = stack.access(workspace, "paytrum", "--mode", "test")
    stranger = stack.access(stack.workspace(), "paytrum")
    with live.client() as http:
        created = http.post("/v1/clients", json=CLIENT).json()
    path = f"/v1/clients/{created['id']}"

    for access in (test, stranger):
        with access.client() as http:
            assert code(http.get(path)) == (404, "not_found")
            assert code(http.patch(path, json={"name": "Mine"})) == (404, "not_found")
            assert code(http.delete(path)) == (404, "not_found")
            assert http.get("/v1/clients").json()["data"] == []
            after = http.get(f"/v1/clients?startingAfter={created['id']}")
            assert code(after) == (400, "bad_request")
    with live.client() as http:
        assert http.get(path).json() == created


def test_an_idempotency_key_belongs_to_workspace_and_mode(stack: Stack) -> None:
    workspace = stack.workspace()
    accesses = [
        stack.access(workspace, "paytrum"),
        stack.access(workspace, "paytrum", "--mode", "test"),
        stack.access(stack.workspace(), "paytrum"),
    ]
    headers = {"Idempotency-Key": "one"}

    ids = set()
    for access in accesses:
        with access.client() as http:
            ids.add(http.post("/v1/clients", json=CLIENT, headers=headers).json()["id"])

    assert len(ids) == 3


def test_revoking_a_key_ends_it_at_once(stack: Stack) -> None:
    workspace = stack.workspace()
    issued = stack.credential(workspace, "paytrum")
    access = Access(f"{stack.endpoint}/paytrum", issued["headers"])

    with access.client() as http:
        before = http.get("/v1/clients")
        stack.revoke(issued["id"])
        after = http.get("/v1/clients")

    assert before.status_code == 200
    assert code(after) == (401, "unauthorized")


def test_plan_and_subscription_count_at_once(stack: Stack) -> None:
    workspace = stack.workspace("studio")
    with stack.access(workspace, "paytrum").client() as http:
        statuses = [http.get("/v1/clients").status_code]
        for change in (
            ("--plan", "free"),
            ("--plan", "business"),
            ("--subscription", "inactive"),
            ("--subscription", "active"),
        ):
            stack.registry("workspace", "update", workspace, *change)
            statuses.append(http.get("/v1/clients").status_code)

    assert statuses == [200, 403, 200, 403, 200]


def test_a_key_without_the_scope_is_403(stack: Stack) -> None:
    access = stack.access(stack.workspace(), "paytrum", "--scope", "clients:read")

    with access.client() as http:
        read, write = http.get("/v1/clients"), http.post("/v1/clients", json=CLIENT)

    assert read.status_code == 200
    assert code(write) == (403, "forbidden")

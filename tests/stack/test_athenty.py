"""Athenty over HTTP: two credential headers, usage plan, gateway responses, one record."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from registry.domain.workspace import UsagePlan
from tests.stack.conftest import Access, Stack, patiently

PATH = "/v2/api/clients"
INDIVIDUAL = (
    b'{ "nameFirst": "Jane", "nameLast": "Smith", "email": "jane@example.com",'
    b' "memberType": "individual", "country": "CA"}'
)
BUSINESS = (
    b'{ "businessName": "Acme Corp", "email": "legal@acme.com", "memberType": "business",'
    b' "country": "CA"}'
)
UNKNOWN = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def athenty(stack: Stack) -> Access:
    return stack.contract("athenty")


def code(response: httpx.Response) -> tuple[int, str]:
    """Status and code of an error that has Athenty's shape and nothing else."""
    body = response.json()
    assert response.headers["Content-Type"] == "application/json"
    assert list(body)[:3] == ["code", "message", "statusCode"]
    assert list(body)[3:] == (["errors"] if body["code"] == "VALIDATION_ERROR" else [])
    assert body["statusCode"] == response.status_code
    return response.status_code, body["code"]


@pytest.mark.parametrize("printed", [INDIVIDUAL, BUSINESS])
def test_the_printed_requests_work_as_printed(athenty: Access, printed: bytes) -> None:
    with athenty.client() as http:
        created = http.post(PATH, content=printed, headers=JSON)
        read = http.get(f"{PATH}/{created.json()['id']}")
        listed = http.get(f"{PATH}?limit=1")

    assert created.status_code == 201
    assert read.text == created.text
    assert listed.json()["data"] == [created.json()]


def test_a_client_is_changed_archived_and_restored(athenty: Access) -> None:
    with athenty.client() as http:
        path = f"{PATH}/{http.post(PATH, content=INDIVIDUAL, headers=JSON).json()['id']}"
        changed = http.patch(path, json={"metadata": {"tier": 1}, "nameLast": "Miller"})
        archived = http.delete(path)
        again = http.delete(path)
        restored = http.patch(path, json={"active": True})

    assert (changed.json()["metadata"], changed.json()["nameLast"]) == ({"tier": 1}, "Miller")
    assert (archived.status_code, archived.json()["active"]) == (200, False)
    assert (again.status_code, again.text) == (200, archived.text)
    assert (restored.status_code, restored.json()["active"]) == (200, True)


def test_the_key_is_taken_from_either_header(athenty: Access) -> None:
    key = athenty.headers["X-Api-Key"]
    for headers in (
        {"X-Api-Key": key},
        {"x-api-key": key},
        {"Authorization": f"Bearer {key}"},
        {"authorization": f"bearer {key}"},
        {"X-Api-Key": key, "Authorization": f"Bearer {key}"},
    ):
        assert (
            httpx.get(f"{athenty.base_url}{PATH}", headers=headers, timeout=None).status_code == 200
        )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Api-Key": ""},
        {"X-Api-Key": "ath_live_your_key"},
        {"Authorization": "Bearer ath_live_your_key"},
        {"Authorization": "Basic YTpi"},
    ],
)
def test_without_a_good_key_the_response_is_as_printed(
    athenty: Access,
    headers: dict[str, str],
) -> None:
    response = httpx.get(f"{athenty.base_url}{PATH}", headers=headers, timeout=None)

    assert response.status_code == 401
    assert (
        response.text
        == '{"code": "UNAUTHORIZED", "message": "Invalid API key.", "statusCode": 401}'
    )


def test_keys_that_differ_and_keys_of_another_contract_are_refused(
    stack: Stack,
    athenty: Access,
) -> None:
    key = athenty.headers["X-Api-Key"]
    workspace = stack.workspace()
    other = stack.access(workspace, "athenty").headers["X-Api-Key"]
    paytrum = stack.access(workspace, "paytrum").headers["Authorization"]

    for headers in (
        {"X-Api-Key": key, "Authorization": f"Bearer {other}"},
        {"X-Api-Key": key.replace("ath_live", "ath_test")},
        {"Authorization": paytrum},
        {"X-Api-Key": paytrum.removeprefix("Bearer ")},
    ):
        response = httpx.get(f"{athenty.base_url}{PATH}", headers=headers, timeout=None)
        assert code(response) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v2/api/nothing"),
        ("GET", "/v1/clients"),
        ("GET", "/"),
        ("PUT", PATH),
        ("DELETE", PATH),
        ("POST", f"{PATH}/{UNKNOWN}"),
        ("GET", f"{PATH}/{UNKNOWN}"),
        ("GET", f"{PATH}/clt_01j9abc456"),
        ("PATCH", f"{PATH}/{UNKNOWN}"),
        ("DELETE", f"{PATH}/{UNKNOWN}"),
    ],
)
def test_an_unknown_path_or_id_is_404(athenty: Access, method: str, path: str) -> None:
    with athenty.client() as http:
        response = http.request(method, path, json={} if method == "PATCH" else None)

    assert code(response) == (404, "NOT_FOUND")
    assert response.json()["message"] == "Resource not found."


@pytest.mark.parametrize(
    ("content", "content_type", "expected"),
    [
        (b"", "application/json", (400, "BAD_REQUEST")),
        (b"{", "application/json", (400, "BAD_REQUEST")),
        (b'{"metadata": {"a": 1, "a": 2}}', "application/json", (400, "BAD_REQUEST")),
        (b'{"metadata": ' + b"[" * 100_000, "application/json", (400, "BAD_REQUEST")),
        (b"{}", "text/plain", (415, "UNSUPPORTED_MEDIA_TYPE")),
        (b'{"city": "%s"}' % (b"a" * 300_000), "application/json", (413, "PAYLOAD_TOO_LARGE")),
        (b'{"nick": 1}', "application/json; charset=utf-8", (422, "VALIDATION_ERROR")),
    ],
)
def test_a_bad_body_is_refused_with_its_status(
    athenty: Access,
    content: bytes,
    content_type: str,
    expected: tuple[int, str],
) -> None:
    with athenty.client() as http:
        response = http.post(PATH, content=content, headers={"Content-Type": content_type})

    assert code(response) == expected


def test_every_failing_field_is_named_at_once(athenty: Access) -> None:
    with athenty.client() as http:
        response = http.post(PATH, json={"email": 5, "country": "Canada", "metadata": []})

    assert code(response) == (422, "VALIDATION_ERROR")
    assert response.json()["errors"] == [
        {"field": "email", "message": "Expected string, received number"},
        {"field": "country", "message": "Invalid country code"},
        {"field": "metadata", "message": "Expected object, received array"},
    ]


def test_metadata_comes_back_to_the_letter(athenty: Access) -> None:
    sent = (
        '{"z":1.0,"a":{"n":1e400,"b":[-0,0.10,12345678901234567890123456789012345678]},'
        '"ключ":"  👩‍🔬 "}'
    )
    with athenty.client() as http:
        created = http.post(PATH, content=f'{{"metadata":{sent}}}'.encode(), headers=JSON)
        read = http.get(f"{PATH}/{created.json()['id']}")

    assert f'"metadata":{sent},' in created.text
    assert read.text == created.text


def test_search_and_pages_over_the_index(stack: Stack) -> None:
    with stack.access(stack.workspace(), "athenty").client() as http:
        for number in range(7):
            patiently(lambda n=number: http.post(PATH, json={"nameLast": f"Smith {n}"}))  # type: ignore[misc]
        patiently(lambda: http.post(PATH, json={"businessName": "Acme"}))
        first = patiently(lambda: http.get(f"{PATH}?search=SMITH&sort=name&limit=5"))
        second = patiently(lambda: http.get(f"{PATH}?search=SMITH&sort=name&limit=5&page=2"))
        businesses = patiently(lambda: http.get(f"{PATH}?memberType=business"))

    names = [client["nameLast"] for page in (first, second) for client in page.json()["data"]]
    assert names == [f"Smith {number}" for number in range(7)]
    assert second.json()["pagination"] == {
        "page": 2,
        "limit": 5,
        "total": 7,
        "totalPages": 2,
        "hasNext": False,
        "hasPrev": True,
    }
    assert businesses.json()["pagination"]["total"] == 1


def test_one_record_is_reached_through_two_contracts(stack: Stack) -> None:
    workspace = stack.workspace()
    with (
        stack.access(workspace, "athenty").client() as athenty,
        stack.access(workspace, "paytrum").client() as paytrum,
    ):
        person = athenty.post(PATH, content=INDIVIDUAL, headers=JSON).json()
        company = paytrum.post(
            "/v1/clients",
            json={"name": "Acme Co", "usageType": "commercial", "notes": "Pays late"},
        ).json()
        there = paytrum.get(f"/v1/clients/{person['id']}").json()
        here = athenty.patch(f"{PATH}/{company['id']}", json={"externalId": "crm-1"}).json()
        kept = paytrum.get(f"/v1/clients/{company['id']}").json()

    assert (there["name"], there["usageType"], there["address"]["country"]) == (
        "Jane Smith",
        "consumer",
        "CA",
    )
    assert (here["businessName"], here["memberType"], here["nameLast"]) == (
        "Acme Co",
        "business",
        None,
    )
    assert kept == company | {"updatedAt": kept["updatedAt"]}


def test_creates_with_one_key_make_one_client(stack: Stack) -> None:
    access = stack.access(stack.workspace(), "athenty")
    headers = JSON | {"Idempotency-Key": str(uuid.uuid4())}

    with access.client() as http, ThreadPoolExecutor(10) as pool:
        send = lambda: http.post(PATH, content=INDIVIDUAL, headers=headers)  # noqa: E731 - sent often
        responses = list(pool.map(patiently, [send] * 40))
        conflict = patiently(lambda: http.post(PATH, content=BUSINESS, headers=headers))
        listed = patiently(lambda: http.get(PATH))

    assert Counter(response.status_code for response in responses) == {201: 40}
    assert len({response.text for response in responses}) == 1
    replays = Counter(response.headers.get("Idempotent-Replayed") for response in responses)
    assert replays == {"true": 39, None: 1}
    assert code(conflict) == (409, "CONFLICT")
    assert listed.json()["pagination"]["total"] == 1


@pytest.mark.parametrize("header", ["X-Api-Key", "Authorization"])
def test_the_usage_plan_throttles_and_lets_in_again(stack: Stack, header: str) -> None:
    access = stack.access(stack.workspace("studio"), "athenty")
    key = access.headers["X-Api-Key"]
    credential = {header: f"Bearer {key}" if header == "Authorization" else key}

    with Access(access.base_url, credential).client() as http, ThreadPoolExecutor(20) as pool:
        with stack.without_refill(UsagePlan.STANDARD):
            responses = list(pool.map(lambda _: http.get(f"{PATH}/{UNKNOWN}"), range(80)))
        later = patiently(lambda: http.get(PATH))

    refused = [response for response in responses if response.status_code == 429]
    assert len(responses) - len(refused) == 30
    assert {response.text for response in refused} == {
        '{"code": "RATE_LIMITED", "message": "Too many requests", "statusCode": 429}',
    }
    assert {
        (response.headers["X-RateLimit-Limit"], response.headers["X-RateLimit-Remaining"])
        for response in refused
    } == {("10", "0")}
    assert all(int(response.headers["Retry-After"]) >= 1 for response in refused)
    assert len(responses) - len(refused) >= 30
    assert later.status_code == 200


def test_another_workspace_and_the_other_mode_see_nothing(stack: Stack) -> None:
    workspace = stack.workspace()
    live = stack.access(workspace, "athenty")
    others = [
        stack.access(workspace, "athenty", "--mode", "test"),
        stack.access(stack.workspace(), "athenty"),
    ]
    with live.client() as http:
        created = http.post(PATH, content=INDIVIDUAL, headers=JSON).json()
    path = f"{PATH}/{created['id']}"

    for access in others:
        with access.client() as http:
            assert code(http.get(path)) == (404, "NOT_FOUND")
            assert code(http.patch(path, json={"city": "Mine"})) == (404, "NOT_FOUND")
            assert code(http.delete(path)) == (404, "NOT_FOUND")
            assert http.get(f"{PATH}?search=jane").json()["pagination"]["total"] == 0
    with live.client() as http:
        assert http.get(path).json() == created


def test_revoking_a_key_ends_it_at_once(stack: Stack) -> None:
    issued = stack.credential(stack.workspace(), "athenty")

    with Access(f"{stack.endpoint}/athenty", issued["headers"]).client() as http:
        before = http.get(PATH)
        stack.revoke(issued["id"])
        after = http.get(PATH)

    assert before.status_code == 200
    assert code(after) == (401, "UNAUTHORIZED")


def test_plan_and_subscription_count_at_once(stack: Stack) -> None:
    workspace = stack.workspace("studio")
    with stack.access(workspace, "athenty").client() as http:
        responses = [http.get(PATH)]
        for change in (
            ("--plan", "free"),
            ("--plan", "business"),
            ("--subscription", "inactive"),
            ("--subscription", "active"),
        ):
            stack.registry("workspace", "update", workspace, *change)
            responses.append(http.get(PATH))

    assert [response.status_code for response in responses] == [200, 403, 200, 402, 200]
    assert code(responses[1]) == (403, "FORBIDDEN")
    assert "Professional" in responses[1].json()["message"]
    assert code(responses[3]) == (402, "PAYMENT_REQUIRED")


def test_a_key_without_the_scope_is_403(stack: Stack) -> None:
    access = stack.access(stack.workspace(), "athenty", "--scope", "clients:read")

    with access.client() as http:
        read, write = http.get(PATH), http.post(PATH, content=INDIVIDUAL, headers=JSON)

    assert read.status_code == 200
    assert code(write) == (403, "FORBIDDEN")

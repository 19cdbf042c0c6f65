"""The registry's own contract over HTTP: every row of `docs/registry.md`, "Requests"."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from registry.domain.workspace import UsagePlan
from tests.stack.conftest import Access, Stack, administrator, patiently

CLIENTS = "/v1/clients"
PROBLEM = "application/problem+json"
Json = dict[str, Any]
# The stream's functions are asked for after each write; no test waits for a time, only for them.
_ATTEMPTS = 600


@pytest.fixture(scope="module")
def workspace(stack: Stack) -> str:
    """A workspace whose records no other test sees."""
    return stack.workspace()


@pytest.fixture(scope="module")
def http(stack: Stack, workspace: str) -> Iterator[httpx.Client]:
    """A caller of the registry's own contract with every scope."""
    with stack.access(workspace, "registry").client() as client:
        yield client


def send(http: httpx.Client, method: str, path: str, **request: Any) -> httpx.Response:
    """Send a request, again while the usage plan throttles."""
    return patiently(partial(http.request, method, path, **request))


def create(http: httpx.Client, **body: object) -> Json:
    """A client made with these fields."""
    response = send(http, "POST", CLIENTS, json=body)
    assert response.status_code == 201, response.text
    created: Json = response.json()
    return created


def until(look: Callable[[], Json], holds: Callable[[Json], bool]) -> Json:
    """What a request shows once the stream has been taken that far."""
    shown = look()
    for _ in range(_ATTEMPTS):
        if holds(shown):
            return shown
        time.sleep(0.1)
        shown = look()
    raise AssertionError(shown)


def page(http: httpx.Client, path: str) -> Json:
    """A page of a list."""
    response = send(http, "GET", path)
    assert response.status_code == 200, response.text
    shown: Json = response.json()
    return shown


def test_the_demo_credential_reaches_the_demo_workspace(stack: Stack) -> None:
    access = stack.contract("registry")

    with access.client() as http:
        assert access.base_url == f"{stack.endpoint}/registry"
        assert list(access.headers) == ["Authorization"]
        assert access.headers["Authorization"].startswith("Bearer rk_live_")
        assert send(http, "GET", f"{CLIENTS}?limit=1").status_code == 200


def test_a_client_is_created_read_changed_archived_and_restored(http: httpx.Client) -> None:
    created = send(http, "POST", CLIENTS, json={"name": "Acme", "address": {"country": "USA"}})
    path = f"{CLIENTS}/{created.json()['id']}"
    read = send(http, "GET", path)
    patch = {"Content-Type": "application/merge-patch+json", "If-Match": created.headers["ETag"]}
    changed = send(
        http, "PATCH", path, content='{"address":{"city":"Berlin"},"name":null}', headers=patch
    )
    stale = send(http, "DELETE", path, headers={"If-Match": '"1"'})
    archived = send(http, "DELETE", path, headers={"If-Match": '"2"'})
    restored = send(http, "POST", f"{path}/restore", headers={"If-Match": 'W/"9", "3"'})

    assert (created.status_code, created.headers["ETag"]) == (201, '"1"')
    assert (read.json(), read.headers["ETag"]) == (created.json(), '"1"')
    assert changed.json()["address"]["city"] == "Berlin"
    assert changed.json()["address"]["country"] == {"typed": "USA", "code": "US"}
    assert (changed.json()["name"], changed.headers["ETag"]) == (None, '"2"')
    assert (stale.status_code, stale.headers["Content-Type"]) == (412, PROBLEM)
    assert (archived.json()["status"], archived.headers["ETag"]) == ("archived", '"3"')
    assert (restored.json()["status"], restored.headers["ETag"]) == ("active", '"4"')


def test_a_post_with_a_key_happens_once_and_its_replay_is_the_first_response(
    http: httpx.Client,
) -> None:
    keyed = partial(send, http, "POST", CLIENTS, json={"name": "Once"})

    first = keyed(headers={"Idempotency-Key": "once"})
    replay = keyed(headers={"Idempotency-Key": '"once"'})
    other = send(http, "POST", CLIENTS, json={}, headers={"Idempotency-Key": "once"})

    assert (replay.content, replay.headers["ETag"]) == (first.content, first.headers["ETag"])
    assert replay.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert other.status_code == 422
    assert other.json()["type"] == "urn:client-registry:problem:idempotency-mismatch"


def test_clients_are_found_by_every_value(stack: Stack, http: httpx.Client, workspace: str) -> None:
    client = create(
        http,
        email="Jane@Find.example",
        phone="(415) 555-2699",
        ein="123456780",
        external_id="find-1",
    )
    link(stack, workspace, "66f1a2b3c4d5e6f7a8b9c0d1", client["id"])

    for query in (
        "email=jane@find.example",
        "phone=%2B1 415 555 2699",
        "tax_id=12-3456780",
        "external_id=find-1",
        "vendor_id=66f1a2b3c4d5e6f7a8b9c0d1&contract=paytrum",
        "email=jane@find.example&external_id=find-1&status=active",
    ):
        target = f"{CLIENTS}?{query}"
        found = until(partial(page, http, target), lambda shown: bool(shown["data"]))
        assert [each["id"] for each in found["data"]] == [client["id"]], query
    assert page(http, f"{CLIENTS}?email=jane@find.example&external_id=find-2")["data"] == []


def link(stack: Stack, workspace: str, vendor_id: str, client_id: str) -> None:
    """Write the link that a move from Paytrum writes."""
    dynamodb = administrator("dynamodb", stack.endpoint)
    (table,) = (name for name in dynamodb.list_tables()["TableNames"] if "LinksTable" in name)
    item = {
        "pk": {"S": f"{workspace}#live#VENDOR#paytrum#{vendor_id}"},
        "sk": {"S": "LINK"},
        "client_id": {"S": client_id},
    }
    dynamodb.put_item(TableName=table, Item=item)
    dynamodb.close()


def test_the_list_goes_newest_first_and_by_change_oldest_first(
    stack: Stack, http: httpx.Client
) -> None:
    with stack.access(stack.workspace(), "registry").client() as alone:
        made = [create(alone, name=str(number)) for number in range(3)]
        send(alone, "PATCH", f"{CLIENTS}/{made[0]['id']}", json={"notes": "x"})
        ids = [each["id"] for each in made]
        changed = f"{CLIENTS}?updated_since={made[0]['created_at']}"

        newest = page(alone, f"{CLIENTS}?limit=2")
        rest = page(alone, f"{CLIENTS}?limit=2&after={newest['next']}")
        by_change = until(partial(page, alone, changed), lambda shown: _ids(shown)[-1:] == ids[:1])

    assert _ids(newest) + _ids(rest) == ids[::-1]
    assert rest["next"] is None
    assert _ids(by_change) == [ids[1], ids[2], ids[0]]
    assert send(http, "GET", f"{CLIENTS}?after={newest['next']}").status_code == 400


def _ids(shown: Json) -> list[str]:
    return [each["id"] for each in shown["data"]]


def test_a_write_through_each_door_is_in_history_and_feed_with_who_did_it(
    stack: Stack, http: httpx.Client, workspace: str
) -> None:
    client = create(http, name="Acme")
    paths = {
        "paytrum": ("/v1/clients", {"notes": "p"}),
        "athenty": ("/v2/api/clients", {"nameLast": "a"}),
        "hoursmith": ("/api/v1/clients", {"notes": "h"}),
    }
    by = []
    for contract, (path, body) in paths.items():
        issued = stack.credential(workspace, contract)
        by.append((contract, issued["id"]))
        access = Access(f"{stack.endpoint}/{contract}", issued["headers"])
        with access.client() as door:
            assert send(door, "PATCH", f"{path}/{client['id']}", json=body).status_code == 200
    payments = stack.credential(workspace, "alternative_payments")
    by.append(("alternative_payments", payments["id"]))
    base_url = f"{stack.endpoint}/alternative_payments"
    token = httpx.post(
        f"{base_url}/oauth/token",
        auth=(payments["client_id"], payments["client_secret"]),
        data={"grant_type": "client_credentials"},
        timeout=None,
    ).json()["access_token"]
    with Access(base_url, {"Authorization": f"Bearer {token}"}).client() as door:
        patched = send(door, "PATCH", f"/customers/{client['id']}", json={"legal_name": "x"})
        assert patched.status_code == 200

    target = f"{CLIENTS}/{client['id']}/history"
    history = until(partial(page, http, target), lambda shown: len(shown["data"]) == 5)["data"]

    seen = [event["data"]["by"] for event in history[::-1]]
    assert [(each["contract"], each["credential_id"]) for each in seen[1:]] == by
    assert seen[0]["contract"] == "registry"
    assert history[0]["source"] == f"urn:client-registry:{workspace}:live"

    def feed() -> Json:
        return {"data": [e for e in everything(http) if e["subject"] == client["id"]]}

    fed = until(feed, lambda shown: len(shown["data"]) == 5)["data"]
    assert fed == history[::-1]
    printed: Any = stack.registry("client", "history", client["id"], "--workspace", workspace)
    assert printed == history


def everything(http: httpx.Client) -> list[Json]:
    """The whole feed."""
    found: list[Json] = []
    shown = page(http, "/v1/events?limit=100")
    while shown["data"]:
        found += shown["data"]
        shown = page(http, f"/v1/events?limit=100&after={shown['next']}")
    return found


def test_the_ledger_holds_each_consent_chained_to_the_one_before(http: httpx.Client) -> None:
    client = create(http, email="a@b.example", consents={"email": True})
    send(http, "PATCH", f"{CLIENTS}/{client['id']}", json={"consents": {"email": None}})

    newest, oldest = page(http, f"{CLIENTS}/{client['id']}/consents")["data"]

    assert (newest["granted"], newest["withdrawal"]) == (False, "stated")
    assert (newest["previous_hash"], oldest["previous_hash"]) == (oldest["hash"], None)
    assert newest["contact_point_hash"] == oldest["contact_point_hash"]
    assert {newest["source"], oldest["source"]} == {"attested"}


@pytest.mark.parametrize(
    ("method", "path", "request_", "status", "kind"),
    [
        ("GET", f"{CLIENTS}/x", {}, 404, "not-found"),
        ("PUT", CLIENTS, {"json": {}}, 404, "not-found"),
        ("GET", "/v1/nothing", {}, 404, "not-found"),
        ("GET", f"{CLIENTS}?limit=0", {}, 400, "bad-request"),
        ("POST", CLIENTS, {"content": "{"}, 400, "bad-request"),
        ("POST", CLIENTS, {"json": {"nickname": "x"}}, 422, "invalid"),
        ("POST", CLIENTS, {"content": b"a" * 300_000}, 413, "payload-too-large"),
        (
            "POST",
            CLIENTS,
            {"content": "x", "headers": {"Content-Type": "text/plain"}},
            415,
            "unsupported-media-type",
        ),
    ],
)
def test_every_error_is_a_problem(
    http: httpx.Client, method: str, path: str, request_: Json, status: int, kind: str
) -> None:
    response = send(http, method, path, **request_)

    assert response.status_code == status
    assert response.headers["Content-Type"] == PROBLEM
    problem = response.json()
    assert (problem["type"], problem["status"]) == (f"urn:client-registry:problem:{kind}", status)
    assert problem.keys() >= {"title", "detail"}


def test_a_caller_without_a_key_or_plan_or_scope_is_told_so_in_the_same_shape(
    stack: Stack, workspace: str
) -> None:
    nobody = httpx.get(f"{stack.endpoint}/registry{CLIENTS}", timeout=None)
    reader = stack.access(workspace, "registry", "--scope", "events:read")
    poor = stack.access(stack.workspace("starter"), "registry")
    with reader.client() as reads, poor.client() as lacks:
        refused = [send(reads, "GET", CLIENTS), send(lacks, "GET", CLIENTS)]
        assert send(reads, "GET", "/v1/events").status_code == 200

    assert (nobody.status_code, nobody.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert nobody.json()["type"] == "urn:client-registry:problem:unauthenticated"
    for response in (nobody, *refused):
        assert response.headers["Content-Type"] == PROBLEM
    for response in refused:
        assert response.status_code == 403
        assert response.json()["type"] == "urn:client-registry:problem:forbidden"


def test_past_the_burst_of_the_plan_a_caller_is_told_when_to_come_again(stack: Stack) -> None:
    with (
        stack.without_refill(UsagePlan.STANDARD),
        stack.access(stack.workspace("studio"), "registry").client() as http,
    ):
        responses = [http.get(f"{CLIENTS}?limit=1") for _ in range(31)]

    assert [each.status_code for each in responses] == [200] * 30 + [429]
    assert responses[-1].headers["Content-Type"] == PROBLEM
    assert responses[-1].headers["Retry-After"] == "1"
    assert responses[-1].json()["type"] == "urn:client-registry:problem:too-many-requests"


def test_an_operator_reads_the_same_client(
    stack: Stack, http: httpx.Client, workspace: str
) -> None:
    client = create(http, name="Acme", email="cli@find.example")
    where = ("--workspace", workspace)

    shown = stack.registry("client", "show", client["id"], *where)
    find = ("client", "find", "--email", "cli@find.example", *where)
    found: Any = until(
        lambda: {"found": stack.registry(*find)}, lambda printed: bool(printed["found"])
    )

    assert shown == client
    assert found["found"] == [client]

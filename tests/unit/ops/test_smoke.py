"""The checks, against an API that keeps clients as Paytrum does and errs where a test wants it."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import httpx
import pytest
from moto import mock_aws

from ops.smoke import clients, metrics
from ops.smoke.calls import Caller
from ops.smoke.clients import check_clients
from ops.smoke.credentials import check_outside_plan, check_revoked
from ops.smoke.findings import Findings
from ops.smoke.gateway import (
    check_body,
    check_burst,
    check_huge_body,
    check_refusals,
    check_routes,
    check_workspace_name,
)
from ops.smoke.metrics import check_metric
from ops.smoke.wire import WIRES
from registry.domain.workspace import Contract

PAYTRUM = next(wire for wire in WIRES if wire.contract is Contract.PAYTRUM)
KEY = {"Authorization": "Bearer ak_test_good"}
Spoil = Callable[[httpx.Request, httpx.Response], httpx.Response]


def error(status: int, code: str, **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={"error": {"code": code, "message": "m"}}, headers=sent)


def as_it_is(_: httpx.Request, response: httpx.Response) -> httpx.Response:
    return response


class Paytrum:
    """An API in this process.

    Attributes:
        spoil: changes a response before it is returned.
        rate: requests it lets through.
    """

    def __init__(self) -> None:
        self.clients: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, httpx.Response] = {}
        self.spoil: Spoil = as_it_is
        self.rate = 1_000_000

    def __call__(self, request: httpx.Request) -> httpx.Response:
        return self.spoil(request, self._respond(request))

    def _respond(self, request: httpx.Request) -> httpx.Response:
        """The response of gateway and authorizer, else that of the API."""
        self.rate -= 1
        _, collection, *rest = request.url.path.partition("/v1/clients")
        if not collection or request.method == "PUT":
            return error(404, "not_found")
        if request.headers.get("Authorization") != KEY["Authorization"]:
            return error(401, "unauthorized")
        if self.rate < 0:
            limits = {"X_RateLimit_Limit": "10", "X_RateLimit_Remaining": "0"}
            return error(429, "rate_limited", Retry_After="1", **limits)
        if len(request.content) > 256 * 1024:
            return error(413, "payload_too_large")
        return self._on_client(request, rest[0]) if rest[0] else self._on_collection(request)

    def _on_collection(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"data": list(self.clients.values())})
        key = request.headers["Idempotency-Key"]
        if key in self.keys:
            replay = {"x-idempotent-replay": "true"}
            return httpx.Response(201, content=self.keys[key].content, headers=replay)
        client = {"id": str(len(self.clients)), **json.loads(request.content)}
        self.clients[client["id"]] = client
        self.keys[key] = httpx.Response(201, json=client)
        return self.keys[key]

    def _on_client(self, request: httpx.Request, path: str) -> httpx.Response:
        client_id = path.split("/")[1]
        if request.method == "PATCH":
            self.clients[client_id] |= json.loads(request.content)
        return httpx.Response(200, json=self.clients[client_id])


@pytest.fixture
def api() -> Paytrum:
    return Paytrum()


@pytest.fixture
def call(api: Paytrum) -> Iterator[Caller]:
    transport = httpx.MockTransport(api)
    with httpx.Client(base_url="https://api.invalid", transport=transport, timeout=None) as http:
        yield Caller(http, KEY)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(clients, "_INDEX_SECONDS", 0.0)
    monkeypatch.setattr("ops.smoke.credentials._PATIENCE_SECONDS", 0.0)


def differing(check: Callable[[Findings], None]) -> list[str]:
    """What a check found different, without the contract's name."""
    findings = Findings()
    check(findings)
    assert findings.made
    return [finding.subject.removeprefix("paytrum: ") for finding in findings.differing]


CHECKS = [check_clients, check_routes, check_refusals, check_body, check_huge_body]


@pytest.mark.parametrize("check", CHECKS)
def test_a_good_api_has_no_differences(call: Caller, check: Callable[..., None]) -> None:
    assert differing(lambda findings: check(PAYTRUM, call, findings)) == []


def on(method: str, response: httpx.Response) -> Spoil:
    """Answers every request of a method with something else."""
    return lambda request, good: response if request.method == method else good


@pytest.mark.parametrize(
    ("spoil", "subjects"),
    [
        (
            lambda _, good: httpx.Response(good.status_code, content=good.content),
            ["create again with the same key"],
        ),
        (on("PATCH", httpx.Response(200, json={"notes": "else"})), ["update"]),
        (on("PATCH", error(500, "internal_error")), ["update"]),
        (on("DELETE", error(403, "forbidden")), ["archive"]),
        (
            on("GET", httpx.Response(200, json={"data": []})),
            ["get", "list"],
        ),
        (on("GET", httpx.Response(502, text="<html>")), ["get", "list", "get an archived client"]),
    ],
)
def test_a_bad_response_to_one_step_is_a_difference_of_that_step(
    api: Paytrum, call: Caller, spoil: Spoil, subjects: list[str]
) -> None:
    api.spoil = spoil

    assert differing(lambda findings: check_clients(PAYTRUM, call, findings)) == subjects


def test_a_second_create_that_makes_another_client_is_a_difference(
    api: Paytrum, call: Caller
) -> None:
    def forget(_: httpx.Request, good: httpx.Response) -> httpx.Response:
        api.keys.clear()
        return good

    api.spoil = forget

    found = differing(lambda findings: check_clients(PAYTRUM, call, findings))

    assert found == ["create again with the same key"]


def test_where_no_client_can_be_made_every_step_differs(api: Paytrum, call: Caller) -> None:
    api.spoil = on("POST", error(503, "unavailable"))
    findings = Findings()

    check_clients(PAYTRUM, call, findings)

    assert findings.differing == findings.made


def test_an_unknown_route_that_a_token_turns_into_400_differs(api: Paytrum, call: Caller) -> None:
    api.spoil = lambda request, good: (
        error(400, "bad_request")
        if good.status_code == 404 and "Authorization" in request.headers
        else good
    )

    assert differing(lambda findings: check_routes(PAYTRUM, call, findings)) == [
        "unknown path with a token",
        "unknown method with a token",
    ]


def test_a_credential_that_is_not_looked_at_differs(api: Paytrum, call: Caller) -> None:
    api.spoil = lambda *_: httpx.Response(200, json={"data": []})

    assert differing(lambda findings: check_refusals(PAYTRUM, call, findings)) == [
        "no credential",
        "a bad credential is denied",
    ]


def test_a_burst_is_stopped_with_the_headers_that_say_so(api: Paytrum, call: Caller) -> None:
    api.rate = 30

    assert differing(lambda findings: check_burst(PAYTRUM, call, findings)) == []


def test_a_burst_without_its_headers_differs(api: Paytrum, call: Caller) -> None:
    api.rate = 30
    api.spoil = lambda _, good: httpx.Response(good.status_code, content=good.content)

    assert differing(lambda findings: check_burst(PAYTRUM, call, findings)) == ["a burst"]


def test_a_burst_that_is_not_stopped_differs(call: Caller) -> None:
    assert differing(lambda findings: check_burst(PAYTRUM, call, findings)) == ["a burst"]


def test_a_credential_that_goes_on_working_differs(call: Caller) -> None:
    revoked = differing(lambda findings: check_revoked(PAYTRUM, call, findings))
    outside = differing(lambda findings: check_outside_plan(PAYTRUM, call, findings))

    assert (revoked, outside) == (["a revoked credential"], ["a key outside its plan"])


def test_a_credential_that_is_refused_in_the_end_does_not_differ(
    api: Paytrum, call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ops.smoke.credentials._PATIENCE_SECONDS", 60.0)
    responses = iter([error(403, "forbidden"), error(401, "unauthorized")])
    api.spoil = lambda *_: next(responses)

    assert differing(lambda findings: check_revoked(PAYTRUM, call, findings)) == []


@pytest.mark.parametrize(("shown", "found"), [("Café", 0), ("CafÃ©", 1)])
def test_a_name_that_loses_its_accents_differs(
    api: Paytrum, call: Caller, shown: str, found: int
) -> None:
    api.spoil = lambda *_: httpx.Response(200, json={"data": {"orgName": shown}})

    differences = differing(lambda findings: check_workspace_name("Café", call, findings))

    assert len(differences) == found


@pytest.mark.parametrize("counted", [True, False])
def test_the_metric_is_queried_by_its_dimensions(
    monkeypatch: pytest.MonkeyPatch, *, counted: bool
) -> None:
    monkeypatch.setattr(metrics, "_PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    operation = "create_client" if counted else "list_clients"
    dimensions = {"service": "paytrum", "operation": operation}
    with mock_aws():
        cloudwatch: Any = boto3.client("cloudwatch")
        cloudwatch.put_metric_data(
            Namespace="ClientRegistry",
            MetricData=[
                {
                    "MetricName": "Requests",
                    "Dimensions": [
                        {"Name": name, "Value": value} for name, value in dimensions.items()
                    ],
                    "Timestamp": datetime.now(UTC) - timedelta(minutes=2),
                    "Value": 1,
                },
            ],
        )

        assert differing(check_metric) == ([] if counted else [metrics.METRIC])


def test_every_contract_is_checked() -> None:
    assert {wire.contract for wire in WIRES} == set(Contract)

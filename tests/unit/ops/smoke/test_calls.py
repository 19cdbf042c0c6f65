"""Requests of a caller, and waiting."""

import time

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.smoke.calls import Caller, wait_for
from ops.smoke.findings import Seen


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def wait(observations: list[str], seconds: float = 1000) -> Seen:
    clock, rest = Time(), iter(observations)
    return wait_for("401", lambda: next(rest), seconds=seconds, clock=clock, sleep=clock.sleep)


def test_an_observation_made_at_once_takes_no_time() -> None:
    assert wait(["401"]) == Seen("401", "after 0 s")


def test_each_observation_on_the_way_is_reported_once() -> None:
    assert wait(["200", "200", "403", "200", "401"]) == Seen(
        "401", "after 4 s; before that 200, 403"
    )


@given(others=st.lists(st.sampled_from(["200", "403", "500"]), max_size=30))
def test_the_wait_ends_with_the_first_wanted_response(others: list[str]) -> None:
    seen = wait([*others, "401", "200"])

    assert seen.what == "401"
    assert seen.measured.startswith(f"after {len(others)} s")
    assert all(other in seen.measured for other in others)


def test_an_observation_that_is_not_made_in_time_is_abandoned() -> None:
    assert wait(["200"] * 20, seconds=5) == Seen("200", "after 5 s")


def test_one_look_is_taken_without_any_patience() -> None:
    assert wait(["200"], seconds=0) == Seen("200", "after 0 s")


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


def caller(*statuses: int) -> tuple[Caller, list[httpx.Request]]:
    """A caller whose requests have these responses, and the requests."""
    received: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        status = statuses[min(len(received), len(statuses) - 1)]
        received.append(request)
        return httpx.Response(status, headers={"Retry-After": "2"} if status == 429 else {})

    http = httpx.Client(
        base_url="https://api.invalid", transport=httpx.MockTransport(handle), timeout=None
    )
    return Caller(http, {"Authorization": "Bearer x"}), received


def test_a_caller_waits_as_retry_after_says_and_sends_again(slept: list[float]) -> None:
    call, received = caller(429, 429, 200)

    response = call("POST", "/v1/clients", json={"name": "A"}, headers={"Idempotency-Key": "k"})

    assert response.status_code == 200
    assert slept == [2.0, 2.0]
    assert {request.content for request in received} == {b'{"name":"A"}'}
    assert {request.headers["Authorization"] for request in received} == {"Bearer x"}
    assert {request.headers["Idempotency-Key"] for request in received} == {"k"}


def test_a_caller_that_is_never_let_in_gives_up(slept: list[float]) -> None:
    call, received = caller(429)

    assert call("GET", "/v1/clients").status_code == 429
    assert len(received) == len(slept) + 1 < 100


def test_a_call_can_be_made_once(slept: list[float]) -> None:
    call, received = caller(429)

    assert call.once("GET", "/v1/clients").status_code == 429
    assert (len(received), slept) == (1, [])

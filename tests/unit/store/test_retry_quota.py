"""The quota of retries: what AWS's SDKs have in their standard mode."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from registry.domain.errors import Unavailable
from registry.store.dynamodb import send
from registry.store.http.errors import NoResponse
from registry.store.retry_quota import CAPACITY, RETRY_COST, RetryQuota, retry_quota


@pytest.fixture(autouse=True)
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A full quota, before and after; nothing waits."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    retry_quota.cache_clear()
    yield
    retry_quota.cache_clear()


class Service:
    """A service that is down, or up."""

    def __init__(self) -> None:
        self.attempts = 0
        self.down = True

    def call(self, **_: object) -> dict[str, Any]:
        self.attempts += 1
        if self.down:
            raise NoResponse
        return {}


def test_a_lasting_fault_uses_the_quota_up_and_is_then_met_once() -> None:
    service = Service()
    for _ in range(CAPACITY // RETRY_COST):
        with pytest.raises(Unavailable):
            send(service.call)
    service.attempts = 0

    with pytest.raises(Unavailable):
        send(service.call)

    assert service.attempts == 1


def test_successes_earn_a_retry_back() -> None:
    service = Service()
    while retry_quota().take():
        pass
    service.down = False
    for _ in range(RETRY_COST):
        send(service.call)
    service.down, service.attempts = True, 0

    with pytest.raises(Unavailable):
        send(service.call)

    assert service.attempts == 2


def test_a_retry_that_succeeds_costs_nothing() -> None:
    quota = RetryQuota()

    for _ in range(10 * CAPACITY):
        assert quota.take()
        quota.succeeded(retried=True)


def test_the_quota_is_never_more_than_full() -> None:
    quota = RetryQuota()
    for _ in range(CAPACITY):
        quota.succeeded(retried=False)

    taken = 0
    while quota.take():
        taken += 1

    assert taken == CAPACITY // RETRY_COST

"""Many writers of one client: each gets its change in, within the time of a request."""

import random
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import pytest

from registry.domain import deadline
from registry.domain.change import Author, Change, create
from registry.domain.client import Client
from registry.domain.errors import RaceLost, Unavailable
from registry.domain.identifiers import now
from registry.domain.tenant import Tenant
from registry.services import clients
from tests.virtual import Turns

TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
AUTHOR = Author("author", now())
WRITERS, REQUESTS = 12, 5
# What an endpoint has: the 10 seconds of its function, less the time to respond.
REQUEST_SECONDS = 9.5


@dataclass
class OneClient:
    """A store of one client, whose calls take the time a DynamoDB call takes.

    Attributes:
        reads: the rounds that were begun.
    """

    client: Client
    call_seconds: float
    reads: int = 0

    def get_for_change(self, *_: object) -> tuple[Client, None]:
        """Read the client."""
        self.reads += 1
        time.sleep(self.call_seconds)
        return self.client, None

    def replace(self, _tenant: Tenant, before: Client, change: Change, *_: object) -> None:
        """Write the client unless it has changed."""
        time.sleep(self.call_seconds / 2)
        if self.client != before:
            time.sleep(self.call_seconds / 2)
            raise RaceLost
        self.client = change.client
        time.sleep(self.call_seconds / 2)


@dataclass
class Writers:
    """Writers that each send some requests, one after the other.

    Attributes:
        lost: how many requests ended with an error.
        longest: seconds that the longest request took.
    """

    store: OneClient
    turns: Turns
    lost: int = 0
    longest: float = 0

    def write(self) -> None:
        """What one of them does."""
        for _ in range(REQUESTS):
            began = self.turns.now
            end = began + REQUEST_SECONDS
            try:
                with deadline.within(partial(self._seconds_left, end)):
                    clients.change(cast("Any", self.store), TENANT, self.store.client.id, decide)
            except (RaceLost, Unavailable):
                self.lost += 1
            self.longest = max(self.longest, self.turns.now - began)

    def _seconds_left(self, end: float) -> float:
        return end - self.turns.now


def decide(client: Client) -> Change:
    """A change that no other writer's makes needless."""
    return Change(replace(client, version=client.version + 1))


@pytest.fixture
def writers(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Writers:
    """Writers whose pauses are drawn from a seed, over a store whose calls take some time."""
    call_seconds, seed = request.param
    turns = Turns()
    monkeypatch.setattr(time, "sleep", turns.sleep)
    monkeypatch.setattr(deadline, "_RANDOM", random.Random(seed))  # noqa: S311 - repeatable
    return Writers(OneClient(create(AUTHOR, name="Acme").client, call_seconds), turns)


RUNS = [(call_seconds, seed) for call_seconds in (0.005, 0.02, 0.05) for seed in range(6)]


@pytest.mark.parametrize("writers", RUNS, indirect=True, ids=str)
def test_twelve_writers_of_one_client_all_get_their_changes_in(writers: Writers) -> None:
    version = writers.store.client.version

    writers.turns.run([writers.write] * WRITERS)

    assert (writers.lost, writers.longest < REQUEST_SECONDS) == (0, True)
    assert writers.store.client.version == version + WRITERS * REQUESTS
    # A little over two rounds for a change.
    assert writers.store.reads <= 2.5 * WRITERS * REQUESTS


@pytest.mark.parametrize("writers", RUNS[:1], indirect=True, ids=str)
def test_without_pauses_they_would_not(writers: Writers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "pause", lambda _most: None)

    writers.turns.run([writers.write] * WRITERS)

    assert writers.lost > WRITERS


@pytest.mark.parametrize("writers", RUNS[:1], indirect=True, ids=str)
def test_a_writer_ends_before_its_time_is_up(
    writers: Writers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*_: object) -> None:
        deadline.require(2)
        writers.turns.sleep(2)
        raise RaceLost

    monkeypatch.setattr(writers.store, "replace", lose)

    writers.turns.run([writers.write])

    assert writers.lost == REQUESTS
    assert REQUEST_SECONDS / 2 < writers.longest < REQUEST_SECONDS

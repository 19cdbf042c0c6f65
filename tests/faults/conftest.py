"""Empty tables behind a wire that can fail, and time that passes only by waiting."""

import time
from collections.abc import Iterator

import pytest

from registry.store.dynamodb import dynamodb_client
from tests.faults.wire import Clock, Wire, wired
from tests.template import create_table


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the process: nothing sleeps."""
    clock, started = Clock(), time.monotonic()
    monkeypatch.setattr(time, "sleep", clock.sleep)
    monkeypatch.setattr(time, "monotonic", lambda: started + clock.waited)
    return clock


@pytest.fixture
def wire(webhooks: None, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """The connection to all tables, which are empty."""
    create_table(dynamodb_client(), "CredentialsTable", "credentials")
    monkeypatch.setenv("CREDENTIALS_TABLE", "credentials")
    with wired(dynamodb_client(), clock) as wire:
        yield wire

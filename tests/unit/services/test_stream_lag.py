"""How far `project` is behind is seen by the events of what was written."""

import pytest

from registry.domain.event import Event, EventType
from registry.domain.identifiers import now
from registry.domain.tenant import Tenant
from registry.services.stream_lag import StreamLag
from registry.store.dynamodb import dynamodb_client
from registry.store.events import EventStore
from tests.virtual import Clock

TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")


@pytest.fixture
def events(tables: None) -> EventStore:
    return EventStore(dynamodb_client(), "events")


def append(events: EventStore, client_id: str) -> None:
    event = Event(
        client_id=client_id,
        version=1,
        type=EventType.CREATED,
        at=now(),
        changed={},
        credential_id=None,
        contract=None,
        operator="local",
    )
    events.append([(TENANT, event)])


def test_it_is_behind_when_an_event_is_missing_for_more_than_a_minute(events: EventStore) -> None:
    clock = Clock()
    lag = StreamLag(events, TENANT, lambda: clock.now)

    lag.wrote("one", 1)
    clock.sleep(60)
    assert not lag.is_behind()
    clock.sleep(1)
    assert lag.is_behind()
    append(events, "one")
    assert not lag.is_behind()


def test_an_event_that_never_comes_is_settled_by_a_younger_one(events: EventStore) -> None:
    clock = Clock()
    lag = StreamLag(events, TENANT, lambda: clock.now)

    lag.wrote("parked", 1)
    clock.sleep(5)
    lag.wrote("two", 1)
    append(events, "two")
    clock.sleep(61)

    assert not lag.is_behind()

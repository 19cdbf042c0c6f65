"""A client's history in pages: any cut of it goes on where it ended."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.change import Author, create, update
from registry.domain.event import AnyEvent, Event, EventType, PaymentMethodEvent, event_of
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.tenant import Tenant
from registry.services.history import Place, history

TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
BEGINNING = datetime(2026, 6, 9, 17, 4, 21, tzinfo=UTC)


class Events:
    """The events of one client, as the store gives them."""

    def __init__(self, versions: list[int], methods: list[tuple[int, int]]) -> None:
        """Make events at these milliseconds; those of payment methods with a number each."""
        client = create(Author("c", BEGINNING), name="0").client
        self.versions = [event_of(None, client)]
        for number, at in enumerate(sorted(versions)):
            author = Author("c", BEGINNING + timedelta(milliseconds=at))
            after = update(client, author, name=str(number + 1)).client
            self.versions.append(event_of(client, after))
            client = after
        self.methods = sorted(
            (_method_event(client.id, at, number) for at, number in set(methods)),
            key=lambda event: event.id,
        )
        self.client = client

    def of(self, *_: object, before: int | None, at_once: int) -> Iterator[Event]:
        """The events of versions, newest first."""
        assert at_once
        return iter(
            [each for each in reversed(self.versions) if before is None or each.version < before]
        )

    def of_payment_methods(self, *_: object) -> list[PaymentMethodEvent]:
        """The events of payment methods, newest first."""
        return self.methods


def _method_event(client_id: str, at: int, number: int) -> PaymentMethodEvent:
    method = PaymentMethod(id=f"m{number}", client_id=client_id, type=PaymentMethodType.CARD)
    happened_at = BEGINNING + timedelta(milliseconds=at)
    return PaymentMethodEvent(method, EventType.PAYMENT_METHOD_ADDED, happened_at)


def read(events: Events, start: Place | None = None) -> Iterator[tuple[AnyEvent, Place]]:
    return history(cast("Any", events), TENANT, events.client, start=start)


moments = st.integers(0, 5_000)


@given(
    versions=st.lists(moments, max_size=6),
    methods=st.lists(
        st.tuples(moments, st.integers(0, 9)), max_size=6, unique_by=lambda each: each[1]
    ),
    limit=st.integers(1, 5),
)
@settings(max_examples=100, deadline=None)
def test_pages_of_any_size_are_the_whole_history(
    versions: list[int], methods: list[tuple[int, int]], limit: int
) -> None:
    events = Events(versions, methods)
    whole = [event for event, _ in read(events)]

    walked: list[AnyEvent] = []
    place: Place | None = None
    while page := list(islice(read(events, place), limit)):
        walked += [event for event, _ in page]
        place = page[-1][1]

    assert walked == whole
    expected: list[AnyEvent] = [*events.versions, *events.methods]
    assert sorted(event.id for event in whole) == sorted(event.id for event in expected)


@given(
    versions=st.lists(moments, max_size=6),
    methods=st.lists(st.tuples(moments, st.integers(0, 9)), max_size=6),
)
@settings(max_examples=50, deadline=None)
def test_it_is_newest_first(versions: list[int], methods: list[tuple[int, int]]) -> None:
    whole = [event.at for event, _ in read(Events(versions, methods))]

    assert whole == sorted(whole, reverse=True)


def test_a_place_says_of_each_kind_what_was_shown_last() -> None:
    events = Events([1], [(2_000, 1)])
    (first, at_first), (second, at_second), *_ = read(events)

    assert (first.type, second.type) == (EventType.PAYMENT_METHOD_ADDED, EventType.UPDATED)
    assert at_first.versions == {}
    assert at_second == replace(at_first, versions={events.client.id: 2})

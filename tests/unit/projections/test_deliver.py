"""Webhooks arrive: at least once, in order, and nowhere else, whatever the receivers do.

Time is virtual, see `tests/delivering.py`.
"""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.errors import Conflict
from registry.domain.event import EventType, cloud_event
from registry.domain.tenant import Tenant
from registry.domain.webhook import (
    STANDARD_WAITS,
    Cause,
    DeliveryState,
    DisabledReason,
    Endpoint,
)
from registry.domain.workspace import Contract
from registry.projections.posting import Answer
from tests.delivering import Simulation, format_of_test, in_order

LIVE = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
TEST = Tenant(LIVE.workspace_id, "test")
OTHER = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2d", "live")
URL = "https://receiver.example/hooks"
GOOD, BAD = Answer(200), Answer(503)
HOUR, DAY = 3600.0, 86_400.0


def opened(simulation: Simulation, tenant: Tenant, endpoint: Endpoint) -> bool:
    return simulation.webhooks.get(tenant, endpoint.id).open


def states(simulation: Simulation, endpoint: Endpoint) -> list[tuple[Cause, DeliveryState]]:
    """Causes and states of the attempts, oldest first."""
    found = [each for _, each in simulation.deliveries.attempts(LIVE, endpoint.id)]
    return [(each.cause, each.state) for each in reversed(found)]


def switch(
    simulation: Simulation,
    tenant: Tenant,
    endpoint: Endpoint,
    *,
    on: bool | None = None,
) -> None:
    """Enable or disable an endpoint; None for what it is not."""
    found = simulation.webhooks.get(tenant, endpoint.id)
    own_format = format_of_test(Contract.REGISTRY)
    enabled = not found.enabled if on is None else on
    simulation.switching.change(tenant, found, own_format, enabled=enabled)


def of_disabled_endpoints(simulation: Simulation, tenant: Tenant) -> set[str]:
    """The events of a tenant that say that an endpoint was disabled."""
    feed = simulation.events.feed(tenant)
    return {entry.event_id for entry in feed if entry.type is EventType.WEBHOOK_DISABLED}


steps = st.lists(
    st.one_of(
        st.tuples(st.just("change"), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.sampled_from([1, 40, 90, 700, 4000, 40_000])),
        st.tuples(st.just("receiver"), st.integers(0, 15)),
        st.tuples(st.just("switch"), st.integers(0, 3)),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=40)
@given(steps=steps, seed=st.integers(0, 1000))
def test_every_event_arrives_at_every_endpoint_of_its_tenant_in_order_and_at_no_other(
    steps: list[tuple[str, int]],
    seed: int,
) -> None:
    simulation = Simulation(seed)
    tenants = (LIVE, TEST, OTHER)
    places = [(tenant, f"https://{number}.example/") for number, tenant in enumerate(tenants)]
    places.append((LIVE, "https://3.example/"))
    endpoints = {url: simulation.endpoint(tenant, url) for tenant, url in places}
    modes = [
        lambda _: GOOD,
        lambda _: BAD,
        lambda _: BAD if simulation.random.random() < 0.5 else GOOD,
        lambda _: Answer(410),
    ]
    # Endpoints that have to catch up once they are open no more, or enabled again.
    behind = simulation.opened
    clients = [(tenant, simulation.create(tenant)) for tenant in tenants for _ in range(2)]
    told = [(tenant, f"{client_id}.1") for tenant, client_id in clients]

    for kind, number in steps:
        if kind == "change":
            tenant, client_id = clients[number]
            told.append((tenant, simulation.change(tenant, client_id)))
        elif kind == "receiver":
            url = places[number % 4][1]
            simulation.receivers[url].answer = modes[number // 4]
            if modes[number // 4]("") == Answer(410):
                behind.add(endpoints[url].id)
        elif kind == "switch":
            tenant, url = places[number]
            switch(simulation, tenant, endpoints[url])
            behind.add(endpoints[url].id)
        else:
            simulation.run(simulation.seconds + number)
    for receiver in simulation.receivers.values():
        receiver.answer = lambda _: GOOD
    for tenant, url in places:
        switch(simulation, tenant, endpoints[url], on=True)
    simulation.run(simulation.seconds + 30 * HOUR)
    simulation.run()

    assert len(simulation.queue) == 0
    for tenant, url in places:
        receiver = simulation.receivers[url]
        disabled = of_disabled_endpoints(simulation, tenant)
        own = {event_id for whose, event_id in told if whose == tenant}
        assert own <= set(receiver.taken) <= own | disabled
        assert len(receiver.taken) == len(set(receiver.taken))
        if endpoints[url].id not in behind:
            assert in_order(receiver.taken)


def test_an_event_is_attempted_after_the_waits_of_the_page_and_then_failed() -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL)
    # Another client's events are taken, so that the endpoint is not opened.
    other = simulation.create(LIVE)
    failing = simulation.create(LIVE)
    receiver = simulation.receivers[URL]
    at: list[float] = []

    def answer(event_id: str) -> Answer:
        if not event_id.startswith(failing):
            return GOOD
        at.append(simulation.seconds)
        return BAD

    receiver.answer = answer
    while simulation.seconds < 30 * HOUR:
        simulation.run(simulation.seconds + 50)
        simulation.change(LIVE, other)
    simulation.run()

    waits = [later - earlier for earlier, later in pairwise(at)]
    assert len(waits) == len(STANDARD_WAITS)
    for wait, stated in zip(waits, STANDARD_WAITS, strict=True):
        assert abs(wait / stated.total_seconds() - 1) <= 0.2 + 1 / stated.total_seconds()
    delivery = simulation.deliveries.get(LIVE, endpoint.id, failing, f"{failing}.1")
    assert delivery is not None
    assert delivery.state is DeliveryState.FAILED


@pytest.mark.parametrize(("asked", "waited"), [(600, 600), (3 * 86_400, 86_400)])
def test_a_receiver_that_asks_for_more_time_gets_it_up_to_a_day(asked: int, waited: int) -> None:
    simulation = Simulation()
    simulation.endpoint(LIVE, URL)
    simulation.create(LIVE)
    receiver = simulation.receivers[URL]
    receiver.answer = lambda _: Answer(429, retry_after=timedelta(seconds=asked))

    simulation.run(1)
    receiver.answer = lambda _: GOOD
    simulation.run(waited - 10)
    early = list(receiver.taken)
    simulation.run()

    assert early == []
    assert len(receiver.taken) == 1
    assert waited <= simulation.seconds <= waited + 10


def test_an_endpoint_that_does_nothing_but_fail_is_probed_and_catches_up_from_the_feed() -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL)
    receiver = simulation.receivers[URL]
    receiver.answer = lambda _: BAD if simulation.seconds < HOUR else GOOD
    clients = [simulation.create(LIVE) for _ in range(5)]
    told = [f"{client_id}.1" for client_id in clients]

    while simulation.seconds < HOUR - 60:
        told.append(simulation.change(LIVE, clients[len(told) % 5]))
        simulation.run(simulation.seconds + 20)
    was_open, held = opened(simulation, LIVE, endpoint), len(simulation.queue)
    simulation.run()

    assert was_open
    assert held <= 5
    assert sorted(receiver.taken) == sorted(told)
    # Ten probes a minute apart, then one in five minutes, beside the attempts before it was opened.
    assert 20 <= receiver.requests - len(receiver.taken) <= 45
    assert simulation.seconds < HOUR + 10 * 60
    after = simulation.webhooks.get(LIVE, endpoint.id)
    assert (after.open, after.behind_from, after.catch_up_until) == (False, None, None)


def test_an_endpoint_that_says_it_is_gone_is_disabled_and_catches_up_when_it_is_enabled() -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL)
    receiver = simulation.receivers[URL]
    receiver.answer = lambda _: Answer(410)
    client_id = simulation.create(LIVE)
    simulation.run(1)
    off = simulation.webhooks.get(LIVE, endpoint.id)
    told = [f"{client_id}.1"] + [simulation.change(LIVE, client_id) for _ in range(3)]
    simulation.run()
    receiver.answer = lambda _: GOOD

    simulation.switching.change(LIVE, off, format_of_test(Contract.REGISTRY), enabled=True)
    simulation.run()

    assert (off.enabled, off.disabled_reason) == (False, DisabledReason.GONE)
    assert simulation.disabled == [endpoint.id]
    assert receiver.taken == told


@pytest.mark.parametrize(
    ("contract", "disabled", "clients"),
    [(Contract.REGISTRY, True, 6), (Contract.REGISTRY, True, 1), (Contract.HOURSMITH, False, 1)],
)
def test_an_endpoint_that_fails_for_five_days_is_disabled_where_its_format_says_so(
    contract: Contract,
    disabled: bool,  # noqa: FBT001 - a parameter of the test
    clients: int,
) -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL, contract=contract)
    simulation.receivers[URL].answer = lambda _: Answer(error="timeout")
    for _ in range(clients):
        simulation.create(LIVE)

    simulation.run(5 * DAY - HOUR)
    before = simulation.webhooks.get(LIVE, endpoint.id)
    simulation.run(5 * DAY + HOUR)
    after = simulation.webhooks.get(LIVE, endpoint.id)

    assert before.enabled
    assert after.enabled is not disabled
    assert after.disabled_reason == (DisabledReason.FAILING if disabled else None)


def test_an_event_that_is_skipped_lets_those_behind_it_pass() -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL)
    client_id = simulation.create(LIVE)
    receiver = simulation.receivers[URL]
    receiver.answer = lambda event_id: BAD if event_id.endswith(".1") else GOOD
    later = simulation.change(LIVE, client_id)
    simulation.run(30)
    before = list(receiver.taken)

    simulation.resending.skip(LIVE, endpoint, f"{client_id}.1")
    simulation.run(31)

    assert before == []
    assert receiver.taken == [later]
    with pytest.raises(Conflict):
        simulation.resending.skip(LIVE, endpoint, later)


def test_an_event_can_be_sent_now_and_sent_again() -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL)
    event_id = f"{simulation.create(LIVE)}.1"
    receiver = simulation.receivers[URL]
    receiver.answer = lambda _: BAD
    simulation.run(30)
    receiver.answer = lambda _: GOOD

    for _ in range(2):
        simulation.resending.resend(LIVE, endpoint, event_id)
        simulation.run(simulation.seconds + 1)

    assert receiver.taken == [event_id, event_id]
    assert states(simulation, endpoint) == [
        (Cause.CHANGE, DeliveryState.WAITING),
        (Cause.RETRY, DeliveryState.WAITING),
        (Cause.RETRY, DeliveryState.DELIVERED),
        (Cause.RESEND, DeliveryState.DELIVERED),
    ]


def test_a_test_is_sent_to_the_endpoint_alone_and_each_time() -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL)
    simulation.endpoint(LIVE, "https://other.example/")

    tests = [simulation.switching.test(LIVE, endpoint) for _ in range(2)]
    simulation.run()

    assert sorted(simulation.receivers[URL].taken) == sorted(tests)
    assert simulation.receivers["https://other.example/"].requests == 0
    assert states(simulation, endpoint) == [(Cause.TEST, DeliveryState.DELIVERED)] * 2


def test_an_endpoint_is_told_of_the_types_that_it_asks_for() -> None:
    simulation = Simulation()
    simulation.endpoint(LIVE, URL, types=("client.created",))
    client_id = simulation.create(LIVE)
    simulation.change(LIVE, client_id)

    simulation.run()

    assert simulation.receivers[URL].taken == [f"{client_id}.1"]


def test_what_was_delivered_is_forgotten_with_its_client() -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL)
    gone, stays = simulation.create(LIVE), simulation.create(LIVE)
    simulation.run()

    simulation.deliveries.erase(LIVE, gone)

    left = [each.client_id for _, each in simulation.deliveries.attempts(LIVE, endpoint.id)]
    assert left == [stays]
    assert list(simulation.deliveries.erasable(LIVE, gone)) == []
    assert simulation.deliveries.get(LIVE, endpoint.id, gone, f"{gone}.1") is None


def test_of_an_erased_client_an_endpoint_is_told_of_the_erasure_alone() -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL)
    gone, stays = simulation.create(LIVE), simulation.create(LIVE)
    simulation.change(LIVE, gone)
    erased = simulation.erase(LIVE, gone)

    simulation.run()
    simulation.deliveries.erase(LIVE, gone)

    assert sorted(simulation.receivers[URL].taken) == sorted((f"{stays}.1", erased))
    assert simulation.deliveries.get(LIVE, endpoint.id, gone, erased) is not None


def test_an_event_that_waits_for_another_attempt_is_dropped_when_its_client_is_erased() -> None:
    simulation = Simulation()
    simulation.endpoint(LIVE, URL)
    receiver = simulation.receivers[URL]
    receiver.answer = lambda event_id: Answer(204 if event_id == erased else 500)
    erased = ""
    gone = simulation.create(LIVE)
    simulation.run(until=1)
    assert (receiver.requests, receiver.taken) == (1, [])

    erased = simulation.erase(LIVE, gone)
    simulation.run()

    assert (receiver.requests, receiver.taken) == (2, [erased])


def test_that_an_endpoint_was_disabled_is_told_to_the_others_and_never_to_itself() -> None:
    simulation = Simulation()
    gone = simulation.endpoint(LIVE, URL)
    other, created, foreign = "https://other.example/", "https://2.example/", "https://3.example/"
    simulation.endpoint(LIVE, other, types=("webhook.disabled",))
    simulation.endpoint(LIVE, created, types=("client.created",))
    simulation.endpoint(TEST, foreign)
    simulation.receivers[URL].answer = lambda _: Answer(410)
    client_id = simulation.create(LIVE)
    simulation.run()

    simulation.receivers[URL].answer = lambda _: GOOD
    off = simulation.webhooks.get(LIVE, gone.id)
    simulation.switching.change(LIVE, off, format_of_test(Contract.REGISTRY), enabled=True)
    simulation.run()

    entry = list(simulation.events.feed(LIVE))[-1]
    (event,) = simulation.events.get_many(LIVE, [entry])
    found = simulation.events.find(LIVE, entry.event_id)
    assert found == (event, entry.place)
    assert cloud_event(LIVE, event) == {
        "specversion": "1.0",
        "id": entry.event_id,
        "source": f"urn:client-registry:{LIVE.workspace_id}:live",
        "type": "webhook.disabled",
        "time": "2026-06-01T00:00:00.000Z",
        "subject": gone.id,
        "data": {"contract": "registry", "disabled_reason": "gone"},
    }
    assert simulation.receivers[other].taken == [entry.event_id]
    assert simulation.receivers[created].taken == [f"{client_id}.1"]
    assert simulation.receivers[foreign].requests == 0
    assert simulation.receivers[URL].taken == [f"{client_id}.1"]


def test_others_are_told_even_if_the_run_that_disabled_an_endpoint_was_cut_off() -> None:
    simulation = Simulation()
    gone = simulation.endpoint(LIVE, URL)
    simulation.endpoint(LIVE, "https://other.example/")
    off = replace(
        gone, enabled=False, disabled_reason=DisabledReason.GONE, disabled_at=simulation.now()
    )
    simulation.webhooks.disable(LIVE, off)

    simulation.run(90)
    simulation.deliver.breaker.announce(LIVE, off)
    simulation.run()

    (entry,) = simulation.events.feed(LIVE)
    assert simulation.receivers["https://other.example/"].taken == [entry.event_id]
    assert list(simulation.webhooks.unwell()) == []


def test_what_waits_behind_refused_events_for_weeks_is_not_lost_without_a_trace() -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL)
    refused, taken = simulation.create(LIVE), simulation.create(LIVE)
    told = [f"{refused}.1"] + [simulation.change(LIVE, refused) for _ in range(4)]
    wait = timedelta(hours=24)
    simulation.receivers[URL].answer = lambda event_id: (
        Answer(429, retry_after=wait) if event_id.startswith(refused) else GOOD
    )

    for _ in range(32):
        simulation.change(LIVE, taken)
        simulation.run(simulation.seconds + DAY / 2)

    assert simulation.queue.lost == 0
    assert len(simulation.queue) == 0
    found = (simulation.deliveries.get(LIVE, endpoint.id, refused, each) for each in told)
    known = [each for each in found if each is not None]
    assert [each.state for each in known] == [DeliveryState.FAILED] * len(told)
    assert known[0].attempts == len(STANDARD_WAITS) + 1


def test_an_event_that_waits_for_a_day_can_be_sent_now_at_any_hour() -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL)
    event_id = f"{simulation.create(LIVE)}.1"
    receiver = simulation.receivers[URL]
    receiver.answer = lambda _: Answer(503, retry_after=timedelta(hours=24))
    simulation.run(20 * HOUR)
    receiver.answer = lambda _: GOOD

    simulation.resending.resend(LIVE, endpoint, event_id)
    simulation.run(20 * HOUR + 1)

    assert receiver.taken == [event_id]


def test_an_event_that_is_sent_now_to_an_open_endpoint_is_not_given_up_by_it() -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL)
    event_id = f"{simulation.create(LIVE)}.1"
    receiver = simulation.receivers[URL]
    receiver.answer = lambda _: BAD
    simulation.run(3 * HOUR)
    endpoint = simulation.webhooks.get(LIVE, endpoint.id)
    asked = receiver.requests

    simulation.resending.resend(LIVE, endpoint, event_id)
    simulation.run(3 * HOUR + 1)
    receiver.answer = lambda _: GOOD
    simulation.run()

    assert endpoint.open
    assert (Cause.RESEND, DeliveryState.WAITING) in states(simulation, endpoint)
    assert receiver.requests > asked + 1
    assert receiver.taken == [event_id]


def test_an_endpoint_that_somebody_disables_is_left_alone_and_enabled_begins_afresh() -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL)
    told = [f"{simulation.create(LIVE)}.1" for _ in range(6)]
    receiver = simulation.receivers[URL]
    receiver.answer = lambda _: BAD
    simulation.run(HOUR)
    fails = simulation.webhooks.get(LIVE, endpoint.id)
    own_format = format_of_test(Contract.REGISTRY)

    off = simulation.switching.change(LIVE, fails, own_format, enabled=False)
    asked = receiver.requests
    simulation.run(2 * HOUR)
    receiver.answer = lambda _: GOOD
    asked_while_off = receiver.requests - asked
    # The response was lost, and the request is repeated.
    on = simulation.switching.change(LIVE, off, own_format, enabled=True)
    simulation.switching.change(LIVE, on, own_format, enabled=True)
    simulation.run()

    assert fails.open
    assert asked_while_off == 0
    assert sorted(receiver.taken) == sorted(told)
    assert list(simulation.webhooks.unwell()) == []


def test_a_key_names_another_test_on_another_day() -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL)

    tests = []
    for _ in range(2):
        tests += [simulation.switching.test(LIVE, endpoint, "key") for _ in range(2)]
        simulation.run(simulation.seconds + DAY)

    assert tests[0] == tests[1] != tests[2] == tests[3]
    assert simulation.receivers[URL].taken == [tests[0], tests[2]]


def test_an_endpoint_is_not_opened_by_tests_that_fail() -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL)
    simulation.receivers[URL].answer = lambda _: BAD
    for _ in range(8):
        simulation.switching.test(LIVE, endpoint)

    simulation.run(HOUR)

    assert not opened(simulation, LIVE, endpoint)

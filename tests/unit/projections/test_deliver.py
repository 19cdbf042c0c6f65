"""Webhooks arrive: at least once, in order, and nowhere else, whatever the receivers do.

Time is virtual, see `tests/delivering.py`.
"""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.errors import Conflict
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


steps = st.lists(
    st.one_of(
        st.tuples(st.just("change"), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.sampled_from([1, 40, 90, 700, 4000, 40_000])),
        st.tuples(st.just("receiver"), st.integers(0, 11)),
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
    ]
    clients = [(tenant, simulation.create(tenant)) for tenant in tenants for _ in range(2)]
    told = [(tenant, f"{client_id}.1") for tenant, client_id in clients]

    for kind, number in steps:
        if kind == "change":
            tenant, client_id = clients[number]
            told.append((tenant, simulation.change(tenant, client_id)))
        elif kind == "receiver":
            url = places[number % 4][1]
            simulation.receivers[url].answer = modes[number // 4]
        else:
            simulation.run(simulation.seconds + number)
    for receiver in simulation.receivers.values():
        receiver.answer = lambda _: GOOD
    simulation.run(simulation.seconds + 30 * HOUR)
    simulation.run()

    assert len(simulation.queue) == 0
    for tenant, url in places:
        receiver = simulation.receivers[url]
        assert set(receiver.taken) == {event_id for whose, event_id in told if whose == tenant}
        assert len(receiver.taken) == len(set(receiver.taken))
        if endpoints[url].id not in simulation.opened:
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
    ("contract", "disabled"), [(Contract.REGISTRY, True), (Contract.HOURSMITH, False)]
)
def test_an_endpoint_that_fails_for_five_days_is_disabled_where_its_format_says_so(
    contract: Contract,
    disabled: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    simulation = Simulation()
    endpoint = simulation.endpoint(LIVE, URL, contract=contract)
    simulation.receivers[URL].answer = lambda _: Answer(error="timeout")
    for _ in range(6):
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

    deleted = simulation.deliveries.erase(LIVE, gone)

    assert deleted == 2
    left = [each.client_id for _, each in simulation.deliveries.attempts(LIVE, endpoint.id)]
    assert left == [stays]
    assert simulation.deliveries.get(LIVE, endpoint.id, gone, f"{gone}.1") is None

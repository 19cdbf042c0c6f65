"""``python -m tests.webhook_demo``: what webhooks do when receivers fail, in virtual time.

It prints figures for a receiver that fails three times in ten, and for one that is down for an
hour. The queue, the tables and time are those of `tests/delivering.py`; everything else is the
product's.
"""

import sys
import time
from collections.abc import Iterator
from datetime import timedelta

from registry.domain.tenant import Tenant
from registry.domain.webhook import DeliveryState
from registry.projections.posting import Answer
from tests.delivering import Simulation, in_order

TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
URL = "https://receiver.example/hooks"
CLIENTS = 50
CHANGES = 1_000
HOUR = 3_600.0


def failing_three_times_in_ten() -> Iterator[str]:
    """A thousand changes of fifty clients, ten a second."""
    simulation = Simulation(seed=17)
    endpoint = simulation.endpoint(TENANT, URL)
    receiver = simulation.receivers[URL]
    receiver.answer = lambda _: Answer(500) if simulation.random.random() < 0.3 else Answer(200)
    told = _changes(simulation, per_second=10.0)
    simulation.run()
    attempts = [each for _, each in simulation.deliveries.attempts(TENANT, endpoint.id)]
    failed = sum(each.state is not DeliveryState.DELIVERED for each in attempts)
    yield from (
        _told(told, receiver.taken),
        f"  attempts {len(attempts)}, of which failed {failed}",
        f"  most attempts of one event {max(each.number for each in attempts)}",
        f"  order of each client kept: {in_order(receiver.taken)}",
        f"  last delivery after {timedelta(seconds=round(simulation.seconds))} of virtual time",
        f"  most messages in the queue {simulation.queue.most}",
    )
    assert sorted(set(receiver.taken)) == sorted(told)
    assert in_order(receiver.taken)


def down_for_an_hour() -> Iterator[str]:
    """A change every three seconds, and a receiver that refuses everything for an hour."""
    simulation = Simulation(seed=18)
    endpoint = simulation.endpoint(TENANT, URL)
    receiver = simulation.receivers[URL]
    refused = [0]

    def answer(_: str) -> Answer:
        if simulation.seconds < HOUR:
            refused[0] += 1
            return Answer(error="timeout")
        return Answer(200)

    receiver.answer = answer
    told = _changes(simulation, per_second=CHANGES / HOUR)
    held, opened_at = len(simulation.queue), simulation.webhooks.get(TENANT, endpoint.id).opened_at
    simulation.run()
    yield from (
        _told(told, receiver.taken),
        f"  opened at {opened_at:%H:%M:%S}; attempts refused {refused[0]}",
        f"  all delivered after {timedelta(seconds=round(simulation.seconds))} of virtual time",
        f"  messages in the queue at the end of the hour {held}, at most {simulation.queue.most}",
    )
    assert sorted(set(receiver.taken)) == sorted(told)


def _told(told: list[str], taken: list[str]) -> str:
    once = set(taken)
    return f"  events {len(told)}, delivered {len(once)}, twice {len(taken) - len(once)}"


def _changes(simulation: Simulation, per_second: float) -> list[str]:
    """Make changes of clients, and deliver meanwhile; the ids of the events."""
    clients = [simulation.create(TENANT) for _ in range(CLIENTS)]
    told = [f"{client_id}.1" for client_id in clients]
    while len(told) < CHANGES:
        told.append(simulation.change(TENANT, simulation.random.choice(clients)))
        simulation.run(simulation.seconds + 1 / per_second)
    return told


def main() -> None:
    """Print both."""
    for title, demonstration in (
        ("A receiver that fails three times in ten", failing_three_times_in_ten),
        ("A receiver that is down for an hour", down_for_an_hour),
    ):
        began = time.perf_counter()
        sys.stdout.write(f"{title}: {CHANGES} events of {CLIENTS} clients\n")
        for line in demonstration():
            sys.stdout.write(f"{line}\n")
        sys.stdout.write(f"  {time.perf_counter() - began:.0f} s on this machine\n")


if __name__ == "__main__":
    main()

"""Views are right after any history, however the stream brings it.

`VIEW_HISTORIES` says how many random histories are tried, of fifty batches each: `make
test-histories` tries two hundred.
"""

import os
import random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from registry.projections import index, project
from tests.history import TENANT, History

HISTORIES = int(os.environ.get("VIEW_HISTORIES", "16"))
STEPS = ("create", "create", "change", "archive_or_restore", "lose", "count_requests")


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the function has around it, and no pauses."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "ClientRegistry")
    monkeypatch.setattr("registry.domain.deadline.time.sleep", lambda _: None)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_every_count_and_event_is_right_after_random_batches_with_faults(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same history every time
    history = History(chance)
    for _ in range(50):
        for _ in range(chance.randrange(6)):
            getattr(history, chance.choice(STEPS))()
        draw = chance.random()
        if draw < 0.6:
            history.bring(chance.randrange(1, 8))
        elif draw < 0.8:
            history.bring(chance.randrange(1, 8), failing_call=chance.randrange(60))
        elif draw < 0.95:
            history.bring_again()
        else:
            history.rebuild(chance.choice([None, chance.randrange(40)]))
        history.assert_whole()

    history.settle()

    history.assert_right()
    history.assert_events_right()
    assert list(history.parked.all(index.NAME)) == []
    assert list(history.parked.all(project.NAME)) == []


def test_histories_get_packs_and_take_the_overlay_into_them() -> None:
    history = History(random.Random(1))  # noqa: S311 - the same history every time
    for _ in range(60):
        history.create()
    history.settle()
    history.rebuild()
    for _ in range(200):
        history.change()
        history.settle()

    snapshot = history.views.snapshot(TENANT)

    assert snapshot is not None
    assert len(snapshot.directory.packs) >= 10
    assert snapshot.directory.flips > 0
    assert len(snapshot.entries) < 60
    history.assert_right()


def test_a_record_that_cannot_be_taken_is_parked_and_the_rest_goes_on() -> None:
    history = History(random.Random(2))  # noqa: S311 - the same history every time
    for _ in range(20):
        history.create()
    history.settle()
    history.rebuild()
    for _ in range(5):
        history.change()
    broken = next(iter(history.waiting.values()))[0]
    whole = dict(broken["dynamodb"]["NewImage"])
    del broken["dynamodb"]["NewImage"]["updated_at"]

    history.settle()

    (parked,) = history.parked.all(index.NAME)
    client_id = whole["sk"]["S"].removeprefix("CLIENT#")
    assert parked.record["dynamodb"]["Keys"] == broken["dynamodb"]["Keys"]
    history.assert_whole()
    others = [each for each in history.live.values() if each.id != client_id]
    assert {each.id for each in others} <= set(history.shown())

    broken["dynamodb"]["NewImage"] = whole
    history.bring_late(broken)
    history.assert_right()


class Views(RuleBasedStateMachine):
    """Whatever happens to clients, in whatever way the stream brings it."""

    @initialize(seed=st.integers(0, 2**16), clients=st.integers(0, 12))
    def begin(self, seed: int, clients: int) -> None:
        self.history = History(random.Random(seed))  # noqa: S311 - drawn by hypothesis
        for _ in range(clients):
            self.history.create()

    @rule(step=st.sampled_from(STEPS))
    def happen(self, step: str) -> None:
        getattr(self.history, step)()

    @rule(most=st.integers(1, 8), failing_call=st.none() | st.integers(0, 40))
    def bring(self, most: int, failing_call: int | None) -> None:
        self.history.bring(most, failing_call)

    @rule()
    def bring_again(self) -> None:
        self.history.bring_again()

    @rule(failing_call=st.none() | st.integers(0, 30))
    def rebuild(self, failing_call: int | None) -> None:
        self.history.rebuild(failing_call)

    @invariant()
    def totals_are_those_of_the_pages(self) -> None:
        if hasattr(self, "history"):
            self.history.assert_whole()

    def teardown(self) -> None:
        """Bring what is left: then views show the clients as they are."""
        if hasattr(self, "history"):
            self.history.settle()
            self.history.assert_right()
            self.history.assert_events_right()


TestViews = Views.TestCase
TestViews.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)

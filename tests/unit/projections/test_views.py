"""Views are right after any history, however the stream brings it."""

import random

import pytest

from tests.history import History

STEPS = ("create", "create", "change", "archive_or_restore", "lose", "count_requests")


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the function has around it, and no pauses."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "ClientRegistry")
    monkeypatch.setattr("registry.domain.deadline.time.sleep", lambda _: None)


@pytest.mark.parametrize("seed", range(40))
def test_views_are_right_after_random_batches_with_faults(seed: int) -> None:
    chance = random.Random(seed)
    history = History(chance)
    for _ in range(60):
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

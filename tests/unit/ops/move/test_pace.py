"""No window of a vendor's ever holds more requests than it may, wherever it begins."""

from hypothesis import given
from hypothesis import strategies as st

from ops.move.pace import Pace, Window
from ops.move.timing import Timing
from tests.virtual import Clock

windows = st.lists(
    st.builds(Window, st.integers(1, 6), st.integers(1, 20).map(float)), min_size=1, max_size=3
)


@given(windows, st.lists(st.integers(0, 8), min_size=1, max_size=60))
def test_requests_are_within_every_window(limits: list[Window], quarters: list[int]) -> None:
    clock = Clock()
    pace = Pace(limits, Timing(clock=lambda: clock.now, sleep=clock.sleep))
    sent: list[float] = []
    for quarter in quarters:
        pace.wait()
        sent.append(clock.now)
        clock.sleep(quarter / 4)  # until the answer
        pace.answered()

    for window in limits:
        pairs = zip(sent, sent[window.requests :], strict=False)
        assert all(later - earlier >= window.seconds for earlier, later in pairs)


@given(windows)
def test_the_first_requests_do_not_wait(limits: list[Window]) -> None:
    clock = Clock()
    pace = Pace(limits, Timing(clock=lambda: clock.now, sleep=clock.sleep))
    for _ in range(min(window.requests for window in limits)):
        pace.wait()
        pace.answered()

    assert clock.now == 0


def test_the_pace_is_halved_by_every_complaint_and_comes_back_little_by_little() -> None:
    clock = Clock()
    pace = Pace([Window(1, 1.0)], Timing(clock=lambda: clock.now, sleep=clock.sleep))

    def seconds() -> float:
        began = clock.now
        pace.wait()
        pace.answered()
        return clock.now - began

    seconds()
    assert seconds() == 1
    for _ in range(6):
        pace.slow_down()
    assert seconds() == 16
    assert [round(seconds()) for _ in range(40)][-1] == 1

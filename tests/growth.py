"""How the cost of a call grows with its input, whatever the machine."""

import time
from collections.abc import Callable

FACTOR = 8
# What is linear costs 8 times as much, what is quadratic 64 times.
LINEAR = 24


def growth(call: Callable[[str], object], text: Callable[[int], str], size: int) -> float:
    """How many times as much processor time the call takes on a text 8 times as long."""
    call(text(size))
    return _seconds(call, text(size * FACTOR)) / _seconds(call, text(size))


def _seconds(call: Callable[[str], object], text: str) -> float:
    """The least of several measurements: whatever else the machine does only adds to one."""
    return min(_measured(call, text) for _ in range(4))


def _measured(call: Callable[[str], object], text: str) -> float:
    """The processor seconds of one call, over as many calls as the clock can measure."""
    calls, start = 0, time.process_time()
    while not calls or time.process_time() - start < 0.005:
        call(text)
        calls += 1
    return (time.process_time() - start) / calls

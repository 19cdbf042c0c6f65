"""How the cost of a call grows with its input, whatever the machine.

Cost is processor time, compared only with itself: what else the machine does can add to a
measurement, so the least of several counts, and one that fails is made again.
"""

import gc
import math
import time
from collections.abc import Callable, Sequence
from itertools import pairwise

FACTOR = 8
# What is linear costs 8 times as much, what is quadratic 64 times.
LINEAR = 24

SIZES = (16 * 1024, 32 * 1024, 64 * 1024)
# What is linear costs twice as much for a text twice as long, what is quadratic 4 times.
DOUBLED = 3
# From the first of three sizes to the last.
LINEAR_OVERALL = 6
_AGAIN = 5


def growth(call: Callable[[str], object], text: Callable[[int], str], size: int) -> float:
    """How many times as much processor time the call takes on a text 8 times as long."""
    call(text(size))
    return _seconds(call, text(size * FACTOR)) / _seconds(call, text(size))


def doubling(
    call: Callable[[str], object],
    text: Callable[[int], str],
    sizes: tuple[int, int, int] = SIZES,
) -> float:
    """How many times as much processor time the call takes when the text becomes twice as long.

    The largest of the ratios between neighbouring sizes. They are measured closely only where a
    glance at the first and the last size does not show already that the cost is linear.
    """
    texts = [text(size) for size in sizes]
    call(texts[0])
    first = min(_measured(call, texts[0], 0) for _ in range(3))
    overall = _measured(call, texts[-1], 0) / first
    if overall < LINEAR_OVERALL:
        return math.sqrt(max(overall, 1))
    seconds = [math.inf for _ in texts]
    for _ in range(_AGAIN):
        seconds = [
            min(least, _seconds(call, text)) for least, text in zip(seconds, texts, strict=True)
        ]
        if _largest(seconds) <= DOUBLED:
            break
    return _largest(seconds)


def lasting(call: Callable[[str], object], text: Callable[[int], str]) -> float:
    """As `doubling`, for a call that no limit on the length of its text stands before.

    What is steep has to be so again for texts four times as long. A text that no longer fits into a
    cache costs more than twice as much as half of it, once; a cost that grows too fast goes on.
    """
    found = doubling(call, text)
    if found <= DOUBLED:
        return found
    smallest, middle, largest = SIZES
    return min(found, doubling(call, text, (4 * smallest, 4 * middle, 4 * largest)))


def _largest(seconds: Sequence[float]) -> float:
    return max(longer / shorter for shorter, longer in pairwise(seconds))


def _seconds(call: Callable[[str], object], text: str) -> float:
    """The least of several measurements: whatever else the machine does only adds to one."""
    return min(_measured(call, text) for _ in range(4))


def _measured(call: Callable[[str], object], text: str, at_least: float = 0.005) -> float:
    """The processor seconds of one call, over as many calls as the clock can measure."""
    # A collection of garbage goes through all that lives, which is mostly the test session's.
    gc.disable()
    calls, start = 0, time.process_time()
    while not calls or time.process_time() - start < at_least:
        call(text)
        calls += 1
    seconds = (time.process_time() - start) / calls
    gc.enable()
    return seconds

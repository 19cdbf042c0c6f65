"""The deadline of the request under way, and the waits within it.

Lambda ends a function that takes too long, and its caller then gets no response of ours. So whoever
is about to wait, for the store or between two tries, asks here first whether the wait still ends in
time. The edge of a function sets the deadline; the operator's commands have none.
"""

import math
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from registry.domain.errors import Unavailable

SecondsLeft = Callable[[], float]

# The state of a seeded generator is part of a Lambda snapshot: every copy restored from it would
# wait for the same times. The operating system's generator has no state here.
_RANDOM = random.SystemRandom()


def _for_ever() -> float:
    return math.inf


_seconds_left: ContextVar[SecondsLeft] = ContextVar("seconds_left", default=_for_ever)


class within:  # noqa: N801 - used as a function is, in `with deadline.within(...)`
    """Set the deadline of this context, such as that of one request.

    Args:
        seconds_left: returns the seconds left; it is called before every wait.
    """

    __slots__ = ("_seconds_left", "_token")

    def __init__(self, seconds_left: SecondsLeft) -> None:
        self._seconds_left = seconds_left

    def __enter__(self) -> None:
        self._token = _seconds_left.set(self._seconds_left)

    def __exit__(self, *_: object) -> None:
        _seconds_left.reset(self._token)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Set a deadline that is this number of seconds away, unless the present one is nearer."""
    outer, end = _seconds_left.get(), time.monotonic() + seconds
    with within(lambda: min(outer(), end - time.monotonic())):
        yield


def left() -> float:
    """The seconds until the deadline; infinite without one, negative past it."""
    return _seconds_left.get()()


def require(seconds: float) -> None:
    """Make sure that a wait of at most this number of seconds ends before the deadline.

    Raises:
        Unavailable: it might not.
    """
    if left() < seconds:
        raise Unavailable


def pause(most: float) -> None:
    """Wait between two attempts, for a random time from 0 to `most` seconds.

    Callers that failed together would fail together again if they waited for the same time.

    Raises:
        Unavailable: the wait might pass the deadline.
    """
    require(most)
    time.sleep(_RANDOM.uniform(0, most))

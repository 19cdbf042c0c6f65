"""At most so many clients a second, so that the doors keep room in the table."""

import threading

from ops.move.timing import Timing

RATE = 300.0
"""Clients a second that a move writes at most, unless the operator says otherwise."""


class Rate:
    """The places in time of what many threads write."""

    def __init__(self, per_second: float, timing: Timing) -> None:
        """Begin now."""
        self._step = 1 / per_second
        self._timing = timing
        self._lock = threading.Lock()
        self._next = timing.clock()

    def take(self) -> None:
        """Wait for the next place; a place that passed unused is lost."""
        with self._lock:
            at = max(self._next, self._timing.clock())
            self._next = at + self._step
        delay = at - self._timing.clock()
        if delay > 0:
            self._timing.sleep(delay)

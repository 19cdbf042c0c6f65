"""Time that passes only by waiting, for one thread or for several that take turns."""

import heapq
import threading
from collections.abc import Callable, Sequence
from itertools import count


class Clock:
    """The time of one thread.

    Attributes:
        now: seconds since the clock was made.
    """

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


class Turns(Clock):
    """The time of several threads, of which one runs at a time: the one that wakes up first.

    The order depends on nothing but the times they sleep for, so a run repeats itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self._sleeping: list[tuple[float, int, threading.Event]] = []
        self._order = count()
        self._handed_back = threading.Event()

    def sleep(self, seconds: float) -> None:
        """Let the others run until this thread's time has come."""
        woken = threading.Event()
        heapq.heappush(self._sleeping, (self.now + seconds, next(self._order), woken))
        self._handed_back.set()
        woken.wait()

    def run(self, tasks: Sequence[Callable[[], None]]) -> None:
        """Run tasks side by side until all have ended; an error in one ends only that one."""
        for task in tasks:
            self._hand_to(threading.Thread(target=self._begin, args=(task,)).start)
        while self._sleeping:
            self.now, _, woken = heapq.heappop(self._sleeping)
            self._hand_to(woken.set)

    def _begin(self, task: Callable[[], None]) -> None:
        self.sleep(0)
        try:
            task()
        finally:
            self._handed_back.set()

    def _hand_to(self, wake: Callable[[], None]) -> None:
        self._handed_back.clear()
        wake()
        self._handed_back.wait()

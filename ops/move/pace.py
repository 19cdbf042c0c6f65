"""How fast requests follow each other: at a vendor's published limits, slower where it says so."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from ops.move.timing import Timing

_SLOWER = 2.0
_SLOWEST = 16.0
# After a 429 the pace comes back little by little, lest the next burst brings the next 429.
_FASTER = 0.9
_ANSWERS_BEFORE_FASTER = 10


@dataclass(frozen=True, slots=True)
class Window:
    """At most so many requests in any period of so many seconds."""

    requests: int
    seconds: float


UNKNOWN = (Window(2, 1.0),)
"""The limit of a vendor that publishes none."""


class Pace:
    """The requests of one credential.

    A request counts from the moment of its answer, since only then it is certain that the vendor
    has counted it. So no window of the vendor's ever holds more, whenever its windows begin.
    """

    def __init__(self, windows: Sequence[Window], timing: Timing) -> None:
        """Keep the limits."""
        self._windows = windows
        self._timing = timing
        self._answered: deque[float] = deque(maxlen=max(window.requests for window in windows))
        self._stretch = 1.0
        self._since_slower = 0

    def wait(self) -> None:
        """Wait until one more request is within every window."""
        delay = max(map(self._delay, self._windows))
        if delay > 0:
            self._timing.sleep(delay)

    def answered(self) -> None:
        """Count a request, whatever came of it."""
        self._answered.append(self._timing.clock())
        self._since_slower += 1
        if self._since_slower >= _ANSWERS_BEFORE_FASTER:
            self._stretch = max(1.0, self._stretch * _FASTER)

    def slow_down(self) -> None:
        """Take twice the time from now on, because the vendor says that it was too fast."""
        self._stretch = min(_SLOWEST, self._stretch * _SLOWER)
        self._since_slower = 0

    def _delay(self, window: Window) -> float:
        """Seconds until a window has room for one more request."""
        if len(self._answered) < window.requests:
            return 0.0
        oldest = self._answered[-window.requests]
        return oldest + window.seconds * self._stretch - self._timing.clock()

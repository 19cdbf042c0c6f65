"""Time and chance, as arguments: a test brings its own."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Timing:
    """What a connection knows of time.

    Attributes:
        clock: seconds since some moment.
        now: the present instant, UTC, which a vendor's dates are compared with.
        sleep: waits for so many seconds.
        chance: a number from 0 to 1, by which repeated requests of many are spread.
    """

    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

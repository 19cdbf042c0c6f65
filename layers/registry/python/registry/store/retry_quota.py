"""How many calls may be sent again: all calls of a process share one quota.

Three attempts at every call triple the load on a service that is down already. With the quota,
lasting faults are soon met with one attempt, and successes earn the attempts back.
Source: "Retry behavior", AWS SDKs and Tools Reference Guide, standard mode.
"""

import threading
from functools import cache
from typing import Final

CAPACITY: Final = 500
RETRY_COST: Final = 5
SUCCESS_EARNS: Final = 1


class RetryQuota:
    """Tokens that each retry takes from, up to `CAPACITY`."""

    def __init__(self) -> None:
        self._tokens = CAPACITY
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take what a retry costs; False when there is too little left."""
        with self._lock:
            if self._tokens < RETRY_COST:
                return False
            self._tokens -= RETRY_COST
            return True

    def succeeded(self, *, retried: bool) -> None:
        """Give back what the last retry of a call that succeeded cost, or a little without one."""
        with self._lock:
            earned = RETRY_COST if retried else SUCCESS_EARNS
            self._tokens = min(CAPACITY, self._tokens + earned)


@cache
def retry_quota() -> RetryQuota:
    """The quota of this process."""
    return RetryQuota()

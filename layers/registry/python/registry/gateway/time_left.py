"""The seconds a Lambda function has left for waiting."""

import time
from collections.abc import Callable

# The time for the response and the log line after the last wait.
ANSWER_SECONDS = 0.5
# Without a Lambda context, as in a test: the timeout of the endpoints, less the above.
DEFAULT_SECONDS = 9.5


def time_left(context: object) -> Callable[[], float]:
    """The function that returns the seconds an invocation with this context may still wait."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    if remaining is None:
        end = time.monotonic() + DEFAULT_SECONDS
        return lambda: end - time.monotonic()
    return lambda: float(remaining()) / 1000 - ANSWER_SECONDS

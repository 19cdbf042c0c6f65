"""Calls to DynamoDB side by side: each waits for the network most of the time."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

Result = TypeVar("Result")

# The connections that botocore keeps for a client are ten.
_AT_ONCE = 8


def side_by_side(calls: Iterable[Callable[[], Result]]) -> list[Result]:
    """Make all calls, eight at a time, and return their results in the order of the calls.

    Each has the deadline of the caller.

    Raises:
        Exception: the first error of a call, in their order; the other calls are made all the same.
    """
    waiting = list(calls)
    if len(waiting) <= 1:
        return [call() for call in waiting]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        futures = [pool.submit(copy_context().run, call) for call in waiting]
    return [future.result() for future in futures]

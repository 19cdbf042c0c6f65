"""What the emulator's log says of requests: a line for each, and what went wrong in a function.

``14:03:07 POST /paytrum/v1/clients 201 34 ms``. A function's own log lines go to its log group,
from where ``registry logs`` reads them; of these only warnings, errors and tracebacks are repeated.
"""

import json
import sys
import time
from collections.abc import Mapping
from typing import Any, Final

from hypercorn.typing import ASGISendCallable, ASGISendEvent, HTTPScope
from ministack.core import lambda_runtime

_TROUBLE: Final = frozenset({"WARNING", "ERROR", "CRITICAL"})


def telling(scope: HTTPScope, send: ASGISendCallable) -> ASGISendCallable:
    """The same `send`, which also writes a line when a response begins."""
    began = time.monotonic()

    async def send_and_tell(event: ASGISendEvent) -> None:
        await send(event)
        if event["type"] == "http.response.start":
            milliseconds = (time.monotonic() - began) * 1000
            path = scope["raw_path"].decode("ascii", "replace")
            _write(
                f"{time.strftime('%H:%M:%S')} {scope['method']} {path} {event['status']} "
                f"{milliseconds:.0f} ms"
            )

    return send_and_tell


def tell_failures() -> None:
    """Have what goes wrong within a function written to the emulator's log, as it ends."""
    invoke = lambda_runtime.Worker.invoke

    def invoke_and_tell(worker: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        result: Mapping[str, Any] = invoke(worker, *arguments, **options)
        for line in noteworthy(result):
            _write(line)
        return result

    lambda_runtime.Worker.invoke = invoke_and_tell


def noteworthy(result: Mapping[str, Any]) -> list[str]:
    """The lines of an invocation's log that tell of trouble, and the exception that ended it.

    Args:
        result: of the emulator's worker: ``{"status", "log", "trace", "error"}``.
    """
    lines = [line for line in str(result.get("log") or "").splitlines() if _tells_trouble(line)]
    if result.get("status") == "error":
        lines += str(result.get("trace") or result.get("error")).splitlines()
    return lines


def _tells_trouble(line: str) -> bool:
    """Whether a line is no JSON, as in a traceback, or a log line of a level above INFO."""
    try:
        entry = json.loads(line)
    except ValueError:
        return bool(line.strip())
    return isinstance(entry, dict) and entry.get("level") in _TROUBLE


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()

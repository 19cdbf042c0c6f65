"""The log of a function: one JSON object per line, at the level that the deployment asks for.

The lines have the keys of a line by Powertools' Logger, in its order, and are written without it:
it takes longer to load than a request to be answered
(`docs/decisions/0038-log-lines-are-written-without-powertools.md`).
"""

import os
import sys
import time

from registry.domain.json_encoder import encoder

_LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}
# JSON in ASCII, so that no character can break a line.
encode = encoder(default=str)


class FunctionLogger:
    """Writes lines of a level and above to stdout, which Lambda keeps as the function's log."""

    __slots__ = ("_least", "_service")

    def __init__(self, level: str, service: str) -> None:
        """Log lines of this level and above, in the name of a service.

        Raises:
            KeyError: there is no such level.
        """
        self._least = _LEVELS[level]
        self._service = service

    def debug(self, message: str, **fields: object) -> None:
        """Log what helps to follow the code."""
        self._log("DEBUG", message, fields)

    def info(self, message: str, **fields: object) -> None:
        """Log what happened."""
        self._log("INFO", message, fields)

    def warning(self, message: str, **fields: object) -> None:
        """Log what an operator may want to look into."""
        self._log("WARNING", message, fields)

    def error(self, message: str, **fields: object) -> None:
        """Log what failed."""
        self._log("ERROR", message, fields)

    def _log(self, level: str, message: str, fields: dict[str, object]) -> None:
        if _LEVELS[level] < self._least:
            return
        caller = sys._getframe(2)  # noqa: SLF001 - as `logging` does, without its walk up the stack
        line = {
            "level": level,
            "location": f"{caller.f_code.co_name}:{caller.f_lineno}",
            "message": message,
            "timestamp": _timestamp(time.time_ns() // 1_000_000),
            "service": self._service,
            **fields,
        }
        # Lambda sets it anew for each request: `Root=1-…;Parent=…;Sampled=1`.
        trace = os.environ.get("_X_AMZN_TRACE_ID")
        if trace is not None:
            line["xray_trace_id"] = trace.partition(";")[0].removeprefix("Root=")
        if None in line.values():
            line = {name: value for name, value in line.items() if value is not None}
        write_line(encode(line))


def _timestamp(milliseconds: int) -> str:
    """An instant, since 1970, as Powertools writes it: `2026-06-09 17:04:21,000+0000`."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(seconds))},{rest:03}+0000"


def write_line(text: str) -> None:
    """Write JSON that `encode` made to stdout as one line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def function_logger() -> FunctionLogger:
    """The logger at the level that `LOG_LEVEL` names; INFO without it.

    `POWERTOOLS_SERVICE_NAME` names the service. Lambda's own filter is never set above INFO: it
    takes a line without a level for INFO, and would drop the metrics with it.

    Source: "Log-level filtering", AWS Lambda Developer Guide.
    """
    return FunctionLogger(
        os.environ.get("LOG_LEVEL", "INFO").upper(),
        os.environ.get("POWERTOOLS_SERVICE_NAME", "service_undefined"),
    )

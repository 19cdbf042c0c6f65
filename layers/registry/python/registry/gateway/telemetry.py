"""Logs and metrics of requests, without bodies, credentials or personal data.

One log line and one set of EMF metrics per request. The function's environment names the service
(`POWERTOOLS_SERVICE_NAME`) and the namespace (`POWERTOOLS_METRICS_NAMESPACE`).
"""

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import PurePath
from types import TracebackType

from registry.gateway.logger import FunctionLogger, function_logger
from registry.gateway.metrics import COUNT, MILLISECONDS, write_metrics
from registry.gateway.operation import Operation
from registry.gateway.response import Response

_CLIENT_ERROR, _SERVER_ERROR = 400, 500


def record(operation: Operation, event: object, response: Response, seconds: float) -> None:
    """Log and count one request, which took `seconds` to carry out."""
    milliseconds = round(seconds * 1000, 1)
    _logger().info(
        "request handled",
        **_about(operation, event),
        status=response.status,
        replayed=operation.dialect.replay_header in response.headers,
        duration_ms=milliseconds,
    )
    metrics: dict[str, tuple[str, float]] = {
        "Requests": (COUNT, 1),
        "Duration": (MILLISECONDS, milliseconds),
    }
    if response.status >= _SERVER_ERROR:
        metrics["ServerErrors"] = COUNT, 1
    elif response.status >= _CLIENT_ERROR:
        metrics["ClientErrors"] = COUNT, 1
    write_metrics({"operation": operation.name}, metrics)


def unhandled(operation: Operation, event: object) -> None:
    """Log the exception that is being handled: its class and its stack, but not its text.

    The text of an exception can contain values of the request, so it stays out of the log.
    """
    _logger().error("unhandled", **_about(operation, event), **_raised())


def unavailable(operation: Operation, event: object) -> None:
    """Log the exception that made the registry unavailable, as `unhandled` does."""
    _logger().warning("unavailable", **_about(operation, event), **_raised())


def _about(operation: Operation, event: object) -> dict[str, object]:
    """The fields by which a log line identifies its request and its caller."""
    context = _member(event, "requestContext")
    caller = _member(context, "authorizer")
    return {
        "operation": f"{operation.dialect.contract}.{operation.name}",
        "request_id": context.get("requestId"),
        "workspace_id": caller.get("workspaceId"),
        "credential_id": caller.get("credentialId"),
        "mode": caller.get("mode"),
    }


def _member(value: object, name: str) -> dict[str, object]:
    """The object in a member of an event; an empty one if API Gateway did not make the event."""
    member = value.get(name) if isinstance(value, dict) else None
    return member if isinstance(member, dict) else {}


def _raised() -> dict[str, object]:
    """The exception's class, those of its causes, and its stack as `file:line function`."""
    kind, error, trace = sys.exc_info()
    causes = [kind.__name__] if kind else []
    while error is not None and (error := error.__cause__ or error.__context__) is not None:
        causes.append(type(error).__name__)
    return {"error": causes, "trace": list(_places(trace))}


def _places(trace: TracebackType | None) -> Iterator[str]:
    """The calls of a stack, outermost first; `traceback` would read the lines of source, too."""
    while trace is not None:
        code = trace.tb_frame.f_code
        yield f"{PurePath(code.co_filename).name}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next


@cache
def _logger() -> FunctionLogger:
    return function_logger()

"""One contestant in a process of its own: commands come in on stdin, times go out on stdout.

It runs in the Python of the Lambda runtime and imports the standard library alone. What it imports
itself, Lambda's own bootstrap has imported before a function too, so that nobody is charged for it.
"""

import decimal  # noqa: F401 - by Lambda's bootstrap, as the next ones
import importlib
import json
import logging.config
import os
import sys
import time
import traceback  # noqa: F401
from collections.abc import Callable
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Handler = Callable[[Json, object], Json]


class Context:
    """The context of an invocation, as far as the contestants read it."""

    aws_request_id = "6f1d0b9e-4b8f-4a53-9d8b-2b8d4f3f6a11"
    function_name = "bench"
    function_version = "1"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:bench"

    def get_remaining_time_in_millis(self) -> int:
        """The milliseconds that an invocation has left."""
        return 9_000


def load(module: str) -> tuple[Handler, Json]:
    """The handler of a module, and the processor seconds of its import."""
    start = time.process_time()
    handler: Handler = importlib.import_module(module).handler
    return handler, {"seconds": time.process_time() - start}


def invoke(handler: Handler, engine: Any, events: list[str]) -> Json:  # noqa: ANN401 - see `main`
    """The processor seconds of each invocation without the engine's, and its response."""
    context, seconds, responses, calls = Context(), [], [], engine.calls
    for text in events:
        event, engine.seconds = json.loads(text), 0.0
        start = time.process_time()
        response = handler(event, context)
        seconds.append(time.process_time() - start - engine.seconds)
        responses.append(response)
    calls = engine.calls - calls
    return {"seconds": seconds, "responses": responses, "calls": calls, **footprint()}


def footprint() -> Json:
    """The number of modules, and the peak of the memory in megabytes."""
    status = Path("/proc/self/status").read_text("ascii")
    peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return {"modules": len(sys.modules), "megabytes": int(peak) / 1000}


def main() -> None:
    """Serve commands until stdin ends: the module first, then lists of events."""
    # What a function logs goes nowhere, but it is written.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    logging.config.dictConfig({"version": 1})
    handler, answer = load(sys.stdin.readline().strip())
    # After the contestant, which has to load by itself what the engine needs too.
    sys.path.append(str(Path(__file__).parents[2]))
    engine = importlib.import_module("tools.bench.engine").install()
    while True:
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        line = sys.stdin.readline()
        if not line:
            return
        answer = invoke(handler, engine, json.loads(line))


if __name__ == "__main__":
    main()

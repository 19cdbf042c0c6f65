"""Which lines of a function's log the emulator's log repeats."""

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any, cast

import pytest

from tools.local.traffic import noteworthy, telling

if TYPE_CHECKING:
    from hypercorn.typing import ASGISendCallable, HTTPScope

INFO = json.dumps({"level": "INFO", "message": "request handled"})
METRICS = json.dumps({"_aws": {}, "Requests": [1.0]})
WARNING = json.dumps({"level": "WARNING", "message": "unavailable"})
ERROR = json.dumps({"level": "ERROR", "message": "unhandled"})
TRACEBACK = "Traceback (most recent call last):\n  File\nKeyError: 'boom'"


@pytest.mark.parametrize(
    ("log", "repeated"),
    [
        ("", []),
        (f"{INFO}\n{METRICS}", []),
        (f"{WARNING}\n{INFO}", [WARNING]),
        (f"{TRACEBACK}\n{ERROR}\n{INFO}", [*TRACEBACK.splitlines(), ERROR]),
        ("printed while debugging", ["printed while debugging"]),
        ("17\n\n", []),
    ],
)
def test_trouble_is_repeated_and_nothing_else(log: str, repeated: list[str]) -> None:
    assert noteworthy({"status": "ok", "log": log}) == repeated


def test_the_exception_that_ended_an_invocation_is_repeated() -> None:
    result = {"status": "error", "error": "'boom'", "trace": TRACEBACK, "log": ""}

    assert noteworthy(result) == TRACEBACK.splitlines()


def test_a_process_that_died_is_told_of() -> None:
    assert noteworthy({"status": "error", "error": "Worker process died"}) == [
        "Worker process died"
    ]


def test_a_request_is_a_line_and_its_response_is_sent_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sent: list[Any] = []
    scope = {"method": "POST", "raw_path": b"/paytrum/v1/clients"}
    events = [{"type": "http.response.start", "status": 201}, {"type": "http.response.body"}]

    async def send(event: Any) -> None:
        sent.append(event)

    async def respond() -> None:
        tell = telling(cast("HTTPScope", scope), cast("ASGISendCallable", send))
        for event in events:
            await tell(cast("Any", event))

    asyncio.run(respond())

    assert sent == events
    line = capsys.readouterr().out
    assert re.fullmatch(r"\d\d:\d\d:\d\d POST /paytrum/v1/clients 201 \d+ ms\n", line)

"""The log lines and metrics are those that Powertools would write."""

import inspect
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from hypothesis import given
from hypothesis import strategies as st

from registry.contracts.paytrum.operations import CREATE_CLIENT
from registry.gateway import telemetry
from registry.gateway.logger import function_logger
from registry.gateway.refusals import count_refusal
from registry.gateway.response import Response

TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=1"
CONTEXT = {
    "requestId": "6f1d0b9e-4b8f-4a53-9d8b-2b8d4f3f6a11",
    "authorizer": {"workspaceId": "w", "credentialId": "c", "mode": "live"},
}
# Both write the time and the line of code, which no two calls share.
UNIQUE = {"timestamp", "location"}


@pytest.fixture(autouse=True)
def deployment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the template puts into a function's environment."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "ClientRegistry")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "paytrum")
    monkeypatch.delenv("_X_AMZN_TRACE_ID", raising=False)
    telemetry._logger.cache_clear()  # noqa: SLF001 - it is made for one environment
    yield
    telemetry._logger.cache_clear()  # noqa: SLF001


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Reads the lines written since the last call."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def logged_by_powertools(level: str, message: str, fields: dict[str, object]) -> dict[str, Any]:
    stream = io.StringIO()
    logger = Logger(service="paytrum", level="DEBUG")
    handler = logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    getattr(logger, level)(message, extra=fields)
    line: dict[str, Any] = json.loads(stream.getvalue())
    return line


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
@pytest.mark.parametrize("trace", ["", TRACE])
def test_a_line_has_the_keys_and_values_of_powertools_in_its_order(
    level: str,
    trace: str,
    lines: Callable[[], list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    if trace:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", trace)
    fields = {"operation": "create_client", "status": 201, "ms": 1.5, "none": None, "list": ["é"]}

    getattr(function_logger(), level)("said", **fields)

    (line,) = lines()
    expected = logged_by_powertools(level, "said", fields)
    assert list(line) == list(expected)
    assert {name: line[name] for name in line.keys() - UNIQUE} == {
        name: expected[name] for name in expected.keys() - UNIQUE
    }
    date, time = line["timestamp"].split(" ")
    assert [len(part) for part in (*date.split("-"), *time.split(":"))] == [4, 2, 2, 2, 2, 11]
    assert time.endswith("+0000")


def test_a_line_names_the_function_and_the_line_that_logged_it(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    frame = inspect.currentframe()
    assert frame is not None
    function_logger().info("said")

    own = "test_a_line_names_the_function_and_the_line_that_logged_it"
    assert lines()[0]["location"] == f"{own}:{frame.f_lineno - 3}"


@given(st.text(st.characters()))
def test_every_text_is_one_line_of_ascii(text: str) -> None:
    written = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", written)
        function_logger().info("said", text=text)

    assert written.getvalue().isascii()
    (line,) = written.getvalue().splitlines()
    assert json.loads(line)["text"] == text


@pytest.mark.parametrize(
    ("status", "also"), [(201, None), (404, "ClientErrors"), (503, "ServerErrors")]
)
def test_a_request_is_counted_as_powertools_would(
    status: int,
    also: str | None,
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    telemetry.record(CREATE_CLIENT, {"requestContext": CONTEXT}, Response(status, "{}"), 0.01234)
    log, counted = lines()

    metrics = EphemeralMetrics()
    metrics.add_dimension(name="operation", value="create_client")
    metrics.add_metric(name="Requests", unit=MetricUnit.Count, value=1)
    metrics.add_metric(name="Duration", unit=MetricUnit.Milliseconds, value=12.3)
    if also:
        metrics.add_metric(name=also, unit=MetricUnit.Count, value=1)
    metrics.flush_metrics()
    (expected,) = lines()
    assert without_time(counted) == without_time(expected)
    assert log["status"] == status
    assert log["workspace_id"] == "w"


def test_a_refusal_is_counted_as_powertools_would(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    count_refusal("paytrum", "unknown")
    (counted,) = lines()

    metrics = EphemeralMetrics()
    metrics.add_metric(name="CredentialRefused", unit=MetricUnit.Count, value=1)
    metrics.add_dimension(name="contract", value="paytrum")
    metrics.add_dimension(name="reason", value="unknown")
    metrics.add_dimensions(contract="paytrum")
    metrics.flush_metrics()
    (expected,) = lines()
    assert without_time(counted) == without_time(expected)


def without_time(line: dict[str, Any]) -> str:
    """A line of metrics as text, whose order counts, without the moment it was written."""
    assert isinstance(line["_aws"].pop("Timestamp"), int)
    return json.dumps(line)


def test_an_error_is_logged_with_its_stack_and_without_its_text(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    def fail() -> None:
        raise ValueError("secret")

    try:
        try:
            fail()
        except ValueError as error:
            raise LookupError("secret") from error
    except LookupError:
        telemetry.unhandled(CREATE_CLIENT, {"requestContext": CONTEXT})

    (line,) = lines()
    assert line["error"] == ["LookupError", "ValueError"]
    assert [place.split(":")[0] for place in line["trace"]] == ["test_telemetry.py"]
    assert "secret" not in json.dumps(line)

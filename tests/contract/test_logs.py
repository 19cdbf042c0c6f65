"""What a request leaves in logs and metrics: none of the workspace's keys, however it ends."""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from registry.gateway import telemetry
from registry.gateway.operation import Operation
from tools.generate.declarations import all_operations, module_name
from tools.generate.events import endpoint_event

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
OPERATIONS = [operation for operation in all_operations() if not operation.public]
KEYS = {"consentKey": "a1" * 32, "cursorKey": "b2" * 32}


def event_of(operation: Operation) -> dict[str, Any]:
    """The example event of an operation, from a workspace with these keys."""
    event = endpoint_event(operation)
    event["requestContext"]["authorizer"] |= KEYS
    return event


@pytest.fixture
def written(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], str]]:
    """Reads what was logged and counted, and all else that the process has written."""
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    telemetry._logger.cache_clear()  # noqa: SLF001 - it is made for one level

    def read() -> str:
        captured = capfd.readouterr()
        assert '"request_id"' in captured.out
        assert '"_aws"' in captured.out
        return captured.out + captured.err

    yield read
    telemetry._logger.cache_clear()  # noqa: SLF001


@pytest.mark.parametrize("operation", OPERATIONS, ids=module_name)
def test_a_request_leaves_no_key(
    webhooks: None, operation: Operation, written: Callable[[], str]
) -> None:
    answered = import_module(module_name(operation)).handler(event_of(operation), None)

    assert answered["statusCode"] < 500
    assert not any(key in str(answered) for key in KEYS.values())
    log = written()
    assert not any(key in log for key in KEYS.values())


@pytest.mark.parametrize("operation", OPERATIONS, ids=module_name)
def test_neither_does_one_that_ends_in_an_unhandled_error(
    aws: None,
    operation: Operation,
    monkeypatch: pytest.MonkeyPatch,
    written: Callable[[], str],
) -> None:
    monkeypatch.setenv("CLIENTS_TABLE", "missing")
    monkeypatch.setenv("IDEMPOTENCY_TABLE", "missing")
    event = event_of(operation)
    event["requestContext"]["authorizer"]["cursorKey"] += "no hexadecimal"

    answered = import_module(module_name(operation)).handler(event, None)

    assert answered["statusCode"] == 500
    log = written()
    assert '"unhandled"' in log
    assert not any(key in log for key in KEYS.values())


def test_api_gateway_is_told_to_log_no_key() -> None:
    deployed = TEMPLATE.read_text("utf-8")

    assert "context.authorizer.rate" in deployed
    assert not any(f"context.authorizer.{name}" in deployed for name in KEYS)
    assert "DataTraceEnabled: true" not in deployed

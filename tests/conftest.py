"""What holds for every suite: AWS in process, no network, and no test that a slow machine fails."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from registry.store.beside import service_client
from registry.store.dynamodb import dynamodb_client
from registry.store.http.client import KMS, SQS
from tests import dynamodb
from tests.template import create_table

# The tests that pull clients from the fake vendors of tests/vendors.
CALLING_VENDORS = (
    Path(__file__).parent / "unit/ops/move",
    Path(__file__).parent / "unit/ops/cli/test_move_commands.py",
    Path(__file__).parent / "unit/ops/cli/test_operator_policy.py",
)
QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/webhooks.fifo"

# Both limits measure the machine: the time of one example, and of generating the first ones.
settings.register_profile("registry", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("registry")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let some tests reach servers on this machine, and nothing beyond it.

    Those are the fake vendors, and for all tests the DynamoDB that is to be used instead of moto.
    pyproject.toml turns sockets off for every suite; tests/stack turns them on again for itself.
    """
    for item in items:
        if dynamodb.ENDPOINT or any(map(item.path.is_relative_to, CALLING_VENDORS)):
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS, without anything of the machine's own configuration."""
    # The client outlives the test: it takes longer to make than most tests to run, and it finds
    # whatever AWS is there at the time.
    with dynamodb.aws(monkeypatch):
        yield
    for store in made_stores():
        store.cache_clear()


def made_stores() -> Iterator[Any]:
    """The functions that make a store once in a process, in the modules that are imported.

    A store keeps the client that it was made with, and the names of tables that the environment
    had then. The clients themselves stay, see `aws`.
    """
    for name, module in list(sys.modules.items()):
        if name.startswith("registry.store."):
            for member in vars(module).values():
                kept = member in (dynamodb_client, service_client)
                if hasattr(member, "cache_clear") and member.__module__ == name and not kept:
                    yield member


@pytest.fixture
def tables(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables of clients and of what belongs to them, empty, and the environment's names."""
    for name in ("clients", "idempotency", "links", "events", "views"):
        create_table(dynamodb_client(), f"{name.capitalize()}Table", name)
        monkeypatch.setenv(f"{name.upper()}_TABLE", name)
    # There is no such queue: who has events queued for an endpoint makes it, as `webhooks` does.
    monkeypatch.setenv("WEBHOOK_QUEUE_URL", QUEUE_URL)


@pytest.fixture
def webhooks(tables: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue of deliveries and the key of secrets, beside the tables."""
    attributes = {"FifoQueue": "true"}
    queue = service_client(SQS).create_queue(QueueName="webhooks.fifo", Attributes=attributes)
    key = service_client(KMS).create_key()
    monkeypatch.setenv("WEBHOOK_QUEUE_URL", queue["QueueUrl"])
    monkeypatch.setenv("WEBHOOK_KEY", key["KeyMetadata"]["KeyId"])
    monkeypatch.setenv("WEBHOOK_LOOPBACK", "allowed")

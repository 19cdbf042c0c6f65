"""What holds for every suite: AWS in process, no network, and no test that a slow machine fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from registry.store.beside import service_client
from registry.store.clients import client_store
from registry.store.deliveries import delivery_store
from registry.store.dynamodb import dynamodb_client
from registry.store.events import event_store
from registry.store.evidence import evidence_store
from registry.store.http.client import KMS, SQS
from registry.store.links import link_store
from registry.store.look_up_keys import look_up_key_store
from registry.store.parked import parked_store
from registry.store.payment_methods import payment_method_store
from registry.store.rows import client_rows
from registry.store.sealing import sealer
from registry.store.users import user_store
from registry.store.views import view_store
from registry.store.webhook_queue import webhook_queue
from registry.store.webhooks import webhook_store
from tests import dynamodb
from tests.template import create_table

# The tests that pull clients from the fake vendors of tests/vendors.
CALLING_VENDORS = (
    Path(__file__).parent / "unit/ops/move",
    Path(__file__).parent / "unit/ops/cli/test_move_commands.py",
    Path(__file__).parent / "unit/ops/cli/test_operator_policy.py",
)
QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/webhooks.fifo"
STORES = (
    client_store,
    user_store,
    payment_method_store,
    event_store,
    evidence_store,
    link_store,
    look_up_key_store,
    parked_store,
    view_store,
    client_rows,
    delivery_store,
    sealer,
    webhook_queue,
    webhook_store,
)

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
    for store in STORES:
        store.cache_clear()


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

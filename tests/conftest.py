"""What holds for every suite: AWS in process, no network, and no test that a slow machine fails."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from moto import mock_aws

from registry.store.clients import client_store
from registry.store.dynamodb import dynamodb_client
from registry.store.payment_methods import payment_method_store
from registry.store.users import user_store
from tests.template import create_table

STORES = (client_store, user_store, payment_method_store)

# Both limits measure the machine: the time of one example, and of generating the first ones.
settings.register_profile("registry", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("registry")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests reach the DynamoDB on this machine where one is to be used instead of moto.

    pyproject.toml turns sockets off for every suite; tests/stack turns them on again for itself.
    """
    if os.environ.get("REGISTRY_TEST_DYNAMODB"):
        for item in items:
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS in process, without anything of the machine's own configuration."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_SERVICE_NAME": "test",
        "POWERTOOLS_METRICS_NAMESPACE": "ClientRegistry",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "REGISTRY_STACK", "REGISTRY_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    # The client outlives the test: it takes longer to make than most tests to run, and it finds
    # whatever AWS is there at the time.
    with mock_aws():
        yield
    for store in STORES:
        store.cache_clear()


@pytest.fixture
def tables(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The two tables that endpoints use, empty, and the environment that names them."""
    client = dynamodb_client()
    create_table(client, "ClientsTable", "clients")
    create_table(client, "IdempotencyTable", "idempotency")
    monkeypatch.setenv("CLIENTS_TABLE", "clients")
    monkeypatch.setenv("IDEMPOTENCY_TABLE", "idempotency")

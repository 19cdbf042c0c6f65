"""A deployed registry on moto: the template's own Credentials table, APIs, usage plans, outputs."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore import handlers

from ops.cli.deployment import Deployment
from ops.cli.operator import Operator
from registry.domain.workspace import Contract, UsagePlan
from registry.store.credentials import CredentialStore
from registry.store.dynamodb import dynamodb_client
from tests import dynamodb
from tests.template import create_table

if TYPE_CHECKING:
    from types_boto3_apigateway.client import APIGatewayClient


@pytest.fixture(scope="module")
def flushes() -> list[str]:
    """Paths of the authorizer caches flushed so far."""
    return []


@pytest.fixture(scope="module")
def aws_account(flushes: list[str]) -> Iterator[None]:
    """AWS, without anything of the machine's own configuration.

    One for a module, since a client costs a tenth of a second; each test has its own table.
    """

    def flush(params: dict[str, Any], **_: object) -> tuple[SimpleNamespace, dict[str, Any]]:
        flushes.append(params["url_path"])
        return SimpleNamespace(status_code=202), {"ResponseMetadata": {"HTTPStatusCode": 202}}

    flushing = ("before-call.apigateway.FlushStageAuthorizersCache", flush)
    with pytest.MonkeyPatch.context() as patch:
        # moto does not know this one operation
        patch.setattr(handlers, "BUILTIN_HANDLERS", [*handlers.BUILTIN_HANDLERS, flushing])
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        dynamodb_client.cache_clear()
        with dynamodb.aws(patch):
            yield
        dynamodb_client.cache_clear()


@pytest.fixture(scope="module")
def gateway(aws_account: None) -> "APIGatewayClient":
    """API Gateway's control plane."""
    return cast("APIGatewayClient", boto3.client("apigateway"))


@pytest.fixture
def flushed(flushes: list[str]) -> list[str]:
    """Paths of the authorizer caches flushed by this test."""
    flushes.clear()
    return flushes


@pytest.fixture
def credentials_table(aws_account: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of the Credentials table, which is empty."""
    create_table(dynamodb_client(), "CredentialsTable", "credentials")
    monkeypatch.setenv("CREDENTIALS_TABLE", "credentials")
    yield "credentials"
    dynamodb_client().delete_table(TableName="credentials")


@pytest.fixture
def credential_store(credentials_table: str) -> CredentialStore:
    """The store of that table, as the functions have it."""
    return CredentialStore(dynamodb_client(), credentials_table)


@pytest.fixture
def deployment(credentials_table: str, gateway: "APIGatewayClient") -> Deployment:
    """A stack with all four APIs."""
    return Deployment(
        dynamodb=dynamodb_client(),
        apigateway=gateway,
        credentials_table=credentials_table,
        clients_table="clients",
        idempotency_table="idempotency",
        links_table="links",
        events_table="events",
        views_table="views",
        sqs=boto3.client("sqs"),
        kms=boto3.client("kms"),
        webhook_queue_url="https://sqs.us-east-1.amazonaws.com/123456789012/webhooks.fifo",
        webhook_key="key",
        stage="live",
        apis={contract: gateway.create_rest_api(name=contract)["id"] for contract in Contract},
        usage_plans={plan: gateway.create_usage_plan(name=plan)["id"] for plan in UsagePlan},
        base_urls={contract: f"https://{contract}.invalid" for contract in Contract},
        is_local=False,
    )


@pytest.fixture
def operator(deployment: Deployment) -> Operator:
    """An operator of that stack."""
    return Operator(deployment)


@pytest.fixture
def throttled(deployment: Deployment) -> Callable[[], dict[str, list[str]]]:
    """Reads the ids of the API keys in each usage plan that has any."""

    def read() -> dict[str, list[str]]:
        keys = {
            plan.value: [
                key["id"]
                for key in deployment.apigateway.get_usage_plan_keys(usagePlanId=plan_id)["items"]
            ]
            for plan, plan_id in deployment.usage_plans.items()
        }
        return {plan: ids for plan, ids in keys.items() if ids}

    return read

"""The parts of a deployed stack, by the outputs of its CloudFormation stack."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from registry.domain.change import Author
from registry.domain.identifiers import now
from registry.domain.keys import Purpose
from registry.domain.workspace import CONTRACTS, Contract, UsagePlan, Workspace

if TYPE_CHECKING:
    from types_boto3_apigateway.client import APIGatewayClient
    from types_boto3_cloudformation.client import CloudFormationClient
    from types_boto3_dynamodb.client import DynamoDBClient

Name = TypeVar("Name", Contract, UsagePlan)

LOCAL_STACK = "client-registry-local"
LOCAL_REGION = "us-east-1"
STACK_FILE = Path(".local/stack.json")

_API_OUTPUTS = {contract: f"{profile.logical_id}ApiId" for contract, profile in CONTRACTS.items()}
_URL_OUTPUTS = {contract: f"{profile.logical_id}ApiUrl" for contract, profile in CONTRACTS.items()}
_USAGE_PLAN_OUTPUTS = {plan: f"{plan.capitalize()}UsagePlanId" for plan in UsagePlan}

_RETRIED = Config(retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=5)
# A move writes in parallel.
_PARALLEL = _RETRIED.merge(Config(max_pool_connections=32))
# API Gateway's control plane allows an account 5 new keys and 10 calls of any kind a second, shared
# by everyone who manages it. Twelve attempts, up to 20 seconds apart, outlast another deployment.
_MANAGING = Config(retries={"mode": "standard", "total_max_attempts": 12}, connect_timeout=5)


class DeploymentError(Exception):
    """There is no such stack, or it is no client registry; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployed stack, as far as an operator needs it.

    Attributes:
        dynamodb: client for the region the stack is in.
        apigateway: client for the same.
        credentials_table: name of the Credentials table.
        clients_table, idempotency_table, links_table, events_table, views_table: names of the
            other tables.
        sqs, kms: clients for the same region.
        webhook_queue_url: queue of what webhook endpoints are to be told.
        webhook_key: id of the key of their secrets.
        stage: name of the stage, the same for every API.
        apis: REST API id of each contract the stack serves.
        usage_plans: id of each usage plan it has.
        base_urls: where callers reach each contract the stack serves.
        is_local: whether it is on an emulator. There a key in a usage plan is known to the very
            next request; API Gateway takes seconds.
    """

    dynamodb: "DynamoDBClient"
    apigateway: "APIGatewayClient"
    credentials_table: str
    clients_table: str
    idempotency_table: str
    links_table: str
    events_table: str
    views_table: str
    sqs: Any
    kms: Any
    webhook_queue_url: str
    webhook_key: str
    stage: str
    apis: Mapping[Contract, str]
    usage_plans: Mapping[UsagePlan, str]
    base_urls: Mapping[Contract, str]
    is_local: bool

    def author(self, workspace: Workspace) -> Author:
        """The operator as the author of a change made now, by the name of the AWS identity.

        The change is one of the workspace's clients, whose evidence is chained with its key.

        The name is the last part of the identity's ARN, such as `assumed-role/Admin/alice`; an
        emulator has no identities, so it is `local` there.
        """
        return Author(
            None,
            now(),
            operator="local" if self.is_local else _identity(),
            consent_key=workspace.key(Purpose.CONSENT),
        )


def local_deployment(endpoint: str, stack: str = LOCAL_STACK) -> Deployment:
    """The stack on an emulator at `endpoint`, such as `http://localhost:4566`.

    Raises:
        DeploymentError: the emulator has no such stack.
    """
    client = partial(
        boto3.client,
        endpoint_url=endpoint,
        region_name=LOCAL_REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - the emulator takes any
    )
    deployment = _deployment(client, stack)
    base_urls = {contract: f"{endpoint}/{contract}" for contract in deployment.apis}
    return replace(deployment, base_urls=base_urls, is_local=True)


def aws_deployment(stack: str) -> Deployment:
    """The stack of that name in AWS; credentials and region are the ambient ones of the AWS tools.

    Raises:
        DeploymentError: there is no such stack in this account and region.
    """
    return _deployment(boto3.client, stack)


def local_endpoint(directory: Path) -> str:
    """The endpoint of the local stack started in `directory`.

    Raises:
        DeploymentError: none was started there.
    """
    try:
        endpoint: str = json.loads((directory / STACK_FILE).read_text("utf-8"))["endpoint"]
    except FileNotFoundError as error:
        raise DeploymentError(
            f"There is no local stack in {directory}: start one with `make up`, "
            "or name a deployed stack with --stack.",
        ) from error
    return endpoint


def _identity() -> str:
    """The name of the AWS identity whose credentials are the ambient ones."""
    arn: str = boto3.client("sts", config=_RETRIED).get_caller_identity()["Arn"]
    return arn.rpartition(":")[2]


def _deployment(client: Callable[..., Any], stack: str) -> Deployment:
    """The stack of this name, whose clients the factory `client` makes.

    Raises:
        DeploymentError: it does not exist, or it is no client registry.
    """
    outputs = _outputs(client("cloudformation", config=_RETRIED), stack)
    if "CredentialsTableName" not in outputs:
        raise DeploymentError(f"The stack {stack} is not a client registry: it names no tables.")
    return Deployment(
        dynamodb=client("dynamodb", config=_PARALLEL),
        apigateway=client("apigateway", config=_MANAGING),
        credentials_table=outputs["CredentialsTableName"],
        clients_table=outputs["ClientsTableName"],
        idempotency_table=outputs["IdempotencyTableName"],
        links_table=outputs["LinksTableName"],
        events_table=outputs["EventsTableName"],
        views_table=outputs["ViewsTableName"],
        sqs=client("sqs", config=_RETRIED),
        kms=client("kms", config=_RETRIED),
        webhook_queue_url=outputs["WebhookQueueUrl"],
        webhook_key=outputs["WebhookKeyId"],
        stage=outputs["StageName"],
        apis=_present(_API_OUTPUTS, outputs),
        usage_plans=_present(_USAGE_PLAN_OUTPUTS, outputs),
        base_urls=_present(_URL_OUTPUTS, outputs),
        is_local=False,
    )


def _outputs(cloudformation: "CloudFormationClient", stack: str) -> dict[str, str]:
    """The outputs of a CloudFormation stack by their keys.

    Raises:
        DeploymentError: there is no such stack.
    """
    try:
        response = cloudformation.describe_stacks(StackName=stack)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        raise DeploymentError(f"There is no stack named {stack}.") from error
    outputs = response["Stacks"][0].get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}


def _present(names: Mapping[Name, str], outputs: Mapping[str, str]) -> dict[Name, str]:
    """The values of the outputs that exist; a stack lacks those of a contract it does not serve."""
    return {name: outputs[output] for name, output in names.items() if output in outputs}

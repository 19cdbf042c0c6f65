"""The parts of a deployed stack, by the outputs of its CloudFormation stack."""

import json
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from registry.domain.change import Author
from registry.domain.identifiers import now
from registry.domain.keys import Purpose
from registry.domain.workspace import CONTRACTS, Contract, UsagePlan, Workspace

if TYPE_CHECKING:
    from botocore.config import Config
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

SAMCONFIG = Path("samconfig.toml")

_ATTEMPTS = 3
# API Gateway's control plane allows an account 5 new keys and 10 calls of any kind a second, shared
# by everyone who manages it. Twelve attempts, up to 20 seconds apart, outlast another deployment.
_MANAGING_ATTEMPTS = 12
# A move writes in parallel.
_CONNECTIONS = 32


class DeploymentError(Exception):
    """There is no such stack, or it is no client registry; the message is a sentence."""


def _ambient_client(service: str, **options: object) -> Any:  # noqa: ANN401 - as boto3
    """An SDK client with the ambient credentials and region."""
    import boto3  # noqa: PLC0415 - a second, which help texts have no use for

    make: Callable[..., Any] = boto3.client
    return make(service, **options)


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
        stack: name of the CloudFormation stack, which its log groups' names begin with.
        client: makes an SDK client of another service, where the deployment is.
        docs_bucket, docs_url: bucket of the reference site, and where it is read; None for a stack
            without `PublishDocs`.
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
    stack: str = LOCAL_STACK
    client: Callable[..., Any] = field(default=_ambient_client, repr=False)
    docs_bucket: str | None = None
    docs_url: str | None = None

    def author(self, workspace: Workspace) -> Author:
        """The operator as the author of a change made now, by the name of the AWS identity.

        The change is one of the workspace's clients, whose evidence is chained with its key.

        The name is the last part of the identity's ARN, such as `assumed-role/Admin/alice`; an
        emulator has no identities, so it is `local` there.
        """
        return Author(
            None,
            now(),
            operator="local" if self.is_local else self._identity(),
            consent_key=workspace.key(Purpose.CONSENT),
        )

    def _identity(self) -> str:
        """The name of the AWS identity whose credentials the operator has."""
        arn: str = self.client("sts", config=_config()).get_caller_identity()["Arn"]
        return arn.rpartition(":")[2]


def local_deployment(endpoint: str, stack: str = LOCAL_STACK) -> Deployment:
    """The stack on an emulator at `endpoint`, such as `http://localhost:4566`.

    Raises:
        DeploymentError: the emulator has no such stack, or the endpoint is no URL.
    """
    endpoint = _checked_endpoint(endpoint)
    client = partial(
        _ambient_client,
        endpoint_url=endpoint,
        region_name=LOCAL_REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - the emulator takes any
    )
    deployment = _deployment(client, stack)
    base_urls = {contract: f"{endpoint}/{contract}" for contract in deployment.apis}
    return replace(deployment, base_urls=base_urls, is_local=True)


def aws_deployment(stack: str, region: str | None = None, profile: str | None = None) -> Deployment:
    """The stack of that name in AWS.

    Args:
        stack: its name.
        region: where it is; None for what environment, profile or samconfig.toml say.
        profile: of the AWS configuration; None for the ambient credentials.

    Raises:
        DeploymentError: there is no such stack in this account and region, or no region is known.
    """
    import boto3  # noqa: PLC0415 - as in `_ambient_client`

    make = _ambient_client if profile is None else boto3.Session(profile_name=profile).client
    client: Callable[..., Any] = partial(make, region_name=region_of(stack, region, profile))
    return _deployment(client, stack)


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


def _config(attempts: int = _ATTEMPTS, connections: int = 10) -> "Config":
    """How a client tries again, and how many connections it keeps."""
    from botocore.config import Config  # noqa: PLC0415 - as in `_ambient_client`

    return Config(
        retries={"mode": "standard", "total_max_attempts": attempts},
        connect_timeout=5,
        max_pool_connections=connections,
    )


def region_of(stack: str, named: str | None, profile: str | None) -> str:
    """The region of a stack: as named, else the environment's, the profile's, or samconfig.toml's.

    AWS_REGION counts, which the AWS CLI and SAM heed and boto3 alone does not.

    Raises:
        DeploymentError: none of them says it.
    """
    import boto3  # noqa: PLC0415 - as in `_ambient_client`

    region = (
        named
        or os.environ.get("AWS_REGION")
        or boto3.Session(profile_name=profile).region_name
        or samconfig_region(Path.cwd() / SAMCONFIG, stack)
    )
    if region is None:
        raise DeploymentError(
            f"Nothing says which region the stack {stack} is in: "
            "name it with --aws-region, or in AWS_REGION.",
        )
    return region


def samconfig_region(file: Path, stack: str) -> str | None:
    """The region that `sam deploy --guided` wrote down for a stack; None without one."""
    if not file.exists():
        return None
    for environment in tomllib.loads(file.read_text("utf-8")).values():
        if not isinstance(environment, Mapping):
            continue
        parameters: dict[str, object] = {}
        for command in ("global", "deploy"):
            parameters |= environment.get(command, {}).get("parameters", {})
        if parameters.get("stack_name") == stack and "region" in parameters:
            return str(parameters["region"])
    return None


def _checked_endpoint(endpoint: str) -> str:
    """An endpoint that is a URL, without a slash at its end.

    Raises:
        DeploymentError: it is none.
    """
    try:
        parts = urlsplit(endpoint)
        is_url = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url:
        raise DeploymentError(
            f"{endpoint} is no endpoint: it is a URL, such as http://localhost:4566.",
        )
    return endpoint.rstrip("/")


def _deployment(client: Callable[..., Any], stack: str) -> Deployment:
    """The stack of this name, whose clients the factory `client` makes.

    Raises:
        DeploymentError: it does not exist, or it is no client registry.
    """
    outputs = _outputs(client("cloudformation", config=_config()), stack)
    if "CredentialsTableName" not in outputs:
        raise DeploymentError(f"The stack {stack} is not a client registry: it names no tables.")
    return Deployment(
        dynamodb=client("dynamodb", config=_config(connections=_CONNECTIONS)),
        apigateway=client("apigateway", config=_config(_MANAGING_ATTEMPTS)),
        credentials_table=outputs["CredentialsTableName"],
        clients_table=outputs["ClientsTableName"],
        idempotency_table=outputs["IdempotencyTableName"],
        links_table=outputs["LinksTableName"],
        events_table=outputs["EventsTableName"],
        views_table=outputs["ViewsTableName"],
        sqs=client("sqs", config=_config()),
        kms=client("kms", config=_config()),
        webhook_queue_url=outputs["WebhookQueueUrl"],
        webhook_key=outputs["WebhookKeyId"],
        stage=outputs["StageName"],
        apis=_present(_API_OUTPUTS, outputs),
        usage_plans=_present(_USAGE_PLAN_OUTPUTS, outputs),
        base_urls=_present(_URL_OUTPUTS, outputs),
        is_local=False,
        stack=stack,
        client=client,
        docs_bucket=outputs.get("DocsBucketName"),
        docs_url=outputs.get("DocsUrl"),
    )


def _outputs(cloudformation: "CloudFormationClient", stack: str) -> dict[str, str]:
    """The outputs of a CloudFormation stack by their keys.

    Raises:
        DeploymentError: there is no such stack.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - as in `_ambient_client`

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

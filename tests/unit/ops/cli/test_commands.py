"""The command `registry`: what it prints, where, and with which exit code."""

import base64
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3
import httpx
import pytest
from botocore import handlers
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError
from moto.core.models import botocore_stubber
from typer.testing import CliRunner, Result

from ops.cli import caller
from ops.cli.commands import app
from ops.cli.deployment import Deployment, DeploymentError, aws_deployment, local_endpoint
from registry.domain.credential import hash_token, parse_client_secret, parse_token
from registry.domain.identifiers import new_id, now, parse_instant
from registry.domain.workspace import Contract, Mode
from registry.store.credentials import CredentialStore
from registry.store.dynamodb import dynamodb_client
from tests.unit.ops.cli.conftest import Api
from tools.template import ROOT

if TYPE_CHECKING:
    from types_boto3_cloudformation.client import CloudFormationClient

STACK = "client-registry"
Run = Callable[..., Result]
Json = dict[str, Any]


@pytest.fixture(scope="module")
def cloudformation(aws_account: None) -> "CloudFormationClient":
    return cast("CloudFormationClient", boto3.client("cloudformation"))


def outputs(deployment: Deployment) -> dict[str, str]:
    """The outputs `template.yaml` gives a stack like this one."""
    return {
        "CredentialsTableName": deployment.credentials_table,
        "ClientsTableName": deployment.clients_table,
        "IdempotencyTableName": deployment.idempotency_table,
        "LinksTableName": deployment.links_table,
        "EventsTableName": deployment.events_table,
        "ViewsTableName": deployment.views_table,
        "WebhookQueueUrl": deployment.webhook_queue_url,
        "WebhookKeyId": deployment.webhook_key,
        "StageName": deployment.stage,
        "PaytrumApiId": deployment.apis[Contract.PAYTRUM],
        "AthentyApiId": deployment.apis[Contract.ATHENTY],
        "HoursmithApiId": deployment.apis[Contract.HOURSMITH],
        "AlternativePaymentsApiId": deployment.apis[Contract.ALTERNATIVE_PAYMENTS],
        "RegistryApiId": deployment.apis[Contract.REGISTRY],
        **{
            f"{''.join(word.capitalize() for word in contract.split('_'))}ApiUrl": url
            for contract, url in deployment.base_urls.items()
        },
        **{
            f"{plan.value.capitalize()}UsagePlanId": identifier
            for plan, identifier in deployment.usage_plans.items()
        },
    }


def create_stack(client: "CloudFormationClient", name: str, values: dict[str, str]) -> None:
    body = {
        "Resources": {"Placeholder": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {key: {"Value": value} for key, value in values.items()},
    }
    client.create_stack(StackName=name, TemplateBody=json.dumps(body))


@pytest.fixture
def run(deployment: Deployment, cloudformation: "CloudFormationClient", api: Api) -> Any:
    """Runs a command against a stack in AWS, its options before the command."""
    create_stack(cloudformation, STACK, outputs(deployment))
    runner = CliRunner()
    yield lambda *words: runner.invoke(app, ["--stack", STACK, *words])
    cloudformation.delete_stack(StackName=STACK)


def printed(result: Result) -> Any:
    """The JSON a command printed: all of standard output, and nothing to standard error."""
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    return json.loads(result.stdout)


def refused(result: Result) -> str:
    """The sentence on standard error of a command that failed; standard output is empty."""
    assert result.exit_code == 1
    assert result.stdout == ""
    return result.stderr


@pytest.fixture
def workspace(run: Run) -> Json:
    made: Json = printed(run("workspace", "create", "--name", "Acme", "--json"))
    return made


def test_a_workspace_as_json(run: Run) -> None:
    made = printed(
        run(
            *("workspace", "create", "--name", "Café [x]", "--plan", "agency"),
            *("--region", "ca", "--timezone", "America/Toronto", "--json"),
        ),
    )

    assert list(made) == [
        "id",
        "name",
        "plan",
        "subscription",
        "region",
        "timezone",
        "createdAt",
        "updatedAt",
    ]
    assert (made["name"], made["plan"], made["subscription"]) == ("Café [x]", "agency", "active")
    assert (made["region"], made["timezone"]) == ("CA", "America/Toronto")
    assert parse_instant(made["createdAt"]) <= now()
    assert printed(run("workspace", "show", made["id"], "--json")) == made
    assert printed(run("workspace", "list", "--json")) == [made]


def test_a_workspace_needs_a_name_only(run: Run) -> None:
    made = printed(run("workspace", "create", "--name", "Acme", "--json"))

    assert (made["plan"], made["region"], made["timezone"]) == ("studio", "US", None)


def test_no_command_shows_the_secret_of_a_workspace(
    run: Run, workspace: Json, credential_store: CredentialStore
) -> None:
    secret = credential_store.workspace(workspace["id"]).secret
    assert secret is not None
    shown = "".join(
        run("workspace", *words, *form).output
        for words in (
            ("create", "--name", "Acme"),
            ("show", workspace["id"]),
            ("list",),
            ("update", workspace["id"], "--name", "Acme"),
        )
        for form in ((), ("--json",))
    )

    assert workspace["id"] in shown
    assert "secret" not in shown
    for text in (secret.hex(), base64.b64encode(secret).decode(), repr(secret)):
        assert text not in shown
    assert credential_store.workspace(workspace["id"]).secret == secret


def test_an_update_gives_a_workspace_from_before_its_secret(
    run: Run, workspace: Json, credential_store: CredentialStore
) -> None:
    made = credential_store.workspace(workspace["id"])
    credential_store.replace_workspace(replace(made, secret=None), previous=made)

    printed(run("workspace", "update", workspace["id"], "--plan", workspace["plan"], "--json"))

    assert len(credential_store.workspace(workspace["id"]).secret or b"") == 32


def test_a_workspace_is_updated(run: Run, workspace: Json) -> None:
    changed = printed(
        run(
            *("workspace", "update", workspace["id"], "--plan", "business"),
            *("--subscription", "inactive", "--name", "Acme Ltd", "--region", "GB"),
            *("--timezone", "Europe/London", "--json"),
        ),
    )

    assert changed == {
        **workspace,
        "name": "Acme Ltd",
        "plan": "business",
        "subscription": "inactive",
        "region": "GB",
        "timezone": "Europe/London",
        "updatedAt": changed["updatedAt"],
    }


CREDENTIAL = [
    "id",
    "workspaceId",
    "contract",
    "mode",
    "scopes",
    "role",
    "prefix",
    "createdAt",
    "expiresAt",
    "revokedAt",
]


@pytest.mark.parametrize(
    ("contract", "header", "value"),
    [
        (Contract.PAYTRUM, "Authorization", "Bearer {}"),
        (Contract.ATHENTY, "X-Api-Key", "{}"),
        (Contract.HOURSMITH, "Authorization", "Bearer {}"),
    ],
)
def test_a_credential_as_json_has_its_token_once(
    *,
    run: Run,
    workspace: Json,
    credential_store: CredentialStore,
    contract: Contract,
    header: str,
    value: str,
) -> None:
    made = printed(
        run(
            *("credential", "create", "--workspace", workspace["id"]),
            *("--contract", contract, "--mode", "test", "--json"),
        ),
    )

    token = made.pop("token")
    assert made.pop("headers") == {header: value.format(token)}
    assert list(made) == CREDENTIAL
    assert (made["workspaceId"], made["contract"]) == (workspace["id"], contract)
    assert (made["mode"], made["expiresAt"], made["revokedAt"]) == ("test", None, None)
    parts = parse_token(contract, token)
    assert parts is not None
    assert (parts.mode, parts.prefix) == (Mode.TEST, made["prefix"])
    assert credential_store.resolve(hash_token(token)) is not None
    assert printed(run("credential", "list", "--workspace", workspace["id"], "--json")) == [made]


def test_an_oauth_client_as_json_has_its_secret_once(run: Run, workspace: Json) -> None:
    made = printed(
        run(
            *("credential", "create", "--workspace", workspace["id"]),
            *("--contract", "alternative_payments", "--json"),
        ),
    )

    assert parse_client_secret(Contract.ALTERNATIVE_PAYMENTS, made.pop("client_secret")) is not None
    assert made.pop("client_id") == made["id"]
    assert list(made) == CREDENTIAL
    assert printed(run("credential", "list", "--workspace", workspace["id"], "--json")) == [made]


CREATE = ("credential", "create", "--contract", "paytrum", "--workspace")


def test_the_wait_for_a_credential_is_reported(run: Run, workspace: Json, api: Api) -> None:
    made = run(*CREATE, workspace["id"])

    assert "Waiting until API Gateway knows it." in made.stderr
    assert "It counts, after 0 seconds." in made.stderr
    assert api.received[0].url.host == "paytrum.invalid"


def test_a_script_may_go_on_without_waiting(run: Run, workspace: Json, api: Api) -> None:
    made = run(*CREATE, workspace["id"], "--no-wait")

    assert made.exit_code == 0
    assert made.stderr == ""
    assert api.received == []


def test_a_key_that_stays_unknown_is_reported_and_the_secret_is_not_lost(
    run: Run, workspace: Json, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller, "PATIENCE_SECONDS", 0.0)

    made = run(*CREATE, workspace["id"], "--json")

    assert made.exit_code == 0
    assert json.loads(made.stdout)["token"].startswith("ak_live_")
    assert "API Gateway does not know the key yet" in made.stderr


def test_an_unreachable_api_is_reported_and_the_secret_is_not_lost(
    run: Run, workspace: Json, api: Api
) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route to host")

    api.respond = fail

    made = run(*CREATE, workspace["id"], "--json")

    assert made.exit_code == 0
    assert json.loads(made.stdout)["token"].startswith("ak_live_")
    assert "cannot be seen from here: no route to host" in made.stderr


def test_scopes_and_an_expiry_are_options(run: Run, workspace: Json) -> None:
    made = printed(
        run(
            *("credential", "create", "--workspace", workspace["id"], "--contract", "paytrum"),
            *("--scope", "clients:write", "--scope", "clients:read"),
            *("--expires-in", "30", "--json"),
        ),
    )

    assert made["scopes"] == ["clients:read", "clients:write"]
    assert made["role"] is None
    life = parse_instant(made["expiresAt"]) - parse_instant(made["createdAt"])
    assert life.days == 30


def test_a_role_is_an_option(run: Run, workspace: Json) -> None:
    made = printed(
        run(
            *("credential", "create", "--workspace", workspace["id"]),
            *("--contract", "hoursmith", "--role", "member", "--json"),
        ),
    )

    assert (made["role"], made["scopes"]) == ("member", [])


def test_a_credential_is_revoked_once(run: Run, workspace: Json) -> None:
    create = ("credential", "create", "--workspace", workspace["id"], "--contract", "paytrum")
    made = printed(run(*create, "--json"))

    first = printed(run("credential", "revoke", made["id"], "--json"))
    second = printed(run("credential", "revoke", made["id"], "--json"))

    assert first["revokedAt"] is not None
    assert first == second
    assert list(first) == CREDENTIAL


def test_people_get_a_table_and_the_secret_in_one_piece(run: Run, workspace: Json) -> None:
    made = run("credential", "create", "--workspace", workspace["id"], "--contract", "hoursmith")
    listed = run("credential", "list", "--workspace", workspace["id"])

    *_, line = made.stdout.rstrip().splitlines()
    assert line.startswith("  Authorization: Bearer hsk_live_")
    assert "Shown this once" in made.stdout
    assert line.split()[-1] not in listed.stdout
    assert "clients:read clients:write" in listed.stdout


def test_an_oauth_client_is_printed_with_its_id_and_secret(run: Run, workspace: Json) -> None:
    made = run(
        *("credential", "create", "--workspace", workspace["id"]),
        *("--contract", "alternative_payments"),
    )

    *_, identifier, secret = made.stdout.rstrip().splitlines()
    assert identifier.startswith("  client_id: ")
    assert secret.startswith("  client_secret: ap_live_")


def test_names_are_printed_as_they_are(run: Run) -> None:
    run("workspace", "create", "--name", "[bold]Acme[/bold] " + "long " * 30)

    assert "[bold]Acme[/bold] long" in run("workspace", "list").stdout


@pytest.mark.parametrize(
    "words",
    [
        ("workspace", "create", "--name", "Acme", "--plan", "platinum"),
        ("workspace", "create"),
        ("workspace", "update", "any"),
        ("credential", "create", "--workspace", "any", "--contract", "stripe"),
        ("credential", "create", "--workspace", "any", "--contract", "paytrum", "--mode", "prod"),
        ("credential", "create", "--workspace", "a", "--contract", "paytrum", "--expires-in", "0"),
        ("workspace", "delete", "any"),
    ],
)
def test_a_wrong_command_line_prints_the_usage(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage:" in result.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--name", " "), "name must not be empty"),
        (("--name", "a" * 201), "name must have at most 200 characters"),
        (("--name", "a\tb"), "name must not contain control characters"),
        (("--name", "a", "--region", "XX"), "region must be a country code"),
        (("--name", "a", "--timezone", "Mars"), "timezone must be an IANA time zone"),
        (("--name", "", "--region", "XX"), "name must not be empty; region must be"),
    ],
)
def test_a_value_that_cannot_be_is_explained(
    run: Run, words: tuple[str, ...], sentence: str
) -> None:
    assert f"registry: {sentence}" in refused(run("workspace", "create", *words))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--contract", "paytrum", "--scope", "read"), "scopes must be among *, clients:read"),
        (("--contract", "hoursmith", "--scope", "read"), "scopes does not exist in this contract"),
        (("--contract", "paytrum", "--role", "admin"), "role does not exist in this contract"),
    ],
)
def test_permissions_that_cannot_be_are_explained(
    run: Run, workspace: Json, words: tuple[str, ...], sentence: str
) -> None:
    result = run("credential", "create", "--workspace", workspace["id"], *words)

    assert f"registry: {sentence}" in refused(result)


@pytest.mark.parametrize(
    "words",
    [
        ("workspace", "show", "{id}"),
        ("workspace", "update", "{id}", "--plan", "free"),
        ("credential", "create", "--workspace", "{id}", "--contract", "paytrum"),
        ("credential", "list", "--workspace", "{id}"),
        ("credential", "revoke", "{id}"),
    ],
)
def test_a_missing_record_is_named(run: Run, words: tuple[str, ...]) -> None:
    unknown = new_id()

    sentence = refused(run(*(word.format(id=unknown) for word in words)))

    assert sentence.startswith("registry: There is no ")
    assert sentence.endswith(f" {unknown}.\n")


def test_a_table_that_does_not_respond_is_reported(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    failing = [*handlers.BUILTIN_HANDLERS, ("before-call.dynamodb", refuse)]
    monkeypatch.setattr(handlers, "BUILTIN_HANDLERS", failing)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    assert "registry: DynamoDB does not answer" in refused(run("workspace", "list"))


def test_a_lost_race_is_reported(run: Run, workspace: Json) -> None:
    dynamodb_client().update_item(
        TableName="credentials",
        Key={"pk": {"S": f"WORKSPACE#{workspace['id']}"}},
        UpdateExpression="SET updated_at = :at",
        # what `instant` reads the same and writes otherwise: the condition cannot hold
        ExpressionAttributeValues={":at": {"S": workspace["updatedAt"].replace("Z", "+00:00")}},
    )

    sentence = refused(run("workspace", "update", workspace["id"], "--plan", "free"))

    assert "changed by someone else" in sentence


def test_the_stack_may_be_named_after_the_command(run: Run, workspace: Json) -> None:
    words = ["workspace", "list", "--stack", STACK, "--json"]

    assert printed(CliRunner().invoke(app, words)) == [workspace]


def test_the_stack_may_be_named_by_the_environment(run: Run, workspace: Json) -> None:
    result = CliRunner().invoke(app, ["workspace", "list", "--json"], env={"REGISTRY_STACK": STACK})

    assert printed(result) == [workspace]


def test_a_stack_that_is_not_there_is_named(aws_account: None) -> None:
    result = CliRunner().invoke(app, ["workspace", "list", "--stack", "elsewhere"])

    assert refused(result) == "registry: There is no stack named elsewhere.\n"


def test_a_stack_that_is_no_registry_is_refused(cloudformation: "CloudFormationClient") -> None:
    create_stack(cloudformation, "website", {"BucketName": "www"})

    with pytest.raises(DeploymentError, match="website is not a client registry"):
        aws_deployment("website")


def test_a_stack_may_serve_some_contracts_only(
    deployment: Deployment, cloudformation: "CloudFormationClient"
) -> None:
    values = outputs(deployment)
    del values["HoursmithApiId"]
    create_stack(cloudformation, "partial", values)

    assert set(aws_deployment("partial").apis) == set(Contract) - {Contract.HOURSMITH}


def test_the_local_stack_is_found_by_its_file(tmp_path: Path) -> None:
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "stack.json").write_text('{"endpoint": "http://localhost:4599"}')

    assert local_endpoint(tmp_path) == "http://localhost:4599"


def test_without_a_local_stack_the_error_names_make_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    sentence = refused(CliRunner().invoke(app, ["workspace", "list"]))

    assert "make up" in sentence
    assert "--stack" in sentence


def test_the_module_runs_as_the_command() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "ops.cli", "--help"],
        capture_output=True,
        check=True,
        text=True,
        cwd=ROOT,
    )

    assert "workspace" in result.stdout
    assert "credential" in result.stdout


class Sent(io.BytesIO):
    """A body as botocore reads it from the network."""

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


def test_a_management_rate_of_api_gateway_is_waited_out(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    refusals = 10

    def serve(**_: object) -> AWSResponse:
        limited = len(pauses) < refusals
        headers = HTTPHeaders.from_pairs(
            [("x-amzn-errortype", "TooManyRequestsException")] if limited else []
        )
        body = {"message": "Too Many Requests"} if limited else {"id": "key1"}
        sent = Sent(json.dumps(body).encode())
        return AWSResponse("https://apigateway.invalid", 429 if limited else 201, headers, sent)

    gateway = aws_deployment(STACK).apigateway
    events: Any = gateway.meta.events
    events.unregister("before-send", botocore_stubber)
    events.register("before-send.apigateway.CreateApiKey", serve)
    monkeypatch.setattr(time, "sleep", pauses.append)

    assert gateway.create_api_key(name="Acme")["id"] == "key1"

    assert len(pauses) == refusals
    assert max(pauses) <= 20

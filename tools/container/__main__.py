"""`python -m tools.container test|invoke|start-api`: the built functions in the Lambda image."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import boto3
import typer

from ops.cli.deployment import LOCAL_REGION, LOCAL_STACK, local_deployment
from registry.domain.workspace import Contract
from tools.container.examples import (
    Records,
    RegistryRecords,
    attach_payment_method,
    registry_records,
    turn,
    with_credential,
)
from tools.container.functions import (
    BUILD,
    BuiltFunction,
    ContainerError,
    built_functions,
    write_local_template,
)
from tools.container.service import (
    HOST,
    SHOW_IMPORTS,
    LambdaService,
    free_port,
    lambda_service,
    require_docker,
    sam_arguments,
    sam_environment,
)
from tools.container.verdict import (
    authorizer_faults,
    endpoint_faults,
    projection_faults,
    trespasses,
)
from tools.local.addresses import listening_addresses
from tools.local.process import LocalStackError, find

Json = dict[str, Any]

_REFERENCES: Final = {"AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::SQS::Queue"}
_LOG: Final = BUILD / "service.log"

commands = typer.Typer(
    help="The built functions in the Lambda image.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@commands.command()
def test() -> None:
    """Invoke every function with its example event; the exit status is 1 if a response is bad."""
    require_docker()
    passed = failed = 0
    records: dict[str, Records] = {}
    with _own_stack() as stack:
        known = registry_records(stack["contracts"])
        template = write_local_template(
            _resources(stack), _seen_from_container(stack), SHOW_IMPORTS
        )
        with lambda_service(template, _LOG) as service:
            for function in sorted(built_functions(), key=lambda each: turn(each.operation)):
                response, found = _try(service, function, stack, records, known)
                print(f"{function.name:44} {response:8} {'; '.join(found) or 'ok'}", flush=True)
                passed, failed = (passed, failed + 1) if found else (passed + 1, failed)
    print(f"{passed} passed, {failed} failed")
    raise typer.Exit(bool(failed))


@commands.command()
def invoke(
    function: Annotated[str, typer.Argument(help="Its name in template.yaml.")],
    directory: Annotated[Path, typer.Option(help="Of the local stack.")] = Path(".local"),
) -> None:
    """Invoke one function with its example event on the tables of the running local stack."""
    require_docker()
    chosen = next((each for each in built_functions() if each.name == function), None)
    if chosen is None:
        names = ", ".join(each.name for each in built_functions())
        raise ContainerError(
            f"The template has no function {function or '(FN=...)'}. It has {names}."
        )
    done = subprocess.run(
        ["sam", "local", "invoke", function, "--event", "-", *_sam_arguments(directory)],
        input=json.dumps(chosen.example()).encode(),
        env=sam_environment(),
        check=False,
    )
    raise typer.Exit(done.returncode)


@commands.command()
def start_api(
    contract: Annotated[Contract, typer.Argument(help="Whose API.")],
    port: Annotated[int, typer.Option(help="Where SAM listens.")] = 3000,
    directory: Annotated[Path, typer.Option(help="Of the local stack.")] = Path(".local"),
) -> None:
    """Serve a contract with `sam local start-api` on the running local stack's tables."""
    require_docker()
    arguments = _sam_arguments(directory, contract)
    serve = ["sam", "local", "start-api", "--port", str(port), *arguments]
    raise typer.Exit(subprocess.run(serve, env=sam_environment(), check=False).returncode)


def _sam_arguments(directory: Path, contract: Contract | None = None) -> list[str]:
    """What SAM needs to run the built functions on the local stack of a directory."""
    stack = _stack(directory)
    _require_reach(directory)
    endpoint = _seen_from_container(stack)
    return sam_arguments(write_local_template(_resources(stack), endpoint, contract=contract))


def _try(
    service: LambdaService,
    function: BuiltFunction,
    stack: Json,
    records: dict[str, Records],
    of_registry: RegistryRecords,
) -> tuple[str, list[str]]:
    """A function's response in a word, and its faults."""
    try:
        event = function.example()
        if function.package == "authorizer":
            return _try_authorizer(service, function, event, stack)
        if function.package == "projections":
            invocation = service.invoke(function.name, event)
            found = projection_faults(invocation.response)
            return "taken", [*found, *trespasses(invocation)]
        contract = event["stageVariables"]["contract"]
        known = records.setdefault(function.package, Records())
        event = known.addressed(event)
        if contract == Contract.REGISTRY:
            event = of_registry.named(function.operation, event)
        if not event["requestContext"].get("authorizer"):
            event = with_credential(event, stack["contracts"][contract])
        invocation = service.invoke(function.name, event)
    except ContainerError as error:
        return "none", [str(error)]
    found = endpoint_faults(contract, event, invocation.response)
    if found:
        return "bad", [*found, *trespasses(invocation)]
    made = known.keep_created(event, json.loads(invocation.response["body"]))
    if made is not None and event["resource"] == "/customers":
        method = attach_payment_method(local_deployment(stack["endpoint"]), event, made)
        known.made("/customers/{id}/payment-methods", method)
    return str(invocation.response["statusCode"]), trespasses(invocation)


def _try_authorizer(
    service: LambdaService,
    function: BuiltFunction,
    event: Json,
    stack: Json,
) -> tuple[str, list[str]]:
    """The authorizer's response in a word, and its faults."""
    contract = event["stageVariables"]["contract"]
    event = with_credential(event, stack["contracts"][contract])
    invocation = service.invoke(function.name, event)
    return "policy", [*authorizer_faults(contract, invocation.response), *trespasses(invocation)]


@contextmanager
def _own_stack() -> Iterator[Json]:
    """A local stack that containers reach, for the duration of the context."""
    with tempfile.TemporaryDirectory() as directory:
        local = [sys.executable, "-m", "tools.local"]
        port = str(free_port())
        where = ["--directory", directory]
        up = [*local, "up", "--containers", "--port", port, *where]
        subprocess.run(up, check=True, stdout=subprocess.DEVNULL)
        try:
            yield _stack(Path(directory))
        finally:
            down = [*local, "down", *where]
            subprocess.run(down, check=True, stdout=subprocess.DEVNULL)


def _stack(directory: Path) -> Json:
    """The content of `stack.json`.

    Raises:
        ContainerError: there is no local stack.
    """
    try:
        stack: Json = json.loads((directory / "stack.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise ContainerError(
            "No local stack: start one that containers reach with `make up CONTAINERS=1`.",
        ) from error
    return stack


def _require_reach(directory: Path) -> None:
    """Make sure that the local stack of a directory runs and listens where containers reach it."""
    try:
        needed = listening_addresses(containers=True)
    except LocalStackError as error:
        raise ContainerError(str(error)) from error
    emulator = find(directory)
    if emulator is None:
        raise ContainerError("The local stack does not run: `make up CONTAINERS=1` starts it.")
    if not set(needed) <= set(emulator.addresses):
        raise ContainerError(
            "Containers do not reach the local stack. "
            "Start it for them: `make down`, then `make up CONTAINERS=1`.",
        )


def _resources(stack: Json) -> dict[str, str]:
    """What `Ref` gives for the resources of a stack that functions use, by their logical ids."""
    client = boto3.client(
        "cloudformation",
        endpoint_url=stack["endpoint"],
        region_name=LOCAL_REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - the emulator takes any
    )
    listed = client.get_paginator("list_stack_resources").paginate(StackName=LOCAL_STACK)
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for page in listed
        for each in page["StackResourceSummaries"]
        if each["ResourceType"] in _REFERENCES
    }


def _seen_from_container(stack: Json) -> str:
    """The endpoint of a local stack as a container reaches it."""
    port = stack["endpoint"].rpartition(":")[2]
    return f"http://{HOST}:{port}"


def main() -> None:
    """Run a command; an error is one sentence on standard error, and exit status 1."""
    try:
        commands()
    except ContainerError as error:
        sys.exit(f"container: {error}")


if __name__ == "__main__":
    main()

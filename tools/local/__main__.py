"""``python -m tools.local up|down|run|status``: the local stack, as ``make`` calls it."""

import json
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from registry.domain.workspace import CONTRACTS, Contract
from tools.local.addresses import listening_addresses
from tools.local.process import Emulator, LocalStackError, exclusive, find, start, stop

ROOT: Final = Path(__file__).parents[2]

PortOption = Annotated[int, typer.Option(help="Where the stack listens.")]
ContainersOption = Annotated[
    bool,
    typer.Option("--containers", help="Listen on Docker's bridge too, for containers."),
]
DirectoryOption = Annotated[
    Path,
    typer.Option(help="Where its data, logs and stack.json are.", file_okay=False),
]
DEFAULT_PORT: Final = 4566
DEFAULT_DIRECTORY: Final = ROOT / ".local"

commands = typer.Typer(
    help="The local stack: template.yaml on an AWS emulator.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@commands.command()
def up(
    port: PortOption = DEFAULT_PORT,
    directory: DirectoryOption = DEFAULT_DIRECTORY,
    *,
    containers: ContainersOption = False,
) -> None:
    """Start the stack, or bring a running one up to date; it stays when this command ends."""
    stack = _bring_up(directory.resolve(), port, containers=containers)
    _print_access(stack)
    typer.echo("\nIt runs until `make down`.")


@commands.command()
def run(
    port: PortOption = DEFAULT_PORT,
    directory: DirectoryOption = DEFAULT_DIRECTORY,
    *,
    containers: ContainersOption = False,
) -> None:
    """Start the stack as `up` does and stop it with Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        stack = _bring_up(directory.resolve(), port, containers=containers)
        _print_access(stack)
        typer.echo(f"\nServing; the log is {directory / 'emulator.log'}. Ctrl-C stops it.")
        signal.pause()
    except KeyboardInterrupt:
        typer.echo("\nStopping.")
    finally:
        stop(directory.resolve())


@commands.command()
def down(directory: DirectoryOption = DEFAULT_DIRECTORY) -> None:
    """Stop the stack; its data stays."""
    directory = directory.resolve()
    stopped = directory.exists() and _stop(directory)
    typer.echo("Stopped; the data stays." if stopped else "It was not running.")


@commands.command()
def status(directory: DirectoryOption = DEFAULT_DIRECTORY) -> None:
    """Tell whether the stack runs, and where; the exit status is 1 if it does not."""
    emulator = find(directory.resolve())
    if emulator is None:
        typer.echo("It is not running.")
        raise typer.Exit(1)
    served = ", ".join(emulator.contracts()) or "nothing yet"
    typer.echo(f"It runs at {emulator.endpoint} (process {emulator.pid}) and serves {served}.")


def _bring_up(directory: Path, port: int, *, containers: bool) -> dict[str, Any]:
    """Start, deploy and issue credentials, as far as needed; the content of ``stack.json``."""
    with exclusive(directory):
        addresses = listening_addresses(containers=containers)
        emulator = _running(directory, port, addresses)
        if emulator is None:
            typer.echo(f"Starting the emulator on port {port} of {' and '.join(addresses)}.")
            emulator = start(directory, port, addresses)
        # Imported here: the SDK takes longer to load than the emulator to start.
        from ops.cli.deployment import local_deployment  # noqa: PLC0415
        from ops.cli.operator import Operator  # noqa: PLC0415
        from tools.local import demo  # noqa: PLC0415
        from tools.local.deploy import deploy  # noqa: PLC0415

        if deploy(ROOT, emulator, directory):
            typer.echo("Deployed template.yaml.")
        stack_file = directory / "stack.json"
        known = demo.read_stack_file(stack_file)["contracts"]
        operator = Operator(local_deployment(emulator.endpoint))
        access = demo.provide_access(operator, emulator.contracts(), known)
        demo.write_stack_file(stack_file, emulator.endpoint, access)
        return demo.read_stack_file(stack_file)


def _running(directory: Path, port: int, addresses: tuple[str, ...]) -> Emulator | None:
    """The running emulator, if it serves this port and these addresses; None without one.

    Raises:
        LocalStackError: it serves another port, or not every address.
    """
    emulator = find(directory)
    if emulator is not None and emulator.port != port:
        raise LocalStackError(
            f"The stack of {directory} runs on port {emulator.port} already. "
            "`make down` stops it, so that it can move.",
        )
    if emulator is not None and not set(addresses) <= set(emulator.addresses):
        raise LocalStackError(
            f"The stack of {directory} runs already, and containers do not reach it. "
            "`make down` stops it; `make up CONTAINERS=1` starts it for them.",
        )
    return emulator


def _stop(directory: Path) -> bool:
    """Stop the stack of a directory; False if none runs."""
    with exclusive(directory):
        return stop(directory)


def _print_access(stack: dict[str, Any]) -> None:
    """Print a command for each contract that works when it is pasted."""
    for contract, access in stack["contracts"].items():
        base_url = access["base_url"]
        typer.echo(f"\n{contract}  {base_url}")
        if "client_id" in access:
            user = f"{access['client_id']}:{access['client_secret']}"
            call = f"-u {user} -d grant_type=client_credentials {base_url}/oauth/token"
        else:
            headers = (f"-H {json.dumps(f'{n}: {v}')}" for n, v in access["headers"].items())
            call = f"{' '.join(headers)} {base_url}{_list_path(contract)}"
        typer.echo(f"  curl {call}")


def _list_path(contract: str) -> str:
    """The path of the first operation of a contract that reads without an id: its list."""
    package = CONTRACTS[Contract(contract)].package
    operations = import_module(f"registry.contracts.{package}.operations").OPERATIONS
    return next(
        str(operation.path)
        for operation in operations
        if operation.method == "GET" and "{" not in operation.path
    )


def main() -> None:
    """Run a command; an error is one sentence on standard error, and exit status 1."""
    try:
        commands()
    except LocalStackError as error:
        sys.exit(f"local stack: {error}")


if __name__ == "__main__":
    main()

"""``python -m tools.local run|up|down|status|logs|reset``: the local stack, for ``make``."""

import shutil
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from tools.local.access import call_each, curl_lines
from tools.local.addresses import listening_addresses
from tools.local.process import Emulator, LocalStackError, exclusive, find, start, stop
from tools.local.steps import step
from tools.site.folder import FOLDER

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


@dataclass(frozen=True, slots=True)
class Served:
    """A stack that serves.

    Attributes:
        access: the content of ``stack.json``.
        emulator: the process that serves it.
        joined: whether another command had started it.
    """

    access: dict[str, Any]
    emulator: Emulator
    joined: bool


@commands.command()
def up(
    port: PortOption = DEFAULT_PORT,
    directory: DirectoryOption = DEFAULT_DIRECTORY,
    *,
    containers: ContainersOption = False,
) -> None:
    """Start the stack, or bring a running one up to date; it stays when this command ends."""
    served = _bring_up(directory.resolve(), port, containers=containers)
    _print_access(served)
    typer.echo("\nIt runs until `make down`. After an edit, `make up` deploys it again.")


@commands.command()
def run(
    port: PortOption = DEFAULT_PORT,
    directory: DirectoryOption = DEFAULT_DIRECTORY,
    *,
    containers: ContainersOption = False,
) -> None:
    """Start the stack as `up` does, print its log, deploy what is edited; Ctrl-C stops it.

    A stack that runs already is joined, and goes on after Ctrl-C.
    """
    directory = directory.resolve()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    ours = find(directory) is None
    try:
        served = _bring_up(directory, port, containers=containers)
        ours = not served.joined
        _print_access(served)
        end = "Ctrl-C stops it" if ours else "Ctrl-C leaves it running"
        typer.echo(f"\nServing. Requests and errors follow; an edit is deployed. {end}.\n")
        _follow(directory, deploying=True)
        typer.echo("The stack was stopped.")
    except KeyboardInterrupt:
        typer.echo("\nStopping." if ours else "\nIt goes on running; `make down` stops it.")
    finally:
        if ours:
            stop(directory)


@commands.command()
def down(directory: DirectoryOption = DEFAULT_DIRECTORY) -> None:
    """Stop the stack; its data stays."""
    directory = directory.resolve()
    stopped = directory.exists() and _stop(directory)
    typer.echo("Stopped; the data stays." if stopped else "It was not running.")


@commands.command()
def reset(directory: DirectoryOption = DEFAULT_DIRECTORY) -> None:
    """Stop the stack and delete its data, its logs and its credentials."""
    directory = directory.resolve()
    if directory.exists():
        with exclusive(directory):
            stop(directory)
            shutil.rmtree(directory)
    typer.echo("The local stack has no data. `make run` or `make up` starts a new one.")


@commands.command()
def logs(
    directory: DirectoryOption = DEFAULT_DIRECTORY,
    *,
    follow: Annotated[bool, typer.Option(help="Go on with what is added.")] = True,
) -> None:
    """Print the requests to the stack and what went wrong within functions."""
    from tools.local import watch  # noqa: PLC0415 - as in `_bring_up`

    directory = directory.resolve()
    if not (directory / "emulator.log").exists():
        raise LocalStackError("There is no log: no stack was started here. `make up` starts one.")
    watch.show(directory)
    if follow and find(directory) is not None:
        try:
            _follow(directory, deploying=False)
        except KeyboardInterrupt:
            typer.echo("")


@commands.command()
def status(directory: DirectoryOption = DEFAULT_DIRECTORY) -> None:
    """Tell whether the stack runs, and where; the exit status is 1 if it does not."""
    emulator = find(directory.resolve())
    if emulator is None:
        typer.echo("It is not running.")
        raise typer.Exit(1)
    served = ", ".join(emulator.contracts()) or "nothing yet"
    typer.echo(f"It runs at {emulator.endpoint} (process {emulator.pid}) and serves {served}.")


def _bring_up(directory: Path, port: int, *, containers: bool) -> Served:
    """Start, deploy, issue credentials and call each API, as far as needed."""
    began = time.monotonic()
    with exclusive(directory):
        addresses = listening_addresses(containers=containers)
        emulator = _running(directory, port, addresses)
        joined = emulator is not None
        if emulator is None:
            with step(f"Starting the emulator on port {port} of {' and '.join(addresses)}"):
                emulator = start(directory, port, addresses)
        else:
            typer.echo(f"It runs already at {emulator.endpoint} (process {emulator.pid}).")
        _bring_up_to_date(emulator, directory)
        # Imported here: the SDK takes longer to load than the emulator to start.
        from ops.cli.deployment import local_deployment  # noqa: PLC0415
        from ops.cli.operator import Operator  # noqa: PLC0415
        from tools.local import demo  # noqa: PLC0415

        stack_file = directory / "stack.json"
        with step("Providing the demo workspace and its credentials"):
            known = demo.read_stack_file(stack_file)["contracts"]
            operator = Operator(local_deployment(emulator.endpoint))
            access = demo.provide_access(operator, emulator.contracts(), known)
            demo.write_stack_file(stack_file, emulator.endpoint, access)
        content = demo.read_stack_file(stack_file)
    _call_each(content)
    typer.echo(f"Ready after {time.monotonic() - began:.1f} s.")
    return Served(content, emulator, joined)


def _bring_up_to_date(emulator: Emulator, directory: Path) -> None:
    """Deploy the source tree, unless the emulator has exactly this one."""
    from tools.local.deploy import deploy, is_deployed  # noqa: PLC0415 - as in `_bring_up`

    if not is_deployed(ROOT, emulator, directory):
        with step("Deploying template.yaml with `sam deploy`"):
            deploy(ROOT, emulator, directory)


def _call_each(access: dict[str, Any]) -> None:
    """Call each API once, and print which do not respond as they should."""
    with step("Calling each API once, so that the next call does not wait for a function"):
        complaints = list(call_each(access["contracts"]))
    for complaint in complaints:
        typer.echo(complaint)


def _follow(directory: Path, *, deploying: bool) -> None:
    """Print the stack's log until it ends, and deploy what is edited, or say that it is not."""
    from tools.local import demo, watch  # noqa: PLC0415 - as in `_bring_up`

    def deploy_again(names: str) -> None:
        typer.echo(f"Edited: {names}.")
        emulator = find(directory)
        if emulator is None:
            return
        try:
            with exclusive(directory):
                _bring_up_to_date(emulator, directory)
                access = demo.read_stack_file(directory / "stack.json")
        except LocalStackError as error:
            typer.echo(f"local stack: {error}\nWhat was deployed before goes on serving.")
        else:
            _call_each(access)

    def tell(names: str) -> None:
        typer.echo(f"Edited: {names}. The stack serves what it had before; `make up` deploys it.")

    watch.watch(directory, ROOT, deploy_again if deploying else tell)


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


def _print_access(served: Served) -> None:
    """Print a command for each contract that works when it is pasted, and the pages there are."""
    for line in curl_lines(served.access["contracts"]):
        typer.echo(line)
    endpoint = served.access["endpoint"]
    built = "" if (FOLDER / "index.html").exists() else ", once `make docs` has built it"
    typer.echo(
        f"\nIn a browser, {endpoint}/ has the keys, and {endpoint}/docs the reference{built}."
    )


def main() -> None:
    """Run a command; an error is one sentence on standard error, and exit status 1."""
    try:
        commands()
    except LocalStackError as error:
        sys.exit(f"local stack: {error}")


if __name__ == "__main__":
    main()

"""`registry views …`."""

from typing import Annotated

import typer

from ops.cli import output
from ops.cli.progress import counting
from ops.cli.session import (
    EndpointOption,
    JsonOption,
    ModeOption,
    StackOption,
    WorkspaceOption,
    deployed,
)
from ops.cli.views import Views
from registry.domain.workspace import Mode

app = typer.Typer(
    help="Views: what lists of large workspaces are read from. They are made from the clients.",
    no_args_is_help=True,
)

# What the command has found or left to do, in scripts.
_DIFFERENT = 3


@app.command()
def check(  # noqa: PLR0913 - a command's options are its parameters
    context: typer.Context,
    *,
    workspace_id: WorkspaceOption,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what differs.")] = False,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare views with the clients. Exit status 3: something differs, and was not mended."""
    with deployed(context, stack, endpoint) as deployment:
        found = Views(deployment).check(workspace_id, mode, repair=repair)
    output.show_comparison(found, repaired=repair, as_json=as_json)
    if found.different and not repair:
        raise typer.Exit(_DIFFERENT)


@app.command()
def rebuild(  # noqa: PLR0913 - as above
    context: typer.Context,
    *,
    workspace_id: WorkspaceOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make views anew; lists read the old ones until the new ones are whole. It can be repeated."""
    with deployed(context, stack, endpoint) as deployment, counting("clients") as progress:
        directory = Views(deployment).rebuild(workspace_id, mode, progress)
    output.show_rebuilt(directory, as_json=as_json)


@app.command()
def redrive(
    context: typer.Context,
    *,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take parked records again. Exit status 3: some could not be taken and are left."""
    with deployed(context, stack, endpoint) as deployment:
        redriven = Views(deployment).redrive()
    output.show_redriven(redriven, as_json=as_json)
    if any(each.left for each in redriven.values()):
        raise typer.Exit(_DIFFERENT)

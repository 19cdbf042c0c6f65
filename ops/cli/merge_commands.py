"""`registry merge …`."""

from typing import Annotated

import typer

from ops.cli import output
from ops.cli.merges import Merges
from ops.cli.progress import counting
from ops.cli.session import (
    EndpointOption,
    JsonOption,
    ModeOption,
    StackOption,
    WorkspaceOption,
    deployed,
)
from registry.domain.merging import represented_merge, represented_preview
from registry.domain.workspace import Mode

app = typer.Typer(help="Merges: two clients become one, and come apart.", no_args_is_help=True)

# Some pairs could not be merged, in scripts.
_REFUSED = 3

SurvivorArgument = Annotated[
    str, typer.Argument(metavar="SURVIVOR", help="Id of the client that stays.")
]
AbsorbedArgument = Annotated[
    str, typer.Argument(metavar="ABSORBED", help="Id of the client that is merged into it.")
]
MergeArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the merge.")]


@app.command()
def preview(  # noqa: PLR0913 - a command's options are its parameters
    context: typer.Context,
    survivor: SurvivorArgument,
    absorbed: AbsorbedArgument,
    *,
    workspace_id: WorkspaceOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a merge would do; nothing is written."""
    with deployed(context, stack, endpoint) as deployment:
        merge = Merges(deployment, workspace_id, mode).preview(survivor, absorbed)
    output.show_merge(represented_preview(merge), as_json=as_json)


@app.command()
def do(  # noqa: PLR0913 - as above
    context: typer.Context,
    survivor: SurvivorArgument,
    absorbed: AbsorbedArgument,
    *,
    workspace_id: WorkspaceOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Merge a client into another one. It can be undone."""
    with deployed(context, stack, endpoint) as deployment:
        merge = Merges(deployment, workspace_id, mode).merge(survivor, absorbed)
    output.show_merge(represented_merge(merge), as_json=as_json)


@app.command()
def undo(  # noqa: PLR0913 - as above
    context: typer.Context,
    merge_id: MergeArgument,
    *,
    workspace_id: WorkspaceOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Undo the latest merge of a client; what was edited since stays."""
    with deployed(context, stack, endpoint) as deployment:
        merge = Merges(deployment, workspace_id, mode).undo(merge_id)
    output.show_merge(represented_merge(merge), as_json=as_json)


@app.command()
def sure(  # noqa: PLR0913 - as above
    context: typer.Context,
    *,
    workspace_id: WorkspaceOption,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Name the pairs; merge nothing.")
    ] = False,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Merge the clients of every pair that is sure. Exit status 3: some could not be merged."""
    merged = []
    with deployed(context, stack, endpoint) as deployment, counting("pairs") as progress:
        for each in Merges(deployment, workspace_id, mode).sure(writing=not dry_run):
            merged.append(each)
            progress(len(merged))
    output.list_merged(merged, as_json=as_json)
    if any(each.refused is not None for each in merged):
        raise typer.Exit(_REFUSED)

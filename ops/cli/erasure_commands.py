"""`registry erasure …`."""

from pathlib import Path
from typing import Annotated

import typer

from ops.cli import output
from ops.cli.erasures import Erasures, read_receipt
from ops.cli.session import (
    EndpointOption,
    JsonOption,
    ModeOption,
    StackOption,
    WorkspaceOption,
    deployed,
)
from registry.domain.erasure import job_json
from registry.domain.workspace import Mode

app = typer.Typer(
    help="Erasures: everything of a person is removed, and a receipt says what.",
    no_args_is_help=True,
)

# What the command has found, in scripts.
_LEFT = 3


@app.command()
def create(  # noqa: PLR0913 - a command's options are its parameters
    context: typer.Context,
    client_id: Annotated[str, typer.Argument(metavar="CLIENT", help="Id of the client.")],
    *,
    workspace_id: WorkspaceOption,
    reason: Annotated[str, typer.Option(help="Why; removed when the erasure is done.")],
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase a client and all that it absorbed. It cannot be undone."""
    with deployed(context, stack, endpoint) as deployment:
        erasure = Erasures(deployment, workspace_id, mode).create(client_id, reason)
    output.show_record(job_json(erasure), as_json=as_json)


@app.command()
def show(  # noqa: PLR0913 - as above
    context: typer.Context,
    erasure_id: Annotated[str, typer.Argument(metavar="JOB", help="Id of the erasure.")],
    *,
    workspace_id: WorkspaceOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show an erasure, with its receipt when it is done."""
    with deployed(context, stack, endpoint) as deployment:
        erasure = Erasures(deployment, workspace_id, mode).get(erasure_id)
    output.show_record(job_json(erasure), as_json=as_json)


@app.command()
def verify(  # noqa: PLR0913 - as above
    context: typer.Context,
    receipt: Annotated[
        Path,
        typer.Argument(metavar="RECEIPT.json", help="The receipt, or the erasure that holds it."),
    ],
    *,
    workspace_id: WorkspaceOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a receipt, and look for what is left. Exit status 3: something is, or does not hold."""
    with deployed(context, stack, endpoint) as deployment:
        read = read_receipt(receipt)
        found = Erasures(deployment, workspace_id, mode).verify(read)
    output.show_findings(
        {"erasure": read["id"], "findings": found},
        found,
        "The receipt holds, and nothing is left of its clients.",
        as_json=as_json,
    )
    if found:
        raise typer.Exit(_LEFT)


@app.command()
def replay(  # noqa: PLR0913 - as above
    context: typer.Context,
    receipts: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[RECEIPT.json]…", help="Receipts of erasures no longer kept here."),
    ] = None,
    *,
    workspace_id: WorkspaceOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase again whoever a restore from a backup has brought back."""
    with deployed(context, stack, endpoint) as deployment:
        read = [read_receipt(path) for path in receipts or ()]
        found = Erasures(deployment, workspace_id, mode).replay(read)
    output.show_record({"held": found.held, "again": list(found.again)}, as_json=as_json)

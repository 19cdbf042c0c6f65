"""`registry export`: the clients of a workspace, whole or as one of the doors shows them."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ops.cli.move_progress import MoveProgress
from ops.cli.session import (
    EndpointOption,
    JsonOption,
    ModeOption,
    StackOption,
    WorkspaceOption,
    deployed,
)
from ops.move.deployed import place_of
from ops.move.export import Export
from ops.move.files import Format, Origin
from registry.domain.workspace import Mode
from registry.store.whole import WholeStore


def export(  # noqa: PLR0913 - a command's options are its parameters
    context: typer.Context,
    *,
    workspace_id: WorkspaceOption,
    file_format: Annotated[Format, typer.Option("--format", help="JSONL or CSV.")],
    shape: Annotated[
        Origin,
        typer.Option("--as", help="record keeps everything, secrets too; else a contract's shape."),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write. Default: standard output.")
    ] = None,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write all clients of a workspace, archived ones too, in the order of their ids.

    The summary goes to standard error; with --out and --json it goes to standard output. Of JSONL
    without --out, --json makes an array.
    """
    with deployed(context, stack, endpoint) as deployment, MoveProgress("Exporting") as bar:
        place = place_of(deployment, workspace_id, mode)
        wholes = WholeStore(deployment.dynamodb, deployment.clients_table, deployment.links_table)
        work = Export(place.workspace, mode, wholes, shape, file_format)

        def progress(clients: int) -> None:
            bar.rows(clients, None)

        if out is not None:
            summary = work.to_file(out, progress)
        elif as_json and file_format is Format.JSONL:
            summary = work.to_array(sys.stdout.buffer, progress)
        else:
            summary = work.to_stream(sys.stdout.buffer, progress)
        sys.stdout.buffer.flush()
    found = summary.json(shape, file_format)
    typer.echo(json.dumps(found, indent=2), err=not (out is not None and as_json))

"""`registry consents …`."""

import json
from typing import Annotated

import typer

from ops.cli import output
from ops.cli.consents import Consents
from ops.cli.session import (
    EndpointOption,
    JsonOption,
    ModeOption,
    StackOption,
    WorkspaceOption,
    deployed,
)
from registry.domain.workspace import Mode

app = typer.Typer(
    help="The ledgers of consent: who agreed to what, and whether the entries are as written.",
    no_args_is_help=True,
)

ClientOption = Annotated[
    str | None, typer.Option("--client", metavar="ID", help="One client. Default: all of them.")
]
# What the command has found, in scripts.
_BROKEN = 3


@app.command()
def export(  # noqa: PLR0913 - a command's options are its parameters
    context: typer.Context,
    *,
    workspace_id: WorkspaceOption,
    client_id: ClientOption = None,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write consent records as JSONL, with the fields of ISO/IEC TS 27560. --json: an array."""
    with deployed(context, stack, endpoint) as deployment:
        records = Consents(deployment, workspace_id, mode).records(client_id)
        separator = "[" if as_json else ""
        for record in records:
            typer.echo(f"{separator}{json.dumps(record, ensure_ascii=False)}", nl=not as_json)
            separator = ",\n" if as_json else ""
        if as_json:
            typer.echo("[]" if separator == "[" else "]")


@app.command()
def verify(  # noqa: PLR0913 - as above
    context: typer.Context,
    *,
    workspace_id: WorkspaceOption,
    client_id: ClientOption = None,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check that no entry was changed, is missing or is out of order. Exit status 3: one is."""
    with deployed(context, stack, endpoint) as deployment:
        found = Consents(deployment, workspace_id, mode).verify(client_id)
    output.show_findings(
        found.json(),
        list(found.sentences()),
        f"{found.entries} entries of {found.clients} clients hold.",
        as_json=as_json,
    )
    if found.broken:
        raise typer.Exit(_BROKEN)

"""`registry client …`."""

from typing import Annotated

import typer

from ops.cli import output
from ops.cli.clients import Clients
from ops.cli.session import (
    EndpointOption,
    JsonOption,
    ModeOption,
    StackOption,
    WorkspaceOption,
    deployed,
)
from registry.domain.workspace import Contract, Mode

app = typer.Typer(help="Clients: the whole record, by id or by a value.", no_args_is_help=True)

ClientArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the client.")]


@app.command()
def show(  # noqa: PLR0913 - a command's options are its parameters
    context: typer.Context,
    client_id: ClientArgument,
    *,
    workspace_id: WorkspaceOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a client, whole."""
    with deployed(context, stack, endpoint) as deployment:
        client = Clients(deployment, workspace_id, mode).get(client_id)
    output.show_client(client, as_json=as_json)


@app.command()
def find(  # noqa: PLR0913 - as above
    context: typer.Context,
    *,
    workspace_id: WorkspaceOption,
    email: Annotated[str | None, typer.Option(help="E-mail address.")] = None,
    phone: Annotated[str | None, typer.Option(help="Phone number, in any spelling.")] = None,
    external_id: Annotated[str | None, typer.Option(help="Id in the company's own system.")] = None,
    tax_id: Annotated[str | None, typer.Option(help="EIN or other tax number.")] = None,
    vendor_id: Annotated[str | None, typer.Option(help="Id at the vendor of --contract.")] = None,
    contract: Annotated[
        Contract | None, typer.Option(help="The contract whose vendor --vendor-id is of.")
    ] = None,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find clients by exact values; with several, all have to hold. Archived ones are found too."""
    if (vendor_id is None) != (contract is None):
        raise typer.BadParameter("--vendor-id and --contract belong together.")
    if not any((email, phone, external_id, tax_id, vendor_id)):
        raise typer.BadParameter("Name at least one value to find clients by.")
    vendor = (contract, vendor_id) if contract is not None and vendor_id is not None else None
    with deployed(context, stack, endpoint) as deployment:
        found = Clients(deployment, workspace_id, mode).find(
            email=email, phone=phone, external_id=external_id, tax_id=tax_id, vendor=vendor
        )
    output.list_clients(found, as_json=as_json)


@app.command()
def history(  # noqa: PLR0913 - as above
    context: typer.Context,
    client_id: ClientArgument,
    *,
    workspace_id: WorkspaceOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what happened to a client, newest first, and who did it."""
    with deployed(context, stack, endpoint) as deployment:
        clients = Clients(deployment, workspace_id, mode)
        events = clients.history(client_id)
    output.list_events(clients.tenant, events, as_json=as_json)

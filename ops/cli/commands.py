"""The commands of `registry`, their options, and where they find their deployment."""

from typing import Annotated

import typer

from ops.cli import (
    client_commands,
    credential_commands,
    export_command,
    match_commands,
    merge_commands,
    move_commands,
    payment_method_commands,
    view_commands,
    webhook_commands,
    workspace_commands,
)
from ops.cli.session import Session

app = typer.Typer(
    name="registry",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(workspace_commands.app, name="workspace")
app.add_typer(credential_commands.app, name="credential")
app.add_typer(client_commands.app, name="client")
app.add_typer(payment_method_commands.app, name="payment-method")
app.add_typer(move_commands.app, name="move")
app.command("export")(export_command.export)
app.add_typer(match_commands.app, name="match")
app.add_typer(merge_commands.app, name="merge")
app.add_typer(view_commands.app, name="views")
app.add_typer(webhook_commands.app, name="webhook")


@app.callback()
def choose_deployment(
    context: typer.Context,
    stack: Annotated[
        str | None,
        typer.Option(
            envvar="REGISTRY_STACK",
            help="Stack in AWS, with the ambient credentials and region.",
        ),
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(
            envvar="REGISTRY_ENDPOINT",
            help="Endpoint of a local stack other than the one in .local/stack.json.",
        ),
    ] = None,
) -> None:
    """Manage a client registry: the local stack, unless an option names another deployment."""
    context.obj = Session(stack=stack, endpoint=endpoint)

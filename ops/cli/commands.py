"""The commands of `registry`, their options, and where they find their deployment."""

from importlib.metadata import version
from typing import Annotated, ClassVar

import typer

from ops.cli.choice import Session
from ops.cli.lazy import PLAIN, PROFILE_HELP, REGION_HELP, Lazy, LazyGroup

_EPILOG = (
    "Exit codes: 0 done; 1 an error, in a sentence; 2 wrong usage; 3 done, and what was checked or"
    " moved differs; 4 stopped, and the same command goes on.\n\n"
    "Completion of commands and options: registry --install-completion."
)


class Registry(LazyGroup):
    """The commands by their names."""

    lazy: ClassVar = {
        "workspace": Lazy("ops.cli.workspace_commands", "Workspaces, which own the clients."),
        "credential": Lazy(
            "ops.cli.credential_commands", "Credentials, with which callers authenticate."
        ),
        "client": Lazy(
            "ops.cli.client_commands", "Clients: the whole record, by id or by a value."
        ),
        "payment-method": Lazy(
            "ops.cli.payment_method_commands",
            "Payment methods: a processor's token and what may be shown of it.",
        ),
        "move": Lazy("ops.cli.move_commands", "Move clients in from a vendor."),
        "export": Lazy(
            "ops.cli.export_command",
            "Write all clients of a workspace, archived ones too, in the order of their ids.",
            function="export",
        ),
        "match": Lazy(
            "ops.cli.match_commands",
            "Matches: clients that may be one and the same, and how well they are found.",
        ),
        "merge": Lazy("ops.cli.merge_commands", "Merges: two clients become one, and come apart."),
        "consents": Lazy(
            "ops.cli.consent_commands",
            "The ledgers of consent: who agreed to what, and whether the entries are as written.",
        ),
        "erasure": Lazy(
            "ops.cli.erasure_commands",
            "Erasures: everything of a person is removed, and a receipt says what.",
        ),
        "views": Lazy(
            "ops.cli.view_commands",
            "Views: what lists of large workspaces are read from. They are made from the clients.",
        ),
        "webhook": Lazy(
            "ops.cli.webhook_commands",
            "Webhooks: addresses that are told of a workspace's events.",
        ),
        "logs": Lazy(
            "ops.cli.log_commands",
            "Print the logs of a stack, oldest line first.",
            function="logs",
        ),
    }


app = typer.Typer(
    name="registry",
    cls=Registry,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=PLAIN,
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it so
    if wanted:
        typer.echo(version("client-registry"))
        raise typer.Exit


@app.callback(epilog=_EPILOG)
def choose_deployment(
    context: typer.Context,
    *,
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
    region: Annotated[str | None, typer.Option("--aws-region", help=REGION_HELP)] = None,
    profile: Annotated[str | None, typer.Option("--profile", help=PROFILE_HELP)] = None,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help="Print the version."
        ),
    ] = False,
) -> None:
    """Manage a client registry: the local stack, unless an option names another deployment."""
    context.obj = Session(stack, endpoint, region, profile)

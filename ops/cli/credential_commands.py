"""`registry credential …`."""

from datetime import timedelta
from typing import Annotated

import httpx
import typer

from ops.cli import output
from ops.cli.operator import DEFAULT_PLAN, Operator
from ops.cli.session import (
    EndpointOption,
    JsonOption,
    ModeOption,
    StackOption,
    WorkspaceOption,
    operating,
)
from registry.domain.credential import CREDENTIAL_RULES, IssuedCredential
from registry.domain.workspace import CONTRACTS, Contract, Mode, Role, Subscription, Workspace

DEFAULT_OVERLAP_DAYS = 7

app = typer.Typer(help="Credentials, with which callers authenticate.", no_args_is_help=True)

_WITH_ROLES = ", ".join(
    CONTRACTS[contract].title for contract, rules in CREDENTIAL_RULES.items() if rules.roles
)


CredentialArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the credential.")]
WaitOption = Annotated[
    bool,
    typer.Option(help="Return when API Gateway knows the new key, which takes seconds."),
]


@app.command()
def create(  # noqa: PLR0913 - a command's options are its parameters
    context: typer.Context,
    *,
    workspace_id: WorkspaceOption,
    contract: Annotated[Contract, typer.Option(help="The contract whose API accepts it.")],
    mode: ModeOption = Mode.LIVE,
    scopes: Annotated[
        list[str] | None,
        typer.Option("--scope", help="A scope it holds; repeat for more. Default: every scope."),
    ] = None,
    role: Annotated[
        Role | None,
        typer.Option(help=f"{_WITH_ROLES} only: the role it acts in. Default: owner."),
    ] = None,
    expires_in: Annotated[
        int | None,
        typer.Option(metavar="DAYS", min=1, help="Days until it expires. Default: never."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="What to call it, such as the integration that gets it."),
    ] = None,
    wait: WaitOption = True,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a credential and show its secret, this once: only a hash of it is kept."""
    with operating(context, stack, endpoint) as operator:
        issued = operator.create_credential(
            workspace_id,
            contract,
            mode=mode,
            scopes=scopes or (),
            role=role,
            expires_in=None if expires_in is None else timedelta(days=expires_in),
            name=name,
        )
        output.show_issued(issued, as_json=as_json)
        _warn(operator.workspace(workspace_id))
        if wait:
            _await(operator, issued, quietly=as_json)


def _warn(workspace: Workspace) -> None:
    """Say on standard error why the calls of a new credential will be refused, if they will be."""
    if not workspace.plan.has_api:
        typer.echo(
            f"registry: The plan {workspace.plan} has no API, so its calls get 402. "
            f"`registry workspace update {workspace.id} --plan {DEFAULT_PLAN}` gives it one.",
            err=True,
        )
    elif workspace.subscription is not Subscription.ACTIVE:
        typer.echo(
            "registry: The workspace's subscription is inactive, so its calls get 402 or 403. "
            f"`registry workspace update {workspace.id} --subscription active` mends that.",
            err=True,
        )


def _await(operator: Operator, issued: IssuedCredential, *, quietly: bool) -> None:
    """Wait until API Gateway knows a credential's key; progress goes to standard error.

    The credential exists and its secret is printed, so a failure to wait does not fail the command.
    """
    if not quietly:
        typer.echo("\nWaiting until API Gateway knows it.", err=True)
    try:
        seconds = operator.await_credential(issued)
    except httpx.HTTPError as error:
        typer.echo(f"registry: Whether it counts yet cannot be seen from here: {error}", err=True)
        return
    if seconds is None:
        typer.echo(
            "registry: API Gateway does not know the key yet. Until it does, its calls get 403.",
            err=True,
        )
    elif not quietly:
        typer.echo(f"It counts, after {seconds:.0f} seconds.", err=True)


@app.command("list")
def list_(
    context: typer.Context,
    *,
    workspace_id: WorkspaceOption,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """List a workspace's credentials, oldest first, revoked ones too."""
    with operating(context, stack, endpoint) as operator:
        credentials = list(operator.credentials(workspace_id))
    output.list_credentials(credentials, as_json=as_json)


@app.command()
def show(
    context: typer.Context,
    credential_id: CredentialArgument,
    *,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a credential: what it may, since when, and on which day it was last used."""
    with operating(context, stack, endpoint) as operator:
        credential = operator.credential(credential_id)
    output.show_credential(credential, as_json=as_json)


@app.command()
def rotate(  # noqa: PLR0913 - as above
    context: typer.Context,
    credential_id: CredentialArgument,
    *,
    overlap: Annotated[
        int,
        typer.Option(metavar="DAYS", min=0, help="Days in which both count; 0 revokes at once."),
    ] = DEFAULT_OVERLAP_DAYS,
    wait: WaitOption = True,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a credential in place of another one, which expires after the overlap.

    The new one has the scopes, the role and the name of the other. Its secret is shown this once.
    """
    with operating(context, stack, endpoint) as operator:
        issued, old = operator.rotate_credential(credential_id, timedelta(days=overlap))
        output.show_rotated(issued, old, as_json=as_json)
        _warn(operator.workspace(old.workspace_id))
        if wait:
            _await(operator, issued, quietly=as_json)


@app.command()
def revoke(
    context: typer.Context,
    credential_id: CredentialArgument,
    *,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revoke a credential, from the next request on. Revoking it twice changes nothing."""
    with operating(context, stack, endpoint) as operator:
        credential = operator.revoke_credential(credential_id)
    output.show_credential(credential, as_json=as_json)

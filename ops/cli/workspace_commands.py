"""`registry workspace …`."""

from typing import Annotated

import typer

from ops.cli import output
from ops.cli.operator import DEFAULT_PLAN, Operator
from ops.cli.session import EndpointOption, JsonOption, StackOption, deployed, operating
from ops.cli.usage import MOST_DAYS, usage_of
from registry.domain.workspace import DEFAULT_REGION, Plan, Subscription

app = typer.Typer(help="Workspaces, which own the clients.", no_args_is_help=True)

WorkspaceArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the workspace.")]
NameOption = Annotated[str | None, typer.Option(help="Name, up to 200 characters.")]
RegionOption = Annotated[
    str | None,
    typer.Option(help="Country of phone numbers without a country code."),
]
TimezoneOption = Annotated[str | None, typer.Option(help="IANA time zone of clients without one.")]


@app.command()
def create(  # noqa: PLR0913 - a command's options are its parameters
    context: typer.Context,
    *,
    name: Annotated[str, typer.Option(help="Name, up to 200 characters.")],
    plan: Annotated[
        Plan,
        typer.Option(help="The plan. The default is the smallest one with the API."),
    ] = DEFAULT_PLAN,
    region: Annotated[
        str,
        typer.Option(help="Country of phone numbers without a country code."),
    ] = DEFAULT_REGION,
    timezone: TimezoneOption = None,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a workspace."""
    with operating(context, stack, endpoint) as operator:
        workspace = operator.create_workspace(name, plan, region=region, timezone=timezone)
    output.show_workspace(workspace, as_json=as_json)


@app.command("list")
def list_(
    context: typer.Context,
    *,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """List all workspaces, oldest first."""
    with operating(context, stack, endpoint) as operator:
        workspaces = list(operator.workspaces())
    output.list_workspaces(workspaces, as_json=as_json)


@app.command()
def show(
    context: typer.Context,
    workspace_id: WorkspaceArgument,
    *,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one workspace."""
    with operating(context, stack, endpoint) as operator:
        workspace = operator.workspace(workspace_id)
    output.show_workspace(workspace, as_json=as_json)


@app.command()
def usage(  # noqa: PLR0913 - as above
    context: typer.Context,
    workspace_id: WorkspaceArgument,
    *,
    days: Annotated[
        int, typer.Option(min=1, max=MOST_DAYS, help="How many days, today included.")
    ] = 30,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how many requests each credential made, and what is left of its month's quota.

    API Gateway counts them for its usage plans. Requests that were refused before they counted
    against a plan are not in it.
    """
    with deployed(context, stack, endpoint) as deployment:
        operator = Operator(deployment)
        workspace = operator.workspace(workspace_id)
        credentials = list(operator.credentials(workspace_id))
        used = list(usage_of(deployment, workspace, credentials, days))
    output.list_usage(used, as_json=as_json)


@app.command()
def update(  # noqa: PLR0913 - a command's options are its parameters
    context: typer.Context,
    workspace_id: WorkspaceArgument,
    *,
    name: NameOption = None,
    plan: Annotated[
        Plan | None, typer.Option(help="The plan, which decides API access and rates.")
    ] = None,
    subscription: Annotated[
        Subscription | None,
        typer.Option(help="An inactive subscription has no API access."),
    ] = None,
    region: RegionOption = None,
    timezone: TimezoneOption = None,
    controller: Annotated[
        str | None, typer.Option(help="Who is responsible for the clients' data.")
    ] = None,
    notice: Annotated[
        str | None, typer.Option(help="The privacy notice that clients were shown, or its address.")
    ] = None,
    purpose: Annotated[
        str | None, typer.Option(help="What consent to e-mail and messages is for.")
    ] = None,
    jurisdiction: Annotated[
        str | None, typer.Option(help="Whose law applies, such as DE or US-CA.")
    ] = None,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a workspace. Its credentials follow from the next request on.

    The controller, the notice, the purpose and the jurisdiction stand in exports of consent; an
    empty text clears one.
    """
    of_consent = {
        "controller": controller,
        "notice": notice,
        "purpose": purpose,
        "jurisdiction": jurisdiction,
    }
    if {name, plan, subscription, region, timezone, *of_consent.values()} == {None}:
        raise typer.BadParameter("say what to change: --name, --plan, --subscription, …")
    with operating(context, stack, endpoint) as operator:
        workspace = operator.update_workspace(
            workspace_id,
            name=name,
            plan=plan,
            subscription=subscription,
            region=region,
            timezone=timezone,
            **of_consent,
        )
    output.show_workspace(workspace, as_json=as_json)

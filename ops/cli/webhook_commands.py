"""`registry webhook …`."""

from typing import Annotated

import typer

from ops.cli import webhook_output as output
from ops.cli.session import (
    EndpointOption,
    JsonOption,
    ModeOption,
    StackOption,
    WorkspaceOption,
    deployed,
)
from ops.cli.webhooks import Webhooks
from registry.domain.workspace import Contract, Mode

app = typer.Typer(
    help="Webhooks: addresses that are told of a workspace's events.",
    no_args_is_help=True,
)

WebhookArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the webhook.")]
EventArgument = Annotated[str, typer.Argument(metavar="EVENT", help="Id of the event.")]


@app.command()
def create(  # noqa: PLR0913 - a command's options are its parameters
    context: typer.Context,
    *,
    workspace_id: WorkspaceOption,
    contract: Annotated[Contract, typer.Option(help="The contract in whose format it is told.")],
    url: Annotated[str, typer.Option(help="Where requests go: https, port 443, a name.")],
    types: Annotated[
        list[str],
        typer.Option("--type", help="What it is told of, in the contract's words; repeatable."),
    ],
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a webhook. Its secret is shown now, and never again."""
    with deployed(context, stack, endpoint) as deployment:
        made = Webhooks(deployment, workspace_id, mode).create(contract, url, tuple(types))
    output.show_made(made, as_json=as_json)


@app.command("list")
def list_(  # noqa: PLR0913 - as above
    context: typer.Context,
    *,
    workspace_id: WorkspaceOption,
    contract: Annotated[Contract | None, typer.Option(help="Those of one contract.")] = None,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the webhooks of a workspace, oldest first."""
    with deployed(context, stack, endpoint) as deployment:
        found = Webhooks(deployment, workspace_id, mode).all(contract)
    output.list_endpoints(found, as_json=as_json)


@app.command()
def delete(  # noqa: PLR0913 - as above
    context: typer.Context,
    webhook_id: WebhookArgument,
    *,
    workspace_id: WorkspaceOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Delete a webhook. What is queued for it is not sent."""
    with deployed(context, stack, endpoint) as deployment:
        deleted = Webhooks(deployment, workspace_id, mode).delete(webhook_id)
    output.show_endpoint(deleted, as_json=as_json)


@app.command()
def rotate(  # noqa: PLR0913 - as above
    context: typer.Context,
    webhook_id: WebhookArgument,
    *,
    workspace_id: WorkspaceOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a webhook a new secret. The old one is in force as long as the contract says."""
    with deployed(context, stack, endpoint) as deployment:
        rotated = Webhooks(deployment, workspace_id, mode).rotate(webhook_id)
    output.show_made(rotated, as_json=as_json)


@app.command("test")
def send_test(  # noqa: PLR0913 - as above
    context: typer.Context,
    webhook_id: WebhookArgument,
    *,
    workspace_id: WorkspaceOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a webhook a test; `registry webhook deliveries` shows what became of it."""
    with deployed(context, stack, endpoint) as deployment:
        event_id = Webhooks(deployment, workspace_id, mode).test(webhook_id)
    output.show_queued(event_id, as_json=as_json)


@app.command()
def deliveries(  # noqa: PLR0913 - as above
    context: typer.Context,
    webhook_id: WebhookArgument,
    *,
    workspace_id: WorkspaceOption,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many attempts.")] = 50,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the attempts to tell a webhook of the last 30 days, newest first."""
    with deployed(context, stack, endpoint) as deployment:
        found = Webhooks(deployment, workspace_id, mode).deliveries(webhook_id, limit)
    output.list_attempts(found, as_json=as_json)


@app.command()
def retry(  # noqa: PLR0913 - as above
    context: typer.Context,
    webhook_id: WebhookArgument,
    event_id: EventArgument,
    *,
    workspace_id: WorkspaceOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send an event to a webhook again, or now where it waits for its next attempt."""
    with deployed(context, stack, endpoint) as deployment:
        Webhooks(deployment, workspace_id, mode).retry(webhook_id, event_id)
    output.show_queued(event_id, as_json=as_json)


@app.command()
def skip(  # noqa: PLR0913 - as above
    context: typer.Context,
    webhook_id: WebhookArgument,
    event_id: EventArgument,
    *,
    workspace_id: WorkspaceOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let an event that waits pass, so that the later ones of its client are sent."""
    with deployed(context, stack, endpoint) as deployment:
        Webhooks(deployment, workspace_id, mode).skip(webhook_id, event_id)
    output.show_skipped(event_id, as_json=as_json)

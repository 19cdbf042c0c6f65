"""`registry match …`."""

from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from ops.cli import output
from ops.cli.columns import renamed
from ops.cli.operator import workspace_of
from ops.cli.session import (
    EndpointOption,
    JsonOption,
    ModeOption,
    StackOption,
    WorkspaceOption,
    deployed,
)
from ops.match.evaluation import evaluated
from ops.match.labelled import BadFile, read_labelled
from registry.domain.pair import Verdict
from registry.domain.tenant import Tenant
from registry.domain.workspace import Mode
from registry.store.pairs import PairStore, place

app = typer.Typer(
    help="Matches: clients that may be one and the same, and how well they are found.",
    no_args_is_help=True,
)


@app.command("list")
def list_(  # noqa: PLR0913 - a command's options are its parameters
    context: typer.Context,
    *,
    workspace_id: WorkspaceOption,
    verdict: Annotated[Verdict | None, typer.Option(help="Only pairs with this verdict.")] = None,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """List pairs, newest first; without --verdict those that are sure or possible."""
    verdicts = (Verdict.SURE, Verdict.POSSIBLE) if verdict is None else (verdict,)
    with deployed(context, stack, endpoint) as deployment:
        workspace_of(deployment, workspace_id)
        tenant = Tenant(workspace_id, mode)
        store = PairStore(deployment.dynamodb, deployment.views_table)
        pairs = list(chain.from_iterable(store.listed(tenant, each) for each in verdicts))
    output.list_pairs(sorted(pairs, key=place, reverse=True), as_json=as_json)


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A CSV file with a header.")],
    *,
    truth: Annotated[
        str,
        typer.Option(metavar="COLUMN", help="Rows with the same text here are the same client."),
    ],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="COLUMN=FIELD", help="The field that a column holds; may repeat."
        ),
    ] = None,
    region: Annotated[
        str, typer.Option(help="Where phone numbers without a country code are.")
    ] = "US",
    as_json: JsonOption = False,
) -> None:
    """Score a labelled file with the weights in force; no stack is needed."""
    try:
        records = read_labelled(file, truth, renamed(columns or ()), region)
    except BadFile as error:
        raise typer.BadParameter(str(error)) from error
    output.show_evaluation(evaluated(records), as_json=as_json)

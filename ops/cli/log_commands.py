"""`registry logs`."""

import json
import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from ops.cli.logs import GROUPS, Line, Logs
from ops.cli.session import EndpointOption, JsonOption, StackOption, deployed
from registry.domain.identifiers import instant, now

Group = StrEnum("Group", {group: group for group in GROUPS})  # type: ignore[misc]  # from a table

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def logs(  # noqa: PLR0913 - a command's options are its parameters
    context: typer.Context,
    groups: Annotated[
        list[Group] | None,
        typer.Argument(metavar="[GROUP]…", help=f"{', '.join(GROUPS)}. Default: all."),
    ] = None,
    *,
    since: Annotated[
        str, typer.Option(metavar="TIME", help="How far back, such as 30s, 10m, 2h or 1d.")
    ] = "10m",
    pattern: Annotated[
        str, typer.Option("--filter", metavar="PATTERN", help="Filter pattern of CloudWatch Logs.")
    ] = "",
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what is added.")] = False,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the logs of a stack, oldest line first.

    A line has its instant, its group and what was logged. With --json it is one JSON object a line.
    """
    began = int((now() - _span(since)).timestamp() * 1000)
    chosen = [group.value for group in groups or []] or list(GROUPS)
    with deployed(context, stack, endpoint) as deployment:
        source = Logs(deployment, chosen, pattern)
        try:
            for line in source.follow(began) if follow else source.since(began):
                typer.echo(_shown(line, as_json=as_json))
        except KeyboardInterrupt:
            raise typer.Exit from None


def _span(text: str) -> timedelta:
    """A length of time.

    Raises:
        typer.BadParameter: it has another form than `10m`.
    """
    match = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", text)
    if match is None:
        raise typer.BadParameter("--since is a number with s, m, h or d, such as 10m.")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _shown(line: Line, *, as_json: bool) -> str:
    """A line as it is printed."""
    at = instant(datetime.fromtimestamp(line.at / 1000, UTC))
    if not as_json:
        return f"{at} {line.group} {line.text}"
    try:
        message: object = json.loads(line.text)
    except ValueError:
        message = line.text
    return json.dumps({"time": at, "group": line.group, "message": message}, ensure_ascii=False)

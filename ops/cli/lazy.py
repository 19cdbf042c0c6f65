"""The command group of `registry`, which imports a command's module when the command is used.

The modules load the AWS SDK, the HTTP client and the registry: a second and more, for which
`registry --help` has no use.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Annotated, Any, ClassVar, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from ops.cli.choice import Session
from ops.cli.examples import EXAMPLES

# Help without rich, which takes longer to load than everything else that a help text needs.
PLAIN: Final = None
REGION_HELP = "AWS region of the stack. Default: AWS_REGION, the profile's, samconfig.toml's."
PROFILE_HELP = "Profile of the AWS configuration. Default: the ambient credentials."


@dataclass(frozen=True, slots=True)
class Lazy:
    """A command, or a group of commands, that is not loaded yet.

    Attributes:
        module: where it is. A group is the module's `app`.
        help: its line in the help of `registry`; a test compares it with its own.
        function: the name of the function, for a single command.
    """

    module: str
    help: str
    function: str | None = None


class LazyGroup(TyperGroup):
    """A group whose commands are loaded by name."""

    lazy: ClassVar[Mapping[str, Lazy]] = {}

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Typer's own, not published
        super().__init__(**options)
        named = {
            name: TyperCommand(name=name, help=each.help, callback=None)
            for name, each in self.lazy.items()
        }
        self.commands = {**named, **self.commands}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - as above
        """A command as it runs: its module is loaded now."""
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None:
            command = load(name, self.lazy[name]) if name in self.lazy else command
            complete(name, command)
        return name, command, rest


def load(name: str, lazy: Lazy) -> Any:  # noqa: ANN401 - as above
    """The command, or the group, from its module."""
    module = import_module(lazy.module)
    if lazy.function is None:
        command: Any = get_group(module.app)
    else:
        app = typer.Typer(add_completion=False)
        app.command(name)(getattr(module, lazy.function))
        command = get_command(app)
    command.name = name
    return command


def complete(words: str, command: Any) -> None:  # noqa: ANN401 - as above
    """Give each command from this one down the options of AWS, its example, and plain help."""
    command.rich_markup_mode = PLAIN
    if isinstance(command, TyperGroup):
        for name, each in command.commands.items():
            complete(f"{words} {name}", each)
        return
    if words in EXAMPLES:
        command.epilog = f"Example: {EXAMPLES[words]}"
    names = {parameter.name for parameter in command.params}
    if "stack" in names and "aws_region" not in names:
        command.params += _aws_options()


def _aws_options() -> list[Any]:
    """The options `--aws-region` and `--profile`, which change the session of their command."""
    app = typer.Typer(add_completion=False)

    @app.command()
    def declare(
        aws_region: Annotated[
            str | None,
            typer.Option("--aws-region", help=REGION_HELP, callback=_set, expose_value=False),
        ] = None,
        profile: Annotated[
            str | None,
            typer.Option("--profile", help=PROFILE_HELP, callback=_set, expose_value=False),
        ] = None,
    ) -> None:
        """Nothing: Typer makes options of parameters only."""

    return list(get_command(app).params)


def _set(context: typer.Context, parameter: typer.CallbackParam, value: str | None) -> None:
    """Change the session's field that has the option's name."""
    if value is not None and parameter.name is not None:
        context.obj = replace(context.obj or Session(), **{parameter.name: value})

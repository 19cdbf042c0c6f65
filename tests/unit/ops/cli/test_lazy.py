"""What every help text has, and what it costs to show one."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_group
from typer.testing import CliRunner

from ops.cli.choice import Session
from ops.cli.commands import Registry, app
from ops.cli.examples import EXAMPLES
from ops.cli.lazy import complete, load

GROUP: Any = get_group(app)


def commands() -> Iterator[tuple[str, Any]]:
    """Every command by its words."""

    def below(words: str, command: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(command, TyperGroup):
            for name, each in command.commands.items():
                yield from below(f"{words} {name}", each)
        else:
            yield words, command

    eager = {name: each for name, each in GROUP.commands.items() if name not in Registry.lazy}
    loaded = {name: load(name, lazy) for name, lazy in Registry.lazy.items()}
    for name, command in {**loaded, **eager}.items():
        complete(name, command)
        yield from below(name, command)


COMMANDS = dict(commands())


def test_the_help_imports_no_sdk_no_http_client_and_no_registry() -> None:
    script = (
        "import sys\n"
        "from ops.cli.commands import app\n"
        "try:\n"
        "    app(['--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )

    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )

    assert "workspace" in done.stdout
    loaded = set(done.stderr.split())
    heavy = {
        "boto3",
        "botocore",
        "httpx",
        "pydantic",
        "phonenumbers",
        "registry",
        "rich",
        "urllib3",
    }
    assert loaded & heavy == set()


@pytest.mark.parametrize(("name", "lazy"), Registry.lazy.items())
def test_a_line_of_the_help_is_the_one_of_its_module(name: str, lazy: Any) -> None:
    assert load(name, lazy).help.splitlines()[0] == lazy.help


def test_every_command_has_an_example_and_every_example_a_command() -> None:
    assert set(EXAMPLES) == set(COMMANDS)


@pytest.mark.parametrize("words", COMMANDS)
def test_an_example_is_a_command_line_that_the_parser_takes(words: str) -> None:
    program, *rest = shlex.split(EXAMPLES[words])
    assert program == "registry"
    assert rest[: len(words.split())] == words.split()

    arguments = rest[len(words.split()) :]
    context = COMMANDS[words].make_context(words, list(arguments), obj=Session())

    assert context.args == []


@pytest.mark.parametrize("words", COMMANDS)
def test_the_help_of_a_command_ends_with_its_example(words: str) -> None:
    done = CliRunner().invoke(app, [*words.split(), "--help"])

    assert done.exit_code == 0
    shown = " ".join(done.stdout.split())
    assert f"Example: registry {words}" in shown
    reaches_aws = "stack" in {parameter.name for parameter in COMMANDS[words].params}
    assert ("--aws-region" in shown) == reaches_aws
    assert ("--profile" in shown) == reaches_aws


def test_the_help_tells_of_exit_codes_and_of_completion() -> None:
    shown = " ".join(CliRunner().invoke(app, ["--help"]).stdout.split())

    for code in ("0 done", "1 an error", "2 wrong usage", "3 done, and", "4 stopped"):
        assert code in shown
    assert "--install-completion" in shown


def test_the_version_is_the_packages() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout.strip() == version("client-registry")


def test_a_command_that_is_mistyped_is_guessed() -> None:
    done = CliRunner().invoke(app, ["workspce"])

    assert done.exit_code == 2
    assert "'workspace'" in done.stderr

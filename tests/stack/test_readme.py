"""The README's commands, run as they are printed, answer what is printed below them."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.stack.conftest import ROOT, Stack

README = (ROOT / "README.md").read_text("utf-8")
BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
LEFT_OUT = "…"


def section(title: str) -> list[tuple[str, str]]:
    """The language and text of each block below a heading."""
    text = README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    return BLOCK.findall(text)


def commands(title: str) -> list[str]:
    """The blocks that a shell takes."""
    return [text for language, text in section(title) if language == "sh"]


def run(script: str, directory: Path) -> str:
    """What bash prints for a script, none of whose commands may fail."""
    done = subprocess.run(  # noqa: S603
        ["/bin/bash", "-euo", "pipefail", "-c", script],
        cwd=directory,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def pieces(printed: str) -> list[str]:
    """What stands between the places where something is left out."""
    joined = re.sub(r"\n\s+", "", UUID.sub("ID", printed))
    return [piece.strip() for line in joined.splitlines() for piece in line.split(LEFT_OUT)]


@pytest.fixture
def checkout(stack: Stack, tmp_path: Path) -> Path:
    """A directory that has what the README's commands use, as a checkout with a stack has it."""
    (tmp_path / ".local").symlink_to(stack.directory)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return tmp_path


def test_calls_to_each_contract_answer_with_what_it_promises(checkout: Path) -> None:
    start, environment, *calls = commands("Try it")
    assert start.startswith("make run ")
    assert len(calls) == 5

    # A failing status has to fail the command, which curl leaves to its caller otherwise.
    script = "\n".join([environment, *calls]).replace("curl ", "curl --fail-with-body ")

    assert run(script, checkout).count('"id"') >= 3


def test_one_client_goes_through_five_doors_with_the_answers_that_are_printed(
    checkout: Path,
) -> None:
    environment, *_, token = commands("Try it")[1:6]
    story = section("One client, five doors")
    printed = [text for language, text in story if language == "json"]
    assert len(printed) == 3

    script = [environment, token + " >/dev/null"]
    for language, text in story:
        if "/history" in text:
            # The feed follows the record, faster than people type and slower than this script.
            script.append(f"until {{ {text.strip()}; }} | grep -q updated; do sleep 0.1; done")
        script.append(text if language == "sh" else "printf '\\0'")
    *answers, rest = run("\n".join(script), checkout).split("\0")

    assert rest == ""
    for block, answer in zip(printed, answers, strict=True):
        left = UUID.sub("ID", answer)
        for piece in pieces(block):
            before, found, left = left.partition(piece)
            assert found == piece, f"{piece} is not in {before}"


def test_the_commands_for_workspaces_and_keys_work_one_after_the_other(checkout: Path) -> None:
    (block,) = commands("Workspaces and keys")
    made: dict[str, str] = {}

    for line in block.splitlines():
        _, noun, verb, *_ = line.split()
        by_workspace = "--workspace ID" in line or noun == "workspace"
        command = line.replace(" ID", f" {made.get('workspace' if by_workspace else noun, '')}")
        output = run(command, checkout)
        if verb == "create":
            made[noun] = UUID.findall(output)[0]

    assert made.keys() == {"workspace", "credential"}

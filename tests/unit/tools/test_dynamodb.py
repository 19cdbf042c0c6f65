"""DynamoDB Local lives as long as the command that it was started for.

The processes here are real ones, since only the system can end a process that was killed.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tools.dynamodb import leashed

# In place of Java: says so if nobody ends it, which its reader then sees.
ENGINE = "echo started; sleep 60; echo outlived"
# What started the tests may ignore signals, which its processes inherit. Nor may Python catch one,
# since it would be lost if another program took its place before Python had dealt with it.
STARTER = f"""
import os, pathlib, signal, sys
from tools.dynamodb import leashed
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)
leashed(["sh", "-c", {ENGINE!r}], pathlib.Path.cwd(), sys.stdout)
"""
# The starter before it becomes the command, and after.
STARTING = "sys.stdin.read()"
COMMAND = "os.execvp('cat', ['cat'])"


@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"])
@pytest.mark.parametrize("process", [STARTING, COMMAND], ids=["starting", "command"])
def test_the_engine_ends_with_the_command_whatever_ends_that(process: str, number: str) -> None:
    with started(process) as command:
        assert command.stdout is not None
        assert command.stdout.readline() == "started\n"

        command.send_signal(signal.Signals[number])

        assert "outlived" not in command.stdout.read()


def test_the_engine_ends_with_a_command_that_succeeds() -> None:
    with started("") as command:
        assert "outlived" not in command.communicate()[0]
        assert command.returncode == 0


def test_an_engine_that_ends_by_itself_has_its_own_exit_status(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as log:
        assert leashed(["sh", "-c", "exit 7"], tmp_path, log).wait() == 7


def started(rest: str) -> subprocess.Popen[str]:
    """A process that starts an engine and goes on with some code."""
    return subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", STARTER + rest],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        text=True,
    )

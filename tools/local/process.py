"""The emulator as a process: started in a directory of its own, found again, stopped."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import Request, urlopen

# Long enough for a machine that is busy with other things. One that ends early is noticed at once.
START_SECONDS: Final = 300.0
STOP_SECONDS: Final = 300.0
ACCESS_KEY: Final = "local"  # id and secret
LOOPBACK: Final = "127.0.0.1"
_POLL_SECONDS: Final = 0.05
_REPOSITORY: Final = Path(__file__).parents[2]


class LocalStackError(Exception):
    """The local stack cannot carry out a command; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator.

    Attributes:
        pid: of the process that serves; the functions' processes are its children.
        port: where it listens.
        addresses: on which it listens.
    """

    pid: int
    port: int
    addresses: tuple[str, ...]

    @property
    def endpoint(self) -> str:
        """Where the SDK, SAM and callers reach it."""
        return f"http://localhost:{self.port}"

    def contracts(self) -> list[str]:
        """Names of the contracts deployed on it.

        Raises:
            OSError: it does not respond, or not yet.
        """
        return self._ask("GET")

    def save(self) -> None:
        """Write its state to disk now, as it does when it stops."""
        self._ask("POST")

    def _ask(self, method: str) -> list[str]:
        """Call the emulator's own path; returns the names of the deployed contracts."""
        request = Request(f"{self.endpoint}/_local", method=method)  # noqa: S310 (http, by construction)
        with urlopen(request, timeout=START_SECONDS) as response:  # noqa: S310
            contracts: list[str] = json.load(response)["contracts"]
        return contracts


@contextmanager
def exclusive(directory: Path) -> Iterator[None]:
    """Let one command at a time work on the local stack of a directory; others wait."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "command.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def find(directory: Path) -> Emulator | None:
    """The emulator that runs in a directory, which its lock file names; None if none runs."""
    try:
        lock = _lock_file(directory).open(encoding="utf-8")
    except FileNotFoundError:
        return None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = lock.read()
            return _emulator(json.loads(holder)) if holder else None
    return None


def start(directory: Path, port: int, addresses: tuple[str, ...]) -> Emulator:
    """Start an emulator that outlives this process, and wait until it responds.

    Args:
        directory: where its state and its log are.
        port: where it listens.
        addresses: on which it listens, 127.0.0.1 among them; it refuses those that other machines
            reach.

    Raises:
        LocalStackError: the port is taken, or the emulator ended or stayed silent.
    """
    for address in addresses:
        _check_free(address, port)
    log = directory / "emulator.log"
    # An emulator that was killed leaves unpacked functions.
    shutil.rmtree(directory / "tmp", ignore_errors=True)
    (directory / "tmp").mkdir()
    arguments = ("--port", str(port), "--lock", str(_lock_file(directory)), *addresses)
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.local.emulator", *arguments],
            cwd=_REPOSITORY,
            env=_environment(directory, port),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    emulator = Emulator(process.pid, port, addresses)
    responds = False
    try:
        responds = _await_response(emulator, process)
    finally:
        if not responds:
            process.terminate()
    if not responds:
        raise LocalStackError(f"The emulator did not start; {log} ends with:\n{_tail(log)}")
    return emulator


def stop(directory: Path) -> bool:
    """Stop the emulator of a directory and its functions' processes; False if there is none.

    Raises:
        LocalStackError: it does not end.
    """
    emulator = find(directory)
    if emulator is None:
        return False
    os.kill(emulator.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while find(directory) is not None:
        if time.monotonic() > deadline:
            raise LocalStackError(f"The emulator (process {emulator.pid}) does not end.")
        time.sleep(_POLL_SECONDS)
    # It ends its functions' processes, but one that began while it ended would stay. They are all
    # in its process group, which has its number.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(emulator.pid, signal.SIGKILL)
    return True


def _await_response(emulator: Emulator, process: subprocess.Popen[bytes]) -> bool:
    """Whether the emulator responds before its process ends or the time is over."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            emulator.contracts()
        except (URLError, ConnectionError):
            time.sleep(_POLL_SECONDS)
        else:
            return True
    return False


def _emulator(holder: dict[str, Any]) -> Emulator:
    """The emulator that a lock file describes."""
    return Emulator(holder["pid"], holder["port"], tuple(holder["addresses"]))


def _lock_file(directory: Path) -> Path:
    return directory / "emulator.lock"


def _check_free(address: str, port: int) -> None:
    """Refuse a port that another program listens on.

    Raises:
        LocalStackError: it does.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise LocalStackError(
                f"Port {port} is taken by another program. Choose another one: "
                f"`make run PORT={port + 1}`.",
            ) from error


def _environment(directory: Path, port: int) -> dict[str, str]:
    """This process's environment without its AWS settings, with MiniStack's for a directory.

    The functions' processes inherit it, so a profile or endpoint of the developer's must not leak.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **inherited,
        # The functions' calls are checked against their roles; this key is allowed everything.
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
        "GATEWAY_PORT": str(port),
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "WARNING",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(directory / "state"),
        "TMPDIR": str(directory / "tmp"),
        # These listen on fixed ports, which a second stack could not share.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }


def _tail(log: Path) -> str:
    """The last ten lines of a log."""
    return "\n".join(log.read_text("utf-8").splitlines()[-10:])

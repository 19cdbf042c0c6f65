"""Functions' processes that start at once: forks of a process that has loaded their layer.

MiniStack starts a new Python for each function, which compiles and imports the layer again. Here
its functions are forked from a process of `tools.local.fork_server`. Layers of another content, as
after an edit, get a process of their own, and so do those of a function that has more of them.
"""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from select import select
from types import SimpleNamespace
from typing import IO, Any, Final

from ministack.core import lambda_runtime

from tools.local.fork_server import LENGTH

_LAYERS: Final = "_LAMBDA_LAYERS_DIRS"
# A function's name would have the registry's modules make what a single function needs.
_NAME: Final = "AWS_LAMBDA_FUNCTION_NAME"
_POLL_SECONDS: Final = 0.005
# Two sets of layers, and those from before an edit until it is deployed.
_SERVERS: Final = 4
_REPOSITORY: Final = Path(__file__).parents[2]


class Fork:
    """A function's process, with as much of `subprocess.Popen` as MiniStack uses.

    It is another process's child, so its end is seen by the end of a pipe that it holds, and its
    exit status is not known.
    """

    def __init__(self, pid: int, streams: tuple[IO[str], IO[str], IO[str]], life: int) -> None:
        self.pid = pid
        self.stdin, self.stdout, self.stderr = streams
        self.returncode: int | None = None
        self._life = life
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """None while it runs."""
        with self._lock:
            if self.returncode is None and select([self._life], [], [], 0)[0]:
                os.close(self._life)
                self.returncode = 0
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: it still runs after so many seconds.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(_POLL_SECONDS)
        return status

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


class ForkServer:
    """The process that has loaded a layer."""

    def __init__(self, layers: Sequence[Path]) -> None:
        """Start it over copies of the layers, since MiniStack deletes its own with their worker."""
        self._lock = threading.Lock()
        self._directory = Path(tempfile.mkdtemp(prefix="layers-"))
        copies = [self._directory / str(number) for number, _ in enumerate(layers)]
        for layer, copy in zip(layers, copies, strict=True):
            shutil.copytree(layer, copy)
        ours, its = socket.socketpair()
        module = ["-m", "tools.local.fork_server", str(its.fileno()), *map(str, copies)]
        environment = {name: value for name, value in os.environ.items() if name != _NAME}
        with its:
            self._process = subprocess.Popen(
                [sys.executable, *module],
                cwd=_REPOSITORY,
                env=environment,
                stdin=subprocess.DEVNULL,
                pass_fds=[its.fileno()],
            )
        self._requests = ours

    @property
    def runs(self) -> bool:
        """Whether it can fork."""
        return self._process.poll() is None

    def fork(self, script: str, cwd: str, env: Mapping[str, str]) -> Fork:
        """A new process that runs a script.

        Raises:
            OSError: the process that forks has ended.
        """
        text = json.dumps({"script": script, "cwd": cwd, "env": dict(env)}).encode()
        pipes = [os.pipe() for _ in range(4)]
        (stdin, to_it), (from_it, stdout), (errors, stderr), (life, alive) = pipes
        its = [stdin, stdout, stderr, alive]
        try:
            with self._lock:
                socket.send_fds(self._requests, [LENGTH.pack(len(text))], its)
                self._requests.sendall(text)
                head = self._requests.recv(LENGTH.size, socket.MSG_WAITALL)
            if not head:
                raise ConnectionError("The process that forks the functions has ended.")
        except OSError:
            for descriptor in (to_it, from_it, errors, life):
                os.close(descriptor)
            raise
        finally:
            for descriptor in its:
                os.close(descriptor)
        streams = (
            os.fdopen(to_it, "w", buffering=1, encoding="utf-8"),
            os.fdopen(from_it, encoding="utf-8"),
            os.fdopen(errors, encoding="utf-8"),
        )
        return Fork(LENGTH.unpack(head)[0], streams, life)

    def stop(self) -> None:
        """End it; the functions that it forked go on."""
        self._requests.close()
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._directory, ignore_errors=True)


@dataclass(slots=True)
class ForkServers:
    """The fork servers of the sets of layers that an emulator's functions have, last used last."""

    _servers: dict[str, ForkServer] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def popen(self, command: Sequence[str], **options: Any) -> Any:  # noqa: ANN401 (as Popen)
        """`subprocess.Popen` for MiniStack: a fork for a Python function that has layers."""
        layers = options.get("env", {}).get(_LAYERS)
        if layers is None or command[0] != sys.executable:
            return subprocess.Popen(command, **options)
        server = self.of([Path(layer) for layer in layers.split(os.pathsep)])
        try:
            return server.fork(command[1], options["cwd"], options["env"])
        except OSError:
            # It was ended meanwhile, as too many. A function can start without it, slowly.
            return subprocess.Popen(command, **options)

    def of(self, layers: Sequence[Path]) -> ForkServer:
        """The fork server of these layers, started if it does not run."""
        content = _digest(layers)
        with self._lock:
            server = self._servers.pop(content, None)
            if server is None or not server.runs:
                if server is not None:
                    server.stop()
                server = ForkServer(layers)
            self._servers[content] = server
            while len(self._servers) > _SERVERS:
                self._servers.pop(next(iter(self._servers))).stop()
            return server

    def stop(self) -> None:
        """End them."""
        with self._lock:
            while self._servers:
                self._servers.popitem()[1].stop()


def fork_functions(servers: ForkServers) -> None:
    """Have MiniStack start its functions with fork servers."""
    lambda_runtime.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": servers.popen})


def _digest(layers: Sequence[Path]) -> str:
    """A digest of the archives from which MiniStack unpacked the layers, beside them."""
    digest = hashlib.sha256()
    for layer in layers:
        digest.update(layer.with_suffix(".zip").read_bytes())
    return digest.hexdigest()

"""A process that has loaded the layer once, and forks functions' processes from it.

``python -m tools.local.fork_server <descriptor> <layer>…`` reads requests from a socket that it
inherits. A function would load the layer for a second and more on a machine that is busy; a fork
has it loaded and takes some hundredths of that. `tools.local.forks` is the other end.

A request is the length of a JSON text in four bytes, sent with the three ends of pipes that become
the function's standard streams and one that stays open as long as it lives; then the text,
``{"script", "cwd", "env"}``. The response is the process id in four bytes.
"""

import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

LENGTH: Final = struct.Struct("!I")
DESCRIPTORS: Final = 4
_PACKAGE: Final = "registry"
# What MiniStack's own script loads before the function.
_EMULATORS_OWN: Final = "botocore.handlers"


def serve(requests: socket.socket) -> None:
    """Fork a process for each request, until the other end is closed."""
    # Nobody waits for the processes, so the system forgets them by itself.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # What is loaded stays in pages that all processes share; the collector would write to them.
    gc.freeze()
    while True:
        head, descriptors, _, _ = socket.recv_fds(requests, LENGTH.size, DESCRIPTORS)
        if not head:
            return
        request = json.loads(_receive(requests, LENGTH.unpack(head)[0]))
        child = os.fork()
        if child == 0:
            requests.close()
            _become_function(request, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        requests.sendall(LENGTH.pack(child))


def load(layers: list[Path]) -> None:
    """Import every module of the layers, as far as they can be imported.

    A module that cannot is left to the function that needs it, which reports the error.
    """
    for layer in layers:
        sys.path.insert(0, str(layer / "python"))
    for name in (_EMULATORS_OWN, *_modules(layers)):
        with suppress(Exception):  # whatever a module that is being edited raises
            importlib.import_module(name)
    _show_tracebacks()


def _modules(layers: list[Path]) -> Iterator[str]:
    """Names of the modules of the registry's package in the layers."""
    for layer in layers:
        folder = str(layer / "python" / _PACKAGE)
        for module in pkgutil.walk_packages([folder], f"{_PACKAGE}."):
            yield module.name


def _show_tracebacks() -> None:
    """Have an unhandled exception written whole to the function's log, beside the line about it.

    In AWS the text of an exception is left out, since it can contain values of the request.
    """
    telemetry: Any = sys.modules.get(f"{_PACKAGE}.gateway.telemetry")
    if telemetry is None:
        return
    log = telemetry.unhandled

    def log_whole(*arguments: object) -> None:
        traceback.print_exc()
        log(*arguments)

    telemetry.unhandled = log_whole


def _become_function(request: dict[str, Any], descriptors: list[int]) -> None:
    """Run a function's script in this process, with its streams and environment, to its end."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for stream, descriptor in enumerate(descriptors[:3]):
            os.dup2(descriptor, stream)
            os.close(descriptor)
        os.chdir(request["cwd"])
        os.environ.clear()
        os.environ.update(request["env"])
        sys.argv = [request["script"]]
        runpy.run_path(request["script"], run_name="__main__")
        status = 0
    except BaseException:  # noqa: BLE001 - the end of the process, which must not go on as a server
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _receive(requests: socket.socket, length: int) -> bytes:
    """Exactly so many bytes.

    Raises:
        ConnectionError: the other end was closed before.
    """
    received = b""
    while len(received) < length:
        part = requests.recv(length - len(received))
        if not part:
            raise ConnectionError("The emulator ended within a request.")
        received += part
    return received


if __name__ == "__main__":
    load([Path(argument) for argument in sys.argv[2:]])
    serve(socket.socket(fileno=int(sys.argv[1])))

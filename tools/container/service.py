"""`sam local start-lambda`: the Lambda API of this machine, a container for each function."""

import os
import platform
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from tools.container.functions import ContainerError

HOST: Final = "host.docker.internal"
"""What containers call this machine."""

SHOW_IMPORTS: Final = {"PYTHONVERBOSE": "1"}
"""Environment with which a function's log names the file of every module it imports."""

_START_SECONDS: Final = 60.0
_INVOKE_SECONDS: Final = 120.0
_LOG_SECONDS: Final = 10.0
_IMPORTED: Final = re.compile(r"(?:code object from|loaded from) '(/[^']+)'")
_CONTAINER: Final = re.compile(r"SAM_CONTAINER_ID: (\w+)")
# A function may import itself, the layer, the standard library, and the runtime's own client.
_EXPECTED: Final = re.compile(
    r"/var/task/|/opt/"
    r"|/(?:usr|var/lang)/lib/python3\.\d+/(?!site-packages|dist-packages)"
    r"|/var/runtime/(?:awslambdaric|bootstrap|runtime_client|simplejson|snapshot_restore_py)",
)
_PACKAGE: Final = re.compile(r"(?:/var/runtime|.*?(?:site|dist)-packages)/[^/]+")


@dataclass(frozen=True, slots=True)
class Invocation:
    """The outcome of one invocation.

    Attributes:
        response: the value that the handler returned, or Lambda's description of its failure.
        strays: packages that came neither from the function nor from the layer, by their folder.
        written: paths outside `/tmp` that the function changed.
    """

    response: Any
    strays: tuple[str, ...]
    written: tuple[str, ...]


def architecture() -> str:
    """This machine's processor, by Lambda's name for it."""
    return "arm64" if platform.machine() in {"aarch64", "arm64"} else "x86_64"


def sam_arguments(template: Path) -> list[str]:
    """Arguments that every `sam local` command takes to run a local template here."""
    image = f"public.ecr.aws/lambda/python:3.13-{architecture()}"
    look = ["docker", "image", "inspect", image]
    is_here = subprocess.run(look, capture_output=True, check=False).returncode == 0
    return [
        *("--template", str(template)),
        *("--parameter-overrides", f"Architecture={architecture()}"),
        *("--add-host", f"{HOST}:host-gateway"),
        *(["--skip-pull-image"] if is_here else []),
    ]


def sam_environment() -> dict[str, str]:
    """This process's environment, with credentials that are good for the emulator only."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **inherited,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
        "SAM_CLI_TELEMETRY": "0",
    }


def require_docker() -> None:
    """Make sure that containers can be run.

    Raises:
        ContainerError: there is no Docker, or its daemon does not respond.
    """
    try:
        subprocess.run(["docker", "info"], capture_output=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        raise ContainerError("Docker does not respond: start it, or install it.") from error


def free_port() -> int:
    """A port that no process listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class LambdaService:
    """A running `sam local start-lambda`."""

    def __init__(self, port: int, log: Path) -> None:
        self._url = f"http://127.0.0.1:{port}/2015-03-31/functions"
        self._log = log

    def invoke(self, function: str, event: dict[str, Any]) -> Invocation:
        """Invoke a function for the first time.

        Raises:
            ContainerError: the service gave no response, or the container no log.
        """
        seen = self._log.stat().st_size
        try:
            response = httpx.post(
                f"{self._url}/{function}/invocations",
                json=event,
                timeout=_INVOKE_SECONDS,
            ).json()
        except (httpx.HTTPError, ValueError) as error:
            raise ContainerError(f"{function} gave no response; see {self._log}.") from error
        container = _CONTAINER.search(self._log.read_bytes()[seen:].decode(errors="replace"))
        if container is None:
            raise ContainerError(f"{function} ran in no container; see {self._log}.")
        return Invocation(response, strays(_container_log(container[1])), _written(container[1]))


@contextmanager
def lambda_service(template: Path, log: Path) -> Iterator[LambdaService]:
    """Run the service for the duration of the context.

    Raises:
        ContainerError: it does not start.
    """
    port = free_port()
    command = ["sam", "local", "start-lambda", "--port", str(port), "--warm-containers", "LAZY"]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [*command, *sam_arguments(template)],
            env=sam_environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            _await_port(process, port, log)
            yield LambdaService(port, log)
        finally:
            process.terminate()


def _await_port(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a process listens on its port.

    Raises:
        ContainerError: it ends, or does not listen in time.
    """
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise ContainerError(f"`sam local start-lambda` does not start; see {log}.")


def _container_log(container: str) -> str:
    """The log of a container up to the end of its invocation; `sam` may drop a part of it."""
    deadline = time.monotonic() + _LOG_SECONDS
    while True:
        text = subprocess.run(
            ["docker", "logs", container],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=True,
        ).stdout.decode(errors="replace")
        if "END RequestId" in text:
            return text
        if time.monotonic() > deadline:
            raise ContainerError(f"Container {container} does not log the end of its invocation.")
        time.sleep(0.05)


def strays(log: str) -> tuple[str, ...]:
    """Packages in a log of imports that do not belong to the deployment."""
    paths = [path for path in _IMPORTED.findall(log) if not _EXPECTED.match(path)]
    packages = ((_PACKAGE.match(path), path) for path in paths)
    return tuple(sorted({found[0] if found else path for found, path in packages}))


def _written(container: str) -> tuple[str, ...]:
    """Paths outside `/tmp` in which a container differs from its image."""
    command = ["docker", "diff", container]
    changes = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    paths = (line.partition(" ")[2] for line in changes.splitlines())
    return tuple(path for path in paths if path != "/tmp" and not path.startswith("/tmp/"))  # noqa: S108

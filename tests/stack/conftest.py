"""A local stack of the tests' own: free port, temporary directory, the real template."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from ops.cli.commands import app

HERE = Path(__file__).parent
ROOT = Path(__file__).parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give these tests, and no others, the sockets that pyproject.toml turns off."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.enable_socket)


def patiently(send: Callable[[], httpx.Response]) -> httpx.Response:
    """Send again while the usage plan says to wait, as its answer says."""
    response = send()
    for _ in range(120):
        if response.status_code != 429:
            break
        time.sleep(int(response.headers["Retry-After"]) / 2)
        response = send()
    return response


@dataclass(frozen=True)
class Access:
    """How to call a contract on the stack."""

    base_url: str
    headers: dict[str, str]

    def client(self) -> httpx.Client:
        """An HTTP client that sends the credential, and waits however slow the machine is."""
        return httpx.Client(base_url=self.base_url, headers=self.headers, timeout=None)


@dataclass(frozen=True)
class Stack:
    """A running stack, and the operator's command line on it."""

    endpoint: str
    file: dict[str, Any]

    def contract(self, name: str) -> Access:
        """Access with the demo credential of a contract."""
        access = self.file["contracts"][name]
        return Access(access["base_url"], access.get("headers", {}))

    def registry(self, *arguments: str) -> dict[str, Any]:
        """What the `registry` command prints with `--json`."""
        printed: dict[str, Any] = json.loads(self._registry(*arguments, "--json"))
        return printed

    def revoke(self, credential_id: str) -> None:
        """Revoke a credential."""
        self._registry("credential", "revoke", credential_id)

    def workspace(self, plan: str = "enterprise") -> str:
        """The id of a new workspace."""
        made = self.registry("workspace", "create", "--name", "Tests", "--plan", plan)
        return str(made["id"])

    def credential(self, workspace: str, contract: str, *more: str) -> dict[str, Any]:
        """A new credential of a workspace, with its secret."""
        return self.registry(
            "credential",
            "create",
            "--workspace",
            workspace,
            "--contract",
            contract,
            *more,
        )

    def access(self, workspace: str, contract: str, *more: str) -> Access:
        """Access with a new credential of a workspace."""
        issued = self.credential(workspace, contract, *more)
        return Access(f"{self.endpoint}/{contract}", issued["headers"])

    def _registry(self, *arguments: str) -> str:
        """Run the command in this process: starting another takes longer than the command."""
        done = CliRunner().invoke(app, [*arguments, "--endpoint", self.endpoint])
        assert done.exit_code == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The template deployed on an emulator of its own, beside whatever else runs."""
    directory = tmp_path_factory.mktemp("stack")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    local = [sys.executable, "-m", "tools.local"]
    where = ["--directory", str(directory)]
    subprocess.run([*local, "up", "--port", str(port), *where], cwd=ROOT, check=True)  # noqa: S603
    try:
        file = json.loads((directory / "stack.json").read_text("utf-8"))
        yield Stack(file["endpoint"], file)
    finally:
        subprocess.run([*local, "down", *where], cwd=ROOT, check=True)  # noqa: S603

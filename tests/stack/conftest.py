"""A local stack of the tests' own: free port, temporary directory, the real template."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from typer.testing import CliRunner

from ops.cli.commands import app
from registry.domain.workspace import UsagePlan
from tools.template import template

HERE = Path(__file__).parent
ROOT = Path(__file__).parents[2]


# Requests a second: one in a day, since zero would not be a limit that AWS has.
ALMOST_NONE = 1 / 86_400
STAGE = "live"


def administrator(service: str, endpoint: str) -> Any:
    """An SDK client of the emulator that may do everything, and waits for it without end."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(connect_timeout=None, read_timeout=None),
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give these tests, and no others, the sockets that pyproject.toml turns off."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.enable_socket)


def patiently(send: Callable[[], httpx.Response]) -> httpx.Response:
    """Send again while the usage plan throttles, after the time in `Retry-After`."""
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
    directory: Path

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

    @contextmanager
    def without_refill(self, plan: UsagePlan) -> Iterator[None]:
        """Let no tokens into a usage plan's buckets: of a new credential exactly the burst passes.

        With the refill, how many pass depends on how fast this machine sends.
        """
        gateway = administrator("apigateway", self.endpoint)
        (found,) = (
            one for one in gateway.get_usage_plans()["items"] if one["name"].endswith(f"-{plan}")
        )

        def set_rate(rate: float) -> None:
            patch = {"op": "replace", "path": "/throttle/rateLimit", "value": str(rate)}
            gateway.update_usage_plan(usagePlanId=found["id"], patchOperations=[patch])

        set_rate(ALMOST_NONE)
        try:
            yield
        finally:
            set_rate(found["throttle"]["rateLimit"])
            gateway.close()

    @contextmanager
    def without_token_refill(self) -> Iterator[None]:
        """The same of the token endpoint's bucket, which all its callers share."""
        gateway = administrator("apigateway", self.endpoint)
        api_id = next(
            api["id"]
            for api in gateway.get_rest_apis(limit=500)["items"]
            if api["name"].endswith("alternative-payments")
        )

        def set_rate(rate: float) -> None:
            path = "/~1oauth~1token/POST/throttling/rateLimit"
            patch = {"op": "replace", "path": path, "value": str(rate)}
            gateway.update_stage(restApiId=api_id, stageName=STAGE, patchOperations=[patch])

        set_rate(ALMOST_NONE)
        try:
            yield
        finally:
            set_rate(template()["Parameters"]["TokenRate"]["Default"])
            gateway.close()

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
        yield Stack(file["endpoint"], file, directory)
    finally:
        subprocess.run([*local, "down", *where], cwd=ROOT, check=True)  # noqa: S603

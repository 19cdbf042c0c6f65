"""`python -m tools.local`: what a developer relies on from day to day, on a stack of its own."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.stack.conftest import administrator
from tools.local import gaps

ROOT = Path(__file__).parents[2]
UNFORESEEN = {"error": {"code": "internal_error", "message": "Something went wrong on our side."}}


@dataclass(frozen=True)
class Local:
    """The commands of one local stack."""

    directory: Path
    port: int

    def start(self, command: str) -> subprocess.Popen[str]:
        """A command that is still running."""
        arguments = [*command.split(), "--directory", str(self.directory)]
        if command in {"up", "run"}:
            arguments += ["--port", str(self.port)]
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "tools.local", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def do(self, command: str) -> tuple[int, str]:
        """Exit status and output of a command."""
        process = self.start(command)
        output, _ = process.communicate()
        return process.returncode, output

    def paytrum(self) -> httpx.Client:
        """An HTTP client with the demo credential."""
        stack = json.loads((self.directory / "stack.json").read_text("utf-8"))
        access = stack["contracts"]["paytrum"]
        return httpx.Client(base_url=access["base_url"], headers=access["headers"], timeout=None)

    def registry(self, *arguments: str) -> Any:
        """What the operator's command line prints with `--json`."""
        done = subprocess.run(  # noqa: S603
            [
                *(sys.executable, "-m", "ops.cli", *arguments),
                *("--endpoint", f"http://localhost:{self.port}", "--json"),
            ],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        return json.loads(done.stdout)

    def aws(self, service: str) -> Any:
        """An SDK client for the emulator, as its administrator."""
        return administrator(service, f"http://localhost:{self.port}")

    def processes(self) -> list[str]:
        """Command lines of the emulator and of the functions' processes."""
        listed = subprocess.run(
            ["ps", "-eo", "args"],  # noqa: S607
            check=True,
            capture_output=True,
            text=True,
        )
        return [
            line
            for line in listed.stdout.splitlines()
            if str(self.directory) in line and "tools.local run" not in line
        ]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        local = Local(tmp_path_factory.mktemp("local"), probe.getsockname()[1])
    assert local.do("up")[0] == 0
    yield local
    assert local.do("down")[0] == 0


def test_a_second_up_changes_nothing(local: Local) -> None:
    stack = (local.directory / "stack.json").read_text("utf-8")
    _, before = local.do("status")

    status, output = local.do("up")

    assert status == 0
    assert "Deploying" not in output
    assert "Starting" not in output
    assert local.do("status") == (0, before)
    assert (local.directory / "stack.json").read_text("utf-8") == stack


def test_the_secrets_are_for_their_owner_only(local: Local) -> None:
    assert (local.directory / "stack.json").stat().st_mode & 0o777 == 0o600


def test_the_printed_line_works_as_it_is_pasted(local: Local) -> None:
    _, output = local.do("up")
    line = re.search(r"curl .*/paytrum/v1/clients", output)
    assert line is not None

    pasted = subprocess.run(  # noqa: S603
        ["bash", "-c", f"{line[0]} --silent"],  # noqa: S607
        check=True,
        capture_output=True,
    )

    assert json.loads(pasted.stdout)["object"] == "list"


def test_data_and_credentials_survive_a_restart(local: Local) -> None:
    with local.paytrum() as http:
        made = http.post("/v1/clients", json={"name": "Kept"})

    assert local.do("down") == (0, "Stopped; the data stays.\n")
    assert local.processes() == []
    assert local.do("status") == (1, "It is not running.\n")
    assert "Deploying" not in local.do("up")[1]

    with local.paytrum() as http:
        assert http.get(f"/v1/clients/{made.json()['id']}").json() == made.json()


def test_a_revoked_demo_credential_is_replaced(local: Local) -> None:
    with local.paytrum() as http:
        revoked = http.headers["Authorization"]
    (workspace,) = local.registry("workspace", "list")
    credentials = local.registry("credential", "list", "--workspace", workspace["id"])
    (held,) = (credential for credential in credentials if credential["prefix"] in revoked)
    local.registry("credential", "revoke", held["id"])

    local.do("up")

    with local.paytrum() as http:
        assert http.headers["Authorization"] != revoked
        assert http.get("/v1/clients").status_code == 200
        assert http.get("/v1/clients", headers={"Authorization": revoked}).status_code == 401


def test_only_the_address_of_this_machine_accepts_connections(local: Local) -> None:
    httpx.get(f"http://127.0.0.1:{local.port}/_local", timeout=None).raise_for_status()

    # A server on all interfaces accepts connections on every loopback address too.
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.2:{local.port}/_local", timeout=None)


def test_all_interfaces_are_no_choice(tmp_path: Path) -> None:
    made = subprocess.run(
        ["make", "up", "HOST=0.0.0.0"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert made.returncode == 2
    assert "HOST is gone" in made.stderr


def test_a_taken_port_is_reported_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        status, output = Local(tmp_path, port).do("up")

    assert status == 1
    assert f"Port {port} is taken" in output
    assert f"PORT={port + 1}" in output


def test_a_running_stack_does_not_move_in_silence(local: Local) -> None:
    status, output = Local(local.directory, local.port + 1).do("up")

    assert status == 1
    assert f"runs on port {local.port} already" in output


def test_a_call_that_the_role_of_a_function_does_not_allow_fails(local: Local) -> None:
    iam = local.aws("iam")
    (role,) = (
        role["RoleName"]
        for role in iam.list_roles()["Roles"]
        if "PaytrumGetClientRole" in role["RoleName"]
    )
    (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    with local.paytrum() as http:
        made = http.post("/v1/clients", json={"name": "Guarded"}).json()

        iam.delete_role_policy(RoleName=role, PolicyName=policy)
        refused = http.get(f"/v1/clients/{made['id']}")
        iam.put_role_policy(
            RoleName=role,
            PolicyName=policy,
            PolicyDocument=json.dumps(document),
        )

        assert refused.status_code == 500
        assert http.get(f"/v1/clients/{made['id']}").json() == made


def test_a_function_that_does_not_start_is_the_contracts_500(local: Local) -> None:
    functions = local.aws("lambda")
    (name,) = (
        function["FunctionName"]
        for function in functions.list_functions()["Functions"]
        if "PaytrumListClients" in function["FunctionName"]
    )
    working = functions.get_alias(FunctionName=name, Name="live")["FunctionVersion"]
    functions.update_function_configuration(FunctionName=name, Handler="paytrum.nothing.handler")
    broken = functions.publish_version(FunctionName=name)["Version"]
    functions.update_alias(FunctionName=name, Name="live", FunctionVersion=broken)

    with local.paytrum() as http:
        response = http.get("/v1/clients")
    functions.update_alias(FunctionName=name, Name="live", FunctionVersion=working)

    assert response.status_code == 500
    assert response.json() == UNFORESEEN


def test_ctrl_c_leaves_nothing_running(local: Local) -> None:
    local.do("down")
    process = local.start("run")
    assert process.stdout is not None
    for line in process.stdout:
        if "Ctrl-C" in line:
            break
    with local.paytrum() as http:
        assert http.get("/v1/clients").status_code == 200

    process.send_signal(signal.SIGINT)

    assert process.wait() == 0
    process.stdout.close()
    assert local.processes() == []


def test_a_second_run_joins_the_first_and_leaves_it_running(local: Local) -> None:
    local.do("up")
    second = local.start("run")
    assert second.stdout is not None
    for line in second.stdout:
        if "Ctrl-C leaves it running" in line:
            break
    with local.paytrum() as http:
        http.get("/v1/clients/joined")
    shown = next(line for line in second.stdout if "joined" in line)

    second.send_signal(signal.SIGINT)
    rest = second.stdout.read()
    second.stdout.close()

    assert re.match(r"\d\d:\d\d:\d\d GET /paytrum/v1/clients/joined 404 \d+ ms", shown)
    assert "It goes on running" in rest
    assert second.wait() == 0
    assert local.do("status")[0] == 0


def test_the_log_has_the_requests(local: Local) -> None:
    local.do("up")
    with local.paytrum() as http:
        http.get("/v1/clients/logged")

    status, output = local.do("logs --no-follow")

    assert status == 0
    assert "GET /paytrum/v1/clients/logged 404" in output


def test_a_shell_hands_the_variables_on_to_its_programs(local: Local) -> None:
    local.do("up")
    printed = subprocess.run(  # noqa: S603
        ["bash", "-c", f". {local.directory}/stack.env && printenv PAYTRUM_URL"],  # noqa: S607
        check=True,
        capture_output=True,
        text=True,
    )

    assert printed.stdout == f"http://localhost:{local.port}/paytrum\n"


def test_reset_leaves_neither_process_nor_data(tmp_path: Path) -> None:
    directory = tmp_path / "local"
    (directory / "state").mkdir(parents=True)
    local = Local(directory, 0)

    assert local.do("reset")[0] == 0
    assert not directory.exists()
    assert local.do("reset")[0] == 0


def test_another_emulator_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps, "version", lambda _: "2.0.0")

    with pytest.raises(gaps.UnsupportedEmulatorError, match=r"1\.5\.33; 2\.0\.0 is installed"):
        gaps.close_gaps()

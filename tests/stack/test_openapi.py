"""Schemathesis calls every contract by its document, and reports no failure."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from registry.domain.workspace import CONTRACTS, Contract
from tests.stack.conftest import ROOT, Stack
from tools.generate.declarations import operations
from tools.openapi.document import exact_document

# Alternative Payments grants 5 requests a second and credential, whatever the plan.
CREDENTIALS = {Contract.ALTERNATIVE_PAYMENTS: 8}
# What these are about is made by a request whose body names clients that are there.
NAMED_IN_BODIES = {
    "POST /v1/merges",
    "GET /v1/merges/{id}",
    "POST /v1/merges/{id}/undo",
    "POST /v1/erasures",
    "GET /v1/erasures/{id}",
}


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_stack_behaves_as_the_document_says(
    stack: Stack,
    contract: Contract,
    tmp_path: Path,
) -> None:
    workspace = stack.workspace()
    tokens = [token(stack, workspace, contract) for _ in range(CREDENTIALS.get(contract, 1))]
    report = tmp_path / "report.json"
    # The published document leaves out what is accepted beside the type to send: blank text, say.
    document = tmp_path / f"{contract}.json"
    document.write_text(json.dumps(exact_document(contract)), "utf-8")

    done = subprocess.run(  # noqa: S603 - arguments of our own
        [
            str(Path(sys.executable).with_name("schemathesis")),
            "--config-file=tests/stack/schemathesis.toml",
            "run",
            str(document),
            f"--url={stack.endpoint}/{contract}",
            f"--report-json-path={report}",
        ],
        cwd=ROOT,
        env={**os.environ, "REGISTRY_TOKEN": tokens[0], "REGISTRY_TOKENS": " ".join(tokens)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert never_accepted(contract, report) == []


def token(stack: Stack, workspace: str, contract: Contract) -> str:
    """A new token of the workspace that may do everything."""
    issued = stack.credential(workspace, contract)
    if "client_id" not in issued:
        return str(issued["token"])
    response = httpx.post(
        f"{stack.endpoint}/{contract}/oauth/token",
        auth=(issued["client_id"], issued["client_secret"]),
        data={"grant_type": "client_credentials"},
        timeout=None,
    )
    return str(response.raise_for_status().json()["access_token"])


def never_accepted(contract: Contract, report: Path) -> list[str]:
    """Operations that no request succeeded at, which would leave their success untried.

    A public operation needs a secret, what is below a client needs more than a link, and merges and
    erasures name clients in their bodies: `test_merges.py` and `test_erasure.py` succeed at those.
    """
    rates = json.loads(report.read_text("utf-8"))["valid_rates"]
    called = [
        f"{operation.method} {operation.path}"
        for operation in operations(contract)
        if not operation.public
        and operation.path.count("{") <= 1
        and f"{operation.method} {operation.path}" not in NAMED_IN_BODIES
    ]
    return [
        label
        for label in called
        if not any(phase["accepted"] for phase in rates.get(label, {}).values())
    ]

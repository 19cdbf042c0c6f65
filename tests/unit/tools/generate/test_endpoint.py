"""`make endpoint` begins an endpoint that lacks nothing but what only its author knows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from registry.domain.workspace import CONTRACTS, Contract
from tools.generate.endpoint import EndpointError, NewEndpoint


def run(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module of the copy, as `make` would there."""
    sources = (repository, repository / "functions", repository / "layers/registry/python")
    return subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", *arguments],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sources))},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("contract", "resource"),
    [
        *((contract, "") for contract in CONTRACTS if contract is not Contract.REGISTRY),
        (Contract.REGISTRY, "clients"),
    ],
)
def test_the_author_is_left_with_the_row_and_the_response(
    repository: Path,
    contract: Contract,
    resource: str,
) -> None:
    name, path = "read_balance", "/v9/clients/{id}/balance"
    package = CONTRACTS[contract].package
    test = f"tests/contract/{package}/test_{name}.py"

    begun = run(repository, "tools.generate.endpoint", contract, name, "GET", path, resource)
    checked = run(repository, "tools.generate", "--check")
    tested = run(repository, "pytest", "-q", "-n0", "-p", "no:cacheprovider", test)

    assert begun.returncode == 0, begun.stderr
    page = CONTRACTS[contract].docs_page
    assert checked.stderr == (
        f"{package}.{name} (GET {path}) has no row in {page}: "
        f"add one that begins with | `GET {path}` |.\n"
    )
    assert tested.returncode == 1, tested.stdout
    assert "AssertionError" in tested.stdout
    assert f"what GET {path} answers" in tested.stdout
    sources = (
        f"layers/registry/python/registry/contracts/{package}",
        f"functions/{package}",
        test,
    )
    linted = run(repository, "ruff", "check", *sources)
    formatted = run(repository, "ruff", "format", "--check", *sources)
    assert (linted.returncode, formatted.returncode) == (0, 0), linted.stdout + formatted.stdout


@pytest.mark.parametrize(
    ("name", "method", "path", "said"),
    [
        ("GetBalance", "GET", "/v1/balance", "GetBalance is no name of a module"),
        ("get_balance", "FETCH", "/v1/balance", "FETCH is no method"),
        ("get_balance", "GET", "v1/balance", "v1/balance is no route"),
        ("get_balance", "GET", "/v1/balance/", "/v1/balance/ is no route"),
        ("get_balance", "GET", "/v1/clients", "paytrum has list_clients: GET /v1/clients already"),
        (
            "get_client",
            "GET",
            "/v1/balance",
            "paytrum has get_client: GET /v1/clients/{id} already",
        ),
    ],
)
def test_an_endpoint_that_cannot_be_is_refused(
    name: str,
    method: str,
    path: str,
    said: str,
) -> None:
    with pytest.raises(EndpointError, match=said.replace("{", r"\{")):
        NewEndpoint(Contract.PAYTRUM, name, method, path)

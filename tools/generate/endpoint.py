"""``python -m tools.generate.endpoint``: begin a new endpoint of a contract.

It writes a declaration, a response model, a use case, a function and a test that fails until its
author states the response; then it generates the rest. The author, who knows the purpose of the
endpoint, writes the row of the contract's page: `make check` asks for it.
"""

import argparse
import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from registry.domain.workspace import CONTRACTS, Contract
from tools.generate.declarations import operations, route
from tools.generate.files import ROOT

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_ROUTE: Final = re.compile(r"(?:/(?:[a-z0-9-]+|\{[a-z][a-z0-9_]*\}))+")
_CONTRACTS: Final = ROOT / "layers/registry/python/registry/contracts"


class EndpointError(Exception):
    """The endpoint cannot be begun; the message is a sentence that says why."""


class NewEndpoint:
    """The texts a new endpoint begins with.

    Args:
        contract: whose endpoint it is.
        name: in snake case, such as `get_balance`.
        method: of HTTP.
        path: as in the template, path parameters in braces.
        resource: the package of the contract that it belongs to, where the contract has some.

    Raises:
        EndpointError: name or route are malformed, or taken.
    """

    def __init__(
        self, contract: Contract, name: str, method: str, path: str, resource: str = ""
    ) -> None:
        self.contract, self.name, self.method, self.path = contract, name, method, path
        if not _NAME.fullmatch(name):
            raise EndpointError(f"{name} is no name of a module: write one such as get_balance.")
        if method not in _METHODS:
            raise EndpointError(f"{method} is no method: it is one of {', '.join(_METHODS)}.")
        if not _ROUTE.fullmatch(path):
            raise EndpointError(
                f"{path} is no route: write one such as /v1/clients/{{id}}/balance."
            )
        for operation in operations(contract):
            if operation.name == name or route(operation) == f"{method} {path}":
                raise EndpointError(f"{contract} has {operation.name}: {route(operation)} already.")
        self.constant = name.upper()
        self.model = "".join(part.capitalize() for part in name.split("_")) + "Response"
        self.package = CONTRACTS[contract].package
        self.rooms = f"{self.package}.{resource}" if resource else self.package
        self.dialect = contract.upper()

    def declaration(self) -> str:
        """For `operations.py`; it asks for the scopes that operations of its kind ask for."""
        reads = self.method == "GET"
        scopes = next(
            (
                operation.scopes
                for operation in operations(self.contract)
                if operation.scopes and (operation.method == "GET") is reads
            ),
            (),
        )
        return (
            f"{self.constant} = Operation(\n"
            f"    dialect={self.dialect},\n"
            f'    name="{self.name}",\n'
            f'    method="{self.method}",\n'
            f'    path="{self.path}",\n'
            f'    summary="{self.name.replace("_", " ").capitalize()}",\n'
            f"    scopes={scopes!r},\n"
            f"    response_model={self.model},\n"
            ")\n"
        )

    def response_model(self) -> str:
        """For `wire.py`."""
        return (
            f"class {self.model}(ResponseModel):\n"
            f'    """The response of `{self.method} {self.path}`."""\n'
        )

    def use_case(self) -> str:
        """For `use.py`."""
        return (
            f"def {self.name}(request: Request[NoBody, NoParameters]) -> Response:\n"
            f'    """Respond to `{self.method} {self.path}`."""\n'
            f"    return json_response(request.operation.status, {self.model}())\n"
        )

    def test(self) -> str:
        """A test that fails until its author states the response."""
        target = re.sub(r"\{\w+\}", "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5", self.path)
        return (
            f'"""{CONTRACTS[self.contract].title}: `{self.method} {self.path}`."""\n\n'
            "import pytest\n\n"
            f"from registry.contracts.{self.package}.operations import OPERATIONS\n"
            "from registry.domain.workspace import Contract\n"
            "from tests.contract_client import ContractClient, caller\n\n\n"
            '@pytest.mark.usefixtures("tables")\n'
            f"def test_{self.name}_is_answered() -> None:\n"
            f"    client = ContractClient(OPERATIONS, caller(Contract.{self.contract.name}))\n\n"
            f'    reply = client.send("{self.method}", "{target}")\n\n'
            "    assert reply.status == 200\n"
            f'    assert reply.json == {{"say": "what {self.method} {self.path} answers"}}\n'
        )


def begin(endpoint: NewEndpoint) -> list[Path]:
    """Write the parts of a new endpoint that are its author's; returns the files.

    Raises:
        EndpointError: the contract's modules are not where they should be.
    """
    package = _CONTRACTS.joinpath(*endpoint.rooms.split("."))
    wire = f"from registry.contracts.{endpoint.rooms}.wire import {endpoint.model}"
    declarations, models, cases = (
        package / f"{module}.py" for module in ("operations", "wire", "use")
    )
    test = ROOT / "tests" / "contract" / endpoint.package / f"test_{endpoint.name}.py"
    if missing := [path for path in (declarations, models, cases) if not path.exists()]:
        raise EndpointError(f"{missing[0].relative_to(ROOT)} is missing.")
    source = _with_operation(declarations.read_text("utf-8"), endpoint)
    declarations.write_text(_with_imports(source, wire), "utf-8")
    models.write_text(
        _with_imports(
            f"{models.read_text('utf-8')}\n\n{endpoint.response_model()}",
            "from registry.gateway.wire import ResponseModel",
        ),
        "utf-8",
    )
    cases.write_text(
        _with_imports(
            f"{cases.read_text('utf-8')}\n\n{endpoint.use_case()}",
            wire,
            "from registry.gateway.operation import NoParameters",
            "from registry.gateway.request import NoBody, Request",
            "from registry.gateway.response import Response, json_response",
        ),
        "utf-8",
    )
    test.write_text(endpoint.test(), "utf-8")
    written = [declarations, models, cases, test]
    _run("ruff", "check", "--quiet", "--fix", "--select", "I,F811", *map(str, written))
    _run("ruff", "format", "--quiet", *map(str, written))
    return written


def _with_operation(source: str, endpoint: NewEndpoint) -> str:
    """The declarations with this one added, as the last of `OPERATIONS`."""
    listing = next(
        statement
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and statement.targets[0].id == "OPERATIONS"
    )
    lines = source.splitlines(keepends=True)
    start, end = listing.lineno - 1, listing.end_lineno or listing.lineno
    names = "".join(lines[start:end]).rstrip().removesuffix(")").rstrip().removesuffix(",")
    before, after = "".join(lines[:start]), "".join(lines[end:])
    return f"{before.rstrip()}\n{endpoint.declaration()}\n{names}, {endpoint.constant})\n{after}"


def _with_imports(source: str, *imports: str) -> str:
    """A module with more imports, before its first; the linter then merges and sorts them."""
    first = next(
        statement.lineno
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Import | ast.ImportFrom)
    )
    lines = source.splitlines(keepends=True)
    return "".join([*lines[: first - 1], *(f"{line}\n" for line in imports), *lines[first - 1 :]])


def _run(module: str, *arguments: str) -> None:
    """Run a module in a process of its own, from the root of the repository."""
    subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, check=True)


def main() -> None:
    """Begin an endpoint and generate what follows from its declaration."""
    parser = argparse.ArgumentParser(prog="make endpoint", description=__doc__)
    parser.add_argument("contract", choices=[contract.value for contract in CONTRACTS])
    parser.add_argument("name", help="in snake case, such as get_balance")
    parser.add_argument("method", choices=_METHODS)
    parser.add_argument("route", help="such as /v1/clients/{id}/balance")
    parser.add_argument("resource", nargs="?", default="", help="the contract's package, if any")
    arguments = parser.parse_args()
    try:
        endpoint = NewEndpoint(
            Contract(arguments.contract),
            arguments.name,
            arguments.method,
            arguments.route,
            arguments.resource,
        )
        for path in begin(endpoint):
            print(f"wrote {path.relative_to(ROOT)}")
    except EndpointError as error:
        sys.exit(f"make endpoint: {error}")
    sys.stdout.flush()
    # A process of its own imports the new declaration.
    _run("tools.generate")


if __name__ == "__main__":
    main()

"""Dependencies point one way.

functions → contracts, projections → gateway, services → store → domain; and tools → ops → registry.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.domain import workspace

ROOT = Path(__file__).parents[2]
SOURCES = (ROOT / "functions", ROOT / "layers/registry/python")
COMMANDS = ("ops", "tools")

CONTRACTS = {profile.package for profile in workspace.CONTRACTS.values()}
# The packages of functions/.
FUNCTIONS = {"authorizer", "projections"} | CONTRACTS
MAY_IMPORT = {
    "functions": {
        "functions",
        "contracts",
        "projections",
        "gateway",
        "services",
        "store",
        "domain",
    },
    # The functions on the change stream, of which one has the libraries of matching, and the one on
    # the queue of webhooks, which has the contracts' formats.
    "stream": {"stream", "contracts", "projections", "services", "store", "matching", "domain"},
    "projections": {"projections", "gateway", "services", "store", "matching", "domain"},
    "contracts": {"contracts", "gateway", "services", "store", "domain"},
    "services": {"services", "store", "domain"},
    "gateway": {"gateway", "domain"},
    "store": {"store", "domain"},
    "matching": {"matching", "domain"},
    "domain": {"domain"},
}
ONLY_IN_STORE = {"boto3", "botocore"}
# Their layer is that of the function Index alone.
ONLY_IN_MATCHING = {"cleanco", "jellyfish"}
NOT_IN_DOMAIN = {"aws_lambda_powertools", "http", "urllib"}


def test_every_module_imports_only_what_its_layer_may() -> None:
    sources = {
        module_name(path.relative_to(folder)): path
        for folder in SOURCES
        for path in folder.rglob("*.py")
    }

    found = [line for name, path in sources.items() for line in violations(name, path.read_text())]

    assert {layer(name) for name in sources} >= MAY_IMPORT.keys()
    assert found == []


def test_the_command_line_imports_no_tools() -> None:
    sources = {
        module_name(path.relative_to(ROOT)): path
        for folder in COMMANDS
        for path in (ROOT / folder).rglob("*.py")
    }

    found = [
        f"{module} imports {name}"
        for module, path in sources.items()
        for name in imports(module, path.read_text())
        if not command_may_import(module, name)
    ]

    assert {name.partition(".")[0] for name in sources} == set(COMMANDS)
    assert found == []


@pytest.mark.parametrize(
    ("module", "name", "allowed"),
    [
        ("ops.cli.operator", "tools.local.deploy", False),
        ("ops.cli.operator", "registry.domain.workspace", True),
        ("tools.local.demo", "ops.cli.operator", True),
        ("tools.local.demo", "tests.template", False),
        ("ops.cli.operator", "paytrum.create_client", False),
    ],
)
def test_commands_import_in_one_direction(module: str, name: str, allowed: bool) -> None:  # noqa: FBT001
    assert command_may_import(module, name) is allowed


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("registry.domain.client", "import registry.store.clients"),
        ("registry.domain.client", "from registry import gateway"),
        ("registry.domain.client", "from ..store import clients"),
        ("registry.domain.client", "import aws_lambda_powertools.logging"),
        ("registry.domain.client", "def late():\n    from registry.contracts import paytrum"),
        ("registry.gateway.endpoint", "from registry.store import clients"),
        ("registry.gateway.endpoint", "from registry.contracts.paytrum import errors"),
        ("registry.gateway.endpoint", "import boto3"),
        ("registry.store.clients", "from registry.gateway.principal import Principal"),
        ("registry.store.clients", "import registry.contracts.hoursmith.wire"),
        ("registry.store.clients", "from registry.services import clients"),
        ("registry.services.clients", "from registry.gateway.request import Request"),
        ("registry.services.clients", "from registry.contracts.paytrum import wire"),
        ("registry.services.clients", "import botocore.session"),
        ("registry.gateway.endpoint", "from registry.services import clients"),
        ("registry.contracts.paytrum.wire", "from botocore.exceptions import ClientError"),
        ("registry.contracts.paytrum.wire", "from registry.contracts.athenty import wire"),
        ("registry.contracts.paytrum.wire", "from registry.contracts import hoursmith"),
        ("registry.contracts.paytrum.wire", "from .. import athenty"),
        ("registry.contracts.paytrum.wire", "import paytrum.create_client"),
        ("registry.contracts.records", "from registry.contracts.paytrum import wire"),
        ("registry.utilities.text", "import re"),
        ("registry.projections.matches", "import jellyfish"),
        ("registry.services.clients", "from registry.matching import scoring"),
        ("registry.contracts.records", "from registry.matching.scoring import scored"),
        ("registry.matching.keys", "from registry.store import clients"),
        ("paytrum.create_client", "from registry.matching import keys"),
        ("authorizer.authorize", "import registry.matching.keys"),
        ("paytrum.create_client", "from registry.contracts.athenty import wire"),
        ("paytrum.create_client", "import athenty.create_client"),
        ("paytrum.create_client", "import botocore.session"),
        ("paytrum.create_client", "from ops import cli"),
        ("authorizer.authorize", "from registry.contracts.paytrum import errors"),
    ],
)
def test_an_import_against_the_direction_is_found(module: str, source: str) -> None:
    assert len(violations(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("registry.domain.client", "import pydantic\nfrom . import phone"),
        ("registry.gateway.endpoint", "from registry.domain import client"),
        ("registry.store.clients", "import botocore.session\nfrom registry.domain import client"),
        ("registry.contracts.paytrum.wire", "from registry.contracts.records import present"),
        ("registry.contracts.paytrum.wire", "from . import errors\nfrom registry import store"),
        ("registry.contracts.records", "from registry.services import clients"),
        ("registry.services.clients", "from registry.store.clients import ClientStore"),
        ("paytrum.create_client", "from registry.contracts.paytrum import wire"),
        ("authorizer.authorize", "from registry.store import credentials"),
    ],
)
def test_an_import_along_the_direction_is_allowed(module: str, source: str) -> None:
    assert violations(module, source) == []


def violations(module: str, source: str) -> list[str]:
    """Return one line for each import that the module's layer does not allow."""
    place = layer(module)
    if place is None:
        return [f"{module} is in no layer"]
    return [
        f"{module} imports {name}"
        for name in imports(module, source)
        if not allowed(place, contract(module), name)
    ]


def allowed(place: str, own_contract: str | None, name: str) -> bool:
    top = name.partition(".")[0]
    if top in {"ops", "tools", "tests"}:
        return False
    if top in ONLY_IN_STORE:
        return place == "store"
    if top in ONLY_IN_MATCHING:
        return place == "matching"
    if top in NOT_IN_DOMAIN:
        return place != "domain"
    if top not in {"registry"} | FUNCTIONS:
        return True
    return layer(name) in MAY_IMPORT[place] and contract(name) in {None, own_contract}


def command_may_import(module: str, name: str) -> bool:
    """Tell whether a module of ops or tools may import what has this name."""
    top = name.partition(".")[0]
    if top == "tools":
        return module.startswith("tools.")
    return top not in {"tests"} | FUNCTIONS


def layer(module: str) -> str | None:
    """Return the layer of a module of ours, or None; the bare root package counts as domain."""
    top, _, rest = f"{module}.".partition(".")
    if top in FUNCTIONS:
        return "stream" if top == "projections" else "functions"
    if top != "registry":
        return None
    name = rest.partition(".")[0]
    if name in {"", "__init__"}:
        return "domain"
    return name if name in MAY_IMPORT else None


def contract(module: str) -> str | None:
    """Return the contract that a function or a contract's module serves."""
    named = module.removeprefix("registry.contracts.").partition(".")[0]
    return named if named in CONTRACTS else None


def imports(module: str, source: str) -> Iterator[str]:
    """Yield the full name of everything a module's source imports, at any depth of the code."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = ".".join(module.split(".")[: -node.level]) if node.level else ""
            origin = ".".join(part for part in (package, node.module) if part)
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def module_name(path: Path) -> str:
    """Return the dotted name of a source file, given its path below the folder on `sys.path`.

    A package keeps its `__init__`, so that relative imports count their levels as in any module.
    """
    return ".".join(path.with_suffix("").parts)

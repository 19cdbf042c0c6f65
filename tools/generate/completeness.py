"""The parts that an endpoint lacks, each in a sentence.

An endpoint is a declaration, a function, an event, a block of the template, an entry of the OpenAPI
document and a row of its contract's page. Where one of them exists, the others have to exist too.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from registry.domain.workspace import CONTRACTS, Contract
from registry.gateway.operation import Operation
from tools.generate.declarations import (
    all_operations,
    logical_id,
    module_name,
    operations,
    package,
    route,
)
from tools.generate.files import EVENTS, OPENAPI, ROOT

_ROW: Final = re.compile(r"^\| `((?:GET|POST|PUT|PATCH|DELETE) /[^`]*)`", re.MULTILINE)
_HANDLER: Final = re.compile(r"^ +Handler: (\w+\.\w+)\.handler$", re.MULTILINE)


def missing(root: Path = ROOT) -> list[str]:
    """The parts that the endpoints of all contracts lack."""
    sentences = [
        *(sentence for operation in all_operations() for sentence in _lacked_by(root, operation)),
        *(sentence for contract in CONTRACTS for sentence in _undeclared(root, contract)),
    ]
    return list(dict.fromkeys(sentences))


def _lacked_by(root: Path, operation: Operation) -> Iterator[str]:
    """The parts that a declared endpoint lacks."""
    contract = operation.dialect.contract
    name = f"{module_name(operation)} ({route(operation)})"
    function = f"functions/{package(operation)}/{operation.name}.py"
    if not (root / function).exists():
        yield f"{name} has no function: `make generate` begins {function}."
    event = EVENTS / package(operation) / f"{operation.name}.json"
    if not (root / event).exists():
        yield f"{name} has no event: `make generate` writes {event}."
    if module_name(operation) not in _deployed(root):
        block = logical_id(operation)
        yield f"{name} has no block in template.yaml: `make generate` writes {block}."
    if route(operation) not in _documented(root, contract):
        yield f"{name} is not in {OPENAPI}/{contract}.json: `make generate` writes it."
    page = CONTRACTS[contract].docs_page
    if route(operation) not in _rows(root, contract):
        yield f"{name} has no row in {page}: add one that begins with | `{route(operation)}` |."


def _undeclared(root: Path, contract: Contract) -> Iterator[str]:
    """The parts of endpoints that the contract does not declare."""
    names = {operation.name for operation in operations(contract)}
    routes = {route(operation) for operation in operations(contract)}
    folder = CONTRACTS[contract].package
    declarations = f"registry/contracts/{folder}/operations.py"
    for path in sorted((root / "functions" / folder).glob("*.py")):
        if path.stem not in names | {"__init__"}:
            yield f"functions/{folder}/{path.name} has no declaration in {declarations}."
    for handler in _deployed(root):
        deployed, _, name = handler.partition(".")
        if deployed == folder and name not in names:
            yield f"template.yaml deploys {handler}, which has no declaration in {declarations}."
    for row in _rows(root, contract):
        if row not in routes:
            yield f"{CONTRACTS[contract].docs_page} has a row for {row}, which no one declares."


def _deployed(root: Path) -> list[str]:
    """The modules of the functions in the template, such as `paytrum.create_client`."""
    return _HANDLER.findall((root / "template.yaml").read_text("utf-8"))


def _documented(root: Path, contract: Contract) -> set[str]:
    """The routes in a contract's OpenAPI document."""
    path = root / OPENAPI / f"{contract}.json"
    if not path.exists():
        return set()
    paths = json.loads(path.read_text("utf-8"))["paths"]
    return {f"{method.upper()} {route}" for route, item in paths.items() for method in item}


def _rows(root: Path, contract: Contract) -> list[str]:
    """The routes that a contract's page has a row for."""
    page = root / CONTRACTS[contract].docs_page
    return _ROW.findall(page.read_text("utf-8")) if page.exists() else []

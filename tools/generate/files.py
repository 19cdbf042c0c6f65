"""Every generated file: its path and its text."""

from pathlib import Path
from typing import Final

from registry.domain.workspace import CONTRACTS
from tools.generate import template
from tools.generate.declarations import all_operations, package
from tools.generate.events import events
from tools.generate.functions import function_module
from tools.openapi.collection import collection_text
from tools.openapi.document import rendered

ROOT: Final = Path(__file__).parents[2]
TEMPLATE: Final = Path("template.yaml")
EVENTS: Final = Path("events")
OPENAPI: Final = Path("docs/openapi")
COLLECTIONS: Final = Path("docs/collections")


def generated(root: Path = ROOT) -> dict[Path, str]:
    """The text of every generated file by its path in the repository.

    Raises:
        ValueError: template.yaml lacks the markers of a generated block.
    """
    by_hand_too = (root / TEMPLATE).read_text("utf-8")
    return {
        TEMPLATE: template.rendered(by_hand_too),
        **{EVENTS / path: text for path, text in events().items()},
        **{OPENAPI / f"{contract}.json": rendered(contract) for contract in CONTRACTS},
        **{
            COLLECTIONS / f"{contract}.postman_collection.json": collection_text(contract)
            for contract in CONTRACTS
        },
    }


def differing(root: Path = ROOT) -> list[Path]:
    """The generated files that differ from the declarations, or that have no declaration."""
    declared = generated(root)
    differ = [path for path, text in declared.items() if _committed(root / path) != text]
    return differ + [path for path in _present(root) if path not in declared]


def write(root: Path = ROOT) -> list[str]:
    """Write the generated files that differ, delete those left over; returns a line for each.

    An operation without a function gets a first one; an existing function is never changed.
    """
    declared = generated(root)
    done = []
    for operation in all_operations():
        path = Path("functions", package(operation), f"{operation.name}.py")
        if not (root / path).exists():
            (root / path).write_text(function_module(operation), "utf-8")
            done.append(f"wrote {path}")
    for path in differing(root):
        if path in declared:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(declared[path], "utf-8")
            done.append(f"wrote {path}")
        else:
            (root / path).unlink()
            done.append(f"deleted {path}")
    return done


def _committed(path: Path) -> str | None:
    """The text of a file; None where there is none."""
    return path.read_text("utf-8") if path.exists() else None


def _present(root: Path) -> list[Path]:
    """The files in folders that hold generated files only."""
    folders = ((EVENTS, "*/*.json"), (OPENAPI, "*.json"), (COLLECTIONS, "*.json"))
    found = [path for folder, files in folders for path in (root / folder).glob(files)]
    return sorted(path.relative_to(root) for path in found)

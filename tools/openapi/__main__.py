"""``python -m tools.openapi``: write docs/openapi and docs/collections, or name the differences."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from registry.domain.workspace import CONTRACTS, Contract
from tools.openapi.collection import collection_text
from tools.openapi.document import rendered

ROOT: Final = Path(__file__).parents[2]
DOCUMENTS: Final = ROOT / "docs" / "openapi"
COLLECTIONS: Final = ROOT / "docs" / "collections"


def main() -> None:
    """Write the documents, or compare them; the exit status is 1 where one differs."""
    parser = argparse.ArgumentParser(prog="python -m tools.openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; name what differs")
    parser.add_argument("contracts", nargs="*", help="only these; all where none is named")
    arguments = parser.parse_args()
    check: bool = arguments.check
    differing = []
    for path, text in _files([Contract(name) for name in arguments.contracts or CONTRACTS]):
        path.parent.mkdir(parents=True, exist_ok=True)
        if check and (not path.exists() or path.read_text("utf-8") != text):
            differing.append(str(path.relative_to(ROOT)))
        elif not check:
            path.write_text(text, "utf-8")
    if differing:
        sys.exit(f"Not what the code says, `make openapi` writes it: {', '.join(differing)}")


def _files(contracts: list[Contract]) -> Iterator[tuple[Path, str]]:
    """The document and the collection of each contract: where it is, and what is in it."""
    for contract in contracts:
        yield DOCUMENTS / f"{contract}.json", rendered(contract)
        yield COLLECTIONS / f"{contract}.postman_collection.json", collection_text(contract)


if __name__ == "__main__":
    main()

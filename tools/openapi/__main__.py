"""``python -m tools.openapi``: write docs/openapi, or with ``--check`` name the differences."""

import argparse
import sys
from pathlib import Path
from typing import Final

from registry.domain.workspace import CONTRACTS, Contract
from tools.openapi.document import rendered

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "docs" / "openapi"


def main() -> None:
    """Write the documents, or compare them; the exit status is 1 where one differs."""
    parser = argparse.ArgumentParser(prog="python -m tools.openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; name what differs")
    parser.add_argument("contracts", nargs="*", help="only these; all where none is named")
    arguments = parser.parse_args()
    check: bool = arguments.check
    FOLDER.mkdir(parents=True, exist_ok=True)
    differing = []
    for contract in map(Contract, arguments.contracts or CONTRACTS):
        path = FOLDER / f"{contract}.json"
        text = rendered(contract)
        if check and (not path.exists() or path.read_text("utf-8") != text):
            differing.append(str(path.relative_to(ROOT)))
        elif not check:
            path.write_text(text, "utf-8")
    if differing:
        sys.exit(f"Not what the code says, `make openapi` writes it: {', '.join(differing)}")


if __name__ == "__main__":
    main()

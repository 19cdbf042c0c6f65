"""``python -m tools.generate``: write the generated files, or with ``--check`` check them."""

import argparse
import sys

from tools.generate.completeness import missing
from tools.generate.files import differing, write


def main() -> None:
    """Write the files that differ, or check; the exit status is 1 if an endpoint lacks a part."""
    parser = argparse.ArgumentParser(prog="python -m tools.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; say what is amiss")
    check: bool = parser.parse_args().check
    if not check:
        for done in write():
            print(done)
        return
    sentences = missing() + [
        f"{path} is not what the declarations say: `make generate` writes it."
        for path in differing()
    ]
    if sentences:
        sys.exit("\n".join(sentences))


if __name__ == "__main__":
    main()

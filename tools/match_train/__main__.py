"""Print the weights that fit a file of records, or write them into the file that ships.

No labels are read: a column that says which records are of one client is left out. The thresholds,
and fields that the file does not have, stay as they are.
"""

import argparse
import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from ops.match.labelled import read_labelled
from registry import matching
from registry.matching.features import features_of
from registry.matching.weights import FILE, ORGANISATION, PERSON
from tools.match_train.fitting import NothingToFit, fitted


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit weights as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tools.match_train", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--kind", choices=(PERSON, ORGANISATION), required=True)
    parser.add_argument("--id", required=True, help="a column with a text in each row; not read")
    parser.add_argument("--column", action="append", default=[], metavar="COLUMN=FIELD")
    parser.add_argument("--region", default="US")
    parser.add_argument("--write", action="store_true", help="write the file that ships")
    given = parser.parse_args(arguments)
    columns = dict(each.rsplit("=", 1) for each in given.column)
    records = read_labelled(given.file, given.id, columns, given.region)
    try:
        weights = fitted([features_of(record.client) for record in records])
    except NothingToFit:
        parser.error("no two records share a key; name more columns")
    print(json.dumps(weights, indent=2))
    if given.write:
        _write(given.kind, weights)


def _write(kind: str, weights: dict[str, Any]) -> None:
    """Put weights in the place of those of the same fields in the file that ships."""
    with resources.as_file(resources.files(matching).joinpath(FILE)) as path:
        shipped = json.loads(path.read_text("utf-8"))
        shipped[kind] |= weights
        path.write_text(json.dumps(shipped, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()

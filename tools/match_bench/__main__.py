"""Compare matching with Splink on labelled files, and print precision, recall and F1 of both.

The files are the cuts of the tests, unless others with the same columns are named.
"""

import argparse
import json
import subprocess
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ops.match.evaluation import Quality, evaluated, quality
from ops.match.labelled import read_labelled

_ROOT: Final = Path(__file__).parents[2]
_CUTS: Final = _ROOT / "tests/unit/ops/match/data"
_SPLINK: Final = Path(__file__).with_name("splink_pairs.py")


@dataclass(frozen=True, slots=True)
class Contest:
    """A kind of file, and how either side reads it.

    Attributes:
        name: what its records are.
        truth: the column with the truth.
        region: where its telephone numbers are.
        columns: the field of each column.
        splink: the settings of `splink_pairs`.
    """

    name: str
    truth: str
    region: str
    columns: Mapping[str, str]
    splink: Mapping[str, Any]


PERSONS: Final = Contest(
    "persons",
    "true_id",
    "AU",
    {
        "given_name": "first_name",
        "surname": "last_name",
        "street_number": "address.line1",
        "address_1": "address.line1",
        "address_2": "address.line2",
        "suburb": "address.city",
        "postcode": "address.postal_code",
        "state": "address.region",
        "soc_sec_id": "tax_number",
    },
    {
        "columns": {
            "given_name": "name",
            "surname": "name",
            "street_number": "exact",
            "address_1": "near",
            "suburb": "near",
            "postcode": "slip",
            "soc_sec_id": "slip",
        },
        "blocks": [
            ["soc_sec_id"],
            ["given_name", "surname"],
            ["surname", "postcode"],
            ["given_name", "postcode"],
            ["street_number", "address_1"],
            ["street_number", "postcode"],
        ],
        "train": [["soc_sec_id"], ["given_name", "surname"]],
        "threshold": 0.5,
    },
)
ORGANISATIONS: Final = Contest(
    "organisations",
    "True Id",
    "US",
    {
        "Site name": "company",
        "Address": "address.line1",
        "Zip": "address.postal_code",
        "Phone": "phone",
    },
    {
        "columns": {"Site name": "near", "Address": "near", "Zip": "exact", "Phone": "exact"},
        "blocks": [["Phone"], ['substr("Address", 1, 8)'], ["Site name"]],
        "train": [["Phone"], ["Site name"]],
        "threshold": 0.9,
    },
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run both on both files."""
    parser = argparse.ArgumentParser(prog="make bench-match", description=__doc__)
    parser.add_argument("--splink", type=Path, required=True, help="the Python that has Splink")
    parser.add_argument("--persons", type=Path, default=_CUTS / "febrl3-cut.csv")
    parser.add_argument("--organisations", type=Path, default=_CUTS / "sites-cut.csv")
    given = parser.parse_args(arguments)
    print(f"{'':32}precision   recall       F1  seconds")
    for contest, path in ((PERSONS, given.persons), (ORGANISATIONS, given.organisations)):
        records = read_labelled(path, contest.truth, contest.columns, contest.region)
        began = time.monotonic()
        ours = evaluated(records)
        _print(f"{contest.name}, registry", ours.all, time.monotonic() - began)
        _print(f"{contest.name}, registry, sure", ours.sure, 0)
        began = time.monotonic()
        pairs = _splink(given.splink, path, contest)
        truth = [record.truth for record in records]
        true_pairs = sum(count * (count - 1) // 2 for count in Counter(truth).values())
        theirs = quality(pairs, truth, true_pairs)
        _print(f"{contest.name}, Splink", theirs, time.monotonic() - began)


def _splink(python: Path, path: Path, contest: Contest) -> list[tuple[int, int]]:
    """The pairs that Splink finds."""
    command = [str(python), str(_SPLINK), str(path), json.dumps(contest.splink)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    lines = (line.split() for line in done.stdout.splitlines())
    return [(int(one), int(other)) for one, other in lines]


def _print(name: str, found: Quality, seconds: float) -> None:
    shown = f"{seconds:8.1f}" if seconds else ""
    print(f"{name:32}{found.precision:9.4f}{found.recall:9.4f}{found.f1:9.4f} {shown}".rstrip())


if __name__ == "__main__":
    main()

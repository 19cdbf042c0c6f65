"""What a move leaves behind for the operator: the answer, the report and the id map.

Source: `docs/moving-in.md`, "Options and answers". Report and id map are written beside the files
that are asked for, and renamed when they are whole.
"""

import csv
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ops.move.journal import Entry, Journal
from registry.domain.moving import Remark
from registry.services.moving import Outcome

# In the order in which an answer has them.
_COUNTED = (
    Outcome.CREATED,
    Outcome.UPDATED,
    Outcome.UNCHANGED,
    Outcome.MATCHED,
    Outcome.CONFLICT,
    Outcome.GONE,
    Outcome.REFUSED,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """How a move ended.

    Attributes:
        job: the id of the move; None for one that was only planned.
        contract: the vendor's.
        state: `done` or `stopped`.
        counts: `rows`, one number for each outcome, and `warnings`.
        reason: why it stopped, in a sentence.
    """

    job: str | None
    contract: str
    state: str
    counts: Mapping[str, int]
    reason: str | None = None

    def json(self) -> dict[str, object]:
        """`{"job", "contract", "state", "rows", "created", …, "warnings"}`."""
        return {"job": self.job, "contract": self.contract, "state": self.state, **self.counts}

    @property
    def exit_code(self) -> int:
        """0 all in; 3 some refused or in conflict; 4 stopped."""
        if self.state != "done":
            return 4
        return 3 if self.counts["refused"] or self.counts["conflict"] else 0


def counts(journal: Journal) -> dict[str, int]:
    """The numbers of an answer. `rows` are the vendor's, so that those gone count beside."""
    found = journal.counts()
    rows = sum(count for outcome, count in found.items() if outcome is not Outcome.GONE)
    return {
        "rows": rows,
        **{outcome.value: found.get(outcome, 0) for outcome in _COUNTED},
        "warnings": journal.warnings(),
    }


def write_report(path: Path, journal: Journal) -> None:
    """Write a line of JSON for every row."""
    _write(path, (f"{_line(entry)}\n" for entry in _all(journal)))


def write_ids(path: Path, journal: Journal) -> None:
    """Write the vendor's id and the registry's of every client that came in, as CSV."""
    beside = _beside(path)
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("vendor_id", "client_id"))
        for entry in _all(journal):
            if entry.row.vendor_id is not None and entry.row.client_id is not None:
                writer.writerow((entry.row.vendor_id, entry.row.client_id))
    beside.replace(path)


def _all(journal: Journal) -> Iterable[Entry]:
    yield from journal.entries()
    yield from journal.gone()


def _line(entry: Entry) -> str:
    row = entry.row
    matched = {"matched_by": row.matched_by} if row.outcome is Outcome.MATCHED else {}
    return json.dumps(
        {
            "row": entry.number,
            "vendor_id": row.vendor_id,
            "client_id": row.client_id,
            "outcome": row.outcome,
            **matched,
            "warnings": [_remark(each) for each in row.warnings],
            "errors": [_remark(each) for each in row.errors],
        },
        ensure_ascii=False,
    )


def _remark(remark: Remark) -> dict[str, str]:
    return {"field": remark.field, "code": remark.code}


def _write(path: Path, lines: Iterable[str]) -> None:
    beside = _beside(path)
    with beside.open("w", encoding="utf-8") as file:
        file.writelines(lines)
    beside.replace(path)


def _beside(path: Path) -> Path:
    """The file that is written before it takes the name of a path, for this process alone."""
    return path.with_name(f"{path.name}.{os.getpid()}.part")

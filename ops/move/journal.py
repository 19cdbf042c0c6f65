"""What a move has done so far, in a file on this machine: every row, and the place in the list.

A page of rows and the place after it are written together, so that a move that is killed goes on
from the last page. The file knows every row of the whole move, however long the vendor's list is:
which rows came twice, which clients did not come at all, and what report and id map say. Where the
file is not found, as on another machine, the list is read from its beginning again.

A row holds ids and codes, and no value of a client.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from ops.move.vendor import State
from registry.domain.moving import Remark
from registry.services.moving import Outcome, Row

_SCHEMA = """
CREATE TABLE IF NOT EXISTS rows (
    key TEXT PRIMARY KEY,
    number INTEGER UNIQUE,
    vendor_id TEXT,
    client_id TEXT,
    outcome TEXT NOT NULL,
    remarks TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_COLUMNS = "SELECT key, number, vendor_id, client_id, outcome, remarks FROM rows"
_NUMBERED = f"{_COLUMNS} WHERE number > ? ORDER BY number"
_AT_ONCE = 500
# What a move wrote stays what it did to a row, although the row was found unchanged afterwards.
_STAYS = {
    Outcome.CREATED: {Outcome.UPDATED, Outcome.UNCHANGED},
    Outcome.MATCHED: {Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED},
    Outcome.UPDATED: {Outcome.UNCHANGED},
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a move.

    Attributes:
        key: by which the row is known again: the vendor's id, or a digest of a row without one.
        row: what became of it.
        number: counts from 1; None for a client that was gone.
    """

    key: str
    row: Row
    number: int | None = None


class Journal:
    """The journal of one move; a context manager that closes it."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, or make it; None for one that goes with the process."""
        self._path = path
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # An empty name is a temporary file of SQLite's own.
        self._db = sqlite3.connect("" if path is None else path)
        if path is not None:
            path.chmod(0o600)
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        """The journal."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close it; the file stays."""
        self._db.close()

    def note(self, name: str) -> object:
        """The JSON value that was kept under a name; None for none."""
        found = self._db.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return json.loads(found[0]) if found else None

    def keep(self, entries: Sequence[Entry], notes: Mapping[str, object]) -> None:
        """Write rows and notes, all or none.

        A row that came before keeps its number, and what the move wrote.
        """
        with self._db:
            following = self._following()
            for entry in entries:
                numbered = entry.row.outcome is not Outcome.GONE
                following += self._keep(entry, following if numbered else None)
            self._db.executemany(
                "REPLACE INTO notes VALUES (?, ?)",
                [(name, json.dumps(value)) for name, value in notes.items()],
            )

    def has(self, key: str) -> bool:
        """Whether a row came."""
        return self._db.execute("SELECT 1 FROM rows WHERE key = ?", (key,)).fetchone() is not None

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """The rows behind a number in their order; rows may be written meanwhile."""
        while found := self._db.execute(f"{_NUMBERED} LIMIT {_AT_ONCE}", (after,)).fetchall():
            yield from map(_entry, found)
            after = found[-1][1]

    def gone(self) -> Iterator[Entry]:
        """The clients that were gone, which have no number."""
        yield from map(_entry, self._db.execute(f"{_COLUMNS} WHERE number IS NULL ORDER BY key"))

    def counts(self) -> dict[Outcome, int]:
        """How many rows had each outcome."""
        found = self._db.execute("SELECT outcome, count(*) FROM rows GROUP BY outcome")
        return {Outcome(outcome): count for outcome, count in found}

    def warnings(self) -> int:
        """How many warnings there are."""
        total = "SELECT total(json_array_length(remarks, '$.warnings')) FROM rows"
        return int(self._db.execute(total).fetchone()[0])

    def remove(self) -> None:
        """Close the journal and delete its file."""
        self._db.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _following(self) -> int:
        return int(self._db.execute("SELECT ifnull(max(number), 0) + 1 FROM rows").fetchone()[0])

    def _keep(self, entry: Entry, number: int | None) -> int:
        """Write a row; the number of numbers that it took."""
        row, key = entry.row, entry.key
        found = self._db.execute(
            "SELECT number, outcome FROM rows WHERE key = ?", (key,)
        ).fetchone()
        if found is not None:
            number = found[0] if found[0] is not None else number
            if row.outcome in _STAYS.get(Outcome(found[1]), set()):
                row = replace(row, outcome=Outcome(found[1]))
        remarks = {
            "warnings": [[each.field, each.code] for each in row.warnings],
            "errors": [[each.field, each.code] for each in row.errors],
            "matched_by": row.matched_by,
        }
        self._db.execute(
            "REPLACE INTO rows (key, number, vendor_id, client_id, outcome, remarks)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (key, number, row.vendor_id, row.client_id, row.outcome, json.dumps(remarks)),
        )
        return int(found is None and number is not None)


def journal_path(job: str) -> Path:
    """Where the journal of a move is kept (XDG Base Directory Specification)."""
    home = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local/state")
    return Path(home) / "client-registry" / f"move-{job}.sqlite"


def key_of(row: Row, text: str) -> str:
    """By what a row is known again.

    Args:
        row: the row.
        text: of its object.
    """
    if row.vendor_id is not None:
        return f"id {row.vendor_id}"
    return f"row {hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()}"


def place(value: object) -> State | None:
    """The place in a list that a note holds."""
    return value if isinstance(value, dict) else None


def _entry(found: tuple[str, int | None, str | None, str | None, str, str]) -> Entry:
    key, number, vendor_id, client_id, outcome, remarks = found
    kept = json.loads(remarks)
    row = Row(
        vendor_id=vendor_id,
        client_id=client_id,
        outcome=Outcome(outcome),
        matched_by=tuple(kept.get("matched_by", ())),
        warnings=tuple(Remark(*each) for each in kept["warnings"]),
        errors=tuple(Remark(*each) for each in kept["errors"]),
    )
    return Entry(key, row, number)

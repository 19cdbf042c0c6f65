"""The clients of a workspace by the keys under which they are compared, on the operator's machine.

It is filled once from the table, in pages of a megabyte, so that a row of a move takes no call to
find whom it may be. It is a temporary file of SQLite's own: the memory that it takes does not grow
with the clients, and it goes with the process. Of a value no more than a hash is kept; two values
with one hash bring together clients that are then found to be different.
"""

import hashlib
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import replace

from registry.domain import document
from registry.domain.client import Client
from registry.domain.look_up import LookUpKey
from registry.domain.whole import client_json, read_client_json
from registry.matching.features import Features, features_of
from registry.matching.keys import MOST_HOLDERS, matching_keys

_SCHEMA = """
CREATE TABLE clients (number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, client TEXT NOT NULL);
CREATE TABLE keys (hash INTEGER, client INTEGER, PRIMARY KEY (hash, client)) WITHOUT ROWID;
CREATE TABLE rows (client_id TEXT PRIMARY KEY, row INTEGER NOT NULL) WITHOUT ROWID;
"""
# Clients that are rows of the move and come later are no candidates.
_CANDIDATES = """
SELECT DISTINCT clients.id, clients.client FROM keys
JOIN clients ON clients.number = keys.client
LEFT JOIN rows ON rows.client_id = clients.id
WHERE keys.hash IN ({}) AND ifnull(rows.row, 0) < ?
"""
_HASH_BYTES = 8

Hash = int


class MatchIndex:
    """Clients by their keys."""

    def __init__(self) -> None:
        """Make an empty index."""
        # An empty name is a temporary file of SQLite's own.
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.executescript(_SCHEMA)
        self._common: frozenset[Hash] = frozenset()

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    def number_rows(self, rows: Iterable[tuple[str, int]]) -> None:
        """Note which clients are rows of the move: ids, and the numbers of the rows."""
        self._db.executemany("REPLACE INTO rows VALUES (?, ?)", rows)

    def put(self, client: Client) -> None:
        """Write a client in the place of what it was before."""
        self.remove(client.id)
        text = document.render(client_json(_compared(client)))
        added = self._db.execute(
            "INSERT INTO clients (id, client) VALUES (?, ?)", (client.id, text)
        )
        keys = matching_keys(features_of(client))
        self._db.executemany(
            "INSERT OR IGNORE INTO keys VALUES (?, ?)",
            [(_hash(key), added.lastrowid) for key in keys],
        )

    def remove(self, client_id: str) -> None:
        """Take a client out, such as one that was merged into another one."""
        found = self._db.execute(
            "SELECT number, client FROM clients WHERE id = ?", (client_id,)
        ).fetchone()
        if found is None:
            return
        number, text = found
        keys = matching_keys(features_of(_read(text)))
        self._db.executemany(
            "DELETE FROM keys WHERE hash = ? AND client = ?",
            [(_hash(key), number) for key in keys],
        )
        self._db.execute("DELETE FROM clients WHERE number = ?", (number,))

    def get(self, client_id: str) -> Client | None:
        """A client as far as it is compared."""
        found = self._db.execute("SELECT client FROM clients WHERE id = ?", (client_id,)).fetchone()
        return None if found is None else _read(found[0])

    def find_common(self) -> list[Hash]:
        """The hashes of the values that too many clients have to count."""
        counted = "SELECT hash FROM keys GROUP BY hash HAVING count(*) > ?"
        return [each for (each,) in self._db.execute(counted, (MOST_HOLDERS,))]

    def leave_out(self, common: Collection[Hash]) -> None:
        """Let these values bring nobody together."""
        self._common = frozenset(common)

    def common_keys(self, of: Features) -> frozenset[LookUpKey]:
        """The keys of a client that too many clients have."""
        return frozenset(key for key in matching_keys(of) if _hash(key) in self._common)

    def candidates(self, of: Features, row: int) -> list[Client]:
        """The clients that share a value with one, but for common values and for later rows.

        Args:
            of: what is compared of the client of a row.
            row: the number of that row.
        """
        hashes = {_hash(key) for key in matching_keys(of)} - self._common
        asked = _CANDIDATES.format(", ".join("?" * len(hashes)))
        found = self._db.execute(asked, (*hashes, row))
        return [_read(text) for _, text in sorted(found)]


def _compared(client: Client) -> Client:
    """A client without its longest texts, in which clients are not compared."""
    return replace(client, notes=None, metadata=None, billing_address=None)


def _read(text: str) -> Client:
    return read_client_json(document.parse(text))


def _hash(key: LookUpKey) -> Hash:
    value = f"{key.kind}\n{key.value}".encode(errors="surrogatepass")
    digest = hashlib.blake2b(value, digest_size=_HASH_BYTES).digest()
    return int.from_bytes(digest, signed=True)

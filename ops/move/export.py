"""Write the clients of a workspace as a file: the whole record, or as one of the doors shows them.

Clients come in the order of their ids, archived ones too. With a file, what is written grows
beside it, with a note of how far it is, so that an export that was interrupted goes on; at the end
the file takes its name.

Source: `docs/moving-in.md`, "Moving out".
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from ops.move.documents import render
from ops.move.files import Format, columns_of
from ops.move.vendors import VENDORS
from ops.move.verify import door_of
from registry.domain.client import Client
from registry.domain.identifiers import now
from registry.domain.keys import Purpose
from registry.domain.representation import represented
from registry.domain.tenant import Tenant
from registry.domain.whole import whole_json
from registry.domain.workspace import Contract, Mode, Workspace
from registry.store.whole import WholeStore

RECORD = "record"
_NOTED_EVERY = 500
# Members of the record that no cell holds.
_NOT_IN_CELLS = frozenset({"users", "payment_methods", "evidence", "merges", "judgements"})

Progress = Callable[[int], None]


@dataclass(slots=True)
class Summary:
    """How much was written.

    Attributes:
        clients: how many.
        digest: of all bytes so far.
    """

    clients: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def json(self, shape: str, file_format: Format) -> dict[str, object]:
        """`{"as", "format", "clients", "sha256"}`."""
        return {
            "as": shape,
            "format": file_format,
            "clients": self.clients,
            "sha256": self.digest.hexdigest(),
        }


@dataclass(frozen=True, slots=True)
class Export:
    """An export of a workspace's clients.

    Attributes:
        workspace, mode: whose clients.
        wholes: where they are.
        shape: `record`, or the contract whose door shows them.
        file_format: JSONL or CSV.
    """

    workspace: Workspace
    mode: Mode
    wholes: WholeStore
    shape: str
    file_format: Format

    def to_stream(self, stream: BinaryIO, progress: Progress) -> Summary:
        """Write everything to a stream."""
        summary = Summary()
        self._write(stream, summary, "", progress, lambda _: None)
        return summary

    def to_array(self, stream: BinaryIO, progress: Progress) -> Summary:
        """Write everything to a stream as one JSON array."""
        summary = Summary()
        beginning = (text.rstrip("\n") for text in self._beginning())
        separator = "["
        for text in chain(beginning, (text for _, text in self._counted(summary))):
            _put(stream, summary, f"{separator}{text}")
            separator = ",\n"
        _put(stream, summary, "[]\n" if separator == "[" else "]\n")
        progress(summary.clients)
        return summary

    def _counted(self, summary: Summary) -> Iterator[tuple[str, str]]:
        for each in self._lines(""):
            summary.clients += 1
            yield each

    def to_file(self, path: Path, progress: Progress) -> Summary:
        """Write everything to a file, or go on with what an earlier run wrote."""
        part, note = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.part.json")
        summary, after = self._resumed(part, note)
        with part.open("ab") as stream:

            def keep(client_id: str) -> None:
                stream.flush()
                written = {"after": client_id, "bytes": stream.tell(), "clients": summary.clients}
                beside = note.with_suffix(".new")
                beside.write_text(json.dumps(written | self._what()), "utf-8")
                beside.replace(note)

            self._write(stream, summary, after, progress, keep)
        part.replace(path)
        note.unlink(missing_ok=True)
        return summary

    def _what(self) -> dict[str, str]:
        """By what a repeated export is known."""
        workspace = f"{self.workspace.id} {self.mode}"
        return {"workspace": workspace, "as": self.shape, "format": self.file_format}

    def _resumed(self, part: Path, note: Path) -> tuple[Summary, str]:
        """What an earlier run wrote, and the id behind which to go on; nothing, from the start."""
        summary = Summary()
        try:
            kept = json.loads(note.read_text("utf-8"))
        except (OSError, ValueError):
            kept = {}
        if not part.exists() or {name: kept.get(name) for name in self._what()} != self._what():
            part.unlink(missing_ok=True)
            return summary, ""
        with part.open("r+b") as stream:
            stream.truncate(kept["bytes"])
            while block := stream.read(1 << 20):
                summary.digest.update(block)
        summary.clients = kept["clients"]
        return summary, str(kept["after"])

    def _write(
        self,
        stream: BinaryIO,
        summary: Summary,
        after: str,
        progress: Progress,
        keep: Callable[[str], None],
    ) -> None:
        """Write what comes behind an id."""
        if not after:
            for text in self._beginning():
                _put(stream, summary, text)
        end = "\n" if self.file_format is Format.JSONL else ""
        for client_id, text in self._lines(after):
            _put(stream, summary, f"{text}{end}")
            summary.clients += 1
            if summary.clients % _NOTED_EVERY == 0:
                keep(client_id)
                progress(summary.clients)

    def _beginning(self) -> Iterator[str]:
        """What comes before the clients."""
        if self.file_format is Format.CSV:
            yield _csv_line(self._columns())
        elif self.shape == RECORD:
            yield f"{render(workspace_line(self.workspace))}\n"

    def _lines(self, after: str) -> Iterator[tuple[str, str]]:
        """Each client's id and line."""
        tenant = Tenant(self.workspace.id, self.mode)
        if self.file_format is Format.JSONL:
            for client_id, value in self._objects(tenant, after):
                yield client_id, render(value)
            return
        columns = self._columns()
        for client_id, value in self._objects(tenant, after):
            cells = _flat({name: value[name] for name in value if name not in _NOT_IN_CELLS})
            yield client_id, _csv_line([_cell(cells.get(name)) for name in columns])

    def _objects(self, tenant: Tenant, after: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The clients in the shape that is asked for."""
        if self.shape == RECORD:
            for whole in self.wholes.wholes(tenant, after):
                # A table of clients has a row for each client that there is.
                if whole.client.live or self.file_format is Format.JSONL:
                    yield whole.client.id, whole_json(whole)
            return
        contract = Contract(self.shape)
        door = door_of(self.workspace, self.mode, contract)
        for client in self.wholes.clients(tenant, after):
            known_as = client.ids.get(contract, client.id)
            yield client.id, door.show(replace(client, id=known_as))

    def _columns(self) -> list[str]:
        """The columns of CSV."""
        if self.shape != RECORD:
            return list(columns_of(Contract(self.shape)))
        blank = Client(id="", version=1, created_at=now(), updated_at=now())
        value = represented(blank) | {"ids": dict.fromkeys(VENDORS)}
        nested = {"phone": {"typed": None, "e164": None}}
        value["address"]["country"] = {"typed": None, "code": None}
        return list(_flat(value | nested))


def workspace_line(workspace: Workspace) -> dict[str, object]:
    """The first line of a record: the workspace's consent key, which is a secret."""
    key = workspace.key(Purpose.CONSENT)
    return {"workspace": {"consent_key": key.hex() or None}}


def _flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested names dotted; the caller's own `metadata` stays whole."""
    flat: dict[str, Any] = {}
    for name, member in value.items():
        if isinstance(member, Mapping) and f"{prefix}{name}" != "metadata":
            flat |= _flat(member, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = member
    return flat


def _cell(value: object) -> str:
    """The cell of a value; empty for null."""
    if value is None:
        return ""
    return value if isinstance(value, str) else render(value)


def _csv_line(cells: list[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line, strict=True).writerow(cells)
    return line.getvalue()


def _put(stream: BinaryIO, summary: Summary, text: str) -> None:
    content = text.encode()
    stream.write(content)
    summary.digest.update(content)

"""Packs: the facts and the searched texts of a range of clients, compressed into two items.

A search reads every text of a workspace, so what counts is how few bytes they take. Facts, which
are incompressible for the most part, are an item of their own, which a search reads only of packs
where it found something. Both hold one row for each client, in the order of ids.

See `docs/data-model.md`, "Views".
"""

import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from struct import Struct
from typing import Any, NamedTuple, overload

from registry.domain.client import MemberType
from registry.domain.folding import folded
from registry.domain.identifiers import created_at, instant
from registry.domain.immutable import dataclass
from registry.store.items import SearchEntry

_MILLISECOND = timedelta(milliseconds=1)

# Id, kind, version, request count, and milliseconds from the creation to the last change.
_FACT = Struct(">16sBIIq")
# Between the texts of a row, and between rows; control characters are refused in every text.
_UNIT, _ROW = "\x1f", "\x1e"
_LEVEL = 9


class Kind(IntEnum):
    """What totals count a client as; the number is its place in a list of counts."""

    ACTIVE_INDIVIDUAL = 0
    ACTIVE_BUSINESS = 1
    ARCHIVED_INDIVIDUAL = 2
    ARCHIVED_BUSINESS = 3
    # Absorbed by another client, or erased: in no list and in no total, but its version is kept,
    # so that an older change that comes again is known to be old.
    GONE = 4

    @property
    def archived(self) -> bool:
        """Whether clients of this kind are archived."""
        return self in {Kind.ARCHIVED_INDIVIDUAL, Kind.ARCHIVED_BUSINESS}

    @property
    def member_type(self) -> MemberType:
        """The member type that clients of this kind are shown with."""
        business = self in {Kind.ACTIVE_BUSINESS, Kind.ARCHIVED_BUSINESS}
        return MemberType.BUSINESS if business else MemberType.INDIVIDUAL


_KINDS = tuple(Kind)
LIVE_KINDS = tuple(kind for kind in Kind if kind is not Kind.GONE)


def kind_of(*, archived: bool, member_type: MemberType) -> Kind:
    """The kind of a live client."""
    return Kind(2 * archived + (member_type is MemberType.BUSINESS))


class Fact(NamedTuple):
    """What filters, totals and orders need to know of a client.

    Attributes:
        id: the client's.
        kind: its status and member type.
        version: the version of the record that the rest is from.
        request_count: as in the record.
        changed_after: milliseconds from its creation to its last change.
    """

    id: str
    kind: Kind
    version: int
    request_count: int = 0
    changed_after: int = 0

    @property
    def updated_at(self) -> datetime:
        """The instant of its last change."""
        return created_at(self.id) + self.changed_after * _MILLISECOND


class Texts(NamedTuple):
    """The folded texts of a client that searches look at; the empty string where there is none.

    Texts that equal the name are empty, too, since whatever is found in them is found in the name.
    """

    name: str = ""
    person: str = ""
    company: str = ""
    email: str = ""
    external_id: str = ""
    contact_name: str = ""
    legal_name: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A client in a pack or in the overlay."""

    fact: Fact
    texts: Texts


def live_row(entry: SearchEntry, version: int) -> Row:
    """The row of a live client, from its entry in the search index and its version."""
    others = {
        "person": f"{entry.first_name} {entry.last_name}".strip(),
        "company": entry.company,
        "email": entry.email,
        "external_id": folded(entry.external_id),
        "contact_name": entry.contact_name,
        "legal_name": entry.legal_name,
    }
    kept = {name: "" if text == entry.name else text for name, text in others.items()}
    kind = kind_of(archived=entry.archived, member_type=entry.member_type)
    changed_after = (entry.updated_at - entry.created_at) // _MILLISECOND
    fact = Fact(entry.id, kind, version, entry.request_count, changed_after)
    return Row(fact, Texts(entry.name, **kept))


def gone_row(client_id: str, version: int) -> Row:
    """The row of a client that is no longer live: it has a version, and no texts."""
    return Row(Fact(client_id, Kind.GONE, version), Texts())


def counts_of(facts: Iterable[Fact]) -> list[int]:
    """The number of clients of each live kind, in the order of `Kind`."""
    counts = [0] * len(Kind)
    for fact in facts:
        counts[fact.kind] += 1
    return counts[: len(LIVE_KINDS)]


def pack_facts(facts: Iterable[Fact]) -> bytes:
    """The facts of a pack, compressed; bytes of the same place in all rows are side by side."""
    rows = b"".join(
        _FACT.pack(
            bytes.fromhex(fact.id.replace("-", "")),
            fact.kind,
            fact.version,
            fact.request_count,
            fact.changed_after,
        )
        for fact in facts
    )
    width = _FACT.size
    return zlib.compress(b"".join(rows[place::width] for place in range(width)), _LEVEL)


class PackedFacts(Sequence[Fact]):
    """The facts of a pack; each is made when it is asked for."""

    def __init__(self, packed: bytes) -> None:
        """Decompress facts, as `pack_facts` makes them."""
        columns = zlib.decompress(packed)
        width = _FACT.size
        self._count = len(columns) // width
        rows = bytearray(len(columns))
        for place in range(width):
            rows[place::width] = columns[place * self._count : (place + 1) * self._count]
        self._rows = bytes(rows)

    def __len__(self) -> int:
        """The number of clients."""
        return self._count

    @overload
    def __getitem__(self, number: int) -> Fact: ...

    @overload
    def __getitem__(self, number: slice) -> list[Fact]: ...

    def __getitem__(self, number: int | slice) -> Fact | list[Fact]:
        """The fact of a row."""
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(self._count))]
        if not 0 <= number < self._count:
            raise IndexError(number)
        return _fact(_FACT.unpack_from(self._rows, number * _FACT.size))

    def find(self, client_id: str) -> Fact | None:
        """The fact of a client; None where the pack does not have it."""
        place = bisect_left(self, client_id, key=lambda fact: fact.id)
        if place < self._count and (fact := self[place]).id == client_id:
            return fact
        return None


def pack_texts(rows: Sequence[Row]) -> bytes:
    """The kinds and texts of a pack, compressed."""
    lines = [f"{row.fact.kind}{_UNIT.join(row.texts)}" for row in rows]
    return zlib.compress(_ROW.join(lines).encode(), _LEVEL)


def read_texts(packed: bytes) -> list[tuple[Kind, Texts]]:
    """The inverse of `pack_texts`."""
    content = _unpacked(packed)
    return [_line(line) for line in content.split(_ROW)] if content else []


def find_texts(packed: bytes, needle: str) -> Iterator[tuple[int, Kind, Texts]]:
    """The rows of a pack that hold a text somewhere, each with its number, in their order.

    Rows without it are passed over by a search through the whole pack at once. Whether it is in
    one of the texts that matter, and does not run over the end of one, is for the caller to see.

    Args:
        packed: texts, as `pack_texts` makes them.
        needle: a folded text; with an empty one all rows are found.
    """
    if not needle:
        for number, (kind, texts) in enumerate(read_texts(packed)):
            yield number, kind, texts
        return
    content = _unpacked(packed)
    number = start = 0
    while (found := content.find(needle, start)) >= 0:
        number += content.count(_ROW, start, found)
        first = content.rfind(_ROW, 0, found) + 1
        end = content.find(_ROW, found)
        end = len(content) if end < 0 else end
        # A needle may hold the separator of rows itself; what it is found in is no row then.
        if found + len(needle) <= end:
            kind, texts = _line(content[first:end])
            yield number, kind, texts
        start = end + 1
        number += 1


def updated_text(fact: Fact) -> str:
    """The instant of a client's last change, as the order by it compares it."""
    return instant(fact.updated_at)


def _unpacked(packed: bytes) -> str:
    return zlib.decompress(packed).decode()


def _line(line: str) -> tuple[Kind, Texts]:
    return _KINDS[int(line[0])], Texts(*line[1:].split(_UNIT))


def _fact(values: tuple[Any, ...]) -> Fact:
    identifier, kind, version, requests, changed_after = values
    return Fact(_id(identifier), _KINDS[kind], version, requests, changed_after)


def _id(identifier: bytes) -> str:
    digits = identifier.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

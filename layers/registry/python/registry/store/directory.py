"""The directory of a tenant's packs, and the overlay of what changed since they were packed.

Totals are the counts of the directory, and for every entry of the overlay one more of the client's
new kind and one less of the kind that its pack counts it as. See `docs/data-model.md`, "Views".
"""

import json
import zlib
from bisect import bisect_right
from collections.abc import Sequence

from registry.domain.immutable import dataclass, replace
from registry.store.packs import Fact, Kind, Row


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack in the directory.

    Attributes:
        number: names it within its generation.
        first: the lowest id of its range; the next pack's `first` ends the range.
        turn: the turn in which it was last written; with `slot`, which items hold it.
        slot: 0 or 1. A pack is written to the slot that is not in use, and the directory then
            points there, so that nobody reads half of it.
        counts: how many clients of each live kind it has.
        counted: how many clients have a request count other than 0.
    """

    number: int
    first: str
    turn: int
    slot: int
    counts: tuple[int, ...]
    counted: int


@dataclass(frozen=True, slots=True)
class Directory:
    """All packs of a tenant, in the order of their ranges, which cover every id.

    Attributes:
        generation: which run has made the packs; names the items that hold them.
        flips: counts the changes of this directory.
        next_number: the number of the next pack that is added.
        packs: at least one, but for a directory that is being built.
    """

    generation: int
    flips: int
    next_number: int
    packs: tuple[Pack, ...]

    def place_of(self, client_id: str) -> int:
        """The place in `packs` of the pack in whose range an id is."""
        return max(0, bisect_right(self.packs, client_id, key=lambda pack: pack.first) - 1)

    def pack_of(self, client_id: str) -> Pack:
        """The pack in whose range an id is."""
        return self.packs[self.place_of(client_id)]

    @property
    def size(self) -> int:
        """The number of clients in all packs."""
        return sum(sum(pack.counts) for pack in self.packs)

    def base_of(self, client_id: str) -> str:
        """What an overlay entry written now is based on: the pack of its client as it is now."""
        pack = self.pack_of(client_id)
        return f"{self.generation}.{pack.number}.{pack.turn}"

    def replaced(self, number: int, pieces: Sequence[Pack], next_number: int) -> "Directory":
        """The directory with one pack replaced by others, which cover its range."""
        place = next(i for i, pack in enumerate(self.packs) if pack.number == number)
        packs = (*self.packs[:place], *pieces, *self.packs[place + 1 :])
        return replace(self, flips=self.flips + 1, next_number=next_number, packs=packs)


@dataclass(frozen=True, slots=True)
class Entry:
    """A client that changed since its pack was written.

    Attributes:
        row: the client as it is now.
        old: the kind that its pack counts it as; None where the pack does not have it. Not known
            where `base` is of another generation than the directory.
        base: the pack that `old` is from, see `Directory.base_of`; empty where there was none.
    """

    row: Row
    old: Kind | None
    base: str

    @property
    def fact(self) -> Fact:
        """The facts of the client as it is now."""
        return self.row.fact

    def knows_old(self, directory: Directory) -> bool:
        """Whether `old` is what a pack of this directory counts the client as."""
        return self.base.partition(".")[0] == str(directory.generation)


def pack_directory(packs: Sequence[Pack]) -> bytes:
    """The packs of a directory, compressed."""
    rows = [[p.number, p.first, p.turn, p.slot, list(p.counts), p.counted] for p in packs]
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode())


def read_packs(packed: bytes) -> tuple[Pack, ...]:
    """The inverse of `pack_directory`."""
    return tuple(
        Pack(number, first, turn, slot, tuple(counts), counted)
        for number, first, turn, slot, counts, counted in json.loads(zlib.decompress(packed))
    )

"""Comparing views with the clients they are made from, and mending them.

Both are read in the order of ids, side by side, so that memory holds a pack at a time.
"""

import time
from collections.abc import Callable, Iterator, Sequence

from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant
from registry.services.catalogue import Catalogue
from registry.store.directory import Entry
from registry.store.packs import LIVE_KINDS, Kind, Row, gone_row
from registry.store.rows import ClientRows
from registry.store.views import Snapshot, ViewStore

# Views follow within a second. What still differs after these looks does not follow.
_LOOKS = 3
_PAUSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found.

    Attributes:
        packed: whether the tenant has packs; without them lists read the clients' own indexes.
        counted: how many clients of each live kind there are, in the order of `Kind`.
        shown: how many the views count; empty without packs.
        different: the ids of clients that the views have otherwise than they are, or do not have,
            or have without there being any.
    """

    packed: bool
    counted: tuple[int, ...]
    shown: tuple[int, ...]
    different: tuple[str, ...]

    @property
    def clients(self) -> int:
        """How many live clients there are."""
        return sum(self.counted)


class Checking:
    """The check of a tenant's views."""

    def __init__(
        self,
        views: ViewStore,
        rows: ClientRows,
        tenant: Tenant,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Keep what is compared, and how to wait between two looks."""
        self._views = views
        self._rows = rows
        self._tenant = tenant
        self._pause = pause

    def compare(self) -> Comparison:
        """Compare all views of the tenant with its clients.

        Changes go on meanwhile. A client that differs is looked at again until it does not, or
        several seconds have passed.
        """
        snapshot = self._views.snapshot(self._tenant, consistent=True)
        counted = [0] * len(Kind)
        different: list[str] = []
        shown = iter(()) if snapshot is None else self._shown(snapshot)
        for row, view in _joined(self._rows.all(self._tenant), shown):
            if row is not None:
                counted[row.fact.kind] += 1
            if snapshot is not None and row != view:
                different.append(_id(row, view))
        for _ in range(_LOOKS):
            if not different:
                break
            self._pause(_PAUSE_SECONDS)
            different = [each for each in different if self._differs(each)]
        return Comparison(
            packed=snapshot is not None,
            counted=tuple(counted[kind] for kind in LIVE_KINDS),
            shown=() if snapshot is None else self._counts(),
            different=tuple(different),
        )

    def repair(self, client_ids: Sequence[str]) -> None:
        """Have the overlay show clients as they are, whatever the views had."""
        snapshot = self._views.snapshot(self._tenant, consistent=True)
        if snapshot is None:
            return
        directory = snapshot.directory
        for client_id in client_ids:
            packed = self._packed(snapshot, client_id)
            row = self._rows.get(self._tenant, client_id)
            if row is None:
                newest = self._view(snapshot, client_id)
                row = gone_row(client_id, 0 if newest is None else newest.fact.version)
            old = None if packed is None else packed.fact.kind
            entry = Entry(row, old, directory.base_of(client_id))
            self._views.put_entry(self._tenant, entry, again=True)

    def _differs(self, client_id: str) -> bool:
        """Whether the views have a client otherwise than it is, by another look at both."""
        row = self._rows.get(self._tenant, client_id)
        snapshot = self._views.snapshot(self._tenant, consistent=True)
        return snapshot is not None and row != self._view(snapshot, client_id)

    def _counts(self) -> tuple[int, ...]:
        snapshot = self._views.snapshot(self._tenant, consistent=True)
        if snapshot is None:
            return ()
        catalogue = Catalogue(self._views, self._tenant, snapshot)
        return tuple(catalogue.count({kind}) for kind in LIVE_KINDS)

    def _view(self, snapshot: Snapshot, client_id: str) -> Row | None:
        """A client as the views have it."""
        packed = self._packed(snapshot, client_id)
        newer = (entry.row for entry in snapshot.entries if entry.fact.id == client_id)
        row = next(newer, packed)
        if row is not None and packed is not None and packed.fact.version > row.fact.version:
            return packed
        return row

    def _packed(self, snapshot: Snapshot, client_id: str) -> Row | None:
        """A client as its pack has it."""
        pack = snapshot.directory.pack_of(client_id)
        rows = self._views.rows(self._tenant, snapshot.directory, pack)
        return next((row for row in rows if row.fact.id == client_id), None)

    def _shown(self, snapshot: Snapshot) -> Iterator[Row]:
        """The clients as the views have them, in the order of ids."""
        directory = snapshot.directory
        newer: dict[int, list[Row]] = {}
        for entry in snapshot.entries:
            newer.setdefault(directory.place_of(entry.fact.id), []).append(entry.row)
        for place, pack in enumerate(directory.packs):
            rows = {row.fact.id: row for row in self._views.rows(self._tenant, directory, pack)}
            for row in newer.get(place, []):
                packed = rows.get(row.fact.id)
                if packed is None or packed.fact.version <= row.fact.version:
                    rows[row.fact.id] = row
            yield from (rows[client_id] for client_id in sorted(rows))


def _joined(
    clients: Iterator[Row], shown: Iterator[Row]
) -> Iterator[tuple[Row | None, Row | None]]:
    """The rows of both with the same id; None where one has no row."""
    one, other = next(clients, None), next(shown, None)
    while one is not None or other is not None:
        first = min(row.fact.id for row in (one, other) if row is not None)
        mine = one if one is not None and one.fact.id == first else None
        theirs = other if other is not None and other.fact.id == first else None
        yield mine, theirs
        one = next(clients, None) if mine is not None else one
        other = next(shown, None) if theirs is not None else other


def _id(*rows: Row | None) -> str:
    return next(row.fact.id for row in rows if row is not None)

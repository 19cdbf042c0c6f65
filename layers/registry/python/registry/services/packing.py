"""Making packs, and taking the overlay into them.

The directory, the packs it shows and the overlay say the same at every moment: a pack is written
where nobody reads it, and one transaction shows it and removes the overlay entries it has taken in.
See `docs/data-model.md`, "Views".
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import count

from registry.domain.errors import RaceLost
from registry.domain.identifiers import now
from registry.domain.immutable import dataclass, replace
from registry.domain.tenant import Tenant
from registry.store.directory import Directory, Entry, Pack
from registry.store.listing import ALL_IDS
from registry.store.packs import Kind, Row, pack_facts, pack_texts
from registry.store.parallel import side_by_side
from registry.store.rows import ClientRows
from registry.store.views import ENTRIES_PER_FLIP, MOST_BYTES, Build, Moved, ViewStore

# How many clients a pack has at most.
MOST_CLIENTS = 4_000
# From this size on a workspace has packs. A smaller one is searched in two calls without them.
PACKED_FROM = 4_000
# The overlay is read with every list, so it is kept to a hundredth of the clients, within bounds:
# below, packs would be written for a few changes each; above, reading it would take several calls.
_OVERLAY_SHARE = 100
_OVERLAY_LEAST, _OVERLAY_MOST = 400, 3_000
_TURN_SECONDS = 30
_BUILD_SECONDS = 60
_FLIPS_AT_ONCE = 8
_ABANDONED = timedelta(days=1)

Progress = Callable[[int], None]


class Busy(Exception):
    """Somebody else is making packs of the tenant."""


@dataclass(frozen=True, slots=True)
class Packing:
    """Packs of the tenants in one store.

    Attributes:
        views: where they are.
        rows: the clients that they are made from.
        most_clients: how many clients a pack has at most.
        overlay_least: up to this size the overlay is left as it is, unless one pack has much of it.
    """

    views: ViewStore
    rows: ClientRows
    most_clients: int = MOST_CLIENTS
    overlay_least: int = _OVERLAY_LEAST

    def tidy(self, tenant: Tenant) -> int:
        """Take the overlay into packs where it has grown, unless somebody else does.

        Returns:
            How many packs were written.
        """
        turn = self.views.begin_turn(tenant, _TURN_SECONDS)
        if turn is None:
            return 0
        try:
            return self._tidy(tenant, turn)
        except (RaceLost, Moved):
            return 0
        finally:
            self.views.hold_turn(tenant, turn, 0)

    def build(self, tenant: Tenant, progress: Progress = lambda _: None) -> Directory:
        """Make all packs anew from the clients; lists read the old ones until they are whole.

        A build that was interrupted is gone on with.

        Args:
            tenant: whose packs.
            progress: called with the number of clients that are packed.

        Raises:
            Busy: somebody else makes packs of the tenant.
            RaceLost: this run was so slow that another one has begun.
        """
        turn = self.views.begin_turn(tenant, _BUILD_SECONDS)
        if turn is None:
            raise Busy
        try:
            return self._build(tenant, turn, progress)
        finally:
            self._end(tenant, turn)

    def purge(self, tenant: Tenant, client_ids: Sequence[str]) -> None:
        """Remove what packs hold of clients that are no longer live, and held before.

        Their packs are written anew, and what any pack was before it was last written is deleted:
        a client may have been in a pack that was divided since.

        Args:
            tenant: whose packs.
            client_ids: clients that views have followed to the end, so that each is gone in the
                overlay, or in its pack.

        Raises:
            Busy: somebody else makes packs of the tenant, or all of them are being made anew.
            RaceLost: this run was so slow that another one has begun.
        """
        turn = self.views.begin_turn(tenant, _TURN_SECONDS)
        if turn is None:
            raise Busy
        try:
            self._drop_abandoned(tenant, turn)
            self.views.remove_retired(tenant)
            snapshot = self.views.snapshot(tenant, consistent=True)
            if snapshot is None:
                return
            directory, ids = snapshot.directory, set(client_ids)
            gone = [entry for entry in snapshot.entries if entry.fact.id in ids]
            for number, taken in _by_pack(directory, gone).items():
                self.views.hold_turn(tenant, turn, _TURN_SECONDS)
                pack = next(pack for pack in directory.packs if pack.number == number)
                directory = self._repack(tenant, turn, directory, pack, taken)
            self.views.hold_turn(tenant, turn, _TURN_SECONDS)
            self.views.remove_idle(tenant, turn, directory)
        finally:
            self._end(tenant, turn)

    def holding(self, tenant: Tenant, client_ids: Sequence[str]) -> int:
        """How many of these clients are in packs, or in the overlay, with what they are found by.

        Two calls for a tenant with packs, one for a tenant without.
        """
        snapshot = self.views.snapshot(tenant, consistent=True)
        if snapshot is None:
            return 0
        directory, ids = snapshot.directory, set(client_ids)
        held = {
            entry.fact.id
            for entry in snapshot.entries
            if entry.fact.id in ids and entry.fact.kind is not Kind.GONE
        }
        packs = {directory.pack_of(client_id) for client_id in ids}
        facts = self.views.facts(tenant, directory, packs)
        for client_id in ids:
            fact = facts[directory.pack_of(client_id).number].find(client_id)
            if fact is not None and fact.kind is not Kind.GONE:
                held.add(client_id)
        return len(held)

    def _drop_abandoned(self, tenant: Tenant, turn: int) -> None:
        """Forget a generation that nobody goes on with.

        Raises:
            Busy: somebody does.
        """
        build, _ = self.views.directories(tenant)
        if build is None:
            return
        if build.at >= now() - _ABANDONED:
            raise Busy
        self.views.drop_build(tenant, turn, build)

    def settle(self, tenant: Tenant) -> None:
        """Look up what packs count the clients of the overlay as, where an entry does not know."""
        snapshot = self.views.snapshot(tenant, consistent=True)
        if snapshot is None:
            return
        directory = snapshot.directory
        unknown = [entry for entry in snapshot.entries if not entry.knows_old(directory)]
        packs = {directory.pack_of(entry.fact.id) for entry in unknown}
        facts = self.views.facts(tenant, directory, packs)
        for entry in unknown:
            packed = facts[directory.pack_of(entry.fact.id).number].find(entry.fact.id)
            if packed is not None and packed.version >= entry.fact.version:
                self.views.remove_entry(tenant, entry)
            else:
                old = None if packed is None else packed.kind
                base = directory.base_of(entry.fact.id)
                self.views.put_entry(tenant, Entry(entry.row, old, base))

    def _end(self, tenant: Tenant, turn: int) -> None:
        """End a turn, unless it is over."""
        try:
            self.views.hold_turn(tenant, turn, 0)
        except RaceLost:
            return

    def _tidy(self, tenant: Tenant, turn: int) -> int:
        """Write packs while the overlay is too large, the fullest first."""
        build, _ = self.views.directories(tenant)
        if build is not None:
            if build.at < now() - _ABANDONED:
                self.views.drop_build(tenant, turn, build)
                self.views.remove_retired(tenant)
            return 0
        snapshot = self.views.snapshot(tenant, consistent=True)
        if snapshot is None:
            return 0
        directory, overlay = snapshot.directory, _by_pack(snapshot.directory, snapshot.entries)
        for flips in range(_FLIPS_AT_ONCE):
            number = self._fullest(directory, overlay)
            if number is None:
                return flips
            pack = next(pack for pack in directory.packs if pack.number == number)
            entries = overlay.pop(number)
            taken, left = entries[:ENTRIES_PER_FLIP], entries[ENTRIES_PER_FLIP:]
            directory = self._repack(tenant, turn, directory, pack, taken)
            overlay |= _by_pack(directory, left)
        return _FLIPS_AT_ONCE

    def _fullest(self, directory: Directory, overlay: dict[int, list[Entry]]) -> int | None:
        """The pack with most of the overlay, where the overlay is too large."""
        if not overlay:
            return None
        share = directory.size // _OVERLAY_SHARE
        most = min(max(share, self.overlay_least), _OVERLAY_MOST)
        number = max(overlay, key=lambda each: len(overlay[each]))
        total = sum(map(len, overlay.values()))
        return number if total > most or len(overlay[number]) >= ENTRIES_PER_FLIP else None

    def _repack(
        self,
        tenant: Tenant,
        turn: int,
        directory: Directory,
        pack: Pack,
        taken: Sequence[Entry],
    ) -> Directory:
        """Write a pack with what changed, in several pieces where it becomes too large."""
        rows = {row.fact.id: row for row in self.views.rows(tenant, directory, pack)}
        for entry in taken:
            packed = rows.get(entry.fact.id)
            if packed is None or packed.fact.version <= entry.fact.version:
                rows[entry.fact.id] = entry.row
        last = pack.number == directory.packs[-1].number
        ordered = [rows[client_id] for client_id in sorted(rows)]
        numbers = count(directory.next_number)
        pieces: list[Pack] = []
        for piece in self._pieces(ordered, full_first=last):
            if pieces:
                written = Pack(next(numbers), piece[0].fact.id, turn, 0, (), 0)
            else:
                written = replace(pack, turn=turn, slot=1 - pack.slot)
            pieces.append(self.views.write_pack(tenant, directory.generation, written, piece))
        changed = directory.replaced(pack.number, pieces, next(numbers))
        self.views.flip(tenant, turn, changed, taken)
        return changed

    def _pieces(self, rows: Sequence[Row], *, full_first: bool) -> Iterator[Sequence[Row]]:
        """The rows in pieces that fit into a pack each: halves, or full ones and the rest.

        The last pack gets what is new. Halves of it would stay half full for ever.
        """
        if len(rows) <= self.most_clients and _fits(rows):
            yield rows
            return
        middle = len(rows) // 2
        if full_first and len(rows) > self.most_clients:
            middle = self.most_clients
        yield from self._pieces(rows[:middle], full_first=full_first)
        yield from self._pieces(rows[middle:], full_first=full_first)

    def _build(self, tenant: Tenant, turn: int, progress: Progress) -> Directory:
        self.views.remove_retired(tenant)
        build, old = self.views.directories(tenant)
        if build is None:
            build = Build(Directory(turn, 0, 0, ()), "", now())
            self.views.put_build(tenant, turn, build)
        done = build.directory.size
        progress(done)
        rows: list[Row] = []
        for row in self.rows.all(tenant, after=build.after):
            rows.append(row)
            if len(rows) == self.most_clients:
                build = self._add(tenant, turn, build, rows)
                done += len(rows)
                progress(done)
                rows = []
        if rows or not build.directory.packs:
            build = self._add(tenant, turn, build, rows)
            progress(done + len(rows))
        self.views.finish_build(tenant, turn, build.directory, old)
        self.settle(tenant)
        self.views.remove_retired(tenant)
        return build.directory

    def _add(self, tenant: Tenant, turn: int, build: Build, rows: Sequence[Row]) -> Build:
        """Add the packs of rows to a generation that is being made, and write down how far it is.

        The turn is kept with every pack.
        """
        self.views.hold_turn(tenant, turn, _BUILD_SECONDS)
        directory = build.directory
        numbers = count(directory.next_number)
        added: list[Pack] = []
        for piece in self._pieces(rows, full_first=True):
            begun = directory.packs or added
            first = piece[0].fact.id if begun else ALL_IDS[0]
            pack = Pack(next(numbers), first, turn, 0, (), 0)
            added.append(self.views.write_pack(tenant, directory.generation, pack, piece))
        directory = replace(directory, packs=(*directory.packs, *added), next_number=next(numbers))
        after = rows[-1].fact.id if rows else ""
        build = Build(directory, after, now())
        self.views.put_build(tenant, turn, build)
        return build


def write_entries(views: ViewStore, tenant: Tenant, rows: Iterable[Row]) -> list[Row]:
    """Write overlay entries of clients, where neither the overlay nor a pack has them as new.

    Nothing is written for a tenant without packs. Entries are written side by side. When the
    directory has changed meanwhile, what packs count the clients as is looked up again.

    Returns:
        The rows that were not yet in a pack; none for a tenant without packs.
    """
    written: list[Row] = []
    waiting = list(rows)
    seen: tuple[int, int] | None = None
    while waiting:
        build, directory = views.directories(tenant)
        if build is None and directory is None:
            return []
        state = (0, 0) if directory is None else (directory.generation, directory.flips)
        if state == seen:
            break
        seen = state
        try:
            entries = _entries(views, tenant, directory, waiting)
        except Moved:
            seen = None
            continue
        side_by_side(partial(views.put_entry, tenant, entry) for entry in entries)
        written = waiting = [entry.row for entry in entries]
    return written


def _entries(
    views: ViewStore, tenant: Tenant, directory: Directory | None, rows: Sequence[Row]
) -> list[Entry]:
    """The overlay entries of rows that are newer than in their packs."""
    if directory is None:
        return [Entry(row, None, "") for row in rows]
    facts = views.facts(tenant, directory, {directory.pack_of(row.fact.id) for row in rows})
    entries: list[Entry] = []
    for row in rows:
        packed = facts[directory.pack_of(row.fact.id).number].find(row.fact.id)
        if packed is None or packed.version < row.fact.version:
            old = None if packed is None else packed.kind
            entries.append(Entry(row, old, directory.base_of(row.fact.id)))
    return entries


def _by_pack(directory: Directory, entries: Iterable[Entry]) -> dict[int, list[Entry]]:
    """Overlay entries by the number of the pack in whose range they are."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[directory.pack_of(entry.fact.id).number].append(entry)
    return dict(found)


def _fits(rows: Sequence[Row]) -> bool:
    """Whether rows fit into the two items of a pack; a single one always does."""
    if len(rows) <= 1:
        return True
    facts = pack_facts(row.fact for row in rows)
    return len(facts) <= MOST_BYTES and len(pack_texts(rows)) <= MOST_BYTES

"""Lists of clients from views: totals, numbered pages and searches of workspaces that have packs.

What packs say of a client counts unless the overlay has the client, too. See
`docs/data-model.md`, "Views".
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from registry.domain.identifiers import created_at
from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant
from registry.store.directory import Directory, Entry, Pack
from registry.store.listing import IdRange
from registry.store.packs import Fact, Kind, PackedFacts, Texts, find_texts
from registry.store.views import Moved, Snapshot, ViewStore

_ATTEMPTS = 4

Result = TypeVar("Result")
# Whether the texts of a client hold what is searched for.
Matches = Callable[[Texts], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """A client that a search has found."""

    fact: Fact
    texts: Texts

    @property
    def id(self) -> str:
        """The client's id."""
        return self.fact.id

    @property
    def name(self) -> str:
        """Its folded display name."""
        return self.texts.name

    @property
    def archived(self) -> bool:
        """Whether it is archived."""
        return self.fact.kind.archived

    @property
    def created_at(self) -> datetime:
        """When it was created."""
        return created_at(self.fact.id)

    @property
    def updated_at(self) -> datetime:
        """When it was last changed."""
        return self.fact.updated_at


class Catalogue:
    """The clients of a tenant as its views have them at one moment.

    Every method may raise `Moved`: packs were written anew meanwhile. `with_catalogue` then begins
    again with new views.
    """

    def __init__(self, views: ViewStore, tenant: Tenant, snapshot: Snapshot) -> None:
        """Keep the directory and the overlay."""
        self._views = views
        self._tenant = tenant
        self._directory: Directory = snapshot.directory
        self._snapshot = snapshot

    @property
    def size(self) -> int:
        """How many live clients there are."""
        return sum(map(sum, self._counts))

    def count(self, kinds: Collection[Kind]) -> int:
        """How many clients are of one of these kinds. No call."""
        return sum(counts[kind] for counts in self._counts for kind in kinds)

    def page(
        self, kinds: Collection[Kind], first: int, limit: int, *, descending: bool
    ) -> list[str]:
        """The ids of a page in the order of creation.

        One call for every 25 packs that the page has a part of, side by side; as a rule one.

        Args:
            kinds: the kinds of clients that are listed.
            first: how many clients come before the page.
            limit: how many it has at most.
            descending: newest first.
        """
        spans: list[tuple[Pack, int, int]] = []
        passed = 0
        places = range(len(self._directory.packs))
        for place in reversed(places) if descending else places:
            in_pack = sum(self._counts[place][kind] for kind in kinds)
            start, end = max(first - passed, 0), min(first + limit - passed, in_pack)
            if start < end:
                spans.append((self._directory.packs[place], start, end))
            passed += in_pack
        facts = self._facts(pack for pack, _, _ in spans)
        ids: list[str] = []
        for pack, start, end in spans:
            listed = [
                fact.id for fact in self._live(pack, facts[pack.number]) if fact.kind in kinds
            ]
            listed.sort(reverse=descending)
            ids += listed[start:end]
        return ids

    def by_request_count(
        self, kinds: Collection[Kind], first: int, limit: int, *, descending: bool
    ) -> list[str]:
        """The ids of a page in the order of request counts, and of ids where they are equal.

        Where no client has a count this is the order of creation, and costs what `page` costs.
        Otherwise the facts of all packs are read.
        """
        packs = self._directory.packs
        counted = any(pack.counted for pack in packs) or any(
            entry.fact.request_count for entry in self._entries
        )
        if not counted:
            return self.page(kinds, first, limit, descending=descending)
        facts = self._facts(packs)
        listed = [
            (fact.request_count, fact.id)
            for pack in packs
            for fact in self._live(pack, facts[pack.number])
            if fact.kind in kinds
        ]
        listed.sort(reverse=descending)
        return [client_id for _, client_id in listed[first : first + limit]]

    def search(self, needle: str, matches: Matches, kinds: Collection[Kind]) -> list[Found]:
        """The clients that a search finds, in the order of creation, oldest first.

        Reads the texts of all packs, and the facts of those where something is found: one call for
        every 25 packs each, side by side.

        Args:
            needle: a folded text that every client that is found has somewhere in its texts.
            matches: whether the client's texts match.
            kinds: the kinds of clients that are looked for.
        """
        return self._search(self._directory.packs, needle, matches, kinds)

    def scan(
        self,
        needle: str,
        matches: Matches,
        kinds: Collection[Kind],
        ids: IdRange,
        *,
        oldest_first: bool,
    ) -> Iterator[str]:
        """The ids of the clients that a search finds in a range of ids, newest or oldest first.

        It is read as far as the iterator is: one pack at first, then four times as many with each
        step.
        """
        low, high = ids
        places = range(self._directory.place_of(low), self._directory.place_of(high) + 1)
        packs = [self._directory.packs[place] for place in places]
        if not oldest_first:
            packs.reverse()
        start, step = 0, 1
        while start < len(packs):
            found = self._search(packs[start : start + step], needle, matches, kinds)
            in_range = (each.id for each in found if low <= each.id <= high)
            yield from sorted(in_range, reverse=not oldest_first)
            start, step = start + step, step * 4

    def _search(
        self, packs: Sequence[Pack], needle: str, matches: Matches, kinds: Collection[Kind]
    ) -> list[Found]:
        """The clients in the ranges of some packs that a search finds."""
        texts = self._views.texts(self._tenant, self._directory, packs)
        hits: dict[int, list[tuple[int, Texts]]] = {}
        for pack in packs:
            rows = [
                (number, row)
                for number, kind, row in find_texts(texts[pack.number], needle)
                if kind in kinds and matches(row)
            ]
            if rows:
                hits[pack.number] = rows
        facts = self._facts(pack for pack in packs if pack.number in hits)
        found: list[Found] = []
        for pack in packs:
            newer = self._overlay.get(pack.number, {})
            rows = hits.get(pack.number, [])
            in_pack = (Found(facts[pack.number][number], row) for number, row in rows)
            here = [each for each in in_pack if each.fact.id not in newer]
            here += [
                Found(entry.fact, entry.row.texts)
                for entry in newer.values()
                if entry.fact.kind in kinds and matches(entry.row.texts)
            ]
            here.sort(key=lambda each: each.fact.id)
            found += here
        return found

    def _live(self, pack: Pack, facts: PackedFacts) -> Iterator[Fact]:
        """The facts of the clients in the range of a pack, as they are now."""
        newer = self._overlay.get(pack.number, {})
        yield from (fact for fact in facts if fact.id not in newer)
        yield from (entry.fact for entry in newer.values())

    def _facts(self, packs: Iterable[Pack]) -> dict[int, PackedFacts]:
        return self._views.facts(self._tenant, self._directory, packs)

    @cached_property
    def _entries(self) -> list[Entry]:
        """The overlay; where an entry does not know what its pack says, the pack is asked.

        An entry that is older than its pack is left out.
        """
        directory = self._directory
        known = [each for each in self._snapshot.entries if each.knows_old(directory)]
        unknown = [each for each in self._snapshot.entries if not each.knows_old(directory)]
        facts = self._facts({directory.pack_of(entry.fact.id) for entry in unknown})
        for entry in unknown:
            packed = facts[directory.pack_of(entry.fact.id).number].find(entry.fact.id)
            if packed is None or packed.version < entry.fact.version:
                old = None if packed is None else packed.kind
                known.append(Entry(entry.row, old, entry.base))
        return known

    @cached_property
    def _overlay(self) -> dict[int, dict[str, Entry]]:
        """The overlay by the number of a pack, then by the id of a client."""
        found: dict[int, dict[str, Entry]] = defaultdict(dict)
        for entry in self._entries:
            found[self._directory.pack_of(entry.fact.id).number][entry.fact.id] = entry
        return dict(found)

    @cached_property
    def _counts(self) -> list[list[int]]:
        """How many clients of each kind are in the range of each pack, in the order of packs."""
        counts = [[*pack.counts, 0] for pack in self._directory.packs]
        for entry in self._entries:
            in_range = counts[self._directory.place_of(entry.fact.id)]
            in_range[entry.fact.kind] += 1
            if entry.old is not None:
                in_range[entry.old] -= 1
        return [each[: Kind.GONE] for each in counts]


def with_catalogue(
    views: ViewStore, tenant: Tenant, use: Callable[[Catalogue | None], Result]
) -> Result:
    """What `use` makes of the tenant's catalogue; of None for a tenant without packs.

    `use` is called again with a new catalogue where packs were written anew while it read.

    Raises:
        Moved: packs were written anew at every attempt.
    """
    for _ in range(_ATTEMPTS - 1):
        snapshot = views.snapshot(tenant)
        try:
            return use(None if snapshot is None else Catalogue(views, tenant, snapshot))
        except Moved:
            continue
    snapshot = views.snapshot(tenant, consistent=True)
    return use(None if snapshot is None else Catalogue(views, tenant, snapshot))

"""Merge the clients that a move made into those that they surely are: `--match sure`.

The rows are here already when this begins, each as a client of its own. So a row is merged as any
two clients are, in a transaction of their own, and the merge can be undone. The keys, the weights
and the verdicts are those of the function `index`. Of the verdicts only `sure` counts, and what a
person dismissed stays apart.

Rows are taken in their order, and a row is compared with those before it and with who was here
before the move. The journal keeps each row before the next one is looked at, so that a move that
was killed goes on to the same end.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from ops.move.journal import Entry
from ops.move.match_index import Hash, MatchIndex
from registry.domain.change import author_of
from registry.domain.client import Client
from registry.domain.errors import Conflict, NotFound, PreconditionFailed, RaceLost
from registry.domain.identifiers import new_id
from registry.domain.merging import Merge, merge
from registry.domain.moving import Remark
from registry.domain.pair import Level, Reason, Verdict
from registry.matching.features import features_of
from registry.matching.scoring import Scored, scored
from registry.matching.weights import weights_in_force
from registry.services.judging import is_dismissed
from registry.services.merging import Asked, Merging
from registry.services.moving import Meaning, Outcome, Row, Settings
from registry.services.standing import Standing, standings
from registry.store.clients import ClientStore
from registry.store.evidence import EvidenceStore
from registry.store.merges import MergeStore
from registry.store.payment_methods import PaymentMethodStore
from registry.store.sources import SourceStore
from registry.store.verdicts import VerdictStore

# How often a survivor that others change meanwhile is looked at again.
_ATTEMPTS = 4
_AGREE = frozenset({Level.EXACT, Level.CLOSE})
# Streets are compared whichever line they are in.
_STREETS = "address"


class MatchStores(Protocol):
    """The stores that matching needs."""

    @property
    def clients(self) -> ClientStore:
        """Of clients."""

    @property
    def sources(self) -> SourceStore:
        """Of what was moved in."""

    @property
    def evidence(self) -> EvidenceStore:
        """Of ledgers."""

    @property
    def merges(self) -> MergeStore:
        """Of merges."""

    @property
    def methods(self) -> PaymentMethodStore:
        """Of payment methods."""

    @property
    def verdicts(self) -> VerdictStore:
        """Of what persons said about pairs."""


class Matching:
    """The rows of one move."""

    def __init__(
        self,
        settings: Settings,
        meaning: Meaning,
        stores: MatchStores,
        *,
        writing: bool,
        begin: Callable[[], None] = lambda: None,
    ) -> None:
        """Read nothing yet.

        Args:
            settings: of the move.
            meaning: the wire names for the report.
            stores: where clients are.
            writing: whether clients are merged, and not only compared.
            begin: called before each merge, to keep a rate.
        """
        self._settings = settings
        self._wire_names = meaning.wire_names
        self._stores = stores
        self._writing = writing
        self._begin = begin
        self._weights = weights_in_force()
        self._index = MatchIndex()
        self._merging = Merging(
            clients=stores.clients,
            evidence=stores.evidence,
            merges=stores.merges,
            sources=stores.sources,
            methods=stores.methods,
            verdicts=stores.verdicts,
        )

    def close(self) -> None:
        """Give the index's file back."""
        self._index.close()

    def planned(self, client: Client) -> None:
        """Note a client that the move would make, which is not in the table."""
        self._index.put(client)

    def load(self, entries: Iterable[Entry], common: Sequence[Hash] | None) -> list[Hash]:
        """Read the clients of the workspace, and which of them are rows of the move.

        Args:
            entries: the rows of the move.
            common: what an earlier run of the move returned; None for the first one. What counts
                must not change because some rows are merged already.

        Returns:
            The hashes of the values that too many clients have to count.
        """
        for client in self._stores.clients.all(self._settings.tenant):
            self._index.put(client)
        self._index.number_rows(
            (entry.row.client_id, entry.number or 0)
            for entry in entries
            if entry.row.outcome is Outcome.CREATED and entry.row.client_id is not None
        )
        found = self._index.find_common() if common is None else list(common)
        self._index.leave_out(found)
        return found

    def rows(self, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Client | None]]:
        """Match rows, in their order: three calls for 50 of them, and some for each merge.

        Yields:
            Each row as it is now, and the survivor where one was merged. The next one is looked at
            when the iterator reaches it.
        """
        open_ = [entry for entry in entries if _is_open(entry)]
        own = self._own(open_) if self._writing else {}
        for entry in entries:
            if not _is_open(entry):
                yield entry, None
                continue
            row, survivor = self._row(entry, own.get(entry.row.vendor_id or ""))
            yield replace(entry, row=row), survivor

    def _own(self, entries: Sequence[Entry]) -> dict[str, Standing]:
        """The clients of rows, by the vendor's ids."""
        settings = self._settings
        ids = [entry.row.vendor_id for entry in entries if entry.row.vendor_id is not None]
        known = self._stores.sources.known(settings.tenant, settings.contract, ids)
        linked = {
            vendor_id: each.client_id
            for vendor_id, each in known.items()
            if each.client_id is not None
        }
        found = standings(self._stores.clients, settings.tenant, linked.values())
        return {
            vendor_id: found[client_id]
            for vendor_id, client_id in linked.items()
            if client_id in found
        }

    def _row(self, entry: Entry, own: Standing | None) -> tuple[Row, Client | None]:
        row = entry.row
        if not self._writing:
            planned = self._index.get(row.client_id or "")
            return (row, None) if planned is None else self._matched(entry, planned)
        if own is None:
            return row, None
        if own.merged_by_move:
            # A run ended between the merge and the journal.
            merge_id = author_of(own.linked).merge or ""
            made = self._stores.merges.get(self._settings.tenant, merge_id).merge
            return self._after(row, made), made.client
        if own.absorbed or own.client.id != row.client_id:
            return replace(row, client_id=own.client.id), None
        return self._matched(entry, own.client)

    def _matched(self, entry: Entry, client: Client) -> tuple[Row, Client | None]:
        """The row of a client after it was compared, and merged where it surely is another one."""
        row, refused = entry.row, Remark("", "not_merged")
        for candidate in self._sure(client, entry.number or 0):
            try:
                made = self._merged(client, candidate)
            except (Conflict, NotFound, PreconditionFailed, RaceLost):
                row = replace(entry.row, warnings=(*entry.row.warnings, refused))
                continue
            if made is not None:
                self._index.remove(client.id)
                self._index.put(made.client)
                return self._after(entry.row, made), made.client
        return row, None

    def _sure(self, client: Client, row: int) -> list[Client]:
        """The clients that one surely is: the likeliest first, of equal ones the oldest."""
        features = features_of(client)
        common = self._index.common_keys(features)
        found = []
        for candidate in self._index.candidates(features, row):
            result = scored(features_of(candidate), features, self._weights, common)
            if candidate.id != client.id and result.verdict is Verdict.SURE:
                found.append((-result.score, candidate.id, candidate))
        return [candidate for _, _, candidate in sorted(found, key=lambda each: each[:2])]

    def _merged(self, client: Client, into: Client) -> Merge | None:
        """The merge of a client into another one; None where they are not the same after all.

        The index may be old by now, so both are read again before they are merged, and again where
        the survivor changes meanwhile.

        Raises:
            Conflict, NotFound, PreconditionFailed, RaceLost: as `Merging.merge`.
        """
        settings = self._settings
        if not self._writing:
            author = settings.author_now()
            return merge(into, client, author, merge_id=new_id(author.at)).merge
        for attempt in range(_ATTEMPTS):
            survivor = self._survivor(client.id, into.id)
            if survivor is None:
                return None
            self._begin()
            asked = Asked(
                survivor=survivor.id, absorbed=client.id, require=_version(survivor.version)
            )
            try:
                return self._merging.merge(settings.tenant, asked, settings.author_now()).merge
            except PreconditionFailed:
                if attempt == _ATTEMPTS - 1:
                    raise
        return None

    def _survivor(self, client_id: str, into: str) -> Client | None:
        """The client that one is to be merged into, as it is now; None where it must not be."""
        settings = self._settings
        found = standings(self._stores.clients, settings.tenant, (into, client_id))
        if into not in found or client_id not in found:
            return None
        survivor, own = found[into].client, found[client_id].client
        # Another one may have merged either of them meanwhile.
        if own.id != client_id or survivor.id == client_id:
            return None
        if self._scored(survivor, own).verdict is not Verdict.SURE:
            return None
        verdicts = self._stores.verdicts
        return None if is_dismissed(verdicts, settings.tenant, survivor, own) else survivor

    def _after(self, row: Row, made: Merge) -> Row:
        """The row of a client that was merged."""
        return replace(
            row,
            client_id=made.client.id,
            outcome=Outcome.MATCHED,
            version=made.client.version if self._writing else None,
            matched_by=self._agreeing(self._scored(made.survivor, made.absorbed).reasons),
        )

    def _scored(self, one: Client, other: Client) -> Scored:
        features = features_of(other)
        common = self._index.common_keys(features)
        return scored(features_of(one), features, self._weights, common)

    def _agreeing(self, reasons: Iterable[Reason]) -> tuple[str, ...]:
        """The wire names of the fields that speak for a pair."""
        names = (
            self._wire_name(reason.field)
            for reason in reasons
            if reason.level in _AGREE and reason.weight > 0
        )
        return tuple(dict.fromkeys(names))

    def _wire_name(self, field: str) -> str:
        name = "line1" if field == _STREETS else field.removeprefix("address.")
        return self._wire_names.get(name, field)


def _version(wanted: int) -> Callable[[int], None]:
    """The precondition that a client has this version."""

    def require(version: int) -> None:
        if version != wanted:
            raise PreconditionFailed

    return require


def _is_open(entry: Entry) -> bool:
    """Whether a row may still be matched, or its report still lacks by what it was."""
    row = entry.row
    return row.outcome is Outcome.CREATED or (row.outcome is Outcome.MATCHED and not row.matched_by)

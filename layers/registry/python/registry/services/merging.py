"""Merge two clients, and undo it: read, decide, write, and again when another writer was first.

A merge is one transaction on condition of the versions of both clients, so that there is no half of
one, and no change of either is lost. So is an undo. What is decided is in `domain/merging.py`.
"""

from collections.abc import Callable, Collection, Iterator

from registry.domain import deadline
from registry.domain.change import Author, Change
from registry.domain.client import Channel, Client
from registry.domain.errors import Conflict, NotFound, RaceLost, ValueTaken
from registry.domain.idempotency import Idempotency, RecordedResponse, recorded
from registry.domain.identifiers import new_id, now
from registry.domain.immutable import dataclass, replace
from registry.domain.ledger import Evidence
from registry.domain.merging import Merge, Merged, Undone, merge, undo
from registry.domain.pair import Judgement, in_order
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.clients import ClientStore
from registry.store.evidence import EvidenceStore
from registry.store.merges import MergeErased, MergeStore, StoredMerge
from registry.store.payment_methods import PaymentMethodStore
from registry.store.sources import Base, SourceStore
from registry.store.transaction import Write
from registry.store.verdicts import VerdictStore

_ATTEMPTS = 8
_PAUSE_SECONDS = 0.05
# The sources that go back in the transaction of an undo, beside its other items.
# Source: "TransactWriteItems", Amazon DynamoDB API Reference: 100 items a transaction.
_MAX_SOURCES = 60
_ERASED = "A client of this merge was erased; it cannot be undone."

Render = Callable[[Merge], str]
# Takes the version of the survivor; it raises `PreconditionFailed` where the caller wants another.
Require = Callable[[int], None]


def _no_response(_: Merge) -> str:
    """The text of no response, for a caller without HTTP, such as the command line."""
    return ""


def _any_version(_: int) -> None:
    """The precondition of a caller that names no version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Two clients that are to become one.

    Attributes:
        survivor, absorbed: their ids.
        chosen: the fields of which the absorbed client's value counts.
        require: the caller's precondition on the survivor's version.
    """

    survivor: str
    absorbed: str
    chosen: Collection[str] = frozenset()
    require: Require = _any_version


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request to merge, or to undo a merge, ended.

    Attributes:
        merge: the merge; None for a replay.
        body: the text of the response: rendered from the merge, or recorded earlier.
        status: the HTTP status of the response.
        replayed: whether the response was recorded earlier, so that nothing was written.
    """

    merge: Merge | None
    body: str
    status: int
    replayed: bool = False


class Merging:
    """The merges of all tenants' clients."""

    def __init__(  # noqa: PLR0913 - one parameter per store
        self,
        *,
        clients: ClientStore,
        evidence: EvidenceStore,
        merges: MergeStore,
        sources: SourceStore,
        methods: PaymentMethodStore,
        verdicts: VerdictStore,
    ) -> None:
        """Keep the stores."""
        self._clients = clients
        self._evidence = evidence
        self._merges = merges
        self._sources = sources
        self._methods = methods
        self._verdicts = verdicts

    def preview(self, tenant: Tenant, asked: Asked, author: Author) -> Merge:
        """The merge as it would be; nothing is written.

        Raises:
            As `merge`, but for those of the idempotency key.
        """
        pair = (asked.survivor, asked.absorbed)
        (survivor, absorbed), _ = self._clients.pair_for_change(tenant, pair, None)
        return self._decided(tenant, survivor, absorbed, asked, author).merge

    def merge(  # noqa: PLR0913 - one parameter per part of the write
        self,
        tenant: Tenant,
        asked: Asked,
        author: Author,
        *,
        render: Render = _no_response,
        status: int = 201,
        idempotency: Idempotency | None = None,
    ) -> Outcome:
        """Merge a client into another one.

        Args:
            tenant: the tenant of both.
            asked: the two clients.
            author: who merges them.
            render: makes the text of the response.
            status: the HTTP status of the response.
            idempotency: the key under which the response is recorded.

        Raises:
            NotFound: there is no such client.
            PreconditionFailed: the survivor has another version than the caller wants.
            Conflict: these two cannot be merged.
            IdempotencyMismatch: the key had been used for another request.
            RaceLost: another writer was first at every attempt.
        """
        pair = (asked.survivor, asked.absorbed)
        for _ in _attempts():
            (survivor, absorbed), earlier = self._clients.pair_for_change(tenant, pair, idempotency)
            if earlier is None:
                merged = self._decided(tenant, survivor, absorbed, asked, author)
                body = render(merged.merge)
                ids = (survivor.id, absorbed.id, *pair)
                response = recorded(idempotency, status, body, now(), *ids)
                beside = self._beside(tenant, merged)
                try:
                    earlier = self._clients.replace(
                        tenant, survivor, merged.survivor, response, beside
                    )
                except RaceLost:
                    continue
                if earlier is None:
                    return Outcome(merged.merge, body, status)
            return Outcome(None, earlier.body, earlier.status, replayed=True)
        raise RaceLost

    def undo(  # noqa: PLR0913 - one parameter per part of the write
        self,
        tenant: Tenant,
        merge_id: str,
        author: Author,
        *,
        render: Render = _no_response,
        status: int = 200,
        idempotency: Idempotency | None = None,
    ) -> Outcome:
        """Undo the latest merge of a survivor; one that is undone already stays as it is.

        Raises:
            NotFound: there is no such merge.
            Conflict: it is not the latest merge of its survivor, or one of the clients was erased.
            IdempotencyMismatch: the key had been used for another request.
            RaceLost: another writer was first at every attempt.
        """
        reclaiming = True
        for _ in _attempts():
            stored = self._stored(tenant, merge_id)
            present, earlier = self._present(tenant, stored.merge, idempotency)
            if earlier is not None:
                return Outcome(None, earlier.body, earlier.status, replayed=True)
            if present is not None and stored.merge.undone_at is not None:
                return Outcome(stored.merge, render(stored.merge), status)
            try:
                survivor, redirect = self._undoable(tenant, stored.merge, present)
            except RaceLost:
                continue
            undone = undo(
                stored.merge,
                survivor,
                redirect,
                author,
                ledger=self._evidence.of(tenant, survivor.id),
                methods=self._foreign_methods(tenant, stored.merge, survivor),
                reclaiming=reclaiming,
            )
            body = render(undone.merge)
            ids = (survivor.id, redirect.id)
            response = recorded(idempotency, status, body, now(), *ids)
            beside = self._beside_undone(tenant, stored, undone, redirect, author)
            try:
                earlier = self._clients.replace(tenant, survivor, undone.survivor, response, beside)
            except RaceLost:
                continue
            except ValueTaken:
                reclaiming = False
                continue
            if earlier is not None:
                return Outcome(None, earlier.body, earlier.status, replayed=True)
            return Outcome(undone.merge, body, status)
        raise RaceLost

    def _decided(
        self, tenant: Tenant, survivor: Client, absorbed: Client, asked: Asked, author: Author
    ) -> Merged:
        """The merge of two clients as they were read.

        Raises:
            PreconditionFailed, Conflict: as `merge`.
        """
        asked.require(survivor.version)
        merged = merge(
            survivor,
            absorbed,
            author,
            merge_id=new_id(author.at),
            chosen=asked.chosen,
            evidence=self._ledgers(tenant, survivor, absorbed),
        )
        if not items.is_storable(items.client_item(tenant, merged.survivor.client)):
            raise Conflict("The two clients together are larger than a client can be.")
        return merged

    def _ledgers(self, tenant: Tenant, survivor: Client, absorbed: Client) -> Iterator[Evidence]:
        """The evidence of both, and of those that they had absorbed, where there is a consent."""
        pair = (survivor, absorbed)
        if any(client.consents(channel) for client in pair for channel in Channel):
            for client in pair:
                for client_id in (client.id, *client.absorbed):
                    yield from self._evidence.of(tenant, client_id)

    def _beside(self, tenant: Tenant, merged: Merged) -> list[Write]:
        """The writes of a merge beside the survivor's."""
        made = merged.merge
        bases = self._bases(tenant, made.absorbed)
        return [
            *self._clients.writes(tenant, made.absorbed, Change(merged.redirect)),
            *self._merges.put(tenant, StoredMerge(made, bases)),
            *(
                self._clients.redirected(tenant, each, made.survivor.id, made.absorbed.id)
                for each in made.absorbed.absorbed
            ),
        ]

    def _bases(self, tenant: Tenant, absorbed: Client) -> tuple[Base, ...]:
        """What moves compared the absorbed client with, and those that it had absorbed.

        A call for each contract with an id of theirs; one more where it had absorbed some.
        """
        family = [absorbed]
        if absorbed.absorbed:
            family += self._clients.in_any_state(tenant, absorbed.absorbed, consistent=True)
        ids: dict[str, dict[str, None]] = {}
        for client in family:
            for contract, vendor_id in client.ids.items():
                ids.setdefault(contract, {})[vendor_id] = None
        return tuple(
            Base(contract, vendor_id, known.source)
            for contract, vendor_ids in ids.items()
            for vendor_id, known in self._sources.known(tenant, contract, list(vendor_ids)).items()
            if known.source is not None
        )

    def _stored(self, tenant: Tenant, merge_id: str) -> StoredMerge:
        """A merge that is to be undone.

        Raises:
            NotFound: there is none with this id.
            Conflict: one of its clients was erased.
        """
        try:
            return self._merges.get(tenant, merge_id)
        except MergeErased as error:
            raise Conflict(_ERASED) from error

    def _present(
        self, tenant: Tenant, made: Merge, idempotency: Idempotency | None
    ) -> tuple[tuple[Client, Client] | None, RecordedResponse | None]:
        """The two clients of a merge, None once one is erased; and the recorded response."""
        pair = (made.survivor.id, made.absorbed.id)
        try:
            return self._clients.pair_for_change(tenant, pair, idempotency)
        except NotFound:
            return None, None

    def _undoable(
        self, tenant: Tenant, made: Merge, present: tuple[Client, Client] | None
    ) -> tuple[Client, Client]:
        """The two clients of a merge that can be undone: the survivor, and its redirect.

        Raises:
            Conflict: with the reason, where it cannot be.
            RaceLost: it was undone since it was read.
        """
        if present is None:
            raise Conflict(_ERASED)
        took_part = self._merges.of_client(tenant, made.survivor.id)
        latest = next((each.merge_id for each in took_part if not each.undone), made.id)
        if latest != made.id:
            raise Conflict(
                f"The client took part in a later merge, {latest}, which has to be undone first."
            )
        survivor, redirect = present
        if not survivor.live or redirect.absorbed_into != survivor.id:
            raise RaceLost
        return survivor, redirect

    def _foreign_methods(self, tenant: Tenant, made: Merge, survivor: Client) -> Collection[str]:
        """The payment methods that a survivor has from a merge, where its default may be one."""
        default = survivor.default_payment_method_id
        if default is None or default == made.survivor.default_payment_method_id:
            return ()
        return {method.id for owner in made.family for method in self._methods.of(tenant, owner)}

    def _beside_undone(
        self,
        tenant: Tenant,
        stored: StoredMerge,
        undone: Undone,
        redirect: Client,
        author: Author,
    ) -> list[Write]:
        """The writes of an undo beside the survivor's."""
        made = stored.merge
        writes = [
            *self._clients.writes(tenant, redirect, undone.absorbed),
            *self._merges.undo(tenant, StoredMerge(undone.merge, stored.bases)),
            *self._verdicts.writes(tenant, _dismissal(undone.merge, author)),
            *(
                self._clients.redirected(tenant, each, made.absorbed.id, made.survivor.id)
                for each in made.absorbed.absorbed
            ),
        ]
        sources = self._sources_back(tenant, stored, undone.absorbed.client)
        if len(sources) > _MAX_SOURCES:
            raise Conflict("Too many moved clients were merged; finish their moves first.")
        return writes + sources

    def _sources_back(self, tenant: Tenant, stored: StoredMerge, back: Client) -> list[Write]:
        """The writes that set sources back; those that `registry move finish` deleted stay so.

        A client that nobody had changed since its move has not been changed by the undo either.
        """
        ids: dict[str, list[str]] = {}
        for base in stored.bases:
            ids.setdefault(base.contract, []).append(base.vendor_id)
        present = {
            (contract, vendor_id): known.source
            for contract, vendor_ids in ids.items()
            for vendor_id, known in self._sources.known(tenant, contract, vendor_ids).items()
        }
        writes = []
        for base in stored.bases:
            source = present.get((base.contract, base.vendor_id))
            if source is None:
                continue
            version = base.source.version
            if version == stored.merge.absorbed.version:
                version = back.version
            after = replace(base.source, version=version, revision=source.revision + 1)
            writes.append(self._sources.write(tenant, base.contract, base.vendor_id, after))
        return writes


def _dismissal(undone: Merge, author: Author) -> Judgement:
    """The judgement that the two clients of a merge that was undone are two."""
    return Judgement(
        clients=in_order(undone.survivor.id, undone.absorbed.id),
        dismissed=True,
        by=author.credential_id or author.operator or "",
        at=undone.client.updated_at,
    )


def _attempts() -> Iterator[int]:
    """One attempt after the other, with random pauses that grow between them."""
    for attempt in range(_ATTEMPTS):
        if attempt:
            deadline.pause(_PAUSE_SECONDS * 2**attempt)
        yield attempt

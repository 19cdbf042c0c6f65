"""Move clients in from a vendor: plan each row, then write its link, its client and its source.

The link is written first, if there is none, and the client id in it counts. Then comes the client,
in one conditional put, or in one transaction where it claims an external id or brings evidence of
consent. Then comes the source, on condition of the one that the row was planned from. A move that
is killed between two of these writes and run again finds what is there, makes nobody twice, and
goes on.

What a vendor's object means is a function that the caller brings; no wire name is known here but
those in the remarks of a report, for which the caller brings a table.

See `docs/moving-in.md`.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from registry.domain.change import Author, Change, archive, move_in
from registry.domain.client import Client
from registry.domain.errors import Conflict, RaceLost, Unavailable, ValueTaken
from registry.domain.identifiers import created_at, now
from registry.domain.immutable import dataclass, replace
from registry.domain.moving import Facts, Refused, Remark, VendorClient
from registry.domain.tenant import Tenant
from registry.domain.three_way import OnConflict, Settlement, facts_of, settle, taken_in
from registry.domain.vendor_id import client_id_for
from registry.services.standing import (
    NOTIFYING_REQUEST,
    REQUEST,
    Standing,
    standings,
    was_moved,
)
from registry.store import items
from registry.store.clients import ClientStore
from registry.store.links import LinkStore
from registry.store.sources import Known, Source, SourceStore

_ATTEMPTS = 8
_LONGEST_PAUSE_SECONDS = 10.0


Result = TypeVar("Result")


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    MATCHED = "matched"
    CONFLICT = "conflict"
    GONE = "gone"
    REFUSED = "refused"


_WRITTEN = frozenset({Outcome.CREATED, Outcome.UPDATED, Outcome.MATCHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of a row of a vendor's, or what would.

    Attributes:
        vendor_id: the vendor's id; None for an object without one.
        client_id: the registry's id, after a merge the survivor's; None where there is no client.
        outcome: what became of it.
        matched_by: the wire names of the fields in which a matched row agrees with the client that
            it was merged into.
        version: of the client, where it was written.
        warnings, errors: what there is to say about it.
    """

    vendor_id: str | None
    client_id: str | None = None
    version: int | None = None
    outcome: Outcome
    matched_by: tuple[str, ...] = ()
    warnings: tuple[Remark, ...] = ()
    errors: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What the objects of a vendor mean, from the contract's `vendor` module.

    Attributes:
        read: the client in an object; it raises `Refused`.
        wire_names: of the record's names.
        units: the record's names that are compared together.
    """

    read: Callable[[object], VendorClient]
    wire_names: Mapping[str, str]
    units: Sequence[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one move is about.

    Attributes:
        tenant: whose clients they become.
        contract: the vendor's.
        key: the workspace's key for ids.
        job: the id of the move.
        first_at: when the first move from this vendor began: the creation of clients without one.
        author: who runs it; the instant is set anew for each change.
        on_conflict: who wins a conflict; None leaves it open.
        notify: whether webhooks are to send the changes.
        patience: how many seconds DynamoDB may refuse a write before the move stops.
    """

    tenant: Tenant
    contract: str
    key: bytes = field(repr=False)
    job: str
    first_at: datetime
    author: Author
    on_conflict: OnConflict | None = None
    notify: bool = False
    patience: float = 600.0

    def author_now(self) -> Author:
        """Who makes a change of this move at this moment."""
        return replace(self.named_author, at=now())

    @property
    def named_author(self) -> Author:
        """The author with what tells webhooks whether to send the changes."""
        return replace(self.author, request_id=NOTIFYING_REQUEST if self.notify else REQUEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What to write for a row.

    Attributes:
        row: what becomes of it.
        vendor: the object, to plan it again after a lost race.
        link: the id to link, where there is no link.
        before, change: the client as it was read, and after; no change for None.
        source: the source to write; None where it stays.
    """

    row: Row
    vendor: VendorClient | None = None
    link: str | None = None
    before: Client | None = None
    change: Change | None = None
    source: Source | None = None

    @property
    def writes(self) -> bool:
        """Whether anything is to be written."""
        return self.change is not None or self.source is not None


class Moving:
    """The rows of one move."""

    def __init__(
        self,
        settings: Settings,
        meaning: Meaning,
        clients: ClientStore,
        links: LinkStore,
        sources: SourceStore,
    ) -> None:
        """Keep the stores; nothing is read yet."""
        self._settings = settings
        self._meaning = meaning
        self._clients = clients
        self._links = links
        self._sources = sources

    def plan(self, objects: Iterable[VendorClient | Row]) -> "list[_Plan]":
        """Plan rows: three calls for 50 of them, and no writes.

        One call more where some are new, and one where some clients were absorbed. What a vendor
        changed of an absorbed client comes into the one that absorbed it.

        Args:
            objects: clients, no two with the same id, and rows that are refused already.
        """
        objects = list(objects)
        vendors = [each for each in objects if isinstance(each, VendorClient)]
        tenant = self._settings.tenant
        known = self._sources.known(
            tenant, self._settings.contract, [vendor.vendor_id for vendor in vendors]
        )
        linked = {vendor_id for vendor_id, kept in known.items() if kept.client_id is not None}
        new = [each.vendor_id for each in vendors if each.vendor_id not in linked]
        erased = self._links.erased(tenant, self._settings.contract, new, self._settings.key)
        ids = [kept.client_id for kept in known.values() if kept.client_id is not None]
        found = standings(self._clients, tenant, ids)
        return [
            _Plan(row=each)
            if isinstance(each, Row)
            else _refused(each, None, Remark("id", "erased"))
            if each.vendor_id in erased
            else self._plan_one(each, known.get(each.vendor_id, Known()), found)
            for each in objects
        ]

    def read(self, value: object) -> VendorClient | Row:
        """The client in a vendor's object, or the row of one that is refused."""
        try:
            return self._meaning.read(value)
        except Refused as refused:
            return Row(vendor_id=refused.vendor_id, outcome=Outcome.REFUSED, errors=refused.errors)

    def id_of(self, client: VendorClient) -> str:
        """The vendor's id of a client."""
        return client.vendor_id

    def write(
        self, plans: "Sequence[_Plan]", executor: Executor, begin: Callable[[], None]
    ) -> list[Row]:
        """Carry plans out, in parallel.

        Args:
            plans: of rows with different ids.
            executor: the threads.
            begin: called before the writes of each row, to keep a rate.

        Raises:
            Unavailable: DynamoDB refused a write for longer than the patience of the move.
        """

        def one(plan: _Plan) -> Row:
            if not plan.writes:
                return plan.row
            begin()
            return self.patiently(lambda: self._carry_out(plan))

        return list(executor.map(one, plans))

    def patiently(self, act: Callable[[], Result]) -> Result:
        """The result of an act that DynamoDB may refuse for a while.

        Raises:
            Unavailable: for too long a while.
        """
        pause, waited = 0.5, 0.0
        while True:
            try:
                return act()
            except Unavailable:
                if waited + pause > self._settings.patience:
                    raise
            time.sleep(pause)
            waited += pause
            pause = min(_LONGEST_PAUSE_SECONDS, pause * 2)

    def gone(self, vendor_id: str, *, archiving: bool, writing: bool) -> Row:
        """The row of a client that the vendor does not have any more.

        Args:
            vendor_id: of a client that was moved in.
            archiving: whether it is archived here.
            writing: whether that is done, and not only planned.
        """
        settings = self._settings
        for _ in range(_ATTEMPTS):
            kept = self._known(vendor_id)
            row = Row(vendor_id=vendor_id, client_id=kept.client_id, outcome=Outcome.GONE)
            if kept.client_id is None:
                return row
            found = standings(self._clients, settings.tenant, [kept.client_id]).get(kept.client_id)
            if found is None:
                return row
            client, row = found.client, replace(row, client_id=found.client.id)
            # Whoever tidies up a duplicate at the vendor must not switch off the client.
            alias = found.is_alias(settings.contract, vendor_id)
            if not archiving or not writing or client.archived or alias:
                return row
            change = archive(client, settings.author_now())
            try:
                self._clients.replace(settings.tenant, client, change)
                if kept.source is not None:
                    facts = {**kept.source.facts, "archived": True}
                    self._put(vendor_id, kept.source, change.client, facts, Outcome.UPDATED)
            except RaceLost:
                continue
            return row
        raise RaceLost

    def _known(self, vendor_id: str) -> Known:
        settings = self._settings
        found = self._sources.known(settings.tenant, settings.contract, [vendor_id])
        return found.get(vendor_id, Known())

    def _carry_out(self, plan: _Plan) -> Row:
        """Write a plan; plan it anew from what another writer left, as often as one is first."""
        for _ in range(_ATTEMPTS):
            try:
                self._write_one(plan)
            except (RaceLost, ValueTaken) as error:
                assert plan.vendor is not None  # noqa: S101 - only plans of clients write
                vendor = plan.vendor
                if isinstance(error, ValueTaken):
                    warning = Remark(self._wire_name("external_id"), "external_id_taken")
                    vendor = replace(
                        vendor,
                        claims_external_id=False,
                        warnings=(*vendor.warnings, warning),
                    )
                (plan,) = self.plan([vendor])
                if not plan.writes:
                    return plan.row
            else:
                written = plan.change.client.version if plan.change is not None else None
                return replace(plan.row, version=written)
        # Only a client that was erased, or absorbed by another one, is in the way of a new one and
        # is never read.
        return replace(plan.row, outcome=Outcome.REFUSED, errors=(Remark("id", "not_live"),))

    def _write_one(self, plan: _Plan) -> None:
        """The writes of a row, in their order.

        Raises:
            RaceLost: another writer was first; what was written so far is found when it is planned
                again.
            ValueTaken: another client has claimed the external id.
        """
        settings = self._settings
        vendor_id = plan.row.vendor_id or ""
        if plan.link is not None:
            linked = self._links.link(settings.tenant, settings.contract, vendor_id, plan.link)
            if linked != plan.link:
                raise RaceLost
        if plan.change is not None:
            if plan.before is None:
                self._clients.create(settings.tenant, plan.change)
            else:
                self._clients.replace(settings.tenant, plan.before, plan.change)
        if plan.source is not None:
            self._sources.put(settings.tenant, settings.contract, vendor_id, plan.source)

    def _plan_one(self, vendor: VendorClient, known: Known, found: Mapping[str, Standing]) -> _Plan:
        standing = found.get(known.client_id or "")
        if standing is None:
            if known.source is not None:
                return _refused(vendor, known.client_id, Remark("id", "not_live"))
            return self._plan_new(vendor, known.client_id)
        return self._plan_known(vendor, known.source, standing)

    def _plan_new(self, vendor: VendorClient, linked: str | None) -> _Plan:
        """The plan of a client that is not here; it may be linked already, by a run that ended."""
        settings = self._settings
        at = vendor.created_at or settings.first_at
        client_id = linked or client_id_for(settings.key, settings.contract, vendor.vendor_id, at)
        client = vendor.as_client(client_id, created_at(client_id))
        client = replace(client, ids={settings.contract: vendor.vendor_id})
        change = move_in(client, settings.author_now())
        if not items.is_storable(items.client_item(settings.tenant, change.client)):
            return _refused(vendor, None, Remark("", "object_too_large"))
        row = _row(vendor, client_id, Outcome.CREATED)
        return _Plan(
            row=row,
            vendor=vendor,
            link=None if linked else client_id,
            change=change,
            source=Source(
                client_id=client_id,
                version=1,
                job=settings.job,
                outcome=row.outcome,
                facts=vendor.facts,
            ),
        )

    def _plan_known(self, vendor: VendorClient, source: Source | None, standing: Standing) -> _Plan:
        """The plan of a client that is here."""
        theirs, client = vendor.facts, standing.client
        # A run ended between the client and its source: what it wrote is what was moved in.
        base = facts_of(standing.linked, list(theirs)) if standing.as_moved_in else {}
        touched = standing.is_touched(source)
        settled = settle(
            source.facts if source is not None else base,
            theirs,
            client,
            self._meaning.units,
            self._settings.on_conflict,
        )
        if standing.is_alias(self._settings.contract, vendor.vendor_id) and settled.taken.get(
            "archived"
        ):
            # Whoever tidies up a duplicate at the vendor must not switch off the client.
            del settled.taken["archived"]
            remark = Remark(self._wire_name("archived"), "archived_duplicate")
            vendor = replace(vendor, warnings=(*vendor.warnings, remark))
        author = self._settings.author_now()
        try:
            change = taken_in(client, settled, vendor, author, untouched=not touched)
        except Conflict:
            settled.conflicts += [name for name in settled.taken if name.endswith("_consent")]
            change = Change(client)
        return self._planned(vendor, source, standing, settled, change, touched=touched)

    def _planned(  # noqa: PLR0913 - the parts of a comparison
        self,
        vendor: VendorClient,
        source: Source | None,
        standing: Standing,
        settled: Settlement,
        change: Change,
        *,
        touched: bool,
    ) -> _Plan:
        """The plan that follows from a comparison."""
        settings, client = self._settings, standing.client
        changed = change.client != client
        if changed and not items.is_storable(items.client_item(settings.tenant, change.client)):
            return _refused(vendor, client.id, Remark("", "object_too_large"))
        row = _row(
            vendor,
            client.id,
            self._outcome(source, standing, settled, changed=changed),
            tuple(Remark(self._wire_name(name), "conflict") for name in settled.conflicts),
        )
        if self._unclaimed(vendor, change.client) and not standing.linked.claims_external_id:
            taken = Remark(self._wire_name("external_id"), "external_id_taken")
            row = replace(row, warnings=(*row.warnings, taken))
        after = Source(
            client_id=standing.linked.id,
            version=change.client.version,
            touched=touched,
            job=settings.job,
            outcome=row.outcome,
            facts=settled.base,
            revision=source.revision + 1 if source is not None else 1,
        )
        # That a client was touched is seen again from an older source as well.
        same = (
            source is not None
            and not changed
            and source.facts == after.facts
            and (touched or (source.touched, source.version) == (touched, after.version))
        )
        return _Plan(
            row=row,
            vendor=vendor,
            before=client,
            change=change if changed else None,
            source=None if same else after,
        )

    def _outcome(
        self, source: Source | None, standing: Standing, settled: Settlement, *, changed: bool
    ) -> Outcome:
        """What becomes of a client that is here, in the whole of this move."""
        if settled.conflicts:
            return Outcome.CONFLICT
        if source is None:
            return Outcome.CREATED
        if source.job == self._settings.job and source.outcome in _WRITTEN:
            # A run ended between the merge and the source.
            merged = source.outcome == Outcome.CREATED and standing.merged_by_move
            return Outcome.MATCHED if merged else Outcome(source.outcome)
        # A run ended between the changed client and its source.
        client = standing.client
        ended = source.version + 1 == client.version and was_moved(client)
        updated = changed or (ended and not standing.absorbed)
        return Outcome.UPDATED if updated else Outcome.UNCHANGED

    def _unclaimed(self, vendor: VendorClient, client: Client) -> bool:
        """Whether the client has the vendor's external id without its claim."""
        return (
            vendor.claims_external_id
            and not client.claims_external_id
            and client.external_id == vendor.fields.get("external_id")
        )

    def _put(
        self, vendor_id: str, source: Source, client: Client, facts: Facts, outcome: Outcome
    ) -> None:
        """Write a source over an earlier one, after a change of the client by this move."""
        settings = self._settings
        after = replace(
            source,
            version=client.version,
            touched=True,
            job=settings.job,
            outcome=outcome,
            facts=facts,
            revision=source.revision + 1,
        )
        self._sources.put(settings.tenant, settings.contract, vendor_id, after)

    def _wire_name(self, name: str) -> str:
        return self._meaning.wire_names.get(name, name)


def _row(
    vendor: VendorClient,
    client_id: str | None,
    outcome: Outcome,
    errors: tuple[Remark, ...] = (),
) -> Row:
    return Row(
        vendor_id=vendor.vendor_id,
        client_id=client_id,
        outcome=outcome,
        warnings=vendor.warnings,
        errors=errors,
    )


def _refused(vendor: VendorClient, client_id: str | None, error: Remark) -> _Plan:
    return _Plan(row=_row(vendor, client_id, Outcome.REFUSED, (error,)))

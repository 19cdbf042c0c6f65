"""One move, from the first row to the last: what `registry move pull` and `import` carry out.

The phases are the list (or the file), the ids that the operator names beside it, the clients that
the list does not have any more, and what belongs to the clients. The journal keeps phase and place,
so that a move that was killed goes on there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from ops.move import results
from ops.move.documents import render
from ops.move.feed import Batch, Feed, ahead
from ops.move.journal import Entry, Journal, journal_path, key_of, place
from ops.move.lease import Lease, LeaseLost
from ops.move.match_index import Hash
from ops.move.matching import Matching
from ops.move.meaning import read_payment_method, read_user
from ops.move.rate import RATE, Rate
from ops.move.results import Answer
from ops.move.timing import Timing
from ops.move.vendor import PatienceExhausted, Vendor
from registry.domain.errors import Unavailable
from registry.domain.identifiers import new_id
from registry.domain.moving import Refused, Remark, VendorClient
from registry.domain.tenant import Tenant
from registry.domain.workspace import Contract
from registry.services.moving import Meaning, Moving, Outcome, Row, Settings
from registry.services.moving_parts import Parts
from registry.services.stream_lag import StreamLag
from registry.store.clients import ClientStore
from registry.store.events import EventStore
from registry.store.evidence import EvidenceStore
from registry.store.links import LinkStore
from registry.store.merges import MergeStore
from registry.store.moves import Move, MoveStore
from registry.store.payment_methods import PaymentMethodStore
from registry.store.sources import SourceStore
from registry.store.users import UserStore
from registry.store.verdicts import VerdictStore

Read = TypeVar("Read")

THREADS = 16
_AT_ONCE = 100
_LAG_PAUSE_SECONDS = 2.0
_PHASES = ("list", "also", "gone", "parts", "match", "done")


class Finished(Exception):
    """The moves from this vendor were closed with `registry move finish`."""


class Stopped(Exception):
    """The move stops, and the same command goes on; the message is a sentence."""


def has_parts(contract: Contract) -> bool:
    """Whether a vendor's clients have users and payment methods."""
    return contract is Contract.ALTERNATIVE_PAYMENTS


class Progress(Protocol):
    """Who is told how far a move is."""

    def rows(self, done: int, total: int | None) -> None:
        """So many rows are done, of so many where that is known."""

    def say(self, sentence: str) -> None:
        """Something that takes a while."""


class Mover(Protocol):
    """What plans and writes rows: `Moving`, or `MovingRecords`."""

    def read(self, value: object) -> Any:  # noqa: ANN401 - the mover's own, or a refused row
        """What an object is, or the row of one that is refused."""

    def id_of(self, read: Any) -> str:  # noqa: ANN401 - what `read` returned
        """By what it is known again."""

    def plan(self, objects: Iterable[Any]) -> Sequence[Any]:
        """Plans, each with the `row` that becomes of it."""

    def write(
        self, plans: Sequence[Any], executor: Executor, begin: Callable[[], None]
    ) -> list[Row]:
        """Carry plans out."""


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores of a deployment."""

    clients: ClientStore
    links: LinkStore
    sources: SourceStore
    moves: MoveStore
    events: EventStore
    users: UserStore
    methods: PaymentMethodStore
    evidence: EvidenceStore
    merges: MergeStore
    verdicts: VerdictStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a command asks for.

    Attributes:
        settings: whose clients, and how; the id of the move is set when it begins.
        meaning: what the vendor's objects mean.
        what: by which a repeated command is known.
        feed: the rows.
        vendor: the API, for ids that are fetched one by one; None for a file.
        also: ids to fetch beside the list.
        archive_gone: whether clients that are gone at the vendor are archived here.
        parts: which of `users` and `payment-methods` come along.
        match: whether clients that the move makes are merged into those that they surely are.
        dry_run: whether nothing is written.
        rate: how many clients a second are written at most.
        threads: how many of them at once.
        mover: what plans and writes the rows; None for a vendor's clients.
        report, ids: files to write.
    """

    settings: Settings
    meaning: Meaning
    what: str
    feed: Feed
    vendor: Vendor | None = None
    also: Sequence[str] = ()
    archive_gone: bool = False
    parts: frozenset[str] = frozenset()
    match: bool = False
    dry_run: bool = False
    rate: float = RATE
    threads: int = THREADS
    mover: Mover | None = None
    report: Path | None = None
    ids: Path | None = None


@dataclass(slots=True)
class _Run:
    """A run of a move, and all that it needs."""

    task: Task
    stores: Stores
    journal: Journal
    mover: Mover
    moving: Moving
    parts: Parts
    executor: Executor
    rate: Rate
    lag: StreamLag
    timing: Timing
    progress: Progress
    check: Callable[[], None]
    matching: Matching | None = None
    total: int | None = None
    done: int = 0

    def carry_out(self) -> None:
        """Go through the phases that are not done."""
        reached = self.journal.note("phase") or _PHASES[0]
        for phase in _PHASES[_PHASES.index(str(reached)) : -1]:
            getattr(self, f"_{phase}")()
            following = _PHASES[_PHASES.index(phase) + 1]
            self.journal.keep([], {"phase": following, "place": None})

    def _list(self) -> None:
        state = place(self.journal.note("place"))
        self.done = results.counts(self.journal)["rows"]
        self.progress.rows(self.done, None)
        with closing(ahead(lambda: self.task.feed.batches(state))) as batches:
            for batch in batches:
                self._take(batch)

    def _take(self, batch: Batch) -> None:
        """Bring a batch in; then the place behind it counts."""
        self.total = batch.total or self.total
        entries = self._bring_in(batch.objects, archived=self._listed_are_archived)
        self.journal.keep(entries, {"place": batch.state})
        self.done += len(entries)
        self.progress.rows(self.done, self.total)

    @property
    def _listed_are_archived(self) -> bool | None:
        """What the list says of those on it, where the objects do not say it."""
        return None if self.task.vendor is None else False

    def _bring_in(self, objects: Iterable[object], *, archived: bool | None) -> list[Entry]:
        """Plan and write rows; the last one of those with the same id counts."""
        self.check()
        self._wait_for_stream()
        keyed: dict[str, Any] = {}
        for value in objects:
            read = value if isinstance(value, Row) else self.mover.read(value)
            if isinstance(read, VendorClient) and read.archived is None:
                read = replace(read, archived=archived)
            if isinstance(read, Row):
                text = repr(value) if isinstance(value, Row) else render(value)
                keyed[key_of(read, text)] = read
            else:
                keyed[f"id {self.mover.id_of(read)}"] = read
        plans = self.mover.plan(keyed.values())
        if self.task.dry_run:
            rows = [plan.row for plan in plans]
            self._note_planned(plans)
        else:
            rows = self.mover.write(plans, self.executor, self.rate.take)
        for row in rows:
            if row.version is not None and row.client_id is not None:
                self.lag.wrote(row.client_id, row.version)
        return [Entry(key, row) for key, row in zip(keyed, rows, strict=True)]

    def _note_planned(self, plans: Sequence[Any]) -> None:
        """Let matching know the clients that are not made, since nothing is written."""
        if self.matching is None:
            return
        for plan in plans:
            if plan.row.outcome is Outcome.CREATED and plan.change is not None:
                self.matching.planned(plan.change.client)

    def _also(self) -> None:
        """Fetch the ids that the operator names, which no list may have."""
        for ids in _chunks(one for one in self.task.also if not self.journal.has(f"id {one}")):
            entries: list[Entry] = []
            found: list[object] = []
            for vendor_id in ids:
                value = self._fetch(vendor_id)
                if value is not None:
                    found.append(value)
                else:
                    entries.append(Entry(f"id {vendor_id}", self._absent(vendor_id)))
            self.journal.keep([*entries, *self._bring_in(found, archived=True)], {})

    def _absent(self, vendor_id: str) -> Row:
        """The row of an id that the vendor does not have."""
        row = self._gone_row(vendor_id)
        if row.client_id is not None:
            return row
        errors = (Remark("id", "not_found"),)
        return Row(vendor_id=vendor_id, outcome=Outcome.REFUSED, errors=errors)

    def _gone(self) -> None:
        """Ask for the clients that were moved in before and are not on the list."""
        if self.task.vendor is None:
            return
        settings = self.task.settings
        links = self.stores.links.all(settings.tenant, settings.contract)
        for ids in _chunks(one for one, _ in links if not self.journal.has(f"id {one}")):
            entries: list[Entry] = []
            found: list[object] = []
            for vendor_id in ids:
                self.check()
                value = self._fetch(vendor_id)
                if value is not None:
                    found.append(value)
                else:
                    entries.append(Entry(f"id {vendor_id}", self._gone_row(vendor_id)))
            self.journal.keep([*entries, *self._bring_in(found, archived=True)], {})

    def _gone_row(self, vendor_id: str) -> Row:
        return self.moving.patiently(
            lambda: self.moving.gone(
                vendor_id, archiving=self.task.archive_gone, writing=not self.task.dry_run
            )
        )

    def _fetch(self, vendor_id: str) -> object | None:
        return self.task.vendor.fetch(vendor_id) if self.task.vendor is not None else None

    def _parts(self) -> None:
        """Bring in the users and payment methods of each client that is here."""
        vendor = self.task.vendor
        if vendor is None or not self.task.parts:
            return
        note = place(self.journal.note("place")) or {}
        for entry in self.journal.entries(int(str(note.get("number", 0)))):
            self.check()
            row = entry.row
            if row.client_id is None or row.vendor_id is None or row.outcome is Outcome.REFUSED:
                continue
            after = self._with_parts(vendor, row, self._owner(row), row.vendor_id)
            self.journal.keep([replace(entry, row=after)], {"place": {"number": entry.number}})
            self.progress.say(f"Users and payment methods: {entry.number} of {self.done}.")

    def _owner(self, row: Row) -> str:
        """The client that keeps what belongs to a row's: the linked one, also when it is merged.

        Users and payment methods of an absorbed client are the survivor's, and stay where they are,
        so that they go with it when the merge is undone.
        """
        settings = self.task.settings
        if self.task.dry_run and row.outcome is Outcome.CREATED:
            return row.client_id or ""
        vendor_id = row.vendor_id or ""
        return self.stores.links.client_of(settings.tenant, settings.contract, vendor_id)

    def _is_there(self, vendor: Vendor, client_id: str, vendor_id: str) -> bool:
        """Whether a client without users and methods is at the vendor at all."""
        return not self.parts.has_any(client_id) or vendor.fetch(vendor_id) is not None

    def _with_parts(self, vendor: Vendor, row: Row, client_id: str, vendor_id: str) -> Row:
        """A row after what belongs to its client was brought in."""
        writing = not self.task.dry_run
        if not writing and row.outcome is Outcome.CREATED:
            return row
        differs: list[bool] = []
        remarks: list[Remark] = list(row.warnings)
        users, methods = "users" in self.task.parts, "payment-methods" in self.task.parts
        shown_users = _readable(read_user, vendor.users(vendor_id) if users else (), "users")
        shown_methods = _readable(
            read_payment_method,
            vendor.payment_methods(vendor_id) if methods else (),
            "payment_methods",
        )
        nothing = not (shown_users.objects or shown_methods.objects)
        if nothing and not self._is_there(vendor, client_id, vendor_id):
            return row
        if users:
            changed, warnings = self.parts.users(client_id, shown_users.objects, writing=writing)
            differs.append(changed)
            remarks += [*shown_users.remarks, *warnings]
        if methods:
            changed, warnings = self.parts.methods(
                client_id, shown_methods.objects, writing=writing
            )
            differs.append(changed)
            remarks += [*shown_methods.remarks, *warnings]
        updated = any(differs) and row.outcome is Outcome.UNCHANGED
        return replace(
            row,
            outcome=Outcome.UPDATED if updated else row.outcome,
            warnings=tuple(dict.fromkeys(remarks)),
        )

    def _match(self) -> None:
        """Merge the clients that this move made into those that they surely are."""
        if self.matching is None:
            return
        self.progress.say("Reading the clients that are here, to compare them.")
        common = self._common()
        self.journal.keep([], {"common": self.matching.load(self.journal.entries(), common)})
        while self.moving.patiently(self._match_some):
            pass

    def _common(self) -> list[Hash] | None:
        """The common values that an earlier run found; None for none."""
        noted = self.journal.note("common")
        return noted if isinstance(noted, list) else None

    def _match_some(self) -> bool:
        """Match the next rows; whether there were any.

        Each is kept before the next one is looked at, which is compared with it.
        """
        assert self.matching is not None  # noqa: S101 - `_match` asks
        self.check()
        self._wait_for_stream()
        note = place(self.journal.note("place")) or {}
        entries = list(islice(self.journal.entries(int(str(note.get("number", 0)))), _AT_ONCE))
        for entry, survivor in self.matching.rows(entries):
            self.journal.keep([entry], {"place": {"number": entry.number}})
            if survivor is not None and not self.task.dry_run:
                self.lag.wrote(survivor.id, survivor.version)
        if entries:
            rows = results.counts(self.journal)["rows"]
            self.progress.say(f"Comparing: {entries[-1].number} of {rows}.")
        return bool(entries)

    def _wait_for_stream(self) -> None:
        """Wait while `project` is more than a minute behind, so that the doors keep room.

        Raises:
            Stopped: it does not catch up.
        """
        began = self.timing.clock()
        while self.lag.is_behind():
            if self.timing.clock() - began > self.task.settings.patience:
                raise Stopped("The function project does not catch up with the writes.")
            self.progress.say("The function project is more than a minute behind; waiting.")
            self.timing.sleep(_LAG_PAUSE_SECONDS)
            self.check()


def run_move(
    task: Task, stores: Stores, progress: Progress, timing: Timing | None = None
) -> Answer:
    """Carry out a move, or go on with one that stopped.

    Raises:
        CredentialsRefused, VendorError: the vendor cannot be read.
        FileError: the file cannot be read.
        Leased: the same move is under way elsewhere.
    """
    timing = timing or Timing()
    settings = task.settings
    with ExitStack() as stack:
        if task.dry_run:
            journal = stack.enter_context(Journal(None))
            answer, _ = _carried_out(
                task,
                stores,
                progress=progress,
                timing=timing,
                journal=journal,
                check=lambda: None,
            )
            _leave_files(task, journal)
            return replace(answer, job=None)
        lease = Lease(stores.moves, settings.tenant, settings.contract, timing, progress.say)
        stack.enter_context(lease)
        move = _begun(task, stores, timing)
        task = replace(task, settings=replace(settings, job=move.job, first_at=move.first_at))
        journal = stack.enter_context(Journal(journal_path(move.job)))
        answer, ended = _carried_out(
            task,
            stores,
            progress=progress,
            timing=timing,
            journal=journal,
            check=lease.check,
        )
        if ended:
            # A run that ends here is found undone, and writes the files again.
            _leave_files(task, journal)
        _ended(stores, settings.tenant, move, answer, timing)
        if ended:
            journal.remove()
        return answer


def _carried_out(  # noqa: PLR0913 - the parts of a run
    task: Task,
    stores: Stores,
    *,
    progress: Progress,
    timing: Timing,
    journal: Journal,
    check: Callable[[], None],
) -> tuple[Answer, bool]:
    """The answer of a run, and whether the move is done."""
    settings = task.settings
    moving = Moving(settings, task.meaning, stores.clients, stores.links, stores.sources)
    reason = None
    rate = Rate(task.rate, timing)
    with ExitStack() as stack:
        executor = stack.enter_context(ThreadPoolExecutor(task.threads))
        matching = None
        if task.match:
            matching = Matching(
                settings, task.meaning, stores, writing=not task.dry_run, begin=rate.take
            )
            stack.callback(matching.close)
        run = _Run(
            task=task,
            stores=stores,
            journal=journal,
            mover=task.mover or moving,
            moving=moving,
            parts=Parts(
                tenant=settings.tenant,
                contract=settings.contract,
                key=settings.key,
                first_at=settings.first_at,
                author=settings.named_author,
                users=stores.users,
                methods=stores.methods,
            ),
            executor=executor,
            rate=rate,
            lag=StreamLag(stores.events, settings.tenant, timing.clock),
            timing=timing,
            progress=progress,
            check=check,
            matching=matching,
        )
        try:
            run.carry_out()
        except KeyboardInterrupt:
            reason = "It was interrupted."
        except (Stopped, PatienceExhausted) as error:
            reason = str(error)
        except Unavailable as error:
            reason = f"DynamoDB does not answer: {error.__cause__ or error}."
        except LeaseLost:
            reason = "Another run has taken over."
    state = "done" if reason is None else "stopped"
    answer = Answer(settings.job, settings.contract, state, results.counts(journal), reason)
    return answer, reason is None


def _begun(task: Task, stores: Stores, timing: Timing) -> Move:
    """The move that this run goes on with, or begins.

    Raises:
        Finished: the moves from this vendor were closed.
    """
    settings, at = task.settings, _milliseconds(timing.now())
    last = stores.moves.get(settings.tenant, settings.contract).get(settings.contract)
    if last is not None and last.finished_at is not None:
        raise Finished
    if last is not None and last.state != "done" and last.what == task.what:
        move = replace(last, state="running", ended_at=None)
    elif last is not None:
        move = replace(
            last,
            job=new_id(),
            what=task.what,
            state="running",
            began_at=at,
            ended_at=None,
            counts={},
        )
    else:
        move = Move(
            contract=settings.contract,
            job=new_id(),
            what=task.what,
            state="running",
            first_at=at,
            began_at=at,
        )
    stores.moves.put(settings.tenant, move)
    return move


def _ended(stores: Stores, tenant: Tenant, move: Move, answer: Answer, timing: Timing) -> None:
    """Keep how a run ended; where DynamoDB does not answer, the move is found running."""
    done = answer.state == "done"
    after = replace(
        move,
        state=answer.state,
        ended_at=_milliseconds(timing.now()),
        counts={name: str(count) for name, count in answer.counts.items()},
        moved_at=move.began_at if done else move.moved_at,
    )
    try:
        stores.moves.put(tenant, after)
    except Unavailable:
        if done:
            raise


def _leave_files(task: Task, journal: Journal) -> None:
    """Write the files that were asked for."""
    if task.report is not None:
        results.write_report(task.report, journal)
    if task.ids is not None:
        results.write_ids(task.ids, journal)


@dataclass(frozen=True, slots=True)
class _Readable(Generic[Read]):
    """The objects that can be stored, and a warning for each reason why another one cannot."""

    objects: list[Read]
    remarks: list[Remark]


def _readable(
    read: Callable[[object], Read], objects: Iterable[object], part: str
) -> _Readable[Read]:
    """What can be read of the objects of a part."""
    readable: _Readable[Read] = _Readable([], [])
    for value in objects:
        try:
            readable.objects.append(read(value))
        except Refused as refused:
            readable.remarks.extend(
                Remark(f"{part}.{one.field}", one.code) for one in refused.errors
            )
    return readable


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids, a few at a time."""
    iterator = iter(ids)
    while chunk := list(islice(iterator, _AT_ONCE)):
        yield chunk


def _milliseconds(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)

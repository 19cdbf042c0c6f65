"""`registry move …`: clients of a vendor come over with the ids that its integrations know.

Exit codes: 0 done; 1 an error, in a sentence; 2 usage; 3 done with rows refused, in conflict or
different; 4 stopped, the same command goes on.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO, NoReturn

import typer

from ops.cli import output
from ops.cli.columns import renamed
from ops.cli.deployment import Deployment
from ops.cli.move_progress import MoveProgress
from ops.cli.session import (
    EndpointOption,
    JsonOption,
    ModeOption,
    StackOption,
    WorkspaceOption,
    deployed,
    fail,
)
from ops.move.connection import Limits, UrlError, checked_url
from ops.move.deployed import Place, place_of
from ops.move.feed import Feed, FileFeed, VendorFeed
from ops.move.files import (
    FileError,
    FileRow,
    Format,
    Origin,
    format_of,
    read_csv,
    read_jsonl,
)
from ops.move.meaning import meaning_of
from ops.move.rate import RATE
from ops.move.record import consent_key, rows_of, take_over
from ops.move.results import Answer
from ops.move.run import THREADS, Finished, Task, has_parts, run_move
from ops.move.states import close, closing_refusal, keep_verdict, states
from ops.move.vendor import (
    CredentialsRefused,
    OAuthClient,
    PatienceExhausted,
    Token,
    Vendor,
    VendorError,
)
from ops.move.vendors import VENDORS, open_vendor, takes_oauth_client
from ops.move.verify import Verification
from registry.domain.identifiers import now
from registry.domain.three_way import OnConflict
from registry.domain.workspace import CONTRACTS, Contract, Mode
from registry.services.moving import Settings
from registry.services.moving_records import MovingRecords
from registry.store.moves import Leased
from registry.store.whole import WholeStore

app = typer.Typer(help="Move clients in from a vendor.", no_args_is_help=True)

_USAGE, _DIFFERENT, _STOPPED = 2, 3, 4
_PARTS = ("users", "payment-methods")


class Match(StrEnum):
    """Which new clients are merged into those that they may be."""

    NONE = "none"
    SURE = "sure"


FromOption = Annotated[Contract, typer.Option("--from", help="The vendor's contract.")]
UrlOption = Annotated[
    str, typer.Option("--url", help="The vendor's base URL, which ours stands in place of.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Plan only; write nothing.")]
ReportOption = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help="Write a line for each row.")
]
IdsOption = Annotated[
    Path | None, typer.Option("--ids", metavar="FILE", help="Write the id map, as CSV.")
]
MatchOption = Annotated[
    Match,
    typer.Option(
        "--match",
        help="sure: a new client that surely is one that is here is merged into it.",
    ),
]
OnConflictOption = Annotated[
    OnConflict | None,
    typer.Option("--on-conflict", help="Who wins where both changed a field."),
]
ArchiveGoneOption = Annotated[
    bool, typer.Option("--archive-gone", help="Archive clients that the vendor no longer has.")
]
AlsoOption = Annotated[
    Path | None,
    typer.Option(
        "--also", metavar="FILE", help="Vendor ids, one a line, to fetch beside the list."
    ),
]
RateOption = Annotated[
    float, typer.Option("--rate", min=0.01, help="Clients a second that are written at most.")
]
WithoutOption = Annotated[
    str, typer.Option("--without", help="users, payment-methods, or both with a comma.")
]
PatienceOption = Annotated[
    float,
    typer.Option("--patience", min=0, metavar="SECONDS", help="How long to wait for progress."),
]
NotifyOption = Annotated[bool, typer.Option("--notify", help="Let webhooks send the changes, too.")]


@app.command()
def pull(  # noqa: PLR0913 - a command's options are its parameters
    context: typer.Context,
    *,
    contract: FromOption,
    url: UrlOption,
    workspace_id: WorkspaceOption,
    dry_run: DryRunOption = False,
    report: ReportOption = None,
    ids: IdsOption = None,
    match: MatchOption = Match.NONE,
    on_conflict: OnConflictOption = None,
    archive_gone: ArchiveGoneOption = False,
    also: AlsoOption = None,
    rate: RateOption = RATE,
    without: WithoutOption = "",
    patience: PatienceOption = 600.0,
    notify: NotifyOption = False,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Move clients in from a vendor's API; later runs bring what changed there."""
    _check(contract)
    parts = _parts(without, contract)
    wanted = _ids_in(also)
    title = f"From {CONTRACTS[contract].title}"
    with _telling(), deployed(context, stack, endpoint) as deployment, MoveProgress(title) as bar:
        place = place_of(deployment, workspace_id, mode)
        settings = _settings(
            deployment, place, contract, on_conflict=on_conflict, notify=notify, patience=patience
        )
        with _vendor(contract, url, patience, bar.say) as vendor:
            task = Task(
                settings=settings,
                meaning=meaning_of(contract, place.workspace.region),
                what=f"pull {checked_url(url)}",
                feed=VendorFeed(vendor),
                vendor=vendor,
                also=wanted,
                archive_gone=archive_gone,
                parts=parts,
                match=match is Match.SURE,
                dry_run=dry_run,
                rate=rate,
                threads=THREADS,
                report=report,
                ids=ids,
            )
            answer = run_move(task, place.stores, bar)
    _show_answer(answer, as_json=as_json)


@app.command("import")
def import_(  # noqa: PLR0913 - as above
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="JSONL or CSV; - is standard input.")
    ],
    *,
    origin: Annotated[
        Origin, typer.Option("--from", help="The contract whose shape it has, or record.")
    ],
    workspace_id: WorkspaceOption,
    file_format: Annotated[
        Format | None, typer.Option("--format", help="For - or other names.")
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="COLUMN=FIELD", help="A CSV column's wire name; may repeat."
        ),
    ] = None,
    dry_run: DryRunOption = False,
    report: ReportOption = None,
    ids: IdsOption = None,
    match: MatchOption = Match.NONE,
    on_conflict: OnConflictOption = None,
    rate: RateOption = RATE,
    patience: PatienceOption = 600.0,
    notify: NotifyOption = False,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Move clients in from a file in a contract's wire shape."""
    if origin is Origin.RECORD and match is not Match.NONE:
        raise typer.BadParameter("--match is for vendors' clients; a record keeps its merges.")
    with _read_twice(file, origin) as path:
        feed = _file_feed(path, file_format, origin, renamed(columns or []))
        with (
            _telling(),
            deployed(context, stack, endpoint) as deployment,
            MoveProgress(file) as bar,
        ):
            place = place_of(deployment, workspace_id, mode)
            settings = _settings(
                deployment, place, origin, on_conflict=on_conflict, notify=notify, patience=patience
            )
            # A record has no shape of a contract; what its rows mean is the mover's business.
            contract = Contract.PAYTRUM if origin is Origin.RECORD else Contract(origin)
            task = Task(
                settings=settings,
                meaning=meaning_of(contract, place.workspace.region),
                what=f"import {file if file == '-' else Path(file).resolve()}",
                feed=feed,
                mover=_records(deployment, place, path, dry_run=dry_run)
                if origin is Origin.RECORD
                else None,
                match=match is Match.SURE,
                dry_run=dry_run,
                rate=rate,
                threads=THREADS,
                report=report,
                ids=ids,
            )
            answer = run_move(task, place.stores, bar)
    _show_answer(answer, as_json=as_json)


@app.command()
def verify(  # noqa: PLR0913 - as above
    context: typer.Context,
    *,
    contract: FromOption,
    url: UrlOption,
    workspace_id: WorkspaceOption,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Compare so many, drawn at random. Default: all.")
    ] = None,
    patience: PatienceOption = 600.0,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare what our door would answer with what the vendor answers, field by field."""
    _check(contract)
    title = f"Comparing with {CONTRACTS[contract].title}"
    with _telling(), deployed(context, stack, endpoint) as deployment, MoveProgress(title) as bar:
        place = place_of(deployment, workspace_id, mode)
        began = now()
        with _vendor(contract, url, patience, bar.say) as vendor:
            work = Verification(place.workspace, mode, contract, place.stores, vendor)
            verdict = work.all() if sample is None else work.sample(sample)
        if sample is None:
            keep_verdict(place.stores.moves, place.tenant, contract, began, green=verdict.green)
    output.show_verdict(verdict.json(), green=verdict.green, as_json=as_json)
    raise typer.Exit(0 if verdict.green else _DIFFERENT)


@app.command()
def finish(  # noqa: PLR0913 - as above
    context: typer.Context,
    *,
    contract: FromOption,
    workspace_id: WorkspaceOption,
    force: Annotated[
        bool, typer.Option("--force", help="Do without a green verification of today.")
    ] = False,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close the moves from a vendor, and delete what was kept to compare with."""
    _check(contract)
    with _telling(), deployed(context, stack, endpoint) as deployment:
        place = place_of(deployment, workspace_id, mode)
        refusal = closing_refusal(place.stores.moves, place.tenant, contract, now(), force=force)
        if refusal is not None:
            fail(refusal)
        state = close(place.stores, place.tenant, contract, now())
    output.show_move(state, as_json=as_json)


@app.command()
def status(  # noqa: PLR0913 - as above
    context: typer.Context,
    *,
    workspace_id: WorkspaceOption,
    mode: ModeOption = Mode.LIVE,
    stack: StackOption = None,
    endpoint: EndpointOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the last move from each vendor."""
    with deployed(context, stack, endpoint) as deployment:
        place = place_of(deployment, workspace_id, mode)
        found = states(place.stores.moves, place.tenant)
    output.list_moves(found, as_json=as_json)


def _records(deployment: Deployment, place: Place, file: str, *, dry_run: bool) -> MovingRecords:
    """What writes the clients of an export, after the workspace has its consent key."""
    with _opened(file) as stream:
        key = consent_key(next(read_jsonl(stream), None))
    if not dry_run:
        take_over(deployment, place, key)
    stores = place.stores
    wholes = WholeStore(deployment.dynamodb, deployment.clients_table, deployment.links_table)
    return MovingRecords(place.tenant, stores.clients, stores.links, wholes)


def _settings(  # noqa: PLR0913 - what a move is about
    deployment: Deployment,
    place: Place,
    contract: str,
    *,
    on_conflict: OnConflict | None,
    notify: bool,
    patience: float,
) -> Settings:
    return Settings(
        tenant=place.tenant,
        contract=contract,
        key=place.key(),
        job="planned",
        first_at=now(),
        author=deployment.author(place.workspace),
        on_conflict=on_conflict,
        notify=notify,
        patience=patience,
    )


@contextmanager
def _vendor(
    contract: Contract, url: str, patience: float, say: Callable[[str], None]
) -> Iterator[Vendor]:
    """The vendor's API, with the secret from the environment or from a prompt."""
    vendor = open_vendor(
        contract, url, _secret(contract), limits=Limits(patience=patience), on_wait=say
    )
    try:
        yield vendor
    finally:
        vendor.close()


def _secret(contract: Contract) -> Token | OAuthClient:
    """The secret of the vendor's API, never from the command line, where others see it."""
    if takes_oauth_client(contract):
        return OAuthClient(
            _asked("REGISTRY_VENDOR_CLIENT_ID", "Client id at the vendor"),
            _asked("REGISTRY_VENDOR_CLIENT_SECRET", "Client secret at the vendor"),
        )
    return Token(_asked("REGISTRY_VENDOR_TOKEN", "Token at the vendor"))


def _asked(variable: str, question: str) -> str:
    """A secret from the environment, or from a prompt that does not show it."""
    if text := os.environ.get(variable):
        return text
    if not sys.stdin.isatty():
        fail(f"{variable} is not set, and there is no terminal to ask at.", _USAGE)
    text = typer.prompt(question, hide_input=True, err=True)
    return str(text)


@contextmanager
def _telling() -> Iterator[None]:
    """Print the errors of a move as a sentence, and exit with their code."""
    try:
        yield
    except UrlError as error:
        fail(str(error), _USAGE)
    except CredentialsRefused as error:
        fail(str(error))
    except PatienceExhausted as error:
        fail(str(error), _STOPPED)
    except (VendorError, FileError) as error:
        fail(str(error))
    except Leased:
        fail("The same move is under way elsewhere. Run it again when that has ended.")
    except Finished:
        fail("The moves from this vendor were closed with `registry move finish`.")
    except KeyboardInterrupt:
        fail("It was interrupted; the same command goes on.", _STOPPED)


def _show_answer(answer: Answer, *, as_json: bool) -> NoReturn:
    """Print how a move ended, and exit with its code."""
    output.show_move(answer.json(), as_json=as_json)
    if answer.reason is not None:
        typer.echo(f"registry: {answer.reason} The same command goes on.", err=True)
    raise typer.Exit(answer.exit_code)


def _check(contract: Contract) -> None:
    """Refuse the registry's own contract, which is no vendor's."""
    if contract not in VENDORS:
        raise typer.BadParameter(f"--from takes {', '.join(VENDORS)}, not {contract}.")


def _parts(without: str, contract: Contract) -> frozenset[str]:
    """The parts that come along; only some vendors have any."""
    left_out = {each.strip() for each in without.split(",") if each.strip()}
    if unknown := left_out - set(_PARTS):
        raise typer.BadParameter(f"--without takes {' and '.join(_PARTS)}, not {min(unknown)}.")
    return frozenset(_PARTS if has_parts(contract) else ()) - left_out


def _ids_in(file: Path | None) -> Sequence[str]:
    """The ids in a file, one a line."""
    if file is None:
        return ()
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file} cannot be read: {error}") from error
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))


def _file_feed(file: str, chosen: Format | None, origin: Origin, renamed: dict[str, str]) -> Feed:
    """The rows of a file, or of standard input; the header of CSV is read at once."""
    if chosen is None and file == "-":
        raise typer.BadParameter("--format says what standard input is: jsonl or csv.")
    try:
        kind = chosen or format_of(file)
    except FileError as error:
        raise typer.BadParameter(str(error)) from error
    if kind is Format.JSONL and renamed:
        raise typer.BadParameter("--column is for CSV.")
    if origin is Origin.RECORD:
        return _record_feed(file, kind)
    contract = Contract(origin)

    def rows() -> Iterator[FileRow]:
        with _opened(file) as stream:
            if kind is Format.JSONL:
                yield from read_jsonl(stream)
            else:
                yield from read_csv(stream, contract, renamed)

    if kind is Format.CSV and file != "-":
        with _telling(), _opened(file) as stream:
            first = read_csv(stream, contract, renamed)
            next(first, None)
            first.close()
    return FileFeed(rows)


def _record_feed(file: str, kind: Format) -> Feed:
    """The clients of an export."""
    if kind is not Format.JSONL:
        raise typer.BadParameter("A record is JSONL; CSV leaves out what does not fit in cells.")

    def rows() -> Iterator[FileRow]:
        with _opened(file) as stream:
            yield from rows_of(stream)

    return FileFeed(rows)


@contextmanager
def _read_twice(file: str, origin: Origin) -> Iterator[str]:
    """The name of a file that can be read twice: a copy of standard input for a record.

    A record's first line is read before its clients, since the workspace takes over the key in it.
    """
    if file != "-" or origin is not Origin.RECORD:
        yield file
        return
    with tempfile.NamedTemporaryFile(suffix=f".{Format.JSONL}") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
        yield copy.name


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    """A file, or standard input.

    Raises:
        FileError: it cannot be read.
    """
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115 - only opening it may fail
    except OSError as error:
        raise FileError(f"{file} cannot be read: {error.strerror}.") from error
    with stream:
        yield stream

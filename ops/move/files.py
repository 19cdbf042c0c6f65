"""Files of clients: JSONL and CSV in a contract's wire shape, read and written as streams.

A CSV file has a column for each wire name; those of nested objects are dotted, and an object of the
caller's own, such as Athenty's `metadata`, is JSON. An empty cell is no value. Nothing guards
against cells that a spreadsheet takes for formulas, since a guard would change the values.

Reading holds one row at a time, and writing too, so that memory does not grow with a file. One bad
row is refused by itself; only a header that cannot be understood, and a CSV file that breaks its
own quoting, end the reading.
"""

import csv
import io
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from itertools import chain
from types import NoneType
from typing import Any, BinaryIO, get_args

from pydantic import BaseModel

from ops.move.documents import NotJson, member, parse, render
from registry.contracts.vendor_objects import wire_names
from registry.domain.document import Number
from registry.domain.moving import MAX_OBJECT_BYTES, Remark
from registry.domain.workspace import Contract

# The escaped text of a row may be six times as long as its compact one: `\u0041` for `A`.
_MAX_LINE_BYTES = 8 * MAX_OBJECT_BYTES
# In characters. A row that is too large is refused by itself; this bounds a quote without an end.
_MAX_CELL = 16 * 1024 * 1024
_FLAGS = {"true": True, "false": False}
_ID = "id"


class FileError(Exception):
    """The file cannot be read; the message is a sentence for the operator."""


class Origin(StrEnum):
    """Whose shape a file's rows have: a contract's, or that of an export of the record."""

    PAYTRUM = Contract.PAYTRUM.value
    ATHENTY = Contract.ATHENTY.value
    HOURSMITH = Contract.HOURSMITH.value
    ALTERNATIVE_PAYMENTS = Contract.ALTERNATIVE_PAYMENTS.value
    RECORD = "record"


class Format(StrEnum):
    """How a file is written."""

    JSONL = "jsonl"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of a file.

    Attributes:
        number: of the row, counted from 1; a header and blank lines are no rows.
        value: the JSON value, in the contract's wire shape; None where there are errors.
        errors: why nothing can be read from the row.
    """

    number: int
    value: object
    errors: tuple[Remark, ...] = field(default=())


def shown_model(contract: Contract) -> type[BaseModel]:
    """The model of a client as a contract shows it: its members are the columns of a CSV file."""
    wire = import_module(f"registry.contracts.{contract}.wire")
    name = "Customer" if contract is Contract.ALTERNATIVE_PAYMENTS else "ClientObject"
    model: type[BaseModel] = getattr(wire, name)
    return model


def columns_of(contract: Contract) -> tuple[str, ...]:
    """The columns of a contract's CSV files, in the order in which they are written."""
    return wire_names(shown_model(contract))


def format_of(name: str) -> Format:
    """The format that a file's name says.

    Raises:
        FileError: it says none.
    """
    for each in Format:
        if name.lower().endswith(f".{each}"):
            return each
    raise FileError(f"{name} ends neither in .jsonl nor in .csv; --format says which it is.")


def read_jsonl(stream: BinaryIO) -> Iterator[FileRow]:
    """The rows of a JSONL file: a JSON value on each line."""
    number = 0
    while line := stream.readline(_MAX_LINE_BYTES):
        whole = line.endswith(b"\n") or len(line) < _MAX_LINE_BYTES
        if not whole:
            _skip_line(stream)
        if whole and not line.removeprefix(b"\xef\xbb\xbf").strip():
            continue
        number += 1
        if not whole:
            yield FileRow(number, None, (Remark("", "object_too_large"),))
            continue
        try:
            yield FileRow(number, parse(line))
        except NotJson:
            yield FileRow(number, None, (Remark("", "json"),))


def read_csv(
    stream: BinaryIO,
    contract: Contract,
    renamed: Mapping[str, str] | None = None,
) -> Generator[FileRow, None, None]:
    """The rows of a CSV file (RFC 4180) as objects of a contract. A byte order mark is skipped.

    Args:
        stream: the file.
        contract: whose wire names the columns have.
        renamed: the wire names of columns that are called otherwise; an empty one leaves its
            column out.

    Raises:
        FileError: at once, naming every column that is none of the contract's; later where the
            file is no CSV any more.
    """
    text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
    reader = _reader(text)
    try:
        wire = _wire_columns(_header(reader), contract, renamed or {})
    except FileError:
        # The stream is the caller's to close.
        text.detach()
        raise
    return _csv_rows(reader, wire, _converters(contract), text)


def _header(reader: Any) -> list[str]:  # noqa: ANN401 - as `_reader`
    """The names of the columns.

    Raises:
        FileError: there are none.
    """
    header = next(_lines(reader), None)
    if header is None:
        raise FileError("The file has no header.")
    return header


def write_jsonl(stream: BinaryIO, objects: Iterable[Mapping[str, object]]) -> None:
    """Write objects as compact JSON, each on a line."""
    stream.writelines(f"{render(each)}\n".encode() for each in objects)


def write_csv(
    stream: BinaryIO, contract: Contract, objects: Iterable[Mapping[str, object]]
) -> None:
    """Write objects of a contract as CSV, with a header and the line ends of RFC 4180."""
    names = columns_of(contract)
    line = io.StringIO(newline="")
    writer = csv.writer(line, strict=True)
    rows = ([_cell(member(each, *name.split("."))) for name in names] for each in objects)
    for cells in chain([names], rows):
        writer.writerow(cells)
        stream.write(line.getvalue().encode())
        line.seek(0)
        line.truncate()


def _cell(value: object) -> str:
    """The cell of a JSON value; empty for null."""
    if value is None:
        return ""
    return value if isinstance(value, str) else render(value)


def _skip_line(stream: BinaryIO) -> None:
    """Read on to the end of a line."""
    while (rest := stream.readline(_MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
        pass


def _reader(text: Iterable[str]) -> Any:  # noqa: ANN401 - the csv module's reader has no public type
    """A reader of CSV whose cells may be as long as a row may be."""
    csv.field_size_limit(_MAX_CELL)
    return csv.reader(text, strict=True)


def _lines(reader: Any) -> Iterator[list[str]]:  # noqa: ANN401 - as `_reader`
    """The lines that have cells.

    Raises:
        FileError: the file is no CSV any more.
    """
    try:
        for cells in reader:
            if cells:
                yield cells
    except csv.Error as error:
        raise FileError(f"Line {reader.line_num} is no CSV: {error}.") from error


def _wire_columns(
    header: Sequence[str],
    contract: Contract,
    renamed: Mapping[str, str],
) -> list[str | None]:
    """The wire name of each column; None for one that is left out.

    Raises:
        FileError: naming every column that is wrong in the first way in which any is.
    """
    known = set(columns_of(contract))
    wire = [(renamed[column] or None) if column in renamed else column for column in header]
    named = [name for name in wire if name is not None]
    problems = {
        "The file has no column {}.": [name for name in renamed if name not in header],
        "The contract has no field {}.": [
            name for name in dict.fromkeys(renamed.values()) if name and name not in known
        ],
        "The contract has no column {}; --column renames one or leaves it out.": [
            column
            for column, name in zip(header, wire, strict=True)
            if name is not None and name not in known and column not in renamed
        ],
        "More than one column is {}.": [
            name for name in dict.fromkeys(named) if named.count(name) > 1
        ],
        "No column is {}, which every row needs.": [] if _ID in named else [_ID],
    }
    for sentence, columns in problems.items():
        if columns:
            raise FileError(sentence.format(", ".join(column or '""' for column in columns)))
    return wire


def _csv_rows(
    reader: Any,  # noqa: ANN401 - as `_reader`
    wire: Sequence[str | None],
    converters: Mapping[str, Callable[[str], object]],
    text: io.TextIOWrapper,
) -> Generator[FileRow, None, None]:
    """The rows below the header."""
    try:
        for number, cells in enumerate(_lines(reader), start=1):
            if len(cells) > len(wire):
                yield FileRow(number, None, (Remark("", "too_many_cells"),))
                continue
            value: dict[str, Any] = {}
            for name, cell in zip(wire, cells, strict=False):
                if name is not None and cell:
                    _set(value, name.split("."), converters[name](cell))
            yield FileRow(number, value)
    finally:
        # The stream is the caller's to close.
        text.detach()


def _set(value: dict[str, Any], path: Sequence[str], cell: object) -> None:
    """Put a value below nested objects, which are made where there are none."""
    *outer, name = path
    for each in outer:
        value = value.setdefault(each, {})
    value[name] = cell


def _converters(contract: Contract) -> Mapping[str, Callable[[str], object]]:
    """How the cells of each column are read, by the type of what the contract shows there."""
    return dict(_converters_of(shown_model(contract), ""))


def _converters_of(
    model: type[BaseModel], prefix: str
) -> Iterator[tuple[str, Callable[[str], object]]]:
    for name, declared in model.model_fields.items():
        column = f"{prefix}{declared.alias or name}"
        kinds = [
            kind
            for kind in get_args(declared.annotation) or (declared.annotation,)
            if kind is not NoneType
        ]
        kind = kinds[0]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _converters_of(kind, f"{column}.")
        elif kind is bool:
            yield column, _flag
        elif kind is int:
            yield column, _whole
        elif declared.annotation == dict[str, Any]:
            yield column, _json
        else:
            yield column, str


def _flag(cell: str) -> object:
    """True or false, in any letter case as spreadsheets write them; other text as it is."""
    return _FLAGS.get(cell.lower(), cell)


def _whole(cell: str) -> object:
    """The number in a cell; other text as it is."""
    digits = cell.removeprefix("-")
    return Number(cell) if digits.isascii() and digits.isdecimal() else cell


def _json(cell: str) -> object:
    """The JSON value in a cell; a text that is none as it is."""
    try:
        return parse(cell.encode(errors="surrogateescape"))
    except NotJson:
        return cell

"""Files of clients: what is written is read, one bad row is refused alone, and memory is flat."""

import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.move.files import (
    FileError,
    FileRow,
    Format,
    columns_of,
    format_of,
    read_csv,
    read_jsonl,
    write_csv,
    write_jsonl,
)
from ops.move.vendors import WINDOWS
from registry.domain.document import Number
from registry.domain.moving import Remark
from registry.domain.workspace import Contract
from tests import vendor_values

OBJECTS = {
    Contract.PAYTRUM: vendor_values.paytrum_client,
    Contract.ATHENTY: vendor_values.athenty_client,
    Contract.HOURSMITH: vendor_values.hoursmith_client,
    Contract.ALTERNATIVE_PAYMENTS: vendor_values.customer,
}
files = st.sampled_from(list(WINDOWS)).flatmap(
    lambda contract: st.tuples(st.just(contract), st.lists(OBJECTS[contract], max_size=3))
)


def csv_of(text: str, **renamed: str) -> list[FileRow]:
    return list(read_csv(io.BytesIO(text.encode()), Contract.PAYTRUM, renamed))


def with_values(value: Any) -> Any:
    """An object without the members that have no cell: null and empty text."""
    if not isinstance(value, dict):
        return value
    members = {
        name: with_values(each) if name == "address" else each for name, each in value.items()
    }
    return {
        name: each
        for name, each in members.items()
        if each is not None and each != "" and not (name == "address" and not each)
    }


@given(files)
def test_a_jsonl_file_is_read_as_it_was_written(case: tuple[Contract, list[Any]]) -> None:
    _, objects = case
    written = io.BytesIO()
    write_jsonl(written, objects)

    rows = list(read_jsonl(io.BytesIO(written.getvalue())))

    assert rows == [FileRow(number, each) for number, each in enumerate(objects, start=1)]
    again = io.BytesIO()
    write_jsonl(again, [row.value for row in rows])  # type: ignore[misc]
    assert again.getvalue() == written.getvalue()


@given(files)
def test_a_csv_file_is_read_as_it_was_written(case: tuple[Contract, list[Any]]) -> None:
    contract, objects = case
    written = io.BytesIO()
    write_csv(written, contract, objects)

    rows = list(read_csv(io.BytesIO(written.getvalue()), contract))

    assert rows == [
        FileRow(number, with_values(each)) for number, each in enumerate(objects, start=1)
    ]
    again = io.BytesIO()
    write_csv(again, contract, [row.value for row in rows])  # type: ignore[misc]
    assert again.getvalue() == written.getvalue()


@pytest.mark.parametrize("contract", WINDOWS)
def test_the_columns_are_the_wire_names_of_what_the_contract_shows(contract: Contract) -> None:
    written = io.BytesIO()
    write_csv(written, contract, [])

    assert written.getvalue().decode() == ",".join(columns_of(contract)) + "\r\n"


def test_nested_columns_are_dotted_and_metadata_is_json() -> None:
    assert columns_of(Contract.PAYTRUM)[8:10] == ("address.line1", "address.line2")
    assert "metadata" in columns_of(Contract.ATHENTY)
    text = 'id,metadata,active,requestCount\r\n1,"{""a"":1.50,""b"":[true]}",TRUE,007\r\n'

    (row,) = read_csv(io.BytesIO(text.encode()), Contract.ATHENTY)

    assert row.value == {
        "id": "1",
        "metadata": {"a": Number("1.50"), "b": [True]},
        "active": True,
        "requestCount": Number("007"),
    }


def test_a_cell_that_is_no_value_of_its_column_stays_text() -> None:
    text = "id,metadata,active,requestCount\n1,{oops,yes,many\n"

    (row,) = read_csv(io.BytesIO(text.encode()), Contract.ATHENTY)

    assert row.value == {
        "id": "1",
        "metadata": "{oops",
        "active": "yes",
        "requestCount": "many",
    }


def test_an_empty_cell_is_absent_and_short_rows_lack_their_last_cells() -> None:
    rows = csv_of("id,name,address.city\n1,,\n2,Acme Co\n\n3,,Gent\n")

    assert [row.value for row in rows] == [
        {"id": "1"},
        {"id": "2", "name": "Acme Co"},
        {"id": "3", "address": {"city": "Gent"}},
    ]
    assert [row.number for row in rows] == [1, 2, 3]


def test_a_byte_order_mark_is_skipped() -> None:
    assert csv_of("\ufeffid\n1\n")[0].value == {"id": "1"}
    assert next(read_jsonl(io.BytesIO('\ufeff{"id": "1"}\n'.encode()))).value == {"id": "1"}


def test_columns_are_renamed_and_left_out() -> None:
    rows = csv_of(
        "Nr,Firma,Ort,intern\n1,Acme Co,Gent,x\n",
        Nr="id",
        Firma="name",
        Ort="address.city",
        intern="",
    )

    assert [row.value for row in rows] == [
        {"id": "1", "name": "Acme Co", "address": {"city": "Gent"}}
    ]


@pytest.mark.parametrize(
    ("header", "renamed", "sentence"),
    [
        ("id,Firma,Ort", {}, "The contract has no column Firma, Ort; "),
        ("id,address", {}, "The contract has no column address; "),
        ("id,", {}, 'The contract has no column ""; '),
        ("id,name,name", {}, "More than one column is name."),
        ("id,Firma,name", {"Firma": "name"}, "More than one column is name."),
        ("id,Firma", {"Firma": "nmae"}, "The contract has no field nmae."),
        ("id", {"Firma": "name"}, "The file has no column Firma."),
        ("name", {}, "No column is id, which every row needs."),
        ("id", {"id": ""}, "No column is id, which every row needs."),
        ("", {}, "The file has no header."),
    ],
)
def test_a_header_that_cannot_be_understood_is_refused_before_any_row(
    header: str, renamed: dict[str, str], sentence: str
) -> None:
    with pytest.raises(FileError) as refused:
        read_csv(
            io.BytesIO(f"{header}\n1\n".encode() if header else b""), Contract.PAYTRUM, renamed
        )

    assert str(refused.value).startswith(sentence)


def test_a_row_with_too_many_cells_is_refused_alone() -> None:
    rows = csv_of("id,name\n1,Acme,Co\n2,Acme Co\n")

    assert [row.errors for row in rows] == [(Remark("", "too_many_cells"),), ()]


@pytest.mark.parametrize("text", ['id\n"1', 'id\n"1"2\n'])
def test_a_file_that_breaks_its_own_quoting_is_an_error_with_the_line(text: str) -> None:
    with pytest.raises(FileError, match=r"^Line 2 is no CSV: "):
        csv_of(text)


def test_a_line_that_is_no_json_is_refused_alone() -> None:
    text = b'{"id": "1"}\n\n{"id": \nnull\n{"id": NaN}\n  \n{"id": "2", "id": "3"}'

    rows = list(read_jsonl(io.BytesIO(text)))

    broken = (Remark("", "json"),)
    assert rows == [
        FileRow(1, {"id": "1"}),
        FileRow(2, None, broken),
        FileRow(3, None),
        FileRow(4, None, broken),
        FileRow(5, {"id": "3"}),
    ]


def test_a_line_of_any_length_is_refused_alone() -> None:
    text = b'{"id": "1", "name": "' + b"n" * 10_000_000 + b'"}\n{"id": "2"}\n'

    rows = list(read_jsonl(io.BytesIO(text)))

    assert rows == [
        FileRow(1, None, (Remark("", "object_too_large"),)),
        FileRow(2, {"id": "2"}),
    ]


def test_bytes_that_are_no_utf_8_stay_in_their_row() -> None:
    """The row's reader refuses it, since a lone surrogate stands for each of the bytes."""
    (broken, good) = read_jsonl(io.BytesIO(b'{"id": "\xff"}\n{"id": "2"}\n'))
    (cell, _) = read_csv(io.BytesIO(b"id\n\xff\n2\n"), Contract.PAYTRUM)

    assert broken.value == cell.value == {"id": "\udcff"}
    assert good.value == {"id": "2"}


def test_numbers_are_kept_as_they_are_written() -> None:
    (row,) = read_jsonl(io.BytesIO(b'{"defaultRate": 100.50, "n": 1e2, "big": ' + b"1" * 60 + b"}"))

    assert isinstance(row.value, dict)
    assert [value.text for value in row.value.values()] == ["100.50", "1e2", "1" * 60]


@pytest.mark.parametrize(
    ("name", "expected"), [("a.jsonl", Format.JSONL), ("A.CSV", Format.CSV), ("b.csv", Format.CSV)]
)
def test_the_name_of_a_file_says_its_format(name: str, expected: Format) -> None:
    assert format_of(name) is expected


@pytest.mark.parametrize("name", ["-", "clients", "clients.json", "clients.csv.gz"])
def test_a_name_that_says_no_format_asks_for_it(name: str) -> None:
    with pytest.raises(FileError, match="--format"):
        format_of(name)


class Lines(io.RawIOBase):
    """A file of so many lines that nobody holds."""

    def __init__(self, first: bytes, line: bytes, count: int) -> None:
        self._lines = chain([first], repeat(line, count))
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = next(self._lines, b"")
        part = self._rest[: len(buffer)]
        self._rest = self._rest[len(part) :]
        buffer[: len(part)] = part
        return len(part)


def peak(
    read: Callable[[BinaryIO], Iterator[FileRow]], first: bytes, line: bytes, count: int
) -> int:
    """The most memory in bytes that reading so many lines takes at a time."""
    stream = io.BufferedReader(Lines(first, line, count))
    tracemalloc.start()
    try:
        assert sum(1 for _ in read(stream)) >= count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("file_format", Format)
def test_memory_does_not_grow_with_the_file(file_format: Format) -> None:
    if file_format is Format.CSV:
        first, line = b"id,name\n", b"1," + b"n" * 1000 + b"\n"

        def read(stream: BinaryIO) -> Iterator[FileRow]:
            return read_csv(stream, Contract.PAYTRUM)
    else:
        line = json.dumps({"id": "1", "name": "n" * 1000}).encode() + b"\n"
        first, read = b"\n", read_jsonl

    peak(read, first, line, 10)  # what the first reading imports and remembers
    few, many = (peak(read, first, line, count) for count in (200, 4_000))

    assert many < few * 1.5

"""Records of a CSV file as clients: what matching is evaluated with, and fitted to."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from registry.domain.client import Client, MemberType, UsageType
from registry.domain.phone import read_phone
from registry.domain.places import country

# The fields that are compared, by their names in the registry's own contract.
_TEXTS = frozenset(
    {
        "company",
        "ein",
        "email",
        "external_id",
        "first_name",
        "last_name",
        "legal_name",
        "name",
        "tax_number",
    }
)
_ADDRESS = frozenset({"line1", "line2", "city", "region", "postal_code"})
FIELDS = frozenset(
    {*_TEXTS, "address.country", "member_type", "phone", "usage_type"}
    | {f"address.{name}" for name in _ADDRESS}
)
_AT = datetime(1970, 1, 1, tzinfo=UTC)


class BadFile(Exception):
    """The file cannot be read as labelled records; the message says why."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A record and what is known of it: records with the same truth are the same client."""

    client: Client
    truth: str


def read_labelled(
    path: Path,
    truth: str,
    columns: Mapping[str, str],
    region: str,
) -> list[Labelled]:
    """The records of a CSV file with a header.

    A column that is named like a field holds that field; others are ignored. Columns of the same
    field are joined by spaces.

    Args:
        path: the file, in UTF-8.
        truth: the column that says which records are the same client.
        columns: fields by the columns that hold them; an empty one leaves the column out.
        region: where phone numbers without a country code are.

    Raises:
        BadFile: it is no such file, or a column or a field of the arguments does not exist.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            fields = _fields(reader.fieldnames or (), truth, columns)
            return list(_records(reader, truth, fields, region))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{path} cannot be read: {error}") from error


def _fields(header: Sequence[str], truth: str, columns: Mapping[str, str]) -> dict[str, list[str]]:
    """The columns of each field, in the order of the file.

    Raises:
        BadFile: a column or a field does not exist, or no column holds a field.
    """
    for column in (truth, *columns):
        if column not in header:
            raise BadFile(f"The file has no column {column!r}; it has {', '.join(header)}.")
    unknown = set(columns.values()) - FIELDS - {""}
    if unknown:
        names = ", ".join(sorted(FIELDS))
        raise BadFile(f"There is no field {min(unknown)!r} to compare; there are {names}.")
    fields: dict[str, list[str]] = {}
    for column in header:
        field = columns.get(column, column if column in FIELDS and column != truth else "")
        if field:
            fields.setdefault(field, []).append(column)
    if not fields:
        raise BadFile("No column holds a field that is compared; name one with --column.")
    return fields


def _records(
    rows: Iterator[dict[str, Any]], truth: str, fields: Mapping[str, list[str]], region: str
) -> Iterator[Labelled]:
    for number, row in enumerate(rows):
        texts = {
            field: " ".join(text.strip() for column in columns if (text := row[column] or ""))
            for field, columns in fields.items()
        }
        client = _client(str(number), {name: text for name, text in texts.items() if text}, region)
        yield Labelled(client, row[truth] or "")


def _client(client_id: str, texts: Mapping[str, str], region: str) -> Client:
    """The client of a row. A text that its field does not take is left out, as a typist's slip."""
    flat = {name.removeprefix("address."): text for name, text in texts.items()}
    plain: dict[str, Any] = {name: text for name, text in flat.items() if name in _TEXTS | _ADDRESS}
    client = Client(id=client_id, version=1, created_at=_AT, updated_at=_AT, **plain)
    place = country(flat["country"]) if "country" in flat else None
    phone = read_phone(flat["phone"], place, region) if "phone" in flat else None
    return replace(
        client,
        country=place,
        phone=phone,
        member_type=_member(flat.get("member_type")),
        usage_type=_usage(flat.get("usage_type")),
    )


def _member(text: str | None) -> MemberType | None:
    return MemberType(text) if text in set(MemberType) else None


def _usage(text: str | None) -> UsageType | None:
    return UsageType(text) if text in set(UsageType) else None

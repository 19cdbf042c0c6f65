"""A client with all that belongs to it, as JSON and back: what an export of the record keeps.

The client is in the registry's own names, as `represented` has them, with what those leave out. The
inverse gives back an equal client, so that a record which was exported, moved in elsewhere and
exported again is the same text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from registry.domain import document
from registry.domain.client import Channel, Client, Country, MemberType, Phone, UsageType
from registry.domain.identifiers import created_at, instant, is_id, parse_instant
from registry.domain.immutable import dataclass
from registry.domain.ledger import Evidence, Source, Withdrawal
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.representation import represented
from registry.domain.user import User

_ADDRESS = ("line1", "line2", "city", "region", "postal_code", "country")
# Names of `represented` that follow from others.
_DERIVED = frozenset({"status", "display_name", "created_at", "address", "consents"})
_BESIDE = ("absorbed_into", "changed_by", "claims_external_id", "evidence_count", "ledger_head")
_READERS: Mapping[str, Any] = {
    "phone": lambda value: Phone(**value),
    "country": lambda value: Country(**value),
    "usage_type": UsageType,
    "member_type": MemberType,
    "updated_at": parse_instant,
    "archived_at": parse_instant,
    "attached_at": parse_instant,
    "at": parse_instant,
    "channel": Channel,
    "withdrawal": Withdrawal,
    "source": Source,
    "type": PaymentMethodType,
    "absorbed": tuple,
}


class NoRecord(ValueError):
    """The JSON value is none that an export of the record writes."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A client with its users, payment methods and evidence, each in the order of their ids.

    Attributes:
        merges: the merges that it is the survivor of, undone ones too, each as a text of JSON.
        judgements: what was said of its pairs with newer clients, likewise.
    """

    client: Client
    users: tuple[User, ...] = ()
    payment_methods: tuple[PaymentMethod, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    merges: tuple[str, ...] = ()
    judgements: tuple[str, ...] = ()


def client_json(client: Client) -> dict[str, Any]:
    """A client without what belongs to it, as `document.render` takes it."""
    return {**represented(client), **{name: getattr(client, name) for name in _BESIDE}}


def read_client_json(value: object) -> Client:
    """The inverse of `client_json`, of a value that `document.parse` made.

    Raises:
        NoRecord: it is no such value.
    """
    if not isinstance(value, dict):
        raise NoRecord
    try:
        return _client(_numbers(value), value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoRecord from error


def whole_json(whole: Whole) -> dict[str, Any]:
    """The record of a client with all that belongs to it, as `document.render` takes it."""
    return {
        **client_json(whole.client),
        "users": [_plain(user) for user in whole.users],
        "payment_methods": [_plain(method) for method in whole.payment_methods],
        "evidence": [_plain(entry) for entry in whole.evidence],
        "merges": [document.parse(text) for text in whole.merges],
        "judgements": [document.parse(text) for text in whole.judgements],
    }


def read_whole(value: object) -> Whole:
    """The inverse of `whole_json`, of a value that `document.parse` made.

    Raises:
        NoRecord: it is no such value.
    """
    if not isinstance(value, dict):
        raise NoRecord
    record: dict[str, Any] = _numbers(value)
    try:
        client = _client(record, value)
        return Whole(
            client,
            tuple(_read(User, each, client.id) for each in record["users"]),
            tuple(_read(PaymentMethod, each, client.id) for each in record["payment_methods"]),
            tuple(_read(Evidence, each, client.id) for each in record["evidence"]),
            tuple(map(document.render, value.get("merges", ()))),
            tuple(map(document.render, value.get("judgements", ()))),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoRecord from error


def _client(record: Mapping[str, Any], value: Mapping[str, Any]) -> Client:
    """The client of a record, whose `metadata` keeps the numbers as they are written."""
    if not is_id(record["id"]):
        raise NoRecord
    flat = {
        **{name: each for name, each in record.items() if name not in _DERIVED},
        **{name: record["address"][name] for name in _ADDRESS},
        "metadata": document.render(value["metadata"]) if value["metadata"] else None,
        "email_consent": record["consents"]["email"],
        "sms_consent": record["consents"]["sms"],
        "created_at": created_at(record["id"]),
    }
    for part in ("users", "payment_methods", "evidence", "merges", "judgements"):
        flat.pop(part, None)
    return Client(**{name: _value(name, each) for name, each in flat.items()})


def _read(kind: type[Any], value: Mapping[str, Any], client_id: str) -> Any:  # noqa: ANN401 - of the kind
    found = {name: _value(name, each) for name, each in value.items()}
    return kind(client_id=client_id, **found)


def _value(name: str, value: object) -> Any:  # noqa: ANN401 - of the field
    return _READERS[name](value) if name in _READERS and value is not None else value


def _numbers(value: Any) -> Any:  # noqa: ANN401 - JSON
    """A JSON value with whole numbers in place of numbers that keep their text."""
    match value:
        case document.Number():
            return int(value)
        case dict():
            return {
                name: each if name == "metadata" else _numbers(each) for name, each in value.items()
            }
        case list():
            return [_numbers(each) for each in value]
    return value


def _plain(part: User | PaymentMethod | Evidence) -> dict[str, Any]:
    """The fields of a part of a client, without the client's id."""
    return {
        each.name: _json(getattr(part, each.name))
        for each in fields(part)
        if each.name != "client_id"
    }


def _json(value: object) -> Any:  # noqa: ANN401 - JSON
    match value:
        case datetime():
            return instant(value)
        case StrEnum():
            return value.value
        case str():
            return value
        case Sequence():
            return list(value)
    return value

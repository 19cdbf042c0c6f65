"""A record's fields as attributes of an item, by their types.

An attribute has the name of its field, so a new field of a record is stored and read without more.
None takes no room, and neither does a flag that is not set or a collection that is empty. A value
of two texts, such as a phone number, is two attributes: `phone`, and `phone_e164` after the name of
the second text.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from types import NoneType
from typing import TYPE_CHECKING, Any, NamedTuple, get_args, get_origin

from registry.domain.identifiers import instant, parse_instant
from registry.domain.immutable import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import DataclassInstance
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef as Value

    Item = dict[str, Value]


class _Converted(NamedTuple):
    """A field whose values are not what DynamoDB holds, and the key of its type there."""

    name: str
    type_key: str
    convert: "Callable[[Any], Any]"


class _Pair(NamedTuple):
    """A field whose values are made of two texts, and the name of the second attribute."""

    name: str
    second_name: str
    kind: type[Any]
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes of one class of records, worked out once: `attributes_of`.

    Attributes:
        texts: fields that are read as they are; most of a record.
        written_as_texts: these, and enumerations, whose members are texts.
        get_texts: the values of these fields of a record.
        to_store, from_store: how the other fields are written and read.
        pairs: fields of two texts.
    """

    texts: tuple[str, ...]
    written_as_texts: tuple[str, ...]
    get_texts: "Callable[[object], tuple[str | None, ...]]"
    to_store: tuple[_Converted, ...]
    from_store: tuple[_Converted, ...]
    pairs: tuple[_Pair, ...]

    def write(self, record: object) -> "Item":
        """The attributes of a record."""
        texts = self.get_texts(record)
        item: Item = {
            name: {"S": text}
            for name, text in zip(self.written_as_texts, texts, strict=True)
            if text is not None
        }
        attributes: dict[str, Any] = item
        for name, type_key, convert in self.to_store:
            value = getattr(record, name)
            if value or type(value) is int:  # zero takes room
                attributes[name] = {type_key: convert(value)}
        for name, second_name, _, first, second in self.pairs:
            value = getattr(record, name)
            if value is not None:
                item[name] = {"S": getattr(value, first)}
                if (text := getattr(value, second)) is not None:
                    item[second_name] = {"S": text}
        return item

    def read(self, item: "Mapping[str, Value]") -> dict[str, Any]:
        """The fields that an item has; those it has not are left to the record's defaults."""
        found: dict[str, Any] = {name: item[name]["S"] for name in self.texts if name in item}
        attributes: Mapping[str, Any] = item
        for name, type_key, convert in self.from_store:
            if name in attributes:
                found[name] = convert(attributes[name][type_key])
        for name, second_name, kind, _, _ in self.pairs:
            if name in item:
                second = item[second_name]["S"] if second_name in item else None
                found[name] = kind(item[name]["S"], second)
        return found


def attributes_of(record: "type[DataclassInstance]", *, in_key: frozenset[str]) -> Attributes:
    """How the records of a class are written and read.

    Args:
        record: a dataclass. Its fields are texts, flags, whole numbers, instants, enumerations of
            texts, tuples of texts, mappings of texts to texts, or values of two texts of which the
            second may be absent; any may be None.
        in_key: the fields that the item's key holds.

    Raises:
        TypeError: a field is of a type that nothing here writes.
    """
    kinds = {each.name: _kind(each.type) for each in fields(record) if each.name not in in_key}
    pairs = tuple(_pair(name, kind) for name, kind in kinds.items() if is_dataclass(kind))
    others = {name: kind for name, kind in kinds.items() if not is_dataclass(kind)}
    written_as_texts = tuple(name for name, kind in others.items() if issubclass(kind, str))
    return Attributes(
        texts=tuple(name for name, kind in others.items() if kind is str),
        written_as_texts=written_as_texts,
        get_texts=attrgetter(*written_as_texts),
        to_store=tuple(
            _to_store(name, kind) for name, kind in others.items() if name not in written_as_texts
        ),
        from_store=tuple(
            _from_store(name, kind) for name, kind in others.items() if kind is not str
        ),
        pairs=pairs,
    )


def _kind(annotation: object) -> type[Any]:
    """The class of a field's values: its annotation, without None."""
    origin: type[Any] | None = get_origin(annotation)
    if origin in {Mapping, tuple}:
        return origin
    kinds = [each for each in get_args(annotation) or (annotation,) if each is not NoneType]
    if len(kinds) != 1 or not isinstance(kinds[0], type):
        raise TypeError(annotation)
    return kinds[0]


def _to_store(name: str, kind: type[Any]) -> _Converted:
    if kind is bool:
        return _Converted(name, "BOOL", bool)
    if kind is int:
        return _Converted(name, "N", str)
    if kind is datetime:
        return _Converted(name, "S", instant)
    if kind is Mapping:
        return _Converted(name, "M", _map_to_store)
    if kind is tuple:
        return _Converted(name, "L", _list_to_store)
    raise TypeError(kind)


def _from_store(name: str, kind: type[Any]) -> _Converted:
    if issubclass(kind, StrEnum):
        return _Converted(name, "S", kind)
    convert = _READERS.get(kind, kind)
    return _Converted(name, _to_store(name, kind).type_key, convert)


def _pair(name: str, kind: type[Any]) -> _Pair:
    if [each.type for each in fields(kind)] != [str, str | None]:
        raise TypeError(kind)
    first, second = fields(kind)
    return _Pair(name, f"{name}_{second.name}", kind, first.name, second.name)


def _map_to_store(texts: Mapping[str, str]) -> "Item":
    return {name: {"S": text} for name, text in texts.items()}


def _map_from_store(item: "Item") -> dict[str, str]:
    return {name: value["S"] for name, value in item.items()}


def _list_to_store(texts: tuple[str, ...]) -> "list[Value]":
    return [{"S": text} for text in texts]


def _list_from_store(values: "list[Value]") -> tuple[str, ...]:
    return tuple(value["S"] for value in values)


# Types whose values are not made by calling the type.
_READERS: "Mapping[type[Any], Callable[[Any], Any]]" = {
    datetime: parse_instant,
    Mapping: _map_from_store,
    tuple: _list_from_store,
}

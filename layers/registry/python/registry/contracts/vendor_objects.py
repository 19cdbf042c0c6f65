"""How the `vendor` module of every contract reads an object of its vendor.

The object is JSON as the vendor's API returns it, with numbers as `registry.domain.document` keeps
them. Its members are read one by one. Whatever is odd about one becomes a warning under its wire
name, and the contract's own rules for a caller's body say what is odd.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import datetime
from typing import get_args

from pydantic import BaseModel, ValidationError

from registry.domain import document
from registry.domain.document import Number
from registry.domain.errors import FieldError
from registry.domain.immutable import dataclass
from registry.domain.moving import (
    MAX_OBJECT_BYTES,
    Refused,
    Remark,
    instant_as_shown,
    is_unknown_number,
)
from registry.domain.text import blank_is_none
from registry.domain.vendor_id import MAX_BYTES

_MAX_PRINTED_NAME = 100
# The digits of DynamoDB's numbers.
_MAX_DIGITS = 38
# What is no object has one code, whether the contract reads it with a model or not.
_OBJECT_KINDS = {"model_type": "dict_type"}


@dataclass(frozen=True, slots=True)
class VendorObject:
    """An object of a vendor while it is read.

    Attributes:
        vendor_id: the vendor's id of it.
        members: the JSON object, of the members that the contract shows.
        prefix: what comes before the names of its members: `address.` of a nested object.
        remarks: the warnings so far, in their order; the same one counts once.
    """

    vendor_id: str
    members: Mapping[str, object]
    prefix: str = ""
    remarks: dict[Remark, None] = field(default_factory=dict)

    @property
    def warnings(self) -> tuple[Remark, ...]:
        """The warnings so far."""
        return tuple(self.remarks)

    def __contains__(self, name: str) -> bool:
        """Whether the object has the member, null or not."""
        return name in self.members

    def text(self, name: str) -> str | None:
        """A text as it is shown; None for null, for blank text and for no such member.

        A value of another type becomes its JSON text, with a warning.
        """
        value = blank_is_none(self.members.get(name))
        if value is None or isinstance(value, str):
            return value
        self.warn(name, "string_type")
        return document.render(value)

    def decimal(self, name: str) -> str | None:
        """As `text`, for a decimal: a JSON number is its text."""
        value = self.members.get(name)
        return value.text if isinstance(value, Number) else self.text(name)

    def texts(self, names: Mapping[str, str]) -> dict[str, object]:
        """The texts of the named members that the object has, under the record's names."""
        return {record: self.text(wire) for wire, record in names.items() if wire in self}

    def flag(self, name: str) -> bool | None:
        """A flag; None for null and, with a warning, for values of other types."""
        value = self.members.get(name)
        if isinstance(value, bool):
            return value
        if value is not None:
            self.warn(name, "bool_type")
        return None

    def whole(self, name: str) -> int | None:
        """A whole number; None for null and, with a warning, for what is none."""
        value = self.members.get(name)
        if isinstance(value, Number) and abs(value.adjusted()) < _MAX_DIGITS:
            number = int(value)
            if number == value:
                return number
        if value is not None:
            self.warn(name, "int_type")
        return None

    def instant(self, name: str) -> datetime | None:
        """An instant to the millisecond; None where there is none that can be read."""
        text = self.text(name)
        if text is None:
            return None
        at, code = instant_as_shown(text)
        if code is not None:
            self.warn(name, code)
        return at

    def creation(self, name: str) -> datetime | None:
        """As `instant`, for the instant of creation, which every object is expected to have."""
        at = self.instant(name)
        if self.text(name) is None:
            self.warn(name, "missing")
        return at

    def nested(self, name: str) -> "VendorObject":
        """The nested object of this name, with the same warnings; an empty one for none."""
        value = self.members.get(name)
        if value is not None and not isinstance(value, dict):
            self.warn(name, "dict_type")
        members = value if isinstance(value, dict) else {}
        return VendorObject(self.vendor_id, members, f"{self.prefix}{name}.", self.remarks)

    def warn(self, name: str, code: str) -> None:
        """Add a warning about a member."""
        self.remarks[Remark(_printed(self.prefix + name), code)] = None

    def warn_of(self, errors: Iterable[FieldError], but: Collection[str] = ()) -> None:
        """Add a warning for each error of the contract's rules, but for those of some kinds."""
        for error in errors:
            if error.kind not in but:
                self.warn(".".join(error.path), error.kind)

    def warn_of_number(self, name: str) -> None:
        """Add a warning for a number in the form of E.164 that no numbering plan has."""
        text = self.members.get(name)
        if isinstance(text, str) and is_unknown_number(text):
            self.warn(name, "phone")

    def check(self, body: type[BaseModel]) -> None:
        """Add a warning for everything that the contract would refuse in a body with these values.

        Args:
            body: the model of a body that creates such an object.
        """
        names = {field.alias or name for name, field in body.model_fields.items()}
        sent = {
            name: value
            for name, value in self.members.items()
            if name in names and blank_is_none(value) is not None
        }
        try:
            body.model_validate(sent)
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_context=False):
                kind = _OBJECT_KINDS.get(problem["type"], problem["type"])
                self.warn(".".join(map(str, problem["loc"])), kind)


def vendor_object(raw: object, shown: type[BaseModel]) -> VendorObject:
    """A JSON value as an object of a vendor.

    Args:
        raw: of the types that `document.parse` returns; texts in it may be no Unicode.
        shown: the model of what the contract shows; members that it does not have are left out,
            with a warning, and so are members in which too much is nested.

    Raises:
        Refused: it is no object, has no id or one that is too long, is too large, or contains text
            that is no Unicode.
    """
    if not isinstance(raw, dict):
        raise Refused((Remark("", "dict_type"),))
    identifier = raw.get("id")
    remarks: dict[Remark, None] = {}
    if isinstance(identifier, Number):
        identifier = identifier.text
        remarks[Remark("id", "string_type")] = None
    members = dict(_shallow(raw, remarks))
    errors = [*_size_errors(members), *_id_errors(identifier)]
    if errors or not isinstance(identifier, str):
        printable = isinstance(identifier, str) and _is_unicode(identifier)
        raise Refused(tuple(dict.fromkeys(errors)), str(identifier) if printable else None)
    return VendorObject(identifier, dict(_known(members, shown, remarks)), remarks=remarks)


def wire_names(model: type[BaseModel]) -> tuple[str, ...]:
    """The wire names of a model's members in their order, those of nested objects dotted."""
    return tuple(
        f"{name}.{inner}" if inner else name
        for name, nested in _members(model)
        for inner in (wire_names(nested) if nested is not None else ("",))
    )


def _members(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel] | None]]:
    """The wire names of a model's members, with the model of those that are nested objects."""
    for name, declared in model.model_fields.items():
        kinds = get_args(declared.annotation) or (declared.annotation,)
        nested = (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel))
        yield declared.alias or name, next(nested, None)


def _shallow(
    raw: Mapping[str, object], remarks: dict[Remark, None]
) -> Iterator[tuple[str, object]]:
    """The members, without those whose JSON text nothing here could read again."""
    for name, value in raw.items():
        if _is_too_deep(value):
            remarks[Remark(_printed(name), "too_deep")] = None
        else:
            yield name, value


def _is_too_deep(value: object) -> bool:
    """Whether more objects and arrays are nested in a value than a JSON text may have here."""
    level = [value]
    for _ in range(document.MAX_DEPTH + 1):
        containers = [item for item in level if isinstance(item, dict | list)]
        if not containers:
            return False
        level = [
            inner
            for item in containers
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
    return True


def _size_errors(members: Mapping[str, object]) -> Iterator[Remark]:
    """The errors of members that are no Unicode, and of an object that is too large."""
    size = 1
    for name, value in members.items():
        try:
            size += len(f"{document.render(name)}:{document.render(value)},".encode())
        except UnicodeEncodeError:
            yield Remark(_printed(name), "not_unicode")
    if size > MAX_OBJECT_BYTES:
        yield Remark("", "object_too_large")


def _id_errors(identifier: object) -> Iterator[Remark]:
    """The errors of an id: only a text with a visible character, or a number, is one."""
    if not isinstance(identifier, str) or blank_is_none(identifier) is None:
        yield Remark("id", "missing")
    elif len(identifier.encode(errors="surrogatepass")) > MAX_BYTES:
        yield Remark("id", "string_too_long")


def _known(
    members: Mapping[str, object],
    model: type[BaseModel],
    remarks: dict[Remark, None],
    prefix: str = "",
) -> Iterator[tuple[str, object]]:
    """The members that a model has; the others are left out, with a warning for each."""
    known = dict(_members(model))
    for name, value in members.items():
        if name not in known:
            remarks[Remark(_printed(prefix + name), "unknown_field")] = None
            continue
        nested = known[name]
        if nested is not None and isinstance(value, dict):
            yield name, dict(_known(value, nested, remarks, f"{prefix}{name}."))
        else:
            yield name, value


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _printed(name: str) -> str:
    """A name as a report can print it: cut, and with a question mark for each lone surrogate."""
    return name[:_MAX_PRINTED_NAME].encode(errors="replace").decode()

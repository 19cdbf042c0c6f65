"""Fields of a change that repeat the record as the contract shows it: they change nothing.

A caller reads an object, sets one field and sends all of it back. A value that it repeats may not
even be valid by the contract's own rules, because another contract wrote it; and writing it could
destroy details that this contract does not show. So it is left out before validation.

Source: `docs/mapping.md`, "Rule 5".
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import cast

from pydantic import BaseModel

from registry.domain import document
from registry.domain.identifiers import parse_instant
from registry.domain.immutable import dataclass

# A caller may have read the object before its last change.
_UPDATED_AT = frozenset({"updatedAt", "updated_at"})
_VERSION = "version"


@dataclass(frozen=True, slots=True)
class Shown:
    """A record as a contract shows it, for comparison with a body that changes it.

    Attributes:
        values: the JSON object.
        merged: names of nested objects that a change merges key by key.
        statements: names of fields that have an effect even where they repeat the record, such as
            consent to a new address.
    """

    values: Mapping[str, object]
    merged: Collection[str] = ()
    statements: Collection[str] = ()

    def changes(self, raw: Mapping[str, object]) -> dict[str, object]:
        """The members of a body that differ from the record.

        A merged object is left out whole when all its members repeat the record. An instant of the
        last change, or a version, is left out when it is not later than the record's.
        """
        changes = {}
        for name, value in raw.items():
            if self._repeats(name, value):
                continue
            change = value
            if name in self.merged and isinstance(value, Mapping) and value:
                change = self._within(name).changes(value)
                if not change:
                    continue
            changes[name] = change
        return changes

    def unset_repeated(self, model: BaseModel) -> None:
        """Unset the fields of a validated wire model that repeat the record.

        Only validation reveals some of them: a country code in lower case repeats the record's code
        once it is normalised. Blank text, which validation turns into null, repeats nothing: it
        clears the field.
        """
        fields = type(model).model_fields
        values = model.model_dump(exclude_unset=True)
        for name, value in values.items():
            key = fields[name].alias or name
            nested = getattr(model, name)
            if key in self.merged and isinstance(nested, BaseModel):
                self._within(key).unset_repeated(nested)
            elif value is not None and self._repeats(key, value):
                model.__pydantic_fields_set__.discard(name)

    def _repeats(self, name: str, value: object) -> bool:
        """Whether a member changes nothing; a statement always has an effect."""
        if name in self.statements or name not in self.values:
            return False
        shown = self.values[name]
        if name in _UPDATED_AT:
            return _is_no_later(value, shown)
        if name == _VERSION:
            return _is_no_higher(value, shown)
        return _is_same(value, shown)

    def _within(self, name: str) -> "Shown":
        """The nested object of this name, for comparison."""
        return Shown(cast("Mapping[str, object]", self.values[name]))


def _is_same(value: object, shown: object) -> bool:
    """Whether two JSON values are equal: numbers by value, text without the space around it."""
    if isinstance(value, str) and isinstance(shown, str):
        return shown in {value, value.strip()}
    if isinstance(value, str) or isinstance(shown, str):
        return False
    if isinstance(shown, int) and not isinstance(shown, bool):
        return isinstance(value, Decimal) and value == shown
    return document.canonical(value) == document.canonical(shown)


def _is_no_later(value: object, shown: object) -> bool:
    """Whether a value is the text of an instant that is not later than the record's."""
    try:
        return parse_instant(str(value)) <= parse_instant(str(shown))
    except ValueError:
        return False


def _is_no_higher(value: object, shown: object) -> bool:
    """Whether a value is a version that the record has or had."""
    if not isinstance(value, Decimal) or not isinstance(shown, int):
        return False
    return 1 <= value <= shown and value == value.to_integral_value()

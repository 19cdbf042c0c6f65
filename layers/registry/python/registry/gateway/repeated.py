"""Values of a change that repeat what the contract shows of the record: they are no change.

A caller reads an object, sets one field and sends all of it back. A value it repeats may not even
be valid by the contract's own rules, because another contract wrote it; and writing it could lose
what this contract cannot show. So it is left out before anything is validated.

Source: `docs/mapping.md`, "Rule 5".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from pydantic import BaseModel

from registry.domain import document
from registry.domain.identifiers import parse_instant

# A caller may have read the object before its last change.
_UPDATED_AT = frozenset({"updatedAt", "updated_at"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A record as a contract shows it, for comparison with a body that changes it.

    Attributes:
        values: the JSON object.
        merged: names of nested objects that a change merges key by key.
        statements: names of fields that say something even where they repeat what is shown, such
            as consent to a new address.
    """

    values: Mapping[str, object]
    merged: Collection[str] = ()
    statements: Collection[str] = ()

    def changes(self, raw: Mapping[str, object]) -> dict[str, object]:
        """The members of a body that differ from those shown.

        A merged object whose every member repeats what is shown is left out whole, and so is an
        instant of the last change that has passed.
        """
        changes = {}
        for name, value in raw.items():
            if self._repeats(name, value):
                continue
            kept = value
            if name in self.merged and isinstance(value, Mapping) and value:
                kept = self._within(name).changes(value)
                if not kept:
                    continue
            changes[name] = kept
        return changes

    def unset_repeated(self, model: BaseModel) -> None:
        """Unset the fields of a wire model that hold the value shown, now that they are validated.

        A country code in lower case, for example, repeats the one shown only once it is normalised.
        Blank text, which is null by now, was no repetition of null: it clears.
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
        if name in self.statements or name not in self.values:
            return False
        shown = self.values[name]
        if name in _UPDATED_AT:
            return _is_no_later(value, shown)
        return _is_same(value, shown)

    def _within(self, name: str) -> "Shown":
        return Shown(cast("Mapping[str, object]", self.values[name]))


def _is_same(value: object, shown: object) -> bool:
    """Whether two JSON values are the same: numbers by value, text but for space around it."""
    if isinstance(value, str) and isinstance(shown, str):
        return shown in {value, value.strip()}
    if isinstance(value, str) or isinstance(shown, str):
        return False
    if isinstance(shown, int) and not isinstance(shown, bool):
        return isinstance(value, Decimal) and value == shown
    return document.canonical(value) == document.canonical(shown)


def _is_no_later(value: object, shown: object) -> bool:
    try:
        return parse_instant(str(value)) <= parse_instant(str(shown))
    except ValueError:
        return False

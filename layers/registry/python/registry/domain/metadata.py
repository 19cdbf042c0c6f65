"""Metadata: the caller's own JSON object, and its limits."""

from collections.abc import Iterator, Mapping
from typing import Final

from registry.domain import document
from registry.domain.errors import FieldError

MAX_KEYS: Final = 50
MAX_KEY_LENGTH: Final = 40
_MAX_BYTES = 16 * 1024
_MAX_DIGITS = 38
_FIELD = "metadata"


def check(raw: Mapping[str, object]) -> Iterator[FieldError]:
    """The errors of the metadata in a body; an object over the size limit is not looked into."""
    metadata = raw.get(_FIELD)
    if not isinstance(metadata, dict):
        return
    if len(document.render(metadata).encode()) > _MAX_BYTES:
        yield FieldError((_FIELD,), "object_too_large", {"most": _MAX_BYTES})
        return
    if len(metadata) > MAX_KEYS:
        yield FieldError((_FIELD,), "too_many_keys", {"most": MAX_KEYS})
    for key in metadata:
        if len(key) > MAX_KEY_LENGTH:
            yield FieldError((_FIELD, key), "key_too_long", {"most": MAX_KEY_LENGTH})
    for path in _too_precise(metadata, (_FIELD,)):
        yield FieldError(path, "too_precise", {"most": _MAX_DIGITS})


def _too_precise(value: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Paths of the numbers with more digits than DynamoDB's own numbers can have."""
    match value:
        case document.Number() if _significant_digits(value) > _MAX_DIGITS:
            yield path
        case dict():
            for name, item in value.items():
                yield from _too_precise(item, (*path, name))
        case list():
            for position, item in enumerate(value):
                yield from _too_precise(item, (*path, str(position)))


def _significant_digits(number: document.Number) -> int:
    """The number of digits without zeros at either end, which is DynamoDB's count of precision."""
    return len("".join(map(str, number.as_tuple().digits)).strip("0"))

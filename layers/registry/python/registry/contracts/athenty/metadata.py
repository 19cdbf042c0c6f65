"""Metadata: the caller's own JSON object, kept to the letter within limits."""

from collections.abc import Iterator, Mapping

from registry.domain import document
from registry.domain.errors import FieldError

MAX_KEYS = 50
MAX_KEY_LENGTH = 40
MAX_BYTES = 16 * 1024
MAX_DIGITS = 38

_FIELD = "metadata"


def broken_limits(metadata: Mapping[str, object]) -> Iterator[FieldError]:
    """What is wrong with metadata. An object that is too large is not looked into."""
    if len(document.render(metadata).encode()) > MAX_BYTES:
        yield FieldError((_FIELD,), "object_too_large", {"most": MAX_BYTES})
        return
    if len(metadata) > MAX_KEYS:
        yield FieldError((_FIELD,), "too_many_keys", {"most": MAX_KEYS})
    for key in metadata:
        if len(key) > MAX_KEY_LENGTH:
            yield FieldError((_FIELD, key), "key_too_long", {"most": MAX_KEY_LENGTH})
    for path in _too_precise(metadata, (_FIELD,)):
        yield FieldError(path, "too_precise", {"most": MAX_DIGITS})


def _too_precise(value: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    match value:
        case document.Number() if _significant_digits(value) > MAX_DIGITS:
            yield path
        case dict():
            for name, item in value.items():
                yield from _too_precise(item, (*path, name))
        case list():
            for position, item in enumerate(value):
                yield from _too_precise(item, (*path, str(position)))


def _significant_digits(number: document.Number) -> int:
    """Digits without zeros at either end: as DynamoDB counts them, and so does every decimal."""
    return len("".join(map(str, number.as_tuple().digits)).strip("0"))

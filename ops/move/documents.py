"""JSON of others: numbers exactly as written, and text as it is, Unicode or not.

`registry.domain.document` refuses a whole text for one bad character, as a door must. Here one bad
row must not take its page or file along. So bytes that are no UTF-8 become lone surrogates, as
escaped ones already are, and the row with them is refused by itself.
"""

import json

from registry.domain import document
from registry.domain.document import Number

_BOM = "\ufeff"
_LONGEST_PLACE = 2_000


class NotJson(ValueError):
    """The text is no JSON."""


def parse(content: bytes) -> object:
    """The JSON value of a text, its numbers as `Number`; of a name that is given twice, the last.

    Raises:
        NotJson: not JSON (RFC 8259), or nested too deeply to be read.
    """
    text = content.decode(errors="surrogateescape").removeprefix(_BOM)
    try:
        value: object = json.loads(
            text, parse_int=Number, parse_float=Number, parse_constant=_refuse
        )
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise NotJson("not JSON") from error
    return value


def whole(value: object) -> int | None:
    """The whole number that a JSON value is; None for every other value."""
    if isinstance(value, Number) and value.text.isdecimal():
        return int(value.text)
    return None


def member(value: object, *path: str) -> object:
    """The member of nested objects under these names; None where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def place(value: object) -> str | None:
    """The text by which a list goes on: an id or a cursor. None for a value that is no such text.

    A URL has room for so much, and for Unicode only.
    """
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_PLACE:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value


render = document.render


def _refuse(constant: str) -> object:
    """Refuse `NaN`, `Infinity` and `-Infinity`, which Python's parser would accept."""
    raise NotJson(constant)

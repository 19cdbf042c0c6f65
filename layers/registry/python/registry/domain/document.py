"""JSON as it was sent: strict in what it takes, exact in what it gives back.

Python's own parser takes duplicate keys, NaN and lone surrogates, and turns numbers into floats.
A record that promises to return what was sent can take none of these.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Self

MAX_DEPTH = 100

_BOM = "\ufeff"
_ECHOED = 100
# What the parser's messages begin with, and the same in words that do not speak of Python.
_WORDS = {
    "Expecting value": "a value is expected",
    "Expecting property name": "a name in quotation marks is expected",
    "Expecting ':'": "a colon is expected",
    "Expecting ','": "a comma or the end of the object or array is expected",
    "Illegal trailing comma": "no comma may stand before the end of an object or array",
    "Extra data": "nothing may follow the value",
    "Unterminated string": "a string without an end begins",
    "Invalid control character": "a control character in a string has to be escaped",
    "Invalid \\u": "\\u has to be followed by four hexadecimal digits",
    "Invalid \\": "no such escape exists in JSON",
}

_TYPE_NAMES = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}


class Number(Decimal):
    """A JSON number with the text it was written in: `1e2`, `100.50` and `1` each come back so.

    It compares and computes as the decimal it is.
    """

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        """Read the text of a JSON number.

        Raises:
            decimal.InvalidOperation: its exponent is beyond anything a decimal can hold.
        """
        number = super().__new__(cls, text)
        number.text = text
        return number


class DocumentError(ValueError):
    """The text is not JSON, or not JSON that can be kept; the message says why, for the caller."""


def parse(text: str) -> object:
    """The value of a JSON text: dict, list, str, bool, None, and `Number` for every number.

    A byte order mark before the text is skipped (RFC 8259, section 8.1).

    Raises:
        DocumentError: not JSON (RFC 8259), a name twice in one object, NaN or Infinity, a lone
            surrogate, or deeper than `MAX_DEPTH`.
    """
    try:
        value: object = json.loads(
            text.removeprefix(_BOM),
            object_pairs_hook=_unique,
            parse_int=Number,
            parse_float=Number,
            parse_constant=_refuse,
        )
        _check(value, MAX_DEPTH)
    except json.JSONDecodeError as error:
        raise DocumentError(_place(error)) from error
    except RecursionError as error:
        raise DocumentError(f"nested deeper than {MAX_DEPTH} levels") from error
    except ArithmeticError as error:
        raise DocumentError("a number is out of all bounds") from error
    return value


def render(value: object) -> str:
    """The JSON text of a value `parse` could have given, in the order of its keys, compact.

    Plain `int` is taken as well, for the numbers the registry itself counts.
    """
    match value:
        case str():
            return encode_basestring(value)
        case Number():
            return value.text
        case None | bool() | int():
            return json.dumps(value)
        case Mapping():
            members = (f"{encode_basestring(name)}:{render(item)}" for name, item in value.items())
            return "{" + ",".join(members) + "}"
        case Sequence():
            return "[" + ",".join(map(render, value)) + "]"
    raise TypeError(type(value).__name__)


def canonical(value: object) -> str:
    """One text for every spelling of the same JSON value: names sorted, numbers normalised."""
    match value:
        case str():
            return encode_basestring(value)
        case Decimal():
            return _normalised(value)
        case Mapping():
            members = (f"{encode_basestring(name)}:{canonical(value[name])}" for name in value)
            return "{" + ",".join(sorted(members)) + "}"
        case Sequence():
            return "[" + ",".join(map(canonical, value)) + "]"
    return render(value)


def type_name(value: object) -> str:
    """What JSON calls the type of a value: `object`, `array`, `string`, `number` and so on."""
    return _TYPE_NAMES.get(type(value), "number")


def _normalised(number: Decimal) -> str:
    sign, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    stripped = text.rstrip("0")
    if not stripped:
        return "0"
    power = int(exponent) + len(text) - len(stripped)
    return f"{'-' if sign else ''}{stripped}e{power}"


def _place(error: json.JSONDecodeError) -> str:
    """What is wrong, and where: lines and columns count from 1."""
    told = (words for start, words in _WORDS.items() if error.msg.startswith(start))
    what = next(told, "a character is not expected")
    return f"{what} at line {error.lineno}, column {error.colno}"


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise DocumentError(f"the name {_echo(name)} stands twice in one object")
        seen.add(name)
    return members


def _echo(name: str) -> str:
    """A name in quotation marks, cut at 100 characters; a question mark for a lone surrogate."""
    cut = name if len(name) <= _ECHOED else f"{name[:_ECHOED]}…"
    return encode_basestring(cut.encode(errors="replace").decode())


def _refuse(constant: str) -> object:
    raise DocumentError(f"{constant} is not JSON")


def _check(value: object, depth: int) -> None:
    if depth == 0 and isinstance(value, dict | list):
        raise DocumentError(f"nested deeper than {MAX_DEPTH} levels")
    match value:
        case str():
            _check_text(value)
        case dict():
            for name, item in value.items():
                _check_text(name)
                _check(item, depth - 1)
        case list():
            for item in value:
                _check(item, depth - 1)


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DocumentError("a lone surrogate is not a character") from error

"""JSON, parsed strictly and rendered exactly.

Python's own parser accepts duplicate keys, NaN and lone surrogates, and turns numbers into floats.
A record promises to return a caller's JSON unchanged, so it can accept none of these.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Self

from registry.domain.json_encoder import encoder

MAX_DEPTH = 100

_BOM = "\ufeff"
_MAX_PRINTED_NAME = 100
# The beginnings of the parser's messages, each with a message for callers, who need no Python.
_MESSAGES = {
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

_CONSTANTS = {None: "null", True: "true", False: "false"}
_TYPE_NAMES = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}


class Number(Decimal):
    """A JSON number with its text, so that `1e2`, `100.50` and `1` are rendered as written.

    It compares and computes as a decimal.
    """

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        """Read the text of a JSON number.

        Raises:
            decimal.InvalidOperation: a decimal cannot hold its exponent.
        """
        number = super().__new__(cls, text)
        number.text = text
        return number


class _Inexact(Exception):
    """A value that the encoder of the standard library does not know."""


class DocumentError(ValueError):
    """The text is not JSON that the registry accepts; the message tells the caller why."""


def parse(text: str) -> object:
    """The value of a JSON text: dict, list, str, bool, None, and `Number` for every number.

    A byte order mark before the text is skipped (RFC 8259, section 8.1).

    Raises:
        DocumentError: not JSON (RFC 8259), a name twice in one object, NaN or Infinity, a lone
            surrogate, or deeper than `MAX_DEPTH`.
    """
    try:
        value: object = _decoder.decode(_without_mark(text))
        if _needs_check(text):
            _check(value, MAX_DEPTH)
    except json.JSONDecodeError as error:
        raise DocumentError(_place(error)) from error
    except RecursionError as error:
        raise DocumentError(f"nested deeper than {MAX_DEPTH} levels") from error
    except ArithmeticError as error:
        raise DocumentError("a number is out of all bounds") from error
    return value


def render(value: object) -> str:
    """The compact JSON text of a value of the types that `parse` returns, its keys in order.

    Plain `int` is accepted as well, for numbers that the registry itself counts.
    """
    # The encoder of the standard library is ten times as fast, but it knows no number with a text.
    try:
        return _encode(value)
    except _Inexact:
        return _render(value)


def canonical(value: object) -> str:
    """The same text for every spelling of a JSON value: names sorted, numbers normalised."""
    # As in `render`; a value always takes the same of the two ways.
    try:
        return _encode_sorted(value)
    except _Inexact:
        return _canonical(value)


def _canonical(value: object) -> str:
    """As `canonical`, for a value with a `Number` in it, or with collections of other classes."""
    match value:
        case str():
            return encode_basestring(value)
        case None | bool():
            return _CONSTANTS[value]
        case Decimal():
            return _normalised(value)
        case dict() | Mapping():
            # Most values are texts, which need no call of their own.
            members = [
                f"{encode_basestring(name)}:"
                f"{encode_basestring(item) if type(item) is str else _canonical(item)}"
                for name, item in value.items()
            ]
            return "{" + ",".join(sorted(members)) + "}"
        case list() | Sequence():
            return "[" + ",".join(map(_canonical, value)) + "]"
    return render(value)


def type_name(value: object) -> str:
    """JSON's name for the type of a value: `object`, `array`, `string`, `number` and so on."""
    return _TYPE_NAMES.get(type(value), "number")


def _render(value: object) -> str:
    """As `render`, for a value with a `Number` in it, or with collections of other classes."""
    match value:
        case str():
            return encode_basestring(value)
        case Number():
            return value.text
        case None | bool() | int():
            return json.dumps(value)
        case dict() | Mapping():
            members = [f"{encode_basestring(name)}:{_render(value[name])}" for name in value]
            return "{" + ",".join(members) + "}"
        case list() | Sequence():
            return "[" + ",".join(map(_render, value)) + "]"
    raise TypeError(type(value).__name__)


def _inexact(_: object) -> object:
    """Stop the encoder of the standard library at a value that it does not know."""
    raise _Inexact


def _normalised(number: Decimal) -> str:
    """The significant digits and a power of ten: `1.50` and `150e-2` are both `15e-1`."""
    sign, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    stripped = text.rstrip("0")
    if not stripped:
        return "0"
    power = int(exponent) + len(text) - len(stripped)
    return f"{'-' if sign else ''}{stripped}e{power}"


def _place(error: json.JSONDecodeError) -> str:
    """The message for the caller, with the line and the column, which count from 1."""
    messages = (text for start, text in _MESSAGES.items() if error.msg.startswith(start))
    message = next(messages, "a character is not expected")
    return f"{message} at line {error.lineno}, column {error.colno}"


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object with these members.

    Raises:
        DocumentError: two members have the same name.
    """
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise DocumentError(f"the name {_printed(name)} stands twice in one object")
        seen.add(name)
    return members


def _printed(name: str) -> str:
    """A name in quotation marks, cut at 100 characters; a question mark for a lone surrogate."""
    cut = name if len(name) <= _MAX_PRINTED_NAME else f"{name[:_MAX_PRINTED_NAME]}…"
    return encode_basestring(cut.encode(errors="replace").decode())


def _refuse(constant: str) -> object:
    """Refuse `NaN`, `Infinity` and `-Infinity`, which Python's parser would accept."""
    raise DocumentError(f"{constant} is not JSON")


def _without_mark(text: str) -> str:
    """The text without one byte order mark before it.

    Raises:
        json.JSONDecodeError: a second one follows; the decoder would skip that as well.
    """
    rest = text.removeprefix(_BOM)
    if rest.startswith(_BOM):
        raise json.JSONDecodeError("a byte order mark", rest, 0)
    return rest


def _needs_check(text: str) -> bool:
    """Whether the value of a JSON text could be too deep, or contain a lone surrogate.

    A lone surrogate is escaped, or not of ASCII; and every level takes a bracket. Most texts have
    neither, and need no second walk through their value.
    """
    brackets = text.count("{") + text.count("[")
    return brackets > MAX_DEPTH or "\\u" in text or not text.isascii()


def _check(value: object, depth: int) -> None:
    """Refuse a value that is nested deeper than `depth` levels or contains a lone surrogate."""
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
    """Refuse a lone surrogate: it is the only code point that UTF-8 cannot encode."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DocumentError("a lone surrogate is not a character") from error


_encode = encoder(default=_inexact, ensure_ascii=False)
_encode_sorted = encoder(default=_inexact, ensure_ascii=False, sort_keys=True)
_decoder = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_int=Number,
    parse_float=Number,
    parse_constant=_refuse,
)

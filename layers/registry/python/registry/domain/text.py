"""Checks of text, which is trimmed at the ends and otherwise kept code point for code point."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, GetJsonSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, PydanticCustomError

from registry.domain.visible import INVISIBLE, shows

_KEPT_CONTROLS = frozenset("\n\t")
_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
# White space to Python, control characters to Unicode and so to the trimming of fields.
_SEPARATORS = frozenset("\x1c\x1d\x1e\x1f")
MAX_EMAIL = 254
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
_USUAL_EMAIL = re.compile(
    rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*"
    rf"@(?![^.]{{64}})(?:{_LABEL}\.(?![^.]{{64}}))+([A-Za-z]{{2,63}})"
)
# The last labels of the names for special use that the library has, and of those it has not.
# Source: "Special-Use Domain Names", IANA.
_SPECIAL_USE = frozenset(
    {"alt", "arpa", "example", "internal", "invalid", "local", "localhost", "onion", "test"}
)


@dataclass(frozen=True, slots=True)
class Check(AfterValidator):
    """A validator that also describes, in keywords of JSON Schema, the text that it accepts.

    All accepted text matches the keywords; text that is refused may match them too. The keywords
    are about trimmed text, because white space at the ends is trimmed before the check.
    """

    keywords: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __get_pydantic_json_schema__(
        self,
        core: CoreSchema,
        handler: GetJsonSchemaHandler,
    ) -> dict[str, Any]:
        """The schema of the checked value with the keywords."""
        return {**handler(core), **self.keywords}


class _Plain(Check):
    """Refuses control characters."""

    def __get_pydantic_json_schema__(
        self,
        core: CoreSchema,
        handler: GetJsonSchemaHandler,
    ) -> dict[str, Any]:
        """The schema with a pattern, which excludes blank text where text must not be empty."""
        schema = handler(core)
        return {**schema, "pattern": _FILLED if schema.get("minLength") else _PLAIN}


class _Visible(Check):
    """Refuses text without a visible character. It comes after `Plain` in a field's annotation."""

    def __get_pydantic_json_schema__(
        self,
        core: CoreSchema,
        handler: GetJsonSchemaHandler,
    ) -> dict[str, Any]:
        """The schema with one pattern for text that `Plain` accepts, too."""
        return {**handler(core), "pattern": _SHOWN}


class _Blank(BeforeValidator):
    """Reads blank text as null, whatever the field's type."""

    def __get_pydantic_json_schema__(
        self,
        core: CoreSchema,
        handler: GetJsonSchemaHandler,
    ) -> dict[str, Any]:
        """The schema of the field, extended by null and blank text."""
        expected = handler(core)
        choices = [choice for choice in expected.get("anyOf", [expected]) if choice != _NULL]
        if len(choices) == 1 and choices[0] == _plain(choices[0].get("maxLength")):
            return {**choices[0], "type": ["string", "null"]}
        return {"anyOf": [*choices, BLANK_SCHEMA]}


def _plain(at_most: object) -> dict[str, object]:
    """The schema of text up to a length, blank or not, without control characters."""
    return {"maxLength": at_most, "pattern": _PLAIN, "type": "string"}


_PLAIN = f"^[^{_CONTROLS}]*$"
_FILLED = rf"^[^{_CONTROLS}]*[^\s{_CONTROLS}][^{_CONTROLS}]*$"
_SHOWN = f"^[^{_CONTROLS}]*[^{INVISIBLE}][^{_CONTROLS}]*$"
_NULL = {"type": "null"}
BLANK_SCHEMA = {"type": ["string", "null"], "pattern": r"^\s*$"}
"""The schema of null and blank text, which is a choice of a field that `Blank` reads."""
TEXT_PATTERNS = frozenset({_PLAIN, _FILLED, _SHOWN})
"""The patterns of text in general. A document is easier to read without them."""


def without_controls(text: str) -> str:
    """The text, unchanged.

    Raises:
        PydanticCustomError: kind `control_character`; newline and tab are allowed.
    """
    if not text.isprintable() and any(
        unicodedata.category(character) == "Cc" and character not in _KEPT_CONTROLS
        for character in text
    ):
        raise PydanticCustomError("control_character", "must not contain control characters")
    return text


def visible(text: str) -> str:
    """The text, unchanged.

    Raises:
        PydanticCustomError: kind `string_too_short`, as for blank text, where no character of the
            text is visible.
    """
    if not shows(text):
        raise PydanticCustomError("string_too_short", "must not be empty", {"min_length": 1})
    return text


def blank_is_none(value: object) -> object:
    """None for text that is empty or white space; any other value itself."""
    blank = isinstance(value, str) and not value.strip() and _SEPARATORS.isdisjoint(value)
    return None if blank else value


def trimmed(value: object) -> object:
    """Trimmed text, as a field keeps it; None for blank text; any other value itself."""
    text = blank_is_none(value)
    return text.strip() if isinstance(text, str) else text


def word(value: object) -> object:
    """The trimmed text of an enumeration's value, for a check by the enumeration.

    Raises:
        PydanticCustomError: kind `string_type`; another type is refused as a type, not as a value.
    """
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "must be a string")
    return value.strip()


def email(text: str) -> str:
    """An address as typed, its syntax checked (RFC 5321 and 5322 addr-spec; no look-up).

    Raises:
        PydanticCustomError: kind `email`, or `string_too_long` past 254 characters.
    """
    if len(text) > MAX_EMAIL:
        raise PydanticCustomError(
            "string_too_long",
            "must have at most {max_length} characters",
            {"max_length": MAX_EMAIL},
        )
    if is_usual_email(text):
        return text
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - seldom needed

    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise PydanticCustomError("email", "must be an e-mail address") from error
    return text


def is_usual_email(text: str) -> bool:
    """Whether a text is surely an address: ASCII, a name in letters, no name of special use.

    For such a text the library would say the same; it takes as long to load as everything else that
    a request needs. Of all other texts it decides: letters beyond ASCII, labels with two hyphens,
    which could be Punycode, long parts, and the names that are reserved for special use.
    """
    usual = _USUAL_EMAIL.fullmatch(text)
    return usual is not None and usual[1].lower() not in _SPECIAL_USE


def limited(at_most: int, at_least: int = 0) -> StringConstraints:
    """The constraints of a text: strictly a string, trimmed, with this number of code points."""
    return StringConstraints(
        strict=True,
        strip_whitespace=True,
        min_length=at_least or None,
        max_length=at_most,
    )


Blank = _Blank(blank_is_none)
Plain = _Plain(without_controls)
Visible = _Visible(visible)
EmailText = Annotated[
    str,
    StringConstraints(strict=True, strip_whitespace=True),
    Check(email, {"format": "idn-email", "maxLength": MAX_EMAIL}),
]

"""Text as a caller writes it: trimmed at the ends, otherwise kept code point for code point."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

_KEPT_CONTROLS = frozenset("\n\t")
MAX_EMAIL = 254


def without_controls(text: str) -> str:
    """The text itself.

    Raises:
        PydanticCustomError: kind `control_character`; only newline and tab are kept.
    """
    if not text.isprintable() and any(
        unicodedata.category(character) == "Cc" and character not in _KEPT_CONTROLS
        for character in text
    ):
        raise PydanticCustomError("control_character", "must not contain control characters")
    return text


def blank_is_none(value: object) -> object:
    """None for text that is empty or white space; any other value itself."""
    return None if isinstance(value, str) and not value.strip() else value


def email(text: str) -> str:
    """An address as typed, its syntax checked (RFC 5321 and 5322 addr-spec; no look-up).

    Raises:
        PydanticCustomError: kind `email`, or `string_too_long` past 254 characters.
    """
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - only where used

    if len(text) > MAX_EMAIL:
        raise PydanticCustomError(
            "string_too_long",
            "must have at most {max_length} characters",
            {"max_length": MAX_EMAIL},
        )
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise PydanticCustomError("email", "must be an e-mail address") from error
    return text


def limited(at_most: int, at_least: int = 0) -> StringConstraints:
    """Strictly a string, trimmed, of so many code points."""
    return StringConstraints(
        strict=True,
        strip_whitespace=True,
        min_length=at_least or None,
        max_length=at_most,
    )


Blank = BeforeValidator(blank_is_none)
Plain = AfterValidator(without_controls)
EmailText = Annotated[
    str, StringConstraints(strict=True, strip_whitespace=True), AfterValidator(email)
]

"""Names without a visible character."""

import sys
import unicodedata
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

from registry.domain.text import Plain, Visible, limited
from registry.domain.visible import shows

NAME: TypeAdapter[Any] = TypeAdapter(Annotated[str, limited(9, at_least=1), Plain, Visible])
CODE_POINTS = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]

# Unicode 16, DerivedCoreProperties.txt, Default_Ignorable_Code_Point.
DEFAULT_IGNORABLE = (
    "00AD 034F 061C 115F-1160 17B4-17B5 180B-180F 200B-200F 202A-202E 2060-206F 3164 FE00-FE0F "
    "FEFF FFA0 FFF0-FFF8 1BCA0-1BCA3 1D173-1D17A E0000-E0FFF"
)
OTHER_BLANKS = {"\u2800", "\U00016fe4", "\U0001d159"}


def default_ignorable() -> set[str]:
    ends = [part.split("-") for part in DEFAULT_IGNORABLE.split()]
    return {chr(code) for end in ends for code in range(int(end[0], 16), int(end[-1], 16) + 1)}


HIDDEN = (
    default_ignorable()
    | OTHER_BLANKS
    | {c for c in CODE_POINTS if unicodedata.category(c) in {"Zs", "Zl", "Zp", "Cc", "Cf"}}
)


def accepted(name: str) -> bool:
    try:
        NAME.validate_python(name)
    except ValidationError:
        return False
    return True


def test_every_character_shows_but_white_space_format_and_invisible_ones() -> None:
    hidden = {character for character in CODE_POINTS if not shows(character)}

    # Python knows the categories of its own version of Unicode, the list those of a later one.
    assert hidden >= HIDDEN
    assert {c for c in hidden - HIDDEN if unicodedata.category(c) != "Cn"} == set()


@pytest.mark.parametrize("name", ["\u200b", "\u3164", "\u2800", "\ufeff", "\u00ad", " \u2060 "])
def test_a_name_that_shows_nothing_is_refused_as_an_empty_one_is(name: str) -> None:
    with pytest.raises(ValidationError) as raised:
        NAME.validate_python(name)

    assert [error["type"] for error in raised.value.errors()] == ["string_too_short"]


@given(st.text(sorted(HIDDEN)))
def test_no_combination_of_them_shows(text: str) -> None:
    assert not shows(text)


@given(st.text(sorted(HIDDEN)), st.characters(codec="utf-8"), st.text(sorted(HIDDEN)))
def test_one_that_shows_is_enough(before: str, character: str, after: str) -> None:
    assert shows(before + character + after) == (character not in HIDDEN)


@given(st.text(sorted(HIDDEN) + ["a", "é", "😀"] * 50, max_size=4))
def test_the_schema_says_what_is_accepted(name: str) -> None:
    trimmed = name.strip()

    assert Draft202012Validator(NAME.json_schema()).is_valid(trimmed) == accepted(trimmed)

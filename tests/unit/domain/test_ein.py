"""Employer Identification Numbers."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from registry.domain.ein import ein


@given(st.from_regex(r"[0-9]{9}", fullmatch=True).filter(str.isascii))
def test_both_spellings_are_one(digits: str) -> None:
    dashed = f"{digits[:2]}-{digits[2:]}"

    assert ein(digits) == ein(dashed) == dashed


@given(st.text("0123456789-", max_size=12))
def test_nothing_else_is_one(text: str) -> None:
    bare = text.replace("-", "")
    assume(len(bare) != 9 or text not in {bare, f"{bare[:2]}-{bare[2:]}"})

    with pytest.raises(PydanticCustomError, match="nine digits"):
        ein(text)


@pytest.mark.parametrize("text", ["", "12-3456789\n", "12–3456789", "١٢-٣٤٥٦٧٨٩"])
def test_look_alikes_are_refused(text: str) -> None:
    with pytest.raises(PydanticCustomError, match="nine digits"):
        ein(text)

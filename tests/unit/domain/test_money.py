"""Money as decimal text: whatever is in range keeps its value and its digits."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from registry.domain import document
from registry.domain.money import amount, currency_code, percentage

IN_RANGE = st.decimals(0, Decimal("999999999999.9999"), allow_nan=False, places=4)
ANYTHING = st.one_of(
    st.text(),
    st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{0,8})?([eE][+-]?[0-9]{1,6})?", fullmatch=True),
    st.floats().map(repr),
)


@given(IN_RANGE)
def test_an_amount_in_range_comes_back_to_the_digit(number: Decimal) -> None:
    text = format(number, "f")

    assert amount(text) == text
    assert amount(document.Number(text)) == text


@given(IN_RANGE, st.integers(-20, 20))
def test_an_exponent_is_written_out(number: Decimal, power: int) -> None:
    shifted = number.scaleb(power)

    sent = f"{format(shifted, 'f')}e{-power}"

    try:
        assert Decimal(amount(sent)) == number
    except PydanticCustomError as refused:
        assert refused.type == "decimal_places"  # noqa: PT017 - more zeros than there is room for


@given(ANYTHING)
def test_an_accepted_amount_is_plain_and_in_range(text: str) -> None:
    try:
        kept = amount(text)
    except PydanticCustomError as refused:
        assert refused.type in {"decimal", "decimal_range", "decimal_places"}  # noqa: PT017
        return
    whole, _, places = kept.partition(".")
    assert json.loads(kept) >= 0
    assert kept.replace(".", "", 1).isdecimal()
    assert (len(whole) <= 12, len(places) <= 4) == (True, True)
    assert Decimal(kept) == Decimal(text.strip())


@given(st.decimals(0, 100, places=4))
def test_a_percentage_ends_at_a_hundred(number: Decimal) -> None:
    assert percentage(format(number, "f")) == format(number, "f")


def test_a_percentage_above_a_hundred_is_out_of_range() -> None:
    with pytest.raises(PydanticCustomError) as refused:
        percentage("100.0001")

    assert refused.value.type == "decimal_range"


@pytest.mark.parametrize("text", ["", "US", "USDT", "\u0131dr", "840"])
def test_a_text_that_is_no_currency_code_is_refused(text: str) -> None:
    with pytest.raises(PydanticCustomError):
        currency_code(text)

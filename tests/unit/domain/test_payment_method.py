"""The fields of a payment method that are stored; no number of a card or an account is."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.errors import Invalid
from registry.domain.identifiers import new_id
from registry.domain.payment_method import (
    PaymentMethod,
    PaymentMethodType,
    accepted,
    holds_account_number,
    holds_card_number,
)

# Numbers that card networks publish for tests.
CARDS = [
    "4242424242424242",
    "4111111111111111",
    "5555555555554444",
    "378282246310005",
    "30569309025904",
    "6011000990139424",
    "6304000000000000",
    "4222222222222",
]
CARD = PaymentMethod(
    id=new_id(),
    client_id=new_id(),
    type=PaymentMethodType.CARD,
    token="pm_1NXWPnEcXlhN",
)
ACCOUNT = replace(CARD, type=PaymentMethodType.BANK_ACCOUNT)
TEXTS = ("token", "brand", "bank_name", "last4", "holder_name")


def reasons(method: PaymentMethod) -> dict[str, str]:
    """The kind of error by field."""
    with pytest.raises(Invalid) as refused:
        accepted(method)
    return {error.dotted: error.kind for error in refused.value.fields}


def saying(method: PaymentMethod, field: str, text: Any) -> PaymentMethod:
    """The method with a text in one field."""
    return replace(method, **{field: text})


def with_check_digit(digits: str) -> str:
    """The digits and the one that makes them pass the Luhn check."""
    return next(digits + last for last in "0123456789" if holds_card_number(digits + last))


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("number", CARDS)
def test_a_card_number_is_refused_in_every_field(field: str, number: str) -> None:
    assert reasons(saying(CARD, field, number))[field] == "account_number"


@pytest.mark.parametrize(
    "text",
    [
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4242.4242.4242.4242",
        "Jane 4242424242424242 Doe",
        "pm_4242424242424242",
        "x4242424242424242y",
        "4242/4242/4242/4242",
        "pm_4242_4242_4242_4242",
        "4242 - 4242 - 4242 - 4242",
        "4242\u20134242\u20134242\u20134242",
        "4242\u200b4242\u200b4242\u200b4242",
        "\uff14\uff12\uff14\uff12" * 4,
        "\u0664\u0662\u0664\u0662" * 4,
        ("4" + "\u0301\u0323" * 4 + "2") * 8,
    ],
)
def test_a_card_number_is_seen_however_it_is_written(text: str) -> None:
    assert holds_card_number(text)


@given(st.text("0123456789", min_size=11, max_size=18), st.sampled_from(["", " ", "-"]))
def test_every_number_of_a_cards_length_that_passes_luhn_is_a_card(
    digits: str, separator: str
) -> None:
    number = with_check_digit(digits)

    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)

    assert holds_card_number(separator.join(number))
    assert not holds_card_number(wrong)


@pytest.mark.parametrize("field", ["brand", "bank_name", "holder_name"])
@pytest.mark.parametrize(
    "number",
    [
        "000123456789",
        "1234567",
        "12-34-56 7",
        "Checking 000123456789",
        "GB82 WEST 1234 5698 7654 32",
        "de89370400440532013000",
        "NL91ABNA0417164300",
    ],
)
def test_an_account_number_is_refused_in_what_is_shown(field: str, number: str) -> None:
    assert reasons(saying(CARD, field, number)) == {field: "account_number"}


@pytest.mark.parametrize(
    "token",
    ["000123456789", "acct_000123456789", "ba:12345678", "GB82WEST12345698765432"],
)
def test_a_token_that_is_an_account_number_is_refused(token: str) -> None:
    assert reasons(replace(ACCOUNT, token=token)) == {"token": "account_number"}


@pytest.mark.parametrize(
    "token",
    [
        "pm_1NXWPnEcXlhN",
        "card_a1234567890bcd",
        "3b2c9e1e-5a01-4d7f-9b1e-0f6a2c4d8e90",
        "tok_123456",
        "~!x",
        "a" * 255,
    ],
)
def test_a_processors_token_is_kept(token: str) -> None:
    assert accepted(replace(CARD, token=f" {token} ")).token == token


@pytest.mark.parametrize("text", ["Jane Doe 3rd", "1822direkt", "Bank 24", "2026-11"])
def test_a_few_digits_are_no_number(text: str) -> None:
    assert not holds_card_number(text)
    assert not holds_account_number(text)


def test_texts_are_trimmed_and_empty_ones_absent() -> None:
    kept = accepted(replace(CARD, brand=" visa ", bank_name=" ", last4="4242", holder_name=""))

    assert (kept.brand, kept.bank_name, kept.last4, kept.holder_name) == (
        "visa",
        None,
        "4242",
        None,
    )


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (replace(CARD, token="  "), {"token": "missing"}),
        (replace(CARD, token="a" * 256), {"token": "token"}),
        (replace(CARD, token="pm 1"), {"token": "token"}),
        (replace(CARD, last4="424"), {"last4": "last4"}),
        (replace(CARD, last4="42424"), {"last4": "last4"}),
        (replace(CARD, last4="abcd"), {"last4": "last4"}),
        (replace(CARD, holder_name="a" * 201), {"holder_name": "string_too_long"}),
        (replace(CARD, brand="a\x00"), {"brand": "control_character"}),
        (
            replace(CARD, exp_month=13, exp_year=26),
            {"exp_month": "exp_month", "exp_year": "exp_year"},
        ),
        (
            replace(ACCOUNT, brand="visa", exp_month=1, exp_year=2030),
            {"brand": "cards_only", "exp_month": "cards_only", "exp_year": "cards_only"},
        ),
    ],
)
def test_every_value_that_cannot_be_kept_is_named_at_once(
    method: PaymentMethod, expected: dict[str, str]
) -> None:
    assert reasons(method) == expected


def test_the_token_is_not_printed_with_the_method() -> None:
    assert CARD.token is not None
    assert CARD.token not in repr(CARD)


@pytest.mark.parametrize(
    ("month", "year", "over"),
    [(10, 2026, True), (11, 2026, False), (1, 2027, False), (12, 2025, True), (None, 2020, False)],
)
def test_a_card_is_good_through_its_last_month(month: int | None, year: int, *, over: bool) -> None:
    card = replace(CARD, exp_month=month, exp_year=year)

    assert card.expired(datetime(2026, 11, 30, 23, 59, tzinfo=UTC)) is over

"""Payment methods: a processor's token and the details of the card or account that may be shown.

The registry never holds a card number or an account number. A value that looks like one is refused
in every field, because an operator's slip would otherwise make the table subject to PCI DSS.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from registry.domain.errors import FieldError, Invalid
from registry.domain.identifiers import created_at
from registry.domain.immutable import dataclass, replace

MAX_TEXT = 200
MAX_TOKEN = 255

# Digits as they are written on cards and statements, in groups.
_DIGITS = re.compile(r"[0-9](?:[ .\-]?[0-9])*", re.ASCII)
# Allows any separators, invisible ones too. Many texts match, so Luhn's check has to follow.
_SCATTERED_DIGITS = re.compile(r"[0-9](?:[\W_]{0,3}[0-9])*")
_CARD_LENGTHS = range(12, 20)
_ACCOUNT_LENGTH = 7
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}", re.ASCII)
_LAST4 = re.compile(r"[0-9]{4}", re.ASCII)
_TOKEN = re.compile(r"[\x21-\x7e]+")
_TEXTS = ("brand", "bank_name", "last4", "holder_name")
_MONTHS, _YEARS = range(1, 13), range(2000, 2100)


class PaymentMethodType(StrEnum):
    """The kind of a payment method."""

    CARD = "card"
    BANK_ACCOUNT = "bank_account"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethod:
    """A payment method of one client.

    Attributes:
        id: UUIDv7; for one that moved in, the vendor's own id.
        client_id: the client that pays with it.
        type: a card or a bank account.
        token: the payment processor's name for it, never shown; None for one that moved in, since
            no vendor shows it. Such a method can be shown, and nothing can be charged with it.
        attached_at: when it was attached to the client; None where the id tells.
        brand: of a card, such as `visa`.
        bank_name: the bank of an account.
        last4: the last four digits.
        exp_month, exp_year: the last month in which a card is valid, 1 to 12, and its year.
        holder_name: the name on the card or account.
    """

    id: str
    client_id: str
    type: PaymentMethodType
    token: str | None = field(default=None, repr=False)
    attached_at: datetime | None = None
    brand: str | None = None
    bank_name: str | None = None
    last4: str | None = None
    exp_month: int | None = None
    exp_year: int | None = None
    holder_name: str | None = None

    @property
    def created_at(self) -> datetime:
        """When the payment method was attached to the client."""
        return self.attached_at or created_at(self.id)

    def expired(self, at: datetime) -> bool:
        """Whether a card's last month has passed at `at`."""
        if self.exp_month is None or self.exp_year is None:
            return False
        return (self.exp_year, self.exp_month) < (at.year, at.month)


def accepted(method: PaymentMethod) -> PaymentMethod:
    """The payment method after its checks: texts trimmed, empty ones absent.

    Raises:
        Invalid: naming every value that cannot be accepted.
    """
    method = replace(
        method,
        token=(method.token or "").strip(),
        brand=_trimmed(method.brand),
        bank_name=_trimmed(method.bank_name),
        last4=_trimmed(method.last4),
        holder_name=_trimmed(method.holder_name),
    )
    errors = (
        *_token_errors(method.token or ""),
        *display_errors({name: getattr(method, name) for name in _TEXTS}),
        *_card_errors(method),
    )
    if errors:
        raise Invalid(fields=errors)
    return method


def holds_card_number(text: str) -> bool:
    """Whether digits of the text, grouped or not, are a card number (ISO/IEC 7812-1, Luhn)."""
    plain = _ascii_digits(text)
    runs = (*_digit_runs(plain), *_digit_runs(plain, _SCATTERED_DIGITS))
    return any(len(run) in _CARD_LENGTHS and _luhn(run) for run in runs)


def holds_account_number(text: str) -> bool:
    """Whether the text has an IBAN (ISO 13616), or seven digits or more, grouped or not."""
    plain = _ascii_digits(text)
    return any(len(run) >= _ACCOUNT_LENGTH for run in _digit_runs(plain)) or _holds_iban(plain)


def _trimmed(text: str | None) -> str | None:
    return (text or "").strip() or None


def _token_errors(token: str) -> Iterator[FieldError]:
    # A token is random text, so digits between its letters are no account number. Digits that other
    # signs separate from the rest may be one.
    if holds_card_number(token) or any(map(holds_account_number, _numbers_alone(token))):
        yield FieldError(("token",), "account_number")
    elif not token:
        yield FieldError(("token",), "missing")
    elif len(token) > MAX_TOKEN or not _TOKEN.fullmatch(token):
        yield FieldError(("token",), "token", {"max_length": MAX_TOKEN})


def display_errors(texts: Mapping[str, str | None]) -> Iterator[FieldError]:
    """The errors of the texts that may be shown: of each name at most one."""
    for name, text in texts.items():
        if text is None:
            continue
        if holds_card_number(text) or holds_account_number(text):
            yield FieldError((name,), "account_number")
        elif len(text) > MAX_TEXT:
            yield FieldError((name,), "string_too_long", {"max_length": MAX_TEXT})
        elif any(unicodedata.category(character) == "Cc" for character in text):
            yield FieldError((name,), "control_character")
        elif name == "last4" and not _LAST4.fullmatch(text):
            yield FieldError((name,), "last4")


def _card_errors(method: PaymentMethod) -> Iterator[FieldError]:
    """The errors of the fields that only cards have; a bank account must not have them."""
    if method.type is PaymentMethodType.BANK_ACCOUNT:
        for name in ("brand", "exp_month", "exp_year"):
            if getattr(method, name) is not None:
                yield FieldError((name,), "cards_only")
        return
    if method.exp_month is not None and method.exp_month not in _MONTHS:
        yield FieldError(("exp_month",), "exp_month")
    if method.exp_year is not None and method.exp_year not in _YEARS:
        yield FieldError(("exp_year",), "exp_year")


def _ascii_digits(text: str) -> str:
    """The text with the digits of every script as 0 to 9 and compatibility forms resolved.

    Combining marks are left out. They hide no digit, and putting them in order takes the square of
    their number.
    """
    unmarked = "".join(each for each in text if not unicodedata.combining(each))
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in unicodedata.normalize("NFKC", unmarked)
    )


def _digit_runs(text: str, pattern: re.Pattern[str] = _DIGITS) -> Iterator[str]:
    """The digits of every match of the pattern, without their separators."""
    for run in pattern.findall(text):
        yield re.sub(r"[^0-9]", "", run)


def _numbers_alone(token: str) -> Iterator[str]:
    """The parts of a token between its signs that have no letters or contain an IBAN."""
    for part in re.split(r"[^0-9A-Za-z .\-]", token):
        if not re.search(r"[A-Za-z]", part) or _holds_iban(part):
            yield part


def _holds_iban(text: str) -> bool:
    return any(_is_iban(found.replace(" ", "")) for found in _IBAN.findall(text.upper()))


def _is_iban(text: str) -> bool:
    """Whether the check digits are right: ISO 13616 takes the number modulo 97."""
    digits = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return int(digits) % 97 == 1


def _luhn(digits: str) -> bool:
    """Whether the check digit is right (Luhn's formula, ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * 2 for digit in digits[-2::-2]]
    single = [int(digit) for digit in digits[-1::-2]]
    return (sum(single) + sum(number // 10 + number % 10 for number in doubled)) % 10 == 0

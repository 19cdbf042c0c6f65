"""Amounts and percentages as decimal text, and currencies.

Nothing here is ever a float: a JSON number arrives with its own text (`document.Number`), and the
registry keeps and returns text. Trailing zeros are kept; an exponent is written out.
"""

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from registry.domain.currencies import CURRENCIES
from registry.domain.document import Number
from registry.domain.text import Check, limited, word

# The grammar of JSON numbers (RFC 8259, section 6), for numbers written as text as well. A longer
# exponent than this belongs to no number that is in range.
DECIMAL = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?"

_DECIMAL = re.compile(DECIMAL)
_PLACES = 4
_HIGHEST_AMOUNT = Decimal("999999999999.9999")
_HIGHEST_PERCENT = Decimal(100)


def amount(value: object) -> str:
    """Money, at least 0, of at most 12 digits before and 4 after the point.

    Raises:
        PydanticCustomError: kind `decimal` for a value that is not a decimal number,
            `decimal_places` for one with more than 4 digits after the point, `decimal_range`.
    """
    return _decimal_text(value, _HIGHEST_AMOUNT)


def percentage(value: object) -> str:
    """A percentage from 0 to 100, of at most 4 digits after the point.

    Raises:
        PydanticCustomError: as `amount`.
    """
    return _decimal_text(value, _HIGHEST_PERCENT)


def currency_code(text: str) -> str:
    """An ISO 4217 currency code in upper case, from a text in any case.

    Raises:
        PydanticCustomError: kind `currency_code`.
    """
    code = text.upper()
    if not text.isascii() or code not in CURRENCIES:
        raise PydanticCustomError("currency_code", "must be an ISO 4217 currency code")
    return code


def _decimal_text(value: object, highest: Decimal) -> str:
    """The decimal, without an exponent, of a JSON number or of a text that contains one.

    Raises:
        PydanticCustomError: as `amount`.
    """
    text = value.text if isinstance(value, Number) else value
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text.strip()):
        raise PydanticCustomError("decimal", "must be a decimal number")
    number = Decimal(text.strip())
    if not 0 <= number <= highest:
        raise PydanticCustomError("decimal_range", "must be from 0 to {le}", {"le": str(highest)})
    plain = format(number.copy_abs(), "f")
    if len(plain.partition(".")[2]) > _PLACES:
        raise PydanticCustomError("decimal_places", "must have at most 4 digits after the point")
    return plain


def _decimal(bounds: dict[str, int]) -> WithJsonSchema:
    """The schema of a decimal in a request: a JSON number, or the text of one."""
    text = {"type": "string", "pattern": rf"^\s*{DECIMAL}\s*$"}
    return WithJsonSchema({"anyOf": [{"type": "number", **bounds}, text]}, mode="validation")


Currency = Annotated[str, limited(200), Check(currency_code, {"pattern": "^[A-Za-z]{3}$"})]
Rate = Annotated[str, BeforeValidator(amount), _decimal({"minimum": 0, "exclusiveMaximum": 10**12})]
TaxRate = Annotated[str, BeforeValidator(percentage), _decimal({"minimum": 0, "maximum": 100})]
PaymentTerms = Annotated[
    Literal["due_on_receipt", "net_7", "net_14", "net_15", "net_30", "net_60"],
    BeforeValidator(word),
]

"""Employer Identification Numbers: nine digits, written with a dash after the second (IRS)."""

import re

from pydantic_core import PydanticCustomError

from registry.domain.text import Check

_EIN = re.compile(r"([0-9]{2})-?([0-9]{7})", re.ASCII)


def ein(text: str) -> str:
    """The number with its dash, `12-3456789`, from either spelling.

    Raises:
        PydanticCustomError: kind `ein`.
    """
    digits = _EIN.fullmatch(text)
    if digits is None:
        raise PydanticCustomError("ein", "must be nine digits, with or without a dash")
    return f"{digits[1]}-{digits[2]}"


Ein = Check(ein, {"pattern": "^[0-9]{2}-?[0-9]{7}$"})

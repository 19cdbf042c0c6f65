"""Phone numbers: as typed, and in E.164 where they can be read (phonenumbers, ITU-T E.164)."""

import phonenumbers
from pydantic_core import PydanticCustomError

from registry.domain.client import Phone


def read_phone(text: str, region: str) -> Phone:
    """A number as typed, with its E.164 form where it is a valid number of the region or the world.

    Args:
        text: any spelling.
        region: ISO 3166-1 alpha-2, for numbers without a country code.
    """
    number = _parse(text, region)
    valid = number is not None and phonenumbers.is_valid_number(number) and not number.extension
    return Phone(text, _e164(number) if number is not None and valid else None)


def valid_phone(text: str, region: str) -> Phone:
    """A number that has to be valid and without an extension.

    Raises:
        PydanticCustomError: kind `phone`, or `phone_extension`.
    """
    number = _parse(text, region)
    if number is None or not phonenumbers.is_valid_number(number):
        raise PydanticCustomError("phone", "must be a valid phone number", {"region": region})
    if number.extension:
        raise PydanticCustomError("phone_extension", "must not have an extension")
    return Phone(text, _e164(number))


def known_region(code: str) -> bool:
    """Whether phone numbers of this region are known, so that it can be assumed for one."""
    return code in phonenumbers.SUPPORTED_REGIONS


def _parse(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

"""Phone numbers: as typed, and in E.164 where they can be read (phonenumbers, ITU-T E.164).

The library and its metadata are loaded where the first number is parsed: most requests have none.
"""

from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from registry.domain.client import Phone

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber


def read_phone(text: str, region: str) -> Phone:
    """A number as typed, with its E.164 form where it is a valid number of the region or the world.

    Args:
        text: any spelling.
        region: ISO 3166-1 alpha-2, for numbers without a country code.
    """
    number = _valid(text, region)
    return Phone(text, None if number is None or number.extension else _e164(number))


def valid_phone(text: str, region: str) -> Phone:
    """A number that has to be valid and without an extension.

    Raises:
        PydanticCustomError: kind `phone`, or `phone_extension`.
    """
    number = _valid(text, region)
    if number is None:
        raise PydanticCustomError("phone", "must be a valid phone number", {"region": region})
    if number.extension:
        raise PydanticCustomError("phone_extension", "must not have an extension")
    return Phone(text, _e164(number))


def known_region(code: str) -> bool:
    """Whether phone numbers of this region are known, so that it can be assumed for one."""
    from phonenumbers import SUPPORTED_REGIONS  # noqa: PLC0415

    return code in SUPPORTED_REGIONS


def _valid(text: str, region: str) -> "PhoneNumber | None":
    from phonenumbers import NumberParseException, is_valid_number, parse  # noqa: PLC0415

    try:
        number = parse(text, region)
    except NumberParseException:
        return None
    return number if is_valid_number(number) else None


def _e164(number: "PhoneNumber") -> str:
    from phonenumbers import PhoneNumberFormat, format_number  # noqa: PLC0415

    return format_number(number, PhoneNumberFormat.E164)

"""Phone numbers: as typed, and in E.164 where they can be read (phonenumbers, ITU-T E.164).

A number without a country code is read in the country of its record; in the workspace's region only
where the record has no country. Where the record has a country whose code is not known, or that has
no numbering plan, a number without a country code cannot be read.

The library, and its metadata of a region, are loaded when the first number is read: most functions
read none. Those that do load them beforehand, see `load_numbers`.
"""

import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from registry.domain.client import Client, Country, Fields, Phone
from registry.domain.places import same_country
from registry.domain.workspace import DEFAULT_REGION

if TYPE_CHECKING:
    from phonenumbers.phonemetadata import PhoneNumberDesc
    from phonenumbers.phonenumber import PhoneNumber

# Numbers as they are written most often, with as many digits as no extension has.
_PLAIN = re.compile(r"\+?[0-9 ().-]+")
_PLAIN_DIGITS = 7
_BETWEEN_DIGITS = dict.fromkeys(map(ord, " ().-"))


def load_numbers() -> None:
    """Load the library and the metadata of the region that workspaces have if told no other.

    It reads a number, because only that compiles the patterns of the region. The number is the
    library's own example of the region.
    """
    from phonenumbers.phonenumberutil import example_number, is_valid_number  # noqa: PLC0415

    example = example_number(DEFAULT_REGION)
    if example is not None and is_valid_number(example):
        read_phone(_e164(example).removeprefix(f"+{example.country_code}"), None, DEFAULT_REGION)


def read_phone(text: str, country: Country | None, workspace_region: str) -> Phone:
    """A number as typed, with its E.164 form where it is a valid number without an extension.

    Args:
        text: any spelling.
        country: the country the record has after the call.
        workspace_region: ISO 3166-1 alpha-2, for a record without a country.
    """
    number = _valid(text, _region(country, workspace_region))
    return Phone(text, None if number is None or number.extension else _e164(number))


def valid_phone(text: str, country: Country | None, workspace_region: str) -> Phone:
    """As `read_phone`, but the number must be valid and must not have an extension.

    Raises:
        PydanticCustomError: kind `phone_extension`, or `phone`, whose fact `region` is the country
            in which the number was read: its code, or its text as typed where it has no code.
    """
    number = _valid(text, _region(country, workspace_region))
    if number is None:
        place = workspace_region if country is None else country.code or country.typed
        raise PydanticCustomError("phone", "must be a valid phone number", {"region": place})
    if number.extension:
        raise PydanticCustomError("phone_extension", "must not have an extension")
    return Phone(text, _e164(number))


def phone_fields(
    written: Mapping[str, str | None],
    repeated: Collection[str],
    before: Client | None,
    country: Country | None,
    workspace_region: str,
) -> Fields:
    """The field `phone` of the record after a call; no field where the call leaves it alone.

    A number that the call writes is read. One that the call repeats is read again if the country
    changes; in the same country it keeps its E.164 form, because consent may be on file for it.

    Args:
        written: the texts that the call writes, by the record's names of their fields.
        repeated: the record's names of the fields that the call repeats.
        before: the record before the call; None for a new one.
        country: the country the record has after the call.
        workspace_region: ISO 3166-1 alpha-2, for a record without a country.
    """
    if "phone" in written:
        typed = written["phone"]
    elif (
        "phone" in repeated
        and before is not None
        and before.phone is not None
        and not same_country(before.country, country)
    ):
        typed = before.phone.typed
    else:
        return Fields()
    return Fields(phone=None if typed is None else read_phone(typed, country, workspace_region))


def is_valid_e164(text: str) -> bool:
    """Whether a text in the form of E.164 is a valid number of a numbering plan."""
    return _valid(text, None) is not None


def _region(country: Country | None, workspace_region: str) -> str | None:
    """The region in which a number without a country code is read; None for an unknown country."""
    return workspace_region if country is None else country.code


def _valid(text: str, region: str | None) -> "PhoneNumber | None":
    """The number that the text is in the region; None where it is not a valid one."""
    # From the module and not from the package, which in the layer is empty: see trim.py.
    from phonenumbers.phonenumberutil import (  # noqa: PLC0415
        NumberParseException,
        is_valid_number,
        parse,
    )

    try:
        number = parse(_without_spaces(text), region)
    except NumberParseException:
        return None
    return number if _is_ordinary(number, region) or is_valid_number(number) else None


def _without_spaces(text: str) -> str:
    """A number without what stands between its digits, where that says nothing.

    The library takes it out at the end of its parsing, and until then it looks there for
    extensions, letters and a second number, none of which a text of these characters has.
    """
    digits = text.translate(_BETWEEN_DIGITS) if _PLAIN.fullmatch(text) else ""
    return digits if len(digits) >= _PLAIN_DIGITS else text


def _is_ordinary(number: "PhoneNumber", region: str | None) -> bool:
    """Whether a number is surely valid: a fixed line or a mobile in the main region of its code.

    To find the region of a number, the library checks the number for each region of its country
    code, the main one first; and it asks for ten kinds of numbers, these two at the end.
    """
    from phonenumbers.phonenumberutil import (  # noqa: PLC0415
        national_significant_number,
        region_code_for_country_code,
    )

    if region is None or region != region_code_for_country_code(number.country_code or 0):
        return False
    general, *kinds = _ordinary_numbers(region)
    digits = national_significant_number(number)
    return general(digits) and any(matches(digits) for matches in kinds)


@cache
def _ordinary_numbers(region: str) -> tuple[Callable[[str], bool], ...]:
    """What says that a number can be one of a region; and that it is a fixed line, and a mobile.

    Nothing can be where the numbers of a region are told from those of others by how they begin.
    """
    from phonenumbers.phonemetadata import PhoneMetadata  # noqa: PLC0415

    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None or metadata.leading_digits is not None:
        return (lambda _: False,)
    kinds = (metadata.general_desc, metadata.fixed_line, metadata.mobile)
    return tuple(map(_matcher, kinds))


def _matcher(kind: "PhoneNumberDesc | None") -> Callable[[str], bool]:
    """Whether the digits of a number are those of a kind, as the library matches them."""
    if kind is None or not kind.national_number_pattern:
        return lambda _: False
    pattern, lengths = re.compile(kind.national_number_pattern), kind.possible_length

    def matches(digits: str) -> bool:
        return not (lengths and len(digits) not in lengths) and bool(pattern.fullmatch(digits))

    return matches


def _e164(number: "PhoneNumber") -> str:
    from phonenumbers.phonenumberutil import PhoneNumberFormat, format_number  # noqa: PLC0415

    return format_number(number, PhoneNumberFormat.E164)

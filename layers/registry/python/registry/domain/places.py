"""Countries, their parts, and time zones: what the ISO and IANA lists know.

The lists are read at the first question, so that a function that never asks never pays.
"""

from functools import cache
from importlib.resources import files

from pydantic_core import PydanticCustomError

from registry.domain.client import Country
from registry.domain.text import Check

# Where a two-letter region has to exist: the parts ISO 3166-2 lists, and for the United States the
# three "states" of military mail (USPS Publication 28, section 225).
_CHECKED_REGIONS = {"US": frozenset({"AA", "AE", "AP"}), "CA": frozenset[str]()}
_CODE_LENGTH = 2


def country(text: str) -> Country:
    """A country as typed, with its code where the text is an alpha-2, alpha-3 or English name."""
    return Country(text, _codes().get(text.casefold()))


def country_code(text: str) -> str:
    """The alpha-2 code, upper case, of a text that has to be one (ISO 3166-1).

    Raises:
        PydanticCustomError: kind `country_code`.
    """
    if not is_country_code(text):
        raise PydanticCustomError("country_code", "must be an ISO 3166-1 alpha-2 country code")
    return text.upper()


def is_country_code(text: str) -> bool:
    """Whether the text is an ISO 3166-1 alpha-2 code, in any case."""
    return len(text) == _CODE_LENGTH and text.casefold() in _codes()


def known_country(text: str) -> str:
    """The text, when it names a country by alpha-2, alpha-3 or English name (ISO 3166-1).

    Raises:
        PydanticCustomError: kind `country`.
    """
    if text.casefold() not in _codes():
        raise PydanticCustomError("country", "must be a country's ISO 3166-1 code or English name")
    return text


def region_code(text: str) -> str:
    """A two-letter region code, upper case.

    Raises:
        PydanticCustomError: kind `region_code`.
    """
    if not (len(text) == _CODE_LENGTH and text.isascii() and text.isalpha()):
        raise PydanticCustomError("region_code", "must be two letters")
    return text.upper()


def region_exists(country_code: str, region: str) -> bool:
    """Whether the region is one of the country's; True where they are not checked."""
    if country_code not in _CHECKED_REGIONS:
        return True
    return region in _regions(country_code) or region in _CHECKED_REGIONS[country_code]


def timezone(text: str) -> str:
    """The text, when it is a zone of the IANA time zone database, in its exact spelling.

    Raises:
        PydanticCustomError: kind `timezone`.
    """
    if not is_timezone(text):
        raise PydanticCustomError("timezone", "must be an IANA time zone name")
    return text


CountryCode = Check(country_code, {"pattern": "^[A-Za-z]{2}$", "format": "country-code"})
KnownCountry = Check(known_country, {"format": "country"})
RegionCode = Check(region_code, {"pattern": "^[A-Za-z]{2}$"})
Timezone = Check(timezone, {"format": "time-zone"})


def is_timezone(text: str) -> bool:
    """Whether the text is a zone of the IANA time zone database, in its exact spelling."""
    return text in _zones()


@cache
def _codes() -> dict[str, str]:
    import pycountry  # noqa: PLC0415 - 40 KB of JSON, read where a country is

    codes: dict[str, str] = {}
    for entry in pycountry.countries:
        names = (entry.name, getattr(entry, "common_name", ""), getattr(entry, "official_name", ""))
        for spelling in (entry.alpha_2, entry.alpha_3, *names):
            codes[spelling.casefold()] = entry.alpha_2
    codes.pop("", None)
    return codes


@cache
def _regions(country_code: str) -> frozenset[str]:
    import pycountry  # noqa: PLC0415 - half a megabyte of JSON, read where a region is

    prefix = f"{country_code}-"
    parts = (part.code for part in pycountry.subdivisions if part.code.startswith(prefix))
    return frozenset(code.removeprefix(prefix) for code in parts)


@cache
def _zones() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())

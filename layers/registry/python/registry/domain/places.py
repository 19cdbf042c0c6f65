"""Countries, their parts, and time zones: what the ISO, CLDR and IANA lists know.

The lists are read at the first question, so that a function that never asks never pays.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files

from pydantic_core import PydanticCustomError

from registry.domain.client import Country
from registry.domain.text import Check

# Where a two-letter region has to exist: the parts ISO 3166-2 lists, and for the United States also
# what its post calls states (USPS Publication 28, appendix B): military mail and the freely
# associated states, which are countries to ISO.
_CHECKED_REGIONS = {
    "US": frozenset({"AA", "AE", "AP", "FM", "MH", "PW"}),
    "CA": frozenset[str](),
}
# Codes are ASCII before anything folds: the capitals of `ß` are `SS`, those of `ﬁ` are `FI`.
_ALPHA_2 = re.compile(r"[A-Za-z]{2}")
_ALPHA_3 = re.compile(r"[A-Za-z]{3}")

_LONGEST_ABBREVIATION = 3
_LEFT_OUT = re.compile(r"[.'\u2018\u2019\u02bb\u02bc\u02b9\u2032\uff07`\u00b4]")
_BETWEEN_WORDS = re.compile(r"[\s,()\-\u2010-\u2015\u2212]+")
_SPELLED_OUT = {"&": "and", "saint": "st"}


def country(text: str) -> Country:
    """A country as typed, with the code that `country_of` knows for it."""
    return Country(text, country_of(text))


def country_of(text: str) -> str | None:
    """The alpha-2 code of a country's code or English name; None where no list knows it.

    Codes are alpha-2 and alpha-3 of ISO 3166-1, ASCII letters in any case. Names are the short,
    common and official ones of ISO 3166-1 and those of CLDR with their variants, as `name_key`
    reads them.
    """
    from registry.domain.country_names import ALPHA_3, NAMES  # noqa: PLC0415 - read when asked

    if is_country_code(text):
        return text.upper()
    if _ALPHA_3.fullmatch(text) and (code := ALPHA_3.get(text.upper())):
        return code
    key = name_key(text)
    # An abbreviation is a code to whoever types it, with or without its points.
    return NAMES.get(key) if len(key) > _LONGEST_ABBREVIATION or text.isascii() else None


def name_key(name: str) -> str:
    """What is compared of a country's name.

    Letter case, accents, apostrophes, points, dashes, commas and brackets do not count, nor does
    the article before or after a name; `&` is `and`, and `Saint` is `St`.
    """
    text = name.replace("\u0131", "i").replace("&", " & ")
    letters = "".join(
        letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter)
    )
    # Lowered, not case-folded: that would spell `ß` and `ﬁ` out as other letters.
    words = _BETWEEN_WORDS.sub(" ", _LEFT_OUT.sub("", letters.lower())).split()
    plain = " ".join(_SPELLED_OUT.get(word, word) for word in words)
    return plain.removeprefix("the ").removesuffix(" the")


def same_country(one: Country | None, other: Country | None) -> bool:
    """Whether the two are one country, however they are typed; none is another than any.

    What a phone number without a country code means depends on the country alone, so that two
    which no list knows are the same: in neither can it be read.
    """
    if one is None or other is None:
        return one is other
    return one.code == other.code


def country_code(text: str) -> str:
    """The alpha-2 code, upper case, of a text that has to be one (ISO 3166-1).

    Raises:
        PydanticCustomError: kind `country_code`.
    """
    if not is_country_code(text):
        raise PydanticCustomError("country_code", "must be an ISO 3166-1 alpha-2 country code")
    return text.upper()


def is_country_code(text: str) -> bool:
    """Whether the text is an ISO 3166-1 alpha-2 code, ASCII letters in any case."""
    return _ALPHA_2.fullmatch(text) is not None and text.upper() in _alpha_2()


def known_country(text: str) -> str:
    """The text, when it names a country as `country_of` reads it.

    Raises:
        PydanticCustomError: kind `country`.
    """
    if country_of(text) is None:
        raise PydanticCustomError("country", "must be a country's ISO 3166-1 code or English name")
    return text


def region_code(text: str) -> str:
    """A two-letter region code, upper case.

    Raises:
        PydanticCustomError: kind `region_code`.
    """
    if not _ALPHA_2.fullmatch(text):
        raise PydanticCustomError("region_code", "must be two letters")
    return text.upper()


def region_exists(country_code: str, region: str) -> bool:
    """Whether the region, in any case, is one of the country's; True where they are not checked."""
    if country_code not in _CHECKED_REGIONS:
        return True
    code = region.upper() if region.isascii() else region
    return code in _regions(country_code) or code in _CHECKED_REGIONS[country_code]


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
def _alpha_2() -> frozenset[str]:
    from registry.domain.country_names import ALPHA_3  # noqa: PLC0415 - read when asked

    return frozenset(ALPHA_3.values())


@cache
def _regions(country_code: str) -> frozenset[str]:
    import pycountry  # noqa: PLC0415 - half a megabyte of JSON, read where a region is

    prefix = f"{country_code}-"
    parts = (part.code for part in pycountry.subdivisions if part.code.startswith(prefix))
    return frozenset(code.removeprefix(prefix) for code in parts)


@cache
def _zones() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())

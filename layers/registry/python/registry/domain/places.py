"""Countries, their subdivisions, and time zones, from the lists of ISO, CLDR and IANA.

The lists are modules that `make lists` writes from the libraries that have them, so that no request
waits for the reading of a file.
"""

import re
import unicodedata

from pydantic_core import PydanticCustomError

from registry.domain.client import Country
from registry.domain.country_names import ALPHA_3, NAMES
from registry.domain.subdivisions import CA, US
from registry.domain.text import Check
from registry.domain.time_zones import ZONES

# The regions of the countries whose two-letter regions are checked: those of ISO 3166-2 and, in the
# United States, the further states of its post (USPS Publication 28, appendix B): military mail and
# the freely associated states, which are countries to ISO.
_CHECKED_REGIONS = {
    "US": US | {"AA", "AE", "AP", "FM", "MH", "PW"},
    "CA": CA,
}
# Codes are ASCII before anything folds: the capitals of `ß` are `SS`, those of `ﬁ` are `FI`.
_ALPHA_2 = re.compile(r"[A-Za-z]{2}")
_ALPHA_3 = re.compile(r"[A-Za-z]{3}")
_COUNTRY_CODES = frozenset(ALPHA_3.values())

_LONGEST_ABBREVIATION = 3
# The longest name has 52 characters, and its accents and points may stand beside them.
_LONGEST_NAME = 200
_LEFT_OUT = re.compile(r"[.'\u2018\u2019\u02bb\u02bc\u02b9\u2032\uff07`\u00b4]")
_BETWEEN_WORDS = re.compile(r"[\s,()\-\u2010-\u2015\u2212]+")
_SPELLED_OUT = {"&": "and", "saint": "st"}


def country(text: str) -> Country:
    """A country as typed, with its code by `country_of`."""
    return Country(text, country_of(text))


def country_of(text: str) -> str | None:
    """The alpha-2 code of a country's code or English name; None where no list has the text.

    Codes are alpha-2 and alpha-3 of ISO 3166-1, ASCII letters in any case. Names are the short,
    common and official ones of ISO 3166-1 and those of CLDR with their variants, as `name_key`
    reads them. A long text is not read: putting accents in order takes the square of their number.
    """
    if len(text) > _LONGEST_NAME:
        return None
    if is_country_code(text):
        return text.upper()
    if _ALPHA_3.fullmatch(text) and (code := ALPHA_3.get(text.upper())):
        return code
    key = name_key(text)
    # An abbreviation is a code to whoever types it, with or without its points.
    return NAMES.get(key) if len(key) > _LONGEST_ABBREVIATION or text.isascii() else None


def name_key(name: str) -> str:
    """The form in which names of countries are compared.

    Letter case, accents, apostrophes, points, dashes, commas and brackets are ignored, and so is
    the article before or after a name; `&` becomes `and`, and `Saint` becomes `St`.
    """
    text = name.replace("\u0131", "i").replace("&", " & ")
    letters = "".join(
        letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter)
    )
    # Lowered, not case-folded: case folding would spell `ß` and `ﬁ` out as other letters.
    words = _BETWEEN_WORDS.sub(" ", _LEFT_OUT.sub("", letters.lower())).split()
    plain = " ".join(_SPELLED_OUT.get(word, word) for word in words)
    return plain.removeprefix("the ").removesuffix(" the")


def same_country(one: Country | None, other: Country | None) -> bool:
    """Whether two countries are the same, however they are typed; None is the same as None only.

    Two countries without a code count as the same, because the comparison decides whether a phone
    number is read again: in neither of the two can one without a country code be read.
    """
    if one is None or other is None:
        return one is other
    return one.code == other.code


def country_code(text: str) -> str:
    """An ISO 3166-1 alpha-2 code in upper case, from a text in any case.

    Raises:
        PydanticCustomError: kind `country_code`.
    """
    if not is_country_code(text):
        raise PydanticCustomError("country_code", "must be an ISO 3166-1 alpha-2 country code")
    return text.upper()


def is_country_code(text: str) -> bool:
    """Whether the text is an ISO 3166-1 alpha-2 code, ASCII letters in any case."""
    return _ALPHA_2.fullmatch(text) is not None and text.upper() in _COUNTRY_CODES


def known_country(text: str) -> str:
    """The text, unchanged, when `country_of` knows a code for it.

    Raises:
        PydanticCustomError: kind `country`.
    """
    if country_of(text) is None:
        raise PydanticCustomError("country", "must be a country's ISO 3166-1 code or English name")
    return text


def region_code(text: str) -> str:
    """A two-letter region code in upper case, from a text in any case.

    Raises:
        PydanticCustomError: kind `region_code`.
    """
    if not _ALPHA_2.fullmatch(text):
        raise PydanticCustomError("region_code", "must be two letters")
    return text.upper()


def region_exists(country_code: str, region: str) -> bool:
    """Whether the country has the region, in any case; True for a country that is not checked."""
    if country_code not in _CHECKED_REGIONS:
        return True
    code = region.upper() if region.isascii() else region
    return code in _CHECKED_REGIONS[country_code]


def timezone(text: str) -> str:
    """The text, unchanged, when it is a zone of the IANA time zone database, exactly spelled.

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
    return text in ZONES

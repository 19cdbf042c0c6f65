"""Addresses in the form in which they are compared: house number, and words of the street."""

import re
from collections.abc import Iterator

from registry.matching.names import words

_NUMBER = re.compile(r"\d+")
# Kinds of streets and their abbreviations, which addresses have or leave out as it comes.
# Source: "Postal Addressing Standards", Publication 28 of the USPS, appendix C1, the usual ones.
_KINDS = frozenset(
    (
        "alley", "aly", "avenue", "av", "ave", "boulevard", "blvd", "circle", "cir",
        "circuit", "cct", "close", "cl", "court", "ct", "crescent", "cres", "drive", "dr",
        "dv", "expressway", "expy", "freeway", "fwy", "grove", "gr", "highway", "hwy",
        "lane", "ln", "parade", "pde", "parkway", "pkwy", "place", "pl", "plaza", "plz",
        "road", "rd", "square", "sq", "street", "st", "str", "terrace", "ter", "tce",
        "trail", "trl", "way",
    )
)  # fmt: skip
_DIRECTIONS = {"north": "n", "south": "s", "east": "e", "west": "w"}
# A line with one of these is about a part of a building.
_UNITS = frozenset(
    (
        "apartment", "apt", "building", "bldg", "flat", "floor", "fl", "room", "rm",
        "suite", "ste", "unit",
    )
)  # fmt: skip


def house_number(lines: tuple[str | None, ...]) -> str | None:
    """The first number in the lines of an address; of a range of numbers the lower one."""
    found = (_NUMBER.search(line) for line in lines if line is not None)
    return next((match.group().lstrip("0") or "0" for match in found if match is not None), None)


def streets(lines: tuple[str | None, ...]) -> tuple[str, ...]:
    """The streets that the lines of an address may name, without house numbers and kinds.

    Which line holds the street is not the same in all sources, so each line counts that does not
    name a part of a building.
    """
    return tuple(filter(None, (" ".join(_street(words(line))) for line in lines)))


def _street(line: tuple[str, ...]) -> Iterator[str]:
    """The words of a street: of a unit, what comes before it."""
    rest = line[1:] if line and line[0].isdigit() else line
    kept = []
    for word in rest:
        if word in _UNITS:
            break
        kept.append(_DIRECTIONS.get(word, word))
    # Streets such as "Avenue Road" are made of nothing else.
    yield from [word for word in kept if word not in _KINDS] or kept

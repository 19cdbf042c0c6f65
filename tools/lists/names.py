"""Every English name of a country that ISO 3166-1 or CLDR has, and the names derived from these."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pycountry

from registry.domain.places import name_key

_CLDR: Final = Path(__file__).with_name("cldr-territories-en.json")
# `Tanzania, United Republic of`, but not `Bonaire, Sint Eustatius and Saba`.
_INVERTED: Final = re.compile(r"([^,]+), ([^,]* of(?: the)?)")
_BRACKETED: Final = re.compile(r"(.*?) ?\(.*\)(.*)")

# Names in common use that neither list has by themselves.
_COMMON: Final = {
    "Burma": "MM",
    "DR Congo": "CD",
    "DRC": "CD",
    "Great Britain": "GB",
    "Holland": "NL",
    "Macau": "MO",
    "Macedonia": "MK",
    "U.A.E.": "AE",
    "U.S.A.": "US",
    "Vatican": "VA",
    "Vatican City State": "VA",
}


def alpha_3() -> dict[str, str]:
    """The alpha-2 code of every alpha-3 code."""
    return {entry.alpha_3: entry.alpha_2 for entry in pycountry.countries}


def names() -> dict[str, str]:
    """The alpha-2 code of every name, by the key of the name.

    A list's own name counts more than a derived one: `Congo` is ISO's name of CG. A
    derived name that two countries could claim, such as `Korea`, belongs to neither.

    Raises:
        ValueError: the lists give one name to two countries.
    """
    listed: dict[str, str] = {}
    derived: defaultdict[str, set[str]] = defaultdict(set)
    for name, code in _listed():
        if listed.setdefault(name_key(name), code) != code:
            raise ValueError(name)
        for shorter in _derived(name):
            derived[name_key(shorter)].add(code)
    alone = {key: code for key, (code, *others) in derived.items() if not others}
    return dict(sorted((alone | listed).items()))


def _listed() -> Iterator[tuple[str, str]]:
    """Every name that ISO, CLDR or `_COMMON` has, with its country's code."""
    for entry in pycountry.countries:
        for attribute in ("name", "common_name", "official_name"):
            if name := getattr(entry, attribute, None):
                yield name, entry.alpha_2
    for name, code in _cldr():
        yield name, code
    yield from _COMMON.items()


def _cldr() -> Iterator[tuple[str, str]]:
    """CLDR's names with their variants, for the countries that have a code of ISO 3166-1."""
    document: dict[str, Any] = json.loads(_CLDR.read_text("utf-8"))
    territories: dict[str, str] = document["main"]["en"]["localeDisplayNames"]["territories"]
    countries = {entry.alpha_2 for entry in pycountry.countries}
    for key, name in territories.items():
        code = key.partition("-")[0]
        if code in countries:
            yield name, code


def _derived(name: str) -> Iterator[str]:
    """A name without its bracket, an inverted name the right way round, and its first part."""
    if bracketed := _BRACKETED.fullmatch(name):
        yield bracketed[1] + bracketed[2]
    if inverted := _INVERTED.fullmatch(name):
        yield f"{inverted[2]} {inverted[1]}"
    head, comma, tail = name.partition(", ")
    if comma and " and " not in tail:
        yield head

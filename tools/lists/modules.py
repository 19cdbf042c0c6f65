"""The texts of the modules that the domain reads."""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Final

import pycountry

from tools.lists.names import alpha_3, names

DOMAIN: Final = Path(__file__).parents[2] / "layers/registry/python/registry/domain"
# The countries whose regions the domain checks: see `registry.domain.places`.
_COUNTRIES: Final = ("US", "CA")


def modules() -> dict[str, str]:
    """The text of each module, formatted as ruff formats it, by its file name."""
    return {
        "country_names.py": country_names(),
        "currencies.py": _module(
            "Currencies by code",
            "From ISO 4217 (pycountry), see tools/lists.",
            _codes("CURRENCIES", "The alpha-3 codes.", _currencies()),
        ),
        "subdivisions.py": _module(
            "Regions of the countries whose regions are checked",
            "From ISO 3166-2 (pycountry), see tools/lists.",
            *(
                _codes(code, f"The codes of {code}'s regions, without `{code}-`.", _regions(code))
                for code in _COUNTRIES
            ),
        ),
        "time_zones.py": _module(
            "Time zones by name",
            "From the time zone database of IANA (tzdata), see tools/lists.",
            _codes("ZONES", "The names of all zones and links.", _zones()),
        ),
    }


def country_names() -> str:
    """The module of countries."""
    return _module(
        "Countries by code and by name",
        "From ISO 3166-1 (pycountry) and the English names of CLDR (Unicode license), see\n"
        "tools/lists.",
        _table("ALPHA_3", "The alpha-2 code of every alpha-3 code.", alpha_3()),
        _table("NAMES", "The alpha-2 code of every name, by `places.name_key`.", names()),
    )


def _module(title: str, source: str, *parts: str) -> str:
    head = f'"""{title}: written by `make lists`, not by hand.\n\n{source}\n"""\n'
    return "\n".join((head, *parts))


def _table(name: str, docstring: str, codes: dict[str, str]) -> str:
    """The source of a dictionary with a docstring below it."""
    lines = "".join(f'    "{key}": "{code}",\n' for key, code in codes.items())
    return f'{name} = {{\n{lines}}}\n"""{docstring}"""\n'


def _codes(name: str, docstring: str, codes: Iterable[str]) -> str:
    """The source of a set with a docstring below it."""
    lines = "".join(f'        "{code}",\n' for code in sorted(codes))
    return f'{name} = frozenset(\n    {{\n{lines}    }}\n)\n"""{docstring}"""\n'


def _currencies() -> set[str]:
    return {currency.alpha_3 for currency in pycountry.currencies}


def _regions(country: str) -> set[str]:
    """The codes of a country's regions, without the country before them."""
    codes = (part.code for part in pycountry.subdivisions if part.country_code == country)
    return {code.removeprefix(f"{country}-") for code in codes}


def _zones() -> set[str]:
    return set(files("tzdata").joinpath("zones").read_text("utf-8").split())

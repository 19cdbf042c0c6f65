"""The text of the module that the domain reads."""

from pathlib import Path
from typing import Final

from tools.countries.names import alpha_3, names

MODULE: Final = (
    Path(__file__).parents[2] / "layers/registry/python/registry/domain/country_names.py"
)

_HEAD: Final = '''\
"""Countries by code and by name: written by `make countries`, not by hand.

From ISO 3166-1 (pycountry) and the English names of CLDR (Unicode license), see tools/countries.
"""
'''


def rendered() -> str:
    """The module, formatted as ruff formats it."""
    return "\n".join(
        (
            _HEAD,
            _table("ALPHA_3", "The alpha-2 code of every alpha-3 code.", alpha_3()),
            _table("NAMES", "The alpha-2 code of every name, by `places.name_key`.", names()),
        )
    )


def _table(name: str, docstring: str, codes: dict[str, str]) -> str:
    """The source of a dictionary with a docstring below it."""
    lines = "".join(f'    "{key}": "{code}",\n' for key, code in codes.items())
    return f'{name} = {{\n{lines}}}\n"""{docstring}"""\n'

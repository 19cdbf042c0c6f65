"""The cost of every parser of ours grows with its text and no faster.

Operations are probed in `tests/contract/test_growth.py`. There a length limit may stand before a
parser, which another contract need not have; here each parser sees the whole text.

What normalises a text is not here: Python puts marks in order by insertion, at the square of their
number. There the limit before it is what counts, and the marks of the operations' probe hold that.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import time
from functools import partial

import pytest

from registry.domain.credential import parse_client_secret, parse_token
from registry.domain.document import canonical, parse
from registry.domain.ein import ein
from registry.domain.errors import RegistryError
from registry.domain.identifiers import is_id, parse_instant
from registry.domain.instants import read_iso_8601, read_rfc_3339
from registry.domain.money import amount, currency_code, percentage
from registry.domain.phone import read_phone
from registry.domain.places import (
    country,
    country_code,
    known_country,
    region_code,
    timezone,
)
from registry.domain.text import email, trimmed, visible, without_controls
from registry.domain.visible import shows
from registry.domain.website import website
from registry.domain.workspace import Contract
from registry.gateway.cursor import claimed_place
from tests.contract.test_growth import BODIES, TEXTS, VALUES, Text, after, repeated, steep
from tests.growth import DOUBLED, SIZES, doubling, lasting

Parser = Callable[[str], object]
# Each parser with the starts after which it looks at the rest of a text.
PARSERS: dict[str, tuple[Parser, tuple[str, ...]]] = {
    "phone": (lambda text: read_phone(text, None, "US"), ("+1", "tel:+1", "tel:1;ext=")),
    "email": (email, ("a@", "a@b.", '"', "<a@b.co>")),
    "website": (website, ("https://", "https://a.", "https://a.co/", "a.co:", "https://[")),
    "country": (country, ()),
    "country_code": (country_code, ()),
    "known_country": (known_country, ()),
    "region_code": (region_code, ("US-",)),
    "timezone": (timezone, ("America/",)),
    "amount": (amount, ("0.", "1e", "-")),
    "percentage": (percentage, ("0.", "1e", "-")),
    "currency_code": (currency_code, ()),
    "ein": (ein, ("12-",)),
    "rfc_3339": (read_rfc_3339, ("2026-06-09T17:04:21.", "2026-06-09T17:04:21+")),
    "iso_8601": (lambda text: read_iso_8601(text, time.min), ("2026-06-09T17:04:21.", "2026-")),
    "parse_instant": (parse_instant, ("2026-06-09T17:04:21.",)),
    "cursor": (claimed_place, ("eyJ", "e30.")),
    "is_id": (is_id, ("0192f0c1-2f3a-7cc0-9d2e-",)),
    "shows": (shows, ()),
    "visible": (visible, ()),
    "without_controls": (without_controls, ()),
    "trimmed": (trimmed, (" ",)),
    **{
        f"token of {contract}": (partial(parse_token, contract), (prefix,))
        for contract, prefix in {
            Contract.PAYTRUM: "pt_live_",
            Contract.ATHENTY: "ath_live_",
            Contract.HOURSMITH: "hs_live_",
        }.items()
    },
    "client secret": (partial(parse_client_secret, Contract.ALTERNATIVE_PAYMENTS), ("a",)),
}


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_takes_little_more_than_twice_as_long_for_twice_the_text(name: str) -> None:
    parser, starts = PARSERS[name]
    texts: dict[str, Text] = {
        f"{start!r} {shape}": partial(after, start, text)
        for start in ("", *starts)
        for shape, text in TEXTS.items()
    }

    assert steep(costs(parser, texts)) == {}


def test_neither_does_a_document() -> None:
    assert steep(costs(lambda text: canonical(parse(text)), BODIES | VALUES)) == {}


def test_a_cost_that_grows_with_the_square_is_found_and_a_single_step_is_none() -> None:
    def compare_all(text: str) -> int:
        return sum(one < other for one in text[::256] for other in text[::256])

    def step_once(text: str) -> int:
        return sum(range(len(text) * (3 if len(text) > SIZES[1] else 1)))

    assert lasting(compare_all, partial(repeated, "a")) > DOUBLED
    assert doubling(step_once, partial(repeated, "a")) > DOUBLED
    assert lasting(step_once, partial(repeated, "a")) <= DOUBLED


def costs(parser: Parser, texts: Mapping[str, Text]) -> dict[str, float]:
    """What twice as much of each text costs the parser, which may refuse it."""

    def read(text: str) -> None:
        with suppress(ValueError, RegistryError):
            parser(text)

    return {shape: lasting(read, text) for shape, text in texts.items()}

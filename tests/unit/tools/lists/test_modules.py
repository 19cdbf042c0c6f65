"""The lists that the registry reads are those that the libraries of ISO, CLDR and IANA have."""

import zoneinfo

import pycountry
import pytest

from registry.domain.currencies import CURRENCIES
from registry.domain.subdivisions import CA, US
from registry.domain.time_zones import ZONES
from tools.lists.modules import DOMAIN, modules


@pytest.mark.parametrize("name", modules())
def test_each_module_is_what_the_lists_say(name: str) -> None:
    assert (DOMAIN / name).read_text("utf-8") == modules()[name], "`make lists` writes it"


def test_every_currency_of_the_library_and_no_other_is_listed() -> None:
    assert {currency.alpha_3 for currency in pycountry.currencies} == CURRENCIES


@pytest.mark.parametrize(("country", "regions"), [("US", US), ("CA", CA)])
def test_every_region_of_the_library_and_no_other_is_listed(
    country: str, regions: frozenset[str]
) -> None:
    listed = {part.code for part in pycountry.subdivisions if part.country_code == country}

    assert {f"{country}-{region}" for region in regions} == listed


def test_every_zone_of_the_library_is_listed() -> None:
    installed = zoneinfo.available_timezones()

    assert {"UTC", "America/New_York", "Europe/Berlin"} <= ZONES
    assert all(zoneinfo.ZoneInfo(zone).key == zone for zone in ZONES)
    # The machine's own database may be newer or older than the library's.
    assert len(ZONES ^ installed) < len(ZONES) / 10

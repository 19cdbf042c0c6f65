"""The country in which a phone number is read."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import (
    SUPPORTED_REGIONS,
    NumberParseException,
    PhoneNumberType,
    example_number,
    example_number_for_type,
    format_number,
    invalid_example_number,
    is_valid_number,
    parse,
)
from phonenumbers import PhoneNumberFormat as Format
from pydantic_core import PydanticCustomError

from registry.domain.client import Client, Country, Phone
from registry.domain.phone import phone_fields, read_phone, valid_phone
from registry.domain.places import country, is_country_code

AT = datetime(2026, 6, 9, tzinfo=UTC)
TURKISH = "(212) 252 0000"
UNREAD = [Country("Atlantis", None), Country("AQ", "AQ"), Country("Bouvet Island", "BV")]

# The library also has AC, TA and XK, which ISO 3166-1 does not list.
regions = st.sampled_from(sorted(filter(is_country_code, SUPPORTED_REGIONS)))
places = st.none() | st.sampled_from(UNREAD) | regions.map(country)


@pytest.mark.parametrize("named", ["TR", "TUR", "Turkey", "Türkiye"])
def test_a_number_is_read_in_the_country_of_the_record(named: str) -> None:
    assert read_phone(TURKISH, country(named), "US") == Phone(TURKISH, "+902122520000")


def test_only_a_record_without_a_country_is_read_in_the_region_of_the_workspace() -> None:
    assert read_phone(TURKISH, None, "US").e164 == "+12122520000"


@pytest.mark.parametrize("place", UNREAD)
def test_where_numbers_are_not_known_only_an_international_one_is_read(place: Country) -> None:
    assert read_phone(TURKISH, place, "US") == Phone(TURKISH, None)
    assert read_phone("+1 415 555 2671", place, "TR").e164 == "+14155552671"
    assert valid_phone("+1 415 555 2671", place, "TR").e164 == "+14155552671"
    with pytest.raises(PydanticCustomError) as raised:
        valid_phone(TURKISH, place, "US")
    assert raised.value.type == "phone"
    assert raised.value.context == {"region": place.code or place.typed}


@given(regions, regions)
def test_a_country_reads_its_own_numbers_in_any_workspace(own: str, region: str) -> None:
    number = example_number(own)
    assert number is not None
    e164 = format_number(number, Format.E164)

    national = format_number(number, Format.NATIONAL)

    assert read_phone(national, country(own), region).e164 == e164
    assert valid_phone(national, country(own), region).e164 == e164
    assert read_phone(national, None, own).e164 == e164


@given(regions, places, regions)
def test_an_international_number_is_the_same_everywhere(
    own: str,
    place: Country | None,
    region: str,
) -> None:
    number = example_number(own)
    assert number is not None

    e164 = format_number(number, Format.E164)

    assert read_phone(e164, place, region).e164 == e164


@given(st.text(max_size=40), places, regions)
def test_whatever_is_typed_is_kept(text: str, place: Country | None, region: str) -> None:
    phone = read_phone(text, place, region)

    assert phone.typed == text
    try:
        assert valid_phone(text, place, region) == phone
    except PydanticCustomError:
        assert phone.e164 is None


KINDS = [kind for kind in vars(PhoneNumberType).values() if isinstance(kind, int)]
plain = st.text("0123456789 ().-+", max_size=24)
unusual = st.sampled_from(
    ["ext. 5", "x12", ";ext=7", " / ", "#3", "\u00a0", "\uff0d", "\u0663", "a"]
)


@st.composite
def spelled(draw: st.DrawFn, region: str) -> str:
    """A number of some kind in the region, or one like it, in a spelling of its own."""
    kind = draw(st.sampled_from(KINDS))
    number = example_number_for_type(region, kind) or example_number(region)
    assert number is not None
    form = draw(st.sampled_from([Format.E164, Format.NATIONAL, Format.INTERNATIONAL]))
    text = format_number(number, form)
    place = draw(st.integers(0, len(text)))
    return text[:place] + draw(st.just("") | plain.map(lambda more: more[:3])) + text[place:]


@given(st.data(), regions, regions)
def test_a_number_is_what_the_library_reads(data: st.DataObject, region: str, own: str) -> None:
    text = data.draw(spelled(own) | plain | st.tuples(spelled(own), unusual).map("".join))

    try:
        number = parse(text, region)
    except NumberParseException:
        expected = None
    else:
        readable = is_valid_number(number) and not number.extension
        expected = format_number(number, Format.E164) if readable else None

    assert read_phone(text, None, region).e164 == expected


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_of_every_kind_are_valid(kind: int) -> None:
    for region in filter(is_country_code, SUPPORTED_REGIONS):
        number = example_number_for_type(region, kind)
        if number is not None:
            e164 = format_number(number, Format.E164)
            national = format_number(number, Format.NATIONAL)
            assert read_phone(e164, None, region).e164 == e164
            assert (read_phone(national, None, region).e164 == e164) == is_valid_number(
                parse(national, region)
            )


@pytest.mark.parametrize(
    ("before", "after", "e164"),
    [
        (None, country("TR"), "+902122520000"),
        (country("Atlantis"), country("TR"), "+902122520000"),
        (country("TR"), None, "+12122520000"),
        (country("TR"), country("Atlantis"), None),
        (country("TR"), country("Turkey"), "kept"),
        (country("Atlantis"), country("Mordor"), "kept"),
        (None, None, "kept"),
    ],
)
def test_a_repeated_number_is_read_anew_only_in_another_country(
    before: Country | None,
    after: Country | None,
    e164: str | None,
) -> None:
    client = Client(id="id", version=1, created_at=AT, updated_at=AT, country=before)
    client = replace(client, phone=Phone(TURKISH, "kept"))

    fields = phone_fields({}, ["phone"], client, after, "US")

    assert replace(client, **fields).phone == Phone(TURKISH, e164)


@given(places)
def test_a_number_that_is_neither_written_nor_repeated_is_left_alone(place: Country | None) -> None:
    client = Client(id="id", version=1, created_at=AT, updated_at=AT)
    client = replace(client, phone=Phone(TURKISH, "kept"))

    assert phone_fields({}, ["email"], client, place, "US") == {}


@pytest.mark.parametrize("before", [None, country("TR")])
def test_a_written_number_is_read_in_the_country_the_record_gets(before: Country | None) -> None:
    client = Client(id="id", version=1, created_at=AT, updated_at=AT, country=before)

    for record in (None, client):
        fields = phone_fields({"phone": TURKISH}, [], record, country("TR"), "US")

        assert fields == {"phone": Phone(TURKISH, "+902122520000")}
        assert phone_fields({"phone": None}, [], record, country("TR"), "US") == {"phone": None}


def test_a_record_without_a_number_stays_without() -> None:
    client = Client(id="id", version=1, created_at=AT, updated_at=AT)

    assert phone_fields({}, ["phone"], client, country("TR"), "US") == {}


@pytest.mark.parametrize("region", sorted(SUPPORTED_REGIONS))
def test_a_number_is_valid_where_the_library_says_so(region: str) -> None:
    for kind in PhoneNumberType.values():
        for example in (example_number_for_type(region, kind), invalid_example_number(region)):
            if example is None:
                continue
            text = format_number(example, Format.NATIONAL)
            for read_in in (region, "US", "GB"):
                try:
                    valid = is_valid_number(parse(text, read_in))
                except NumberParseException:
                    valid = False
                assert (read_phone(text, None, read_in).e164 is not None) is valid

"""Countries and their parts."""

import sys
import unicodedata
from typing import Literal

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.client import Country
from registry.domain.country_names import NAMES
from registry.domain.places import (
    country,
    country_code,
    country_of,
    is_country_code,
    known_country,
    name_key,
    region_exists,
    same_country,
)

CODES = {entry.alpha_2 for entry in pycountry.countries}
# Every character that some change of case makes an ASCII letter of, or that looks like one.
LETTERS = [
    chr(code)
    for code in range(0x80, sys.maxunicode + 1)
    if any(
        text.isascii() and text.isalpha()
        for text in (
            chr(code).upper(),
            chr(code).lower(),
            chr(code).casefold(),
            unicodedata.normalize("NFKD", chr(code))[:1],
        )
    )
]


def pairs(letters: list[str]) -> list[str]:
    """Each letter before and after each capital letter of ASCII."""
    capitals = map(chr, range(ord("A"), ord("Z") + 1))
    return [text for a in capitals for b in letters for text in (a + b, b + a)]


forms: st.SearchStrategy[Literal["NFC", "NFD", "NFKD"]] = st.sampled_from(("NFC", "NFD", "NFKD"))
listed = st.sampled_from(
    [
        (name, entry.alpha_2)
        for entry in pycountry.countries
        for name in (entry.name, getattr(entry, "official_name", None))
        if name
    ],
)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("TÜRKİYE", "TR"),
        ("Russia", "RU"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("Great Britain", "GB"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("United States of America", "US"),
        ("Brunei", "BN"),
        ("Ivory Coast", "CI"),
        ("Cote d\u2019Ivoire", "CI"),
        ("Co\u0302te d'Ivoire", "CI"),
        ("Cape Verde", "CV"),
        ("Cabo Verde", "CV"),
        ("Holy See", "VA"),
        ("the Holy See", "VA"),
        ("Vatican City", "VA"),
        ("Czech Republic", "CZ"),
        ("Czechia", "CZ"),
        ("Swaziland", "SZ"),
        ("Macedonia", "MK"),
        ("Burma", "MM"),
        ("Myanmar", "MM"),
        ("South Korea", "KR"),
        ("Republic of Korea", "KR"),
        ("North Korea", "KP"),
        ("Laos", "LA"),
        ("Lao People`s Democratic Republic", "LA"),
        ("Vietnam", "VN"),
        ("Syria", "SY"),
        ("Bolivia", "BO"),
        ("Venezuela", "VE"),
        ("Tanzania", "TZ"),
        ("United Republic of Tanzania", "TZ"),
        ("Moldova", "MD"),
        ("Iran", "IR"),
        ("Palestine", "PS"),
        ("Micronesia", "FM"),
        ("East Timor", "TL"),
        ("Timor Leste", "TL"),
        ("Congo", "CG"),
        ("The Democratic Republic of the Congo", "CD"),
        ("THE GAMBIA", "GM"),
        ("Netherlands, The", "NL"),
        ("Bahamas (the)", "BS"),
        ("St. Kitts & Nevis", "KN"),
        ("Saint Kitts and Nevis", "KN"),
        ("st lucia", "LC"),
        ("Trinidad&Tobago", "TT"),
        ("sao tome and principe", "ST"),
        ("Hong Kong", "HK"),
        ("Taiwan", "TW"),
        ("Falkland Islands", "FK"),
        ("Saint Martin", "MF"),
    ],
)
def test_a_country_is_known_by_its_common_names(name: str, code: str) -> None:
    assert country(name) == Country(name, code)
    assert known_country(name) == name


@pytest.mark.parametrize(
    "text",
    ["", " ", "the", ".", "'", "Korea", "Virgin Islands", "Atlantis", "840", "XX", "ZZ", "World"],
)
def test_a_name_of_no_country_or_of_two_is_kept_as_typed(text: str) -> None:
    assert country(text) == Country(text, None)


@given(
    listed, st.sampled_from(["NFC", "NFD", "NFKD"]), st.sampled_from("'\u2019\u02bc`\u00b4\uff07")
)
def test_case_form_accents_apostrophes_and_article_do_not_count(
    entry: tuple[str, str],
    form: Literal["NFC", "NFD", "NFKD"],
    apostrophe: str,
) -> None:
    name, code = entry[0].removeprefix("the "), entry[1]
    spelled = unicodedata.normalize(form, name)
    bare = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))

    for spelling in (spelled, spelled.upper(), spelled.lower(), bare, f"The {spelled}"):
        assert country_of(spelling.replace("'", apostrophe)) == code


@given(listed)
def test_saint_and_and_may_be_short(entry: tuple[str, str]) -> None:
    name, code = entry

    assert country_of(name.replace("Saint ", "St ").replace(" and ", " & ")) == code


def test_every_code_is_read_in_any_case() -> None:
    for entry in pycountry.countries:
        for text in (entry.alpha_2, entry.alpha_3):
            assert country_of(text) == country_of(text.lower()) == entry.alpha_2


def test_exactly_the_codes_of_iso_are_codes() -> None:
    letters = [chr(code) for code in range(128)]

    assert {a + b for a in letters for b in letters if is_country_code(a + b)} == {
        spelling
        for code in CODES
        for spelling in (code, code.lower(), code.title(), code.swapcase().title().swapcase())
    }


def test_no_letter_but_ascii_makes_a_code() -> None:
    texts = [*LETTERS, *pairs(LETTERS)]

    assert [text for text in texts if is_country_code(text)] == []
    assert [text for text in texts if country_of(text) is not None] == []


@pytest.mark.parametrize(
    "text", ["ß", "ﬁn", "ﬁ", "\u212ae", "u\u212a", "\uff35\uff33", "ıt", "DEU\n"]
)
def test_text_that_becomes_a_code_only_when_folded_is_no_code(text: str) -> None:
    assert country_of(text) is None


@given(st.text(max_size=30) | listed.map(lambda entry: entry[0]))
def test_a_code_given_is_always_one_of_iso(text: str) -> None:
    assert country_of(text) in CODES | {None}
    if is_country_code(text):
        assert country_code(text) in CODES


@given(st.text(max_size=30) | st.sampled_from(sorted(NAMES)))
def test_the_key_of_a_key_is_itself(text: str) -> None:
    key = name_key(text)

    if not key.startswith("the ") and not key.endswith(" the"):
        assert name_key(key) == key


def test_countries_are_the_same_by_code() -> None:
    assert same_country(country("TR"), country("Turkey"))
    assert same_country(None, None)
    assert same_country(country("Atlantis"), country("Mordor"))
    assert not same_country(country("TR"), None)
    assert not same_country(None, country("Atlantis"))
    assert not same_country(country("TR"), country("US"))
    assert not same_country(country("TR"), country("Atlantis"))


# USPS Publication 28, appendix B: two-letter state and possession abbreviations.
USPS = (
    "AL AK AS AZ AR CA CO CT DE DC FM FL GA GU HI ID IL IN IA KS KY LA ME MH MD MA MI MN MS MO MT "
    "NE NV NH NJ NM NY NC ND MP OH OK OR PW PA PR RI SC SD TN TX UT VT VI VA WA WV WI WY AE AA AP"
)


def test_the_states_are_those_of_the_post_and_of_iso() -> None:
    letters = [chr(code) for code in range(ord("A"), ord("Z") + 1)]
    states = {a + b for a in letters for b in letters if region_exists("US", a + b)}

    assert states == {*USPS.split(), "UM"}
    assert all(region_exists("US", state.lower()) for state in states)


def test_no_letter_but_ascii_makes_a_state() -> None:
    ascii_letters = [chr(code) for code in range(ord("A"), ord("Z") + 1)]
    texts = [
        text for one in LETTERS for other in ascii_letters for text in (one + other, other + one)
    ]

    assert [text for text in [*LETTERS, *texts] if region_exists("US", text)] == []

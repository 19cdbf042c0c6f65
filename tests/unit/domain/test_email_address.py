"""When two e-mail addresses are the same address."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.change import same_contact_point
from registry.domain.client import Channel
from registry.domain.email_address import email_key

# All with cases or decompositions are below U+20000, but for some compatibility ideographs.
CODE_POINTS = [
    chr(code) for code in (*range(0xD800), *range(0xE000, 0x20000), *range(0x2F800, 0x2FA20))
]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jane@Example.COM", "jane@example.com"),
        ("jose\u0301@a.de", "josé@a.de"),
        ("jane@bu\u0308cher.de", "jane@bücher.de"),
        ("jane@bücher.de", "jane@XN--bcher-kva.de"),
        ("jane@faß.de", "jane@xn--fa-hia.de"),
        ("jane@βόλος.com", "jane@xn--nxasmm1c.com"),
        ("jane@a_b.com", "JANE@A_B.com"),
        ('"Jane@home"@a.de', '"jane@home"@a.de'),
    ],
)
def test_spellings_of_one_address(one: str, other: str) -> None:
    assert email_key(one) == email_key(other)
    assert same_contact_point(Channel.EMAIL, one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jane@fass.de", "jane@faß.de"),
        ("mis@a.de", "miſ@a.de"),
        ("ı@a.de", "i@a.de"),
        ("İ@a.de", "i@a.de"),
        ("JOSÉ@a.de", "josé@a.de"),
        ("straße@a.de", "strasse@a.de"),
        ("ﬁn@a.de", "fin@a.de"),
        ("jane@βόλοσ.com", "jane@βόλος.com"),
        ("jane@a.de", "jane@a。de"),
        ("jane@ａ.de", "jane@a.de"),
        ("jane@a_ß.de", "jane@a_ss.de"),
        ("a.b@a.de", "ab@a.de"),
        ("a+b@a.de", "a@a.de"),
    ],
)
def test_other_addresses(one: str, other: str) -> None:
    assert email_key(one) != email_key(other)
    assert not same_contact_point(Channel.EMAIL, one, other)


def test_a_domain_without_an_a_label_stays_as_it_is() -> None:
    assert email_key("Jane@I❤.WS") == "jane@i❤.ws"
    assert email_key("Jane@BÜCHER.de") == "jane@bÜcher.de"


@pytest.mark.parametrize(
    ("place", "characters"),
    [
        ("{}@a.de", CODE_POINTS),
        ("a@{}.de", CODE_POINTS[:0x3400]),
        ("a@a{}.de", CODE_POINTS[:0x3400]),
    ],
    ids=["local part", "domain", "end of a domain"],
)
def test_nothing_folds_but_ascii_letters_and_canonical_equivalents(
    place: str,
    characters: list[str],
) -> None:
    spellings: dict[str, set[str]] = {}
    for character in characters:
        same = unicodedata.normalize("NFC", character)
        same = same.lower() if same.isascii() else same
        spellings.setdefault(email_key(place.format(character)), set()).add(same)

    assert [same for same in spellings.values() if len(same) > 1] == []


@given(st.text(st.characters(codec="utf-8"), max_size=12) | st.text("aAß@.xn-É\u0301", max_size=12))
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert email_key(email_key(text)) == email_key(text)

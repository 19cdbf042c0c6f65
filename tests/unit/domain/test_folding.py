"""Texts that are alike to search, sort and prefix."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.folding import folded

# All with cases or decompositions are below U+20000, but for some compatibility ideographs.
CODE_POINTS = [
    chr(code) for code in (*range(0xD800), *range(0xE000, 0x20000), *range(0x2F800, 0x2FA20))
]

texts = st.text(st.characters(codec="utf-8")) | st.text("iIıİ\u0307\u0323\u0301aÅ\u030ajJ\u0345ςΣß")
# A part that begins and ends at a character which composes with nothing before it.
whole = st.text(st.characters(codec="utf-8", categories=["Lu", "Ll", "Lo", "N", "P", "Z"])).filter(
    lambda text: all(
        unicodedata.is_normalized("NFC", before + character)
        for before in "aeiou\u1100\uac00"
        for character in text
    )
)


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("İSTANBUL", "istanbul"),
        ("ISTANBUL", "istanbul"),
        ("ıstanbul", "istanbul"),
        ("I\u0307STANBUL", "istanbul"),
        ("i\u0307stanbul", "istanbul"),
        ("I\u0323\u0307", "\u1ecb"),
        ("\u0130\u302a", "i\u302a"),
        ("Jose\u0301", "JOSÉ"),
        ("STRASSE", "straße"),
        ("ΟΔΟΣ", "οδος"),
        ("A\u030a", "\u212b"),
        ("\u212a", "k"),
    ],
)
def test_spellings_are_alike(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("jose", "josé"), ("i", "í"), ("o", "ȯ"), ("i\u0301\u0307", "í")]
)
def test_letters_with_other_marks_are_others(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_every_character_folds_as_the_rule_says() -> None:
    wrong = [
        character
        for character in CODE_POINTS
        if character not in "ıİ" and folded(character) != nfc(nfc(character).casefold())
    ]

    assert wrong == []


def test_every_character_is_folded_once_and_for_all() -> None:
    assert [text for text in CODE_POINTS if folded(folded(text)) != folded(text)] == []


def test_every_character_is_alike_in_all_cases_and_normal_forms() -> None:
    unlike = [
        character
        for character in CODE_POINTS
        if {folded(unicodedata.normalize(form, character)) for form in ("NFC", "NFD")}
        | {folded(character.casefold())}
        != {folded(character)}
    ]

    assert unlike == []


@given(texts)
def test_a_text_is_folded_once_and_for_all(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(texts)
def test_canonically_equal_texts_are_alike(text: str) -> None:
    assert folded(unicodedata.normalize("NFD", text)) == folded(text) == folded(nfc(text))


@given(texts, whole, whole)
def test_a_part_of_whole_characters_folds_to_a_part(before: str, part: str, after: str) -> None:
    assert folded(part) in folded(before + part + after)
    assert folded(part + after).startswith(folded(part))

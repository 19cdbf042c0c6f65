"""The folded form of a text, which search, sorting and prefix filters compare."""

import unicodedata

_DOT = "\u0307"
_CLASS_OF_DOT = 230


def folded(text: str) -> str:
    """The text without the differences that search, sorting and prefix filters ignore.

    It is the NFC of the case-folded NFC of the text (Unicode, section 3.13), with dotted and
    dotless i alike: `İSTANBUL`, `ISTANBUL` and `istanbul` have the same folded form. Folding is
    idempotent. A part of a text folds to a part of the folded text, unless it begins or ends within
    a character that has combining marks.
    """
    if text.isascii():
        return text.lower()
    cased = unicodedata.normalize("NFC", text).casefold().replace("\u0131", "i")
    if _DOT in cased:  # NFC has no i that contains its dot
        cased = _without_dots(unicodedata.normalize("NFD", cased))
    return unicodedata.normalize("NFC", cased)


def _without_dots(text: str) -> str:
    """A text in NFD without the combining dots above its i, which has a dot itself.

    Only marks of a lower combining class come between an i and its dot. A dot that follows another
    mark above the letter is a second mark, and stays.
    """
    characters: list[str] = []
    above_i = False
    for character in text:
        if above_i and character == _DOT:
            continue
        mark = unicodedata.combining(character)
        above_i = character == "i" if mark == 0 else above_i and mark < _CLASS_OF_DOT
        characters.append(character)
    return "".join(characters)

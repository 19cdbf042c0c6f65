"""What search, sort and prefix compare in place of the text that is kept and shown."""

import unicodedata

_DOT = "\u0307"
_CLASS_OF_DOT = 230


def folded(text: str) -> str:
    """The text without what search, sort and prefix do not tell apart.

    It is the NFC of the case-folded NFC of the text (Unicode, section 3.13), with dotted and
    dotless i alike: `İSTANBUL`, `ISTANBUL` and `istanbul` are one, dot or no dot. Folding twice is
    folding once. A part of a text folds to a part of the folded text, unless it begins or ends
    within a character that has combining marks.
    """
    if text.isascii():
        return text.lower()
    cased = unicodedata.normalize("NFC", text).casefold().replace("\u0131", "i")
    if _DOT in cased:  # NFC has no i that contains its dot
        cased = _without_dots(unicodedata.normalize("NFD", cased))
    return unicodedata.normalize("NFC", cased)


def _without_dots(text: str) -> str:
    """A text in NFD without the dots above its i, which has one itself.

    Only marks of lower classes stand between the two; after another mark above, a dot is its own.
    """
    kept: list[str] = []
    above_i = False
    for character in text:
        if above_i and character == _DOT:
            continue
        mark = unicodedata.combining(character)
        above_i = character == "i" if mark == 0 else above_i and mark < _CLASS_OF_DOT
        kept.append(character)
    return "".join(kept)

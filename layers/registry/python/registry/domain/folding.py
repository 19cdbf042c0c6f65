"""What search, sort and prefix compare in place of the text that is kept and shown."""

import re
import unicodedata

_MARKS = "".join(
    character
    for character in map(chr, range(0x300, 0x20F0))
    if 0 < unicodedata.combining(character) < unicodedata.combining("\u0307")
)
# Dots above an i, which has one: in NFD only marks of lower classes can stand between the two.
_DOTS_OF_I = re.compile(f"(i[{_MARKS}]*)\u0307+")


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
    if "\u0307" in cased:  # NFC has no i that contains its dot
        cased = _DOTS_OF_I.sub(r"\1", unicodedata.normalize("NFD", cased))
    return unicodedata.normalize("NFC", cased)

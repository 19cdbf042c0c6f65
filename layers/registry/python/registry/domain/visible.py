"""Visible and invisible characters."""

import re

# White space, control characters, format characters (general category Cf), default-ignorable code
# points (Unicode's DerivedCoreProperties), and the blanks that are neither: the empty Braille
# pattern, the Khitan filler and the null notehead. The text is a character class of regular
# expressions for Python and ECMA-262 alike. Characters beyond U+FFFF are written as themselves,
# because the two escape them differently.
INVISIBLE = (
    r"\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2"
    r"\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U00016fe4\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)

_SHOWN = re.compile(f"[^{INVISIBLE}]")


def shows(text: str) -> bool:
    """Whether the text has a visible character: not white space, format or another invisible."""
    return _SHOWN.search(text) is not None

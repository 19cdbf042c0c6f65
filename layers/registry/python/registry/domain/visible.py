"""Characters that show something, and those that do not."""

import re

# White space, control characters, format characters (general category Cf), default-ignorable code
# points (Unicode's DerivedCoreProperties), and the blanks that are neither: the empty Braille
# pattern, the Khitan filler and the null notehead. A class of regular expressions, to Python and to
# ECMA-262 alike: what is beyond U+FFFF stands for itself, because the two escape it differently.
INVISIBLE = (
    r"\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2"
    r"\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U00016fe4\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)

_SHOWN = re.compile(f"[^{INVISIBLE}]")


def shows(text: str) -> bool:
    """Whether at least one character shows: is not white space, format or invisible."""
    return _SHOWN.search(text) is not None

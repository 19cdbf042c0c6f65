"""Names of persons and organisations in the form in which they are compared."""

import re
import unicodedata
from functools import lru_cache

from cleanco import basename
from jellyfish import metaphone

_WORD = re.compile(r"[^\W_]+")
# Between letters they are no separators: O'Brien, St. Mary's.
_WITHIN = str.maketrans("", "", "'\u2019`.")
_GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv", "junior", "senior"})
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "sir"})
# What names of organisations have or leave out as it comes.
_FILLING = frozenset({"and", "at", "de", "for", "in", "of", "on", "the"})
# No contract takes a longer name; a client that moved in may have one.
_MOST = 200


def words(text: str | None) -> tuple[str, ...]:
    """The words of a text in lower case, without accents and punctuation."""
    if not text:
        return ()
    plain = unicodedata.normalize("NFKD", text[:_MOST].casefold().translate(_WITHIN))
    return tuple(_WORD.findall("".join(each for each in plain if not unicodedata.combining(each))))


def person_words(text: str | None) -> tuple[str, ...]:
    """The words of a person's name, without titles and without what tells generations apart."""
    return tuple(word for word in words(text) if word not in _TITLES | _GENERATIONS)


def generation(text: str | None) -> str | None:
    """What tells a person from a parent of the same name, such as `jr`."""
    return next((word[:2] for word in words(text)[1:] if word in _GENERATIONS), None)


@lru_cache(maxsize=4_096)
def organisation_words(text: str) -> tuple[str, ...]:
    """The words of an organisation's name, sorted, without its legal form: the company key.

    A name of nothing but a legal form keeps it.
    """
    all_words = words(text)
    kept = set(words(basename(text[:_MOST]))) - _FILLING
    return tuple(sorted(kept or set(all_words)))


@lru_cache(maxsize=4_096)
def sound(word: str) -> str:
    """What a word sounds like in English (Metaphone); the word itself where that has no sound."""
    return metaphone(word) or word

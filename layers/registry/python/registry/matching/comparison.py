"""How far two clients agree, field by field."""

from collections.abc import Callable, Iterator, Mapping

from jellyfish import damerau_levenshtein_distance, jaro_winkler_similarity

from registry.domain.pair import Level
from registry.matching.features import Features

# Similarities from which two words are taken for one with a slip, and for related ones.
_CLOSE, _NEAR = 0.92, 0.80

Levels = Mapping[str, Level]


def compared(one: Features, other: Features) -> Levels:
    """How far two clients agree, by field; fields that one of them has not are left out."""
    return dict(_levels(one, other))


def _levels(one: Features, other: Features) -> Iterator[tuple[str, Level]]:
    yield from _names(one, other)
    for field, compare in _COMPARED.items():
        mine, theirs = getattr(one, field), getattr(other, field)
        if mine and theirs:
            yield field, compare(mine, theirs)


def _names(one: Features, other: Features) -> Iterator[tuple[str, Level]]:
    """The levels of names: of two persons by first and last name, else of the whole name."""
    if one.is_person and other.is_person:
        yield from _persons(one, other)
        return
    mine = one.organisations or ((one.full_name,) if one.full_name else ())
    theirs = other.organisations or ((other.full_name,) if other.full_name else ())
    if mine and theirs:
        yield "name", _highest(_of_words(each, their) for each in mine for their in theirs)


def _persons(one: Features, other: Features) -> Iterator[tuple[str, Level]]:
    """The levels of two persons' names; names in each other's place are compared that way."""
    straight = {
        "first_name": _if_both(one.given, other.given),
        "last_name": _if_both(one.surname, other.surname),
    }
    swapped = {
        "first_name": _if_both(one.given, other.surname),
        "last_name": _if_both(one.surname, other.given),
    }
    better = max(straight, swapped, key=_rank) if _all_agree(swapped) else straight
    for field, level in better.items():
        if level is not None:
            yield field, level


def _all_agree(levels: Mapping[str, Level | None]) -> bool:
    return all(level in {Level.EXACT, Level.CLOSE} for level in levels.values())


def _rank(levels: Mapping[str, Level | None]) -> int:
    """The higher, the closer; of equal ones the first is chosen."""
    return -sum(_ORDER.index(level) for level in levels.values() if level is not None)


def _if_both(mine: str | None, theirs: str | None) -> Level | None:
    return _word(mine, theirs) if mine is not None and theirs is not None else None


def _word(mine: str, theirs: str) -> Level:
    """How far two words agree."""
    if mine == theirs:
        return Level.EXACT
    similarity = jaro_winkler_similarity(mine, theirs)
    if similarity >= _CLOSE or damerau_levenshtein_distance(mine, theirs) == 1:
        return Level.CLOSE
    # An initial agrees with the name that begins with it.
    is_initial = 1 in {len(mine), len(theirs)} and mine[0] == theirs[0]
    return Level.NEAR if similarity >= _NEAR or is_initial else Level.DIFFERS


def _of_words(mine: tuple[str, ...], theirs: tuple[str, ...]) -> Level:
    """How far two names of several words agree: the words in common, weighed by their length."""
    if mine == theirs:
        return Level.EXACT
    if " ".join(mine) == " ".join(theirs) or "".join(mine) == "".join(theirs):
        return Level.EXACT
    common = _common(mine, theirs)
    shorter, longer = sorted((sum(map(len, mine)), sum(map(len, theirs))))
    if common >= _CLOSE * longer:
        return Level.CLOSE
    if common >= _NEAR * shorter:
        return Level.NEAR
    return Level.DIFFERS


def _common(mine: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    """The letters of the words that both have, or nearly have."""
    mine, theirs = sorted((mine, theirs))  # each word finds the best that is left, so order counts
    left, total = list(theirs), 0.0
    for word in mine:
        best = max(left, key=lambda each: jaro_winkler_similarity(word, each), default=None)
        if best is not None and jaro_winkler_similarity(word, best) >= _CLOSE:
            left.remove(best)
            total += (len(word) + len(best)) / 2
    return total


def _streets(mine: tuple[str, ...], theirs: tuple[str, ...]) -> Level:
    """How far the most similar of the streets agree that two addresses may name."""
    return _highest(_street(each, their) for each in mine for their in theirs)


def _street(mine: str, theirs: str) -> Level:
    level = _word(mine.replace(" ", ""), theirs.replace(" ", ""))
    if level is Level.DIFFERS and _common(tuple(mine.split()), tuple(theirs.split())):
        return Level.NEAR
    return level


def _number(mine: str, theirs: str) -> Level:
    """How far two numbers agree: one digit more, less, or in another place is a slip."""
    if mine == theirs:
        return Level.EXACT
    return Level.CLOSE if damerau_levenshtein_distance(mine, theirs) == 1 else Level.DIFFERS


def _phone(mine: str, theirs: str) -> Level:
    """As `_number`; a number and its end, which is without the area code, are close, too."""
    if mine != theirs and (mine.endswith(theirs) or theirs.endswith(mine)):
        return Level.CLOSE
    return _number(mine, theirs)


def _same(mine: object, theirs: object) -> Level:
    return Level.EXACT if mine == theirs else Level.DIFFERS


def _email(mine: str, theirs: str) -> Level:
    """How far two e-mail addresses agree: near where only the mailboxes have the same name."""
    if mine == theirs:
        return Level.EXACT
    if damerau_levenshtein_distance(mine, theirs) == 1:
        return Level.CLOSE
    same = mine.partition("@")[0] == theirs.partition("@")[0]
    return Level.NEAR if same else Level.DIFFERS


def _tax_ids(mine: frozenset[str], theirs: frozenset[str]) -> Level:
    return _highest(_number(each, their) for each in mine for their in theirs)


def _highest(levels: Iterator[Level]) -> Level:
    return min(levels, key=_ORDER.index)


_ORDER = tuple(Level)
_COMPARED: Mapping[str, Callable[..., Level]] = {
    "email": _email,
    "phone": _phone,
    "tax_ids": _tax_ids,
    "external_id": _same,
    "house": _number,
    "streets": _streets,
    "city": _word,
    "region": _word,
    "postal_code": _number,
}

"""Weights fitted to records by expectation maximisation, without labels.

How often two records of two clients agree (u) is counted in random pairs, less the share of those
that are of one client. How often two records of one client agree (m) is estimated on the pairs that
share a key, with u held: each pair counts as far as the present estimate takes it for one client.

Source: W. E. Winkler, "Using the EM Algorithm for Weight Computation in the Fellegi-Sunter Model of
Record Linkage", 1988; the split into two kinds of pairs is that of Splink.
"""

import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from registry.domain.pair import Level
from registry.matching.blocking import candidates
from registry.matching.comparison import compared
from registry.matching.features import Features

Vector = tuple[tuple[str, Level], ...]
# Of each field, how often pairs agree at each level.
Shares = dict[str, dict[Level, float]]

_RANDOM_PAIRS = 300_000
_ROUNDS = 40
# Of pairs of one client, before anything is known.
_FIRST_SHARE, _FIRST_EXACT = 0.5, 0.9
# What a level that never came is taken to have come.
_UNSEEN = 0.5
# Odds have to be finite.
_LARGEST_SHARE = 1 - 1e-6


class NothingToFit(Exception):
    """No two records share a key, so that no pair of one client can be expected."""


def fitted(records: Sequence[Features], seed: int = 1) -> dict[str, dict[Level, float]]:
    """The weight of each level of each field that records have.

    Args:
        records: those of persons, or those of organisations.
        seed: of the random pairs.

    Raises:
        NothingToFit: no two records share a key.
    """
    sharing = Counter(_vectors(records, candidates(records).pairs))
    if not sharing:
        raise NothingToFit
    every = _levels_seen(_vectors(records, _random_pairs(len(records), seed)))
    of_two = all_shares = _shares(every)
    of_one: Shares = {field: _first(levels) for field, levels in of_two.items()}
    share = _FIRST_SHARE
    possible = len(records) * (len(records) - 1) / 2
    for _ in range(_ROUNDS):
        seen, share = _expected(sharing, of_one, of_two, share)
        of_one = _shares(seen)
        of_two = _without(all_shares, of_one, share * sharing.total() / possible)
    known = _levels_seen(
        [*sharing, *(((field, level),) for field in every for level in every[field])]
    )
    return {
        field: {
            level: round(math.log2(of_one[field][level] / of_two[field][level]), 2)
            for level in Level
            if known[field][level]
        }
        for field in of_two
    }


def _vectors(records: Sequence[Features], pairs: Iterable[tuple[int, int]]) -> Iterable[Vector]:
    return (tuple(compared(records[one], records[other]).items()) for one, other in pairs)


def _random_pairs(count: int, seed: int) -> Iterable[tuple[int, int]]:
    chosen = random.Random(seed)  # noqa: S311 - a sample, no secret
    for _ in range(_RANDOM_PAIRS):
        one, other = chosen.sample(range(count), 2)
        yield one, other


def _levels_seen(vectors: Iterable[Vector]) -> dict[str, Counter[Level]]:
    seen: dict[str, Counter[Level]] = {}
    for vector in vectors:
        for field, level in vector:
            seen.setdefault(field, Counter())[level] += 1
    return seen


def _shares(seen: Mapping[str, Mapping[Level, float]]) -> Shares:
    """How often each level comes; one that never came has half an occurrence."""
    shares = {}
    for field, levels in seen.items():
        counts = {level: levels.get(level, 0) or _UNSEEN for level in Level}
        total = sum(counts.values())
        shares[field] = {level: count / total for level, count in counts.items()}
    return shares


def _first(levels: Mapping[Level, float]) -> dict[Level, float]:
    rest = (1 - _FIRST_EXACT) / (len(levels) - 1)
    return {level: _FIRST_EXACT if level is Level.EXACT else rest for level in levels}


def _expected(
    vectors: Mapping[Vector, int], of_one: Shares, of_two: Shares, share: float
) -> tuple[Shares, float]:
    """How often each level comes in pairs of one client, as far as is known, and their share."""
    seen: Shares = {field: dict.fromkeys(Level, 0.0) for field in of_two}
    total = 0.0
    for vector, count in vectors.items():
        odds = share / (1 - share)
        for field, level in vector:
            odds *= of_one[field][level] / of_two[field][level]
        certain = count * odds / (1 + odds)
        total += certain
        for field, level in vector:
            seen[field][level] += certain
    return seen, min(total / sum(vectors.values()), _LARGEST_SHARE)


def _without(every: Shares, of_one: Shares, share: float) -> Shares:
    """The levels of pairs of two clients: those of all pairs less those of one client."""
    least = _UNSEEN / _RANDOM_PAIRS
    return {
        field: {
            level: max((found - share * of_one[field][level]) / (1 - share), least)
            for level, found in levels.items()
        }
        for field, levels in every.items()
    }

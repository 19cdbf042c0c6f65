"""Which records of a whole file are compared: those that share a key."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from registry.domain.immutable import dataclass
from registry.domain.look_up import LookUpKey
from registry.matching.features import Features
from registry.matching.keys import MOST_HOLDERS, matching_keys


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of records that share a key.

    Attributes:
        pairs: their places in the file, the smaller one first, in order.
        common: keys that too many records have; they bring none together.
    """

    pairs: tuple[tuple[int, int], ...]
    common: frozenset[LookUpKey]


def candidates(records: Sequence[Features]) -> Candidates:
    """The pairs of records that share a key which at most a hundred of them have."""
    holders: dict[LookUpKey, list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        for key in matching_keys(record):
            holders[key].append(place)
    common = frozenset(key for key, places in holders.items() if len(places) > MOST_HOLDERS)
    pairs = {
        pair
        for key, places in holders.items()
        if key not in common
        for pair in combinations(places, 2)
    }
    return Candidates(tuple(sorted(pairs)), common)

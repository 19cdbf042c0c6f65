"""A pair as the registry's own contract shows it."""

from registry.contracts.registry_api.matches.wire import PairObject
from registry.domain.pair import Pair, represented_pair


def show(pair: Pair) -> PairObject:
    """The pair whole."""
    return PairObject(**represented_pair(pair))

"""A pair as the registry's own contract shows it."""

from registry.contracts.registry_api.matches.wire import PairObject, ReasonObject
from registry.domain.identifiers import instant
from registry.domain.pair import Pair


def show(pair: Pair) -> PairObject:
    """The pair whole."""
    return PairObject(
        id=pair.id,
        clients=list(pair.clients),
        verdict=pair.verdict,
        score=pair.score,
        reasons=[
            ReasonObject(field=each.field, level=each.level, weight=each.weight)
            for each in pair.reasons
        ],
        judged_by=pair.judged_by,
        at=instant(pair.at),
    )

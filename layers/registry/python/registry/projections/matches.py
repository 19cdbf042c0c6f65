"""Pairs: which clients may be one and the same.

Each change is taken by reading the client as it is at present, with all that share a key with it.
Its keys are written before they are queried, and they are read consistently: of two clients that
are created at once, at least one sees the other. A pair that was written is looked at again if one
of its clients has changed meanwhile. So changes that come again, late, or in another order lead to
the same pairs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import partial
from itertools import islice

from registry.domain.client import Client
from registry.domain.errors import RaceLost, Unavailable
from registry.domain.identifiers import now
from registry.domain.immutable import dataclass, replace
from registry.domain.look_up import LookUpKey
from registry.domain.pair import Judgement, Pair, Verdict, decisive, in_order
from registry.domain.tenant import Tenant
from registry.matching.features import Features, features_of
from registry.matching.keys import MOST_HOLDERS, matching_keys
from registry.matching.scoring import scored
from registry.matching.weights import Weights
from registry.projections.stream import ClientChange
from registry.store.clients import ClientStore
from registry.store.look_up_keys import LookUpKeyStore
from registry.store.pairs import PairStore
from registry.store.parallel import side_by_side
from registry.store.verdicts import VerdictStore

# Clients of a rebuild that are read and compared at once.
_AT_ONCE = 100
_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class MatchStores:
    """Where pairs come from, and where they are kept."""

    clients: ClientStore
    keys: LookUpKeyStore
    pairs: PairStore
    verdicts: VerdictStore


@dataclass(frozen=True, slots=True)
class _Known:
    """What is stored about the pairs of a client."""

    pairs: tuple[Pair, ...]
    judgements: tuple[Judgement, ...]

    def partners(self, client_id: str) -> set[str]:
        """The clients of these pairs, and those that a person judged the client's pair with."""
        ids = {each for pair in self.pairs for each in pair.clients}
        ids |= {each for judgement in self.judgements for each in judgement.clients}
        return ids - {client_id}


@dataclass(frozen=True, slots=True)
class _Settling:
    """A round of settling pairs.

    Attributes:
        read: the clients, as they were read; those that are not live are left out.
        features: what is compared of each.
        common: keys that too many clients have.
        stored: the pairs as they were read.
        settled: pairs that need no second look.
        written: those of them that were written.
    """

    read: Mapping[str, Client]
    features: Mapping[str, Features]
    common: frozenset[LookUpKey]
    stored: Mapping[tuple[str, str], Pair]
    settled: set[tuple[str, str]] = field(default_factory=set)
    written: set[tuple[str, str]] = field(default_factory=set)


class Matches:
    """Keeps the pairs of changed clients."""

    def __init__(self, stores: MatchStores, weights: Weights) -> None:
        """Keep the stores, and the weights by which pairs are scored."""
        self._stores = stores
        self._weights = weights

    def __call__(self, changes: Sequence[ClientChange]) -> None:
        """Score the pairs of the clients of these changes again."""
        by_tenant: dict[Tenant, set[str]] = {}
        for change in changes:
            if _counts(change):
                by_tenant.setdefault(change.tenant, set()).add(change.after.id)
        for tenant, client_ids in by_tenant.items():
            self._take(tenant, sorted(client_ids))

    def rebuild(self, tenant: Tenant, clients: Iterable[Client]) -> int:
        """Score the pairs of clients whose keys are written; it may run beside the stream.

        Returns:
            How many clients were looked at.
        """
        left, looked_at = iter(clients), 0
        while batch := [client.id for client in islice(left, _AT_ONCE)]:
            self._take(tenant, batch)
            looked_at += len(batch)
        return looked_at

    def _take(self, tenant: Tenant, client_ids: Sequence[str]) -> None:
        """Score the pairs of clients, and of those whose clients change meanwhile once more.

        Raises:
            Throttled, Unavailable: some pairs may have been written.
        """
        left = list(client_ids)
        for _ in range(_ATTEMPTS):
            left = self._score(tenant, left)
            if not left:
                return
        raise Unavailable

    def _score(self, tenant: Tenant, client_ids: Sequence[str]) -> list[str]:
        """Score the pairs of clients; those are left whose pairs another writer has changed."""
        read = self._read(tenant, client_ids)
        known = dict(
            zip(
                client_ids,
                side_by_side(
                    partial(self._known, tenant, client_id, read.get(client_id))
                    for client_id in client_ids
                ),
                strict=True,
            )
        )
        features = {client_id: features_of(client) for client_id, client in read.items()}
        holders = self._holders(tenant, features.values())
        partners = {
            client_id: known[client_id].partners(client_id)
            | _sharing(features[client_id], holders) - {client_id}
            for client_id in read
        }
        read |= self._read(tenant, sorted(set().union(*partners.values()) - read.keys()))
        features |= {each: features_of(read[each]) for each in read.keys() - features.keys()}
        settling = _Settling(
            read=read,
            features=features,
            common=frozenset(key for key, ids in holders.items() if len(ids) > MOST_HOLDERS),
            stored={pair.clients: pair for each in known.values() for pair in each.pairs},
        )
        left = []
        for client_id in client_ids:
            mine = known[client_id]
            others = partners.get(client_id, mine.partners(client_id))
            try:
                for other in sorted(others):
                    self._settle(tenant, settling, (client_id, other), mine.judgements)
            except RaceLost:
                left.append(client_id)
        return [*left, *self._changed_meanwhile(tenant, settling)]

    def _settle(
        self,
        tenant: Tenant,
        settling: _Settling,
        clients: tuple[str, str],
        judgements: Sequence[Judgement],
    ) -> None:
        """Write or delete the pair of two clients, where that changes anything.

        Raises:
            RaceLost: another writer has changed it.
        """
        ids = in_order(*clients)
        if ids in settling.settled:
            return
        before = settling.stored.get(ids)
        pair = self._pair(settling, ids, judgements)
        if pair is not None and before is not None:
            if (pair.verdict, pair.judged_by) == (before.verdict, before.judged_by):
                pair = replace(pair, at=before.at)
            pair = replace(pair, revision=before.revision)
        if pair is None and before is not None:
            self._stores.pairs.remove(tenant, before)
        elif pair is not None and pair != before:
            self._stores.pairs.put(tenant, pair, before)
            settling.written.add(ids)
        settling.settled.add(ids)

    def _changed_meanwhile(self, tenant: Tenant, settling: _Settling) -> list[str]:
        """The clients of written pairs of which one has changed since it was read.

        Whoever takes that change may have looked for pairs before this one was there.
        """
        ids = sorted({each for pair in settling.written for each in pair})
        present = self._read(tenant, ids)
        stale = {
            each
            for each in ids
            if each not in present or present[each].version != settling.read[each].version
        }
        return sorted({pair[0] for pair in settling.written if stale & set(pair)})

    def _pair(
        self,
        settling: _Settling,
        ids: tuple[str, str],
        judgements: Sequence[Judgement],
    ) -> Pair | None:
        """What two clients are at present; None where they are no pair."""
        if not all(each in settling.read for each in ids):
            return None
        one, other = ids
        judgement = decisive(judgements, settling.read[one], settling.read[other])
        result = scored(
            settling.features[one], settling.features[other], self._weights, settling.common
        )
        if result.verdict is None and judgement is None:
            return None
        pair = Pair(
            clients=ids,
            verdict=result.verdict or Verdict.POSSIBLE,
            score=result.score,
            reasons=result.reasons,
            at=now(),
            machine=result.verdict,
        )
        return pair if judgement is None else judgement.of(pair)

    def _read(self, tenant: Tenant, client_ids: Sequence[str]) -> dict[str, Client]:
        found = self._stores.clients.get_many(tenant, client_ids, consistent=True)
        return {client.id: client for client in found}

    def _known(self, tenant: Tenant, client_id: str, client: Client | None) -> _Known:
        """What is stored about the pairs of a client; what was said of those it absorbed, too."""
        about = (client_id, *client.absorbed) if client is not None else ()
        judgements = [each for of in about for each in self._stores.verdicts.about(tenant, of)]
        return _Known(tuple(self._stores.pairs.of(tenant, client_id)), tuple(judgements))

    def _holders(
        self, tenant: Tenant, features: Iterable[Features]
    ) -> dict[LookUpKey, frozenset[str]]:
        """The clients with each key; of a common value one more than count."""
        keys = sorted({key for each in features for key in matching_keys(each)}, key=_order)

        def holders(key: LookUpKey) -> frozenset[str]:
            ids = self._stores.keys.holders(tenant, key, at_once=MOST_HOLDERS + 1)
            return frozenset(islice(ids, MOST_HOLDERS + 1))

        found = side_by_side(partial(holders, key) for key in keys)
        return dict(zip(keys, found, strict=True))


def _counts(change: ClientChange) -> bool:
    """Whether a change is one of what is compared, or of whether the client is there."""
    before, after = change.before, change.after
    return (
        before is None
        or before.live is not after.live
        or not change.live
        or features_of(before) != features_of(after)
    )


def _sharing(of: Features, holders: dict[LookUpKey, frozenset[str]]) -> set[str]:
    """The clients that share a key with one, save common values."""
    found = (holders[key] for key in matching_keys(of))
    return {each for ids in found if len(ids) <= MOST_HOLDERS for each in ids}


def _order(key: LookUpKey) -> tuple[str, str]:
    return key.kind, key.value

"""What persons say about pairs: kept for good, and shown on the pair at once."""

from registry.domain.change import Author
from registry.domain.client import Client
from registry.domain.errors import RaceLost
from registry.domain.pair import Judgement, Pair, Verdict, clients_of, decisive
from registry.domain.tenant import Tenant
from registry.store.pairs import PairStore
from registry.store.verdicts import VerdictStore

# The function `index` writes a pair while it takes a change; it is soon done.
_ATTEMPTS = 5


class Judging:
    """The judgements of all tenants' pairs."""

    def __init__(self, pairs: PairStore, verdicts: VerdictStore) -> None:
        """Keep the stores of pairs and of judgements."""
        self._pairs = pairs
        self._verdicts = verdicts

    def judge(self, tenant: Tenant, pair_id: str, author: Author, *, dismissed: bool) -> Pair:
        """Judge a pair. Two calls; more after a lost race. What repeats a judgement writes nothing.

        Args:
            tenant: the tenant of the clients.
            pair_id: the id of the pair.
            author: who judges it, and when.
            dismissed: whether they are two clients; False leaves it open.

        Returns:
            The pair as it is judged.

        Raises:
            NotFound: there is no such pair.
            RaceLost: it was written meanwhile at every attempt.
        """
        clients = clients_of(pair_id)
        by = author.credential_id or author.operator or ""
        judgement = Judgement(clients, dismissed, by, author.at)
        for _ in range(_ATTEMPTS):
            before = self._pairs.get(tenant, clients)
            if before.judged and (before.verdict is Verdict.DISMISSED) is dismissed:
                return before
            writes = self._verdicts.writes(tenant, judgement)
            try:
                return self._pairs.put(tenant, judgement.of(before), before, writes)
            except RaceLost:
                continue
        raise RaceLost


def is_dismissed(verdicts: VerdictStore, tenant: Tenant, one: Client, other: Client) -> bool:
    """Whether a person said that these are two clients, or said so of clients that they absorbed.

    One call for the other client, and one for each client that it absorbed.
    """
    said = (
        judgement
        for client_id in (other.id, *other.absorbed)
        for judgement in verdicts.about(tenant, client_id)
    )
    judgement = decisive(said, one, other)
    return judgement is not None and judgement.dismissed

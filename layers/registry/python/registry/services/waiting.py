"""Events that wait behind a failing event of their client, for an endpoint of webhooks.

Nothing is written down of them: an event is in the queue until its turn comes. They are what has
happened to the client since the failing event, and what the endpoint was not told of by then.
"""

from collections.abc import Sequence

from registry.domain.identifiers import instant
from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant
from registry.domain.webhook import Attempt, DeliveryState, Endpoint
from registry.store.deliveries import DeliveryStore
from registry.store.event_items import FeedEntry
from registry.store.events import EventStore

Told = tuple[Attempt, FeedEntry | None]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for an endpoint.

    Attributes:
        events: the events of clients.
        deliveries: what became of events.
    """

    events: EventStore
    deliveries: DeliveryStore

    def among(
        self,
        tenant: Tenant,
        endpoint: Endpoint,
        attempts: Sequence[Attempt],
        *,
        most: int,
        before: str | None = None,
    ) -> list[Told]:
        """Attempts, each after the events that wait behind it, all of them newest first.

        One call more than the attempts took where some of them are waited for, one more for each
        client whose event fails, and one more where events wait behind these.

        Args:
            tenant: whose endpoint it is.
            endpoint: the endpoint.
            attempts: newest first.
            most: how many attempts and events are returned.
            before: a place in the feed; of those behind the first attempt only earlier events.
        """
        failing = self._failing(tenant, endpoint, attempts)
        clients: set[str] = set()
        found: list[Told] = []
        for number, attempt in enumerate(attempts):
            if len(found) >= most:
                break
            client_id = attempt.client_id
            if client_id is not None and client_id not in clients and attempt in failing:
                clients.add(client_id)
                entries = self.events.behind(tenant, client_id, attempt.event_id)
                limit = before if number == 0 else None
                found += [
                    (attempt, entry)
                    for entry in entries
                    if endpoint.takes(entry.type) and (limit is None or entry.place < limit)
                ]
            found.append((attempt, None))
        return self._untold(tenant, endpoint, found[:most])

    def _failing(
        self,
        tenant: Tenant,
        endpoint: Endpoint,
        attempts: Sequence[Attempt],
    ) -> list[Attempt]:
        """The attempts that are the last ones so far of an event that waits."""
        waited = [each for each in attempts if each.state is DeliveryState.WAITING]
        if not endpoint.enabled:
            return []
        events = [(each.client_id, each.event_id) for each in waited if each.client_id is not None]
        known = self.deliveries.get_many(tenant, endpoint.id, events)
        return [
            each
            for each in waited
            if each.event_id in known
            and known[each.event_id].state is DeliveryState.WAITING
            and known[each.event_id].attempted[-1] == instant(each.at)
        ]

    def _untold(self, tenant: Tenant, endpoint: Endpoint, found: list[Told]) -> list[Told]:
        """Without the events that the endpoint was told of otherwise, as when it caught up."""
        events = [(entry.about, entry.event_id) for _, entry in found if entry is not None]
        known = self.deliveries.get_many(tenant, endpoint.id, events)
        return [each for each in found if each[1] is None or each[1].event_id not in known]

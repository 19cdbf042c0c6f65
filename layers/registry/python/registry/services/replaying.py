"""Erase again what a restore from a backup has brought back.

A tombstone gets a version that no event has, so that its event is new and everything follows from
it as it did the first time. See `docs/operations.md`, "Restore from a backup".
"""

from collections.abc import Mapping, Sequence

from registry.domain.change import Author
from registry.domain.client import Client
from registry.domain.erasure import Erasure, State, Subject, tombstone
from registry.domain.identifiers import created_at
from registry.domain.immutable import dataclass, replace
from registry.domain.tenant import Tenant
from registry.services.erasing import count
from registry.store.clients import ClientStore
from registry.store.erasures import ErasureStore
from registry.store.events import EventStore
from registry.store.leavings import Leaving


@dataclass(frozen=True, slots=True)
class Replaying:
    """Erasures of one deployment, done again where they have come undone.

    Attributes:
        clients, events: the clients, and what happened to them.
        erasures: the jobs.
        leavings: every kind of what a client leaves behind.
    """

    clients: ClientStore
    events: EventStore
    erasures: ErasureStore
    leavings: Sequence[Leaving]

    def come_undone(self, tenant: Tenant, erasure: Erasure) -> list[str]:
        """What there is of an erasure's clients that should not be there, a sentence for each."""
        return self._come_undone(tenant, erasure, self._present(tenant, erasure))

    def _present(self, tenant: Tenant, erasure: Erasure) -> dict[str, Client]:
        """What there is of an erasure's clients in the table, in any state, by their ids."""
        found = self.clients.in_any_state(tenant, erasure.client_ids, consistent=True)
        return {client.id: client for client in found}

    def _come_undone(
        self, tenant: Tenant, erasure: Erasure, found: Mapping[str, Client]
    ) -> list[str]:
        """As `come_undone`, for what there is of the clients."""
        sentences = [
            f"Client {client_id} is not erased."
            for client_id in erasure.client_ids
            if client_id not in found or found[client_id].erased_at is None
        ]
        left = count(self.leavings, Subject(tenant, erasure.client_ids))
        return sentences + [
            f"{number} items of its clients are left in {store}."
            for store, number in left.items()
            if number
        ]

    def replay(self, tenant: Tenant, erasure: Erasure, author: Author) -> bool:
        """Begin an erasure again where it has come undone.

        Returns:
            Whether it had.

        Raises:
            RaceLost: somebody else changed one of its clients at the same time.
        """
        if erasure.state is not State.DONE:
            return False
        found = self._present(tenant, erasure)
        if not self._come_undone(tenant, erasure, found):
            return False
        again = replace(erasure, state=State.RUNNING, counts=None, completed_at=None, receipt=None)
        clients = [
            (found.get(client_id), self._tombstone(tenant, client_id, found.get(client_id), author))
            for client_id in erasure.client_ids
        ]
        self.erasures.begin_again(tenant, again, clients)
        return True

    def _tombstone(
        self, tenant: Tenant, client_id: str, client: Client | None, author: Author
    ) -> Client:
        """The tombstone of a client, with a version that no event has."""
        at = created_at(client_id)
        present = client or Client(id=client_id, version=0, created_at=at, updated_at=at)
        newest = next(self.events.of(tenant, client_id, at_once=1), None)
        version = max(present.version, newest.version if newest is not None else 0) + 1
        return tombstone(present, author, version)

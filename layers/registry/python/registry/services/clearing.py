"""Carry an erasure out: remove everything that its clients have left behind.

An erasure is carried out when every event of its clients is written and views have followed them to
the end, so that nothing is added to what was removed. What there is to remove is counted and kept
first; so an erasure that is cut off anywhere, and done again, ends with the same receipt.
"""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import Enum

from registry.domain.erasure import Erasure, State, Subject, receipt
from registry.domain.errors import Unavailable
from registry.domain.identifiers import now
from registry.domain.immutable import dataclass, replace
from registry.domain.keys import Purpose
from registry.domain.tenant import Tenant
from registry.services.erasing import cleared, count
from registry.services.packing import Busy, Packing
from registry.store.clients import ClientStore
from registry.store.credentials import CredentialStore
from registry.store.erasures import ErasureStore
from registry.store.events import EventStore
from registry.store.indexed import IndexedStore
from registry.store.leavings import Leaving

# Views follow a client within a second as a rule.
_PATIENCE_SECONDS = 20.0
# A process that was killed while it made packs holds its turn for a minute at most.
_PATIENCE_WITH_PACKS_SECONDS = 70.0
_PAUSE_SECONDS = 0.5

Wait = Callable[[float], None]


class NotFollowed(Unavailable):
    """Views have not followed the clients to the end yet, or somebody else makes packs."""


class Ended(Enum):
    """How a run of an erasure ended."""

    DONE = "done"
    EARLY = "early"


@dataclass(frozen=True, slots=True)
class PackedTexts:
    """What packs and their overlay hold of clients."""

    packing: Packing
    wait: Wait = time.sleep
    store: str = "packs"
    redacts: bool = True

    def count(self, subject: Subject) -> int:
        """How many of the clients are in packs with what they are found by."""
        return self.packing.holding(subject.tenant, subject.client_ids)

    def clear(self, subject: Subject) -> None:
        """Write their packs anew, and delete what packs were before.

        Raises:
            NotFollowed: somebody else makes packs of the tenant for longer than this can wait.
        """
        waited = 0.0
        while True:
            try:
                self.packing.purge(subject.tenant, subject.client_ids)
            except Busy as busy:
                if waited >= _PATIENCE_WITH_PACKS_SECONDS:
                    raise NotFollowed from busy
            else:
                return
            self.wait(_PAUSE_SECONDS)
            waited += _PAUSE_SECONDS


@dataclass(frozen=True, slots=True)
class Clearing:
    """Erasures of one deployment, carried out.

    Attributes:
        erasures: the jobs.
        clients, events, indexed: the tombstones, and how far events and views have followed them.
        workspaces: where the workspaces' keys are.
        leavings: every kind of what a client leaves behind, in the order in which it is removed.
        backups_kept: for how long backups go back.
        wait: waits for so many seconds.
    """

    erasures: ErasureStore
    clients: ClientStore
    events: EventStore
    indexed: IndexedStore
    workspaces: CredentialStore
    leavings: Sequence[Leaving]
    backups_kept: timedelta
    wait: Wait = time.sleep

    def carry_out(self, tenant: Tenant, erasure: Erasure) -> Ended:
        """Remove what an erasure's clients have left, and write the receipt.

        Returns:
            `EARLY` where the event of one of its clients is not written yet: whoever writes the
            last one brings the erasure here again.

        Raises:
            NotFollowed: views have not followed yet.
            Unavailable: DynamoDB does not respond.
        """
        if erasure.state is State.DONE:
            return Ended.DONE
        tombstones = self.clients.in_any_state(tenant, erasure.client_ids, consistent=True)
        versions = {client.id: client.version for client in tombstones}
        if not all(self.events.has(tenant, *place) for place in versions.items()):
            return Ended.EARLY
        self._await_views(tenant, versions)
        workspace = self.workspaces.workspace(tenant.workspace_id)
        subject = Subject(
            tenant,
            erasure.client_ids,
            workspace.key(Purpose.CONSENT),
            workspace.key(Purpose.ID),
        )
        counts = erasure.counts
        if counts is None:
            counts = self.erasures.counted(tenant, erasure, count(self.leavings, subject))
        for leaving in self.leavings:
            leaving.clear(subject)
        self._finish(tenant, erasure, dict(counts))
        return Ended.DONE

    def _await_views(self, tenant: Tenant, versions: "dict[str, int]") -> None:
        """Wait until views have followed these clients.

        Raises:
            NotFollowed: they have not, for longer than this can wait.
        """
        waited = 0.0
        while not all(self.indexed.has(tenant, *place) for place in versions.items()):
            if waited >= _PATIENCE_SECONDS:
                raise NotFollowed
            self.wait(_PAUSE_SECONDS)
            waited += _PAUSE_SECONDS

    def _finish(self, tenant: Tenant, erasure: Erasure, counts: "dict[str, int]") -> None:
        at = now()
        done = replace(erasure, state=State.DONE, completed_at=at)
        stores = cleared(self.leavings, done, counts, self.backups_kept)
        self.erasures.finish(tenant, replace(done, receipt=receipt(tenant, done, stores, at)))

"""Ask for the erasure of a person: tombstones in one transaction, and what there is to remove.

What follows from it, once events and views have followed, is `services/clearing.py`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from registry.domain import deadline
from registry.domain.change import Author
from registry.domain.client import Client
from registry.domain.erasure import (
    Cleared,
    Erasure,
    Expiry,
    State,
    Subject,
    tombstone,
)
from registry.domain.errors import NotFound, RaceLost
from registry.domain.idempotency import RETENTION, Idempotency, recorded
from registry.domain.identifiers import new_id, now
from registry.domain.immutable import dataclass
from registry.domain.look_up import keys_of
from registry.domain.tenant import Tenant
from registry.store.clients import ClientStore
from registry.store.erasures import ErasureStore
from registry.store.leavings import RECORDED, Leaving

_ATTEMPTS = 8
_PAUSE_SECONDS = 0.05
# Source: "DynamoDB Streams", Amazon DynamoDB Developer Guide.
STREAM_KEPT = timedelta(hours=24)
TOMBSTONES, LOOK_UP_KEYS = "clients", "look_up_keys"
STREAM_RECORDS, BACKUPS = "stream_records", "backups"

# Raises where the client has another version than the caller requires.
Require = Callable[[int], None]
Render = Callable[[Erasure], str]


@dataclass(frozen=True, slots=True)
class Begun:
    """How a request to erase a client ended.

    Attributes:
        erasure: the job; as it was asked for where the response is a replay.
        new: whether this request began it.
        replayed: the text of the response recorded earlier; None for another one.
    """

    erasure: Erasure
    new: bool
    replayed: str | None = None


@dataclass(frozen=True, slots=True)
class Erasing:
    """Erasures of the clients in one deployment.

    Attributes:
        clients: the clients.
        erasures: the jobs.
        leavings: every kind of what a client leaves behind.
        backups_kept: for how long backups go back.
    """

    clients: ClientStore
    erasures: ErasureStore
    leavings: Sequence[Leaving]
    backups_kept: timedelta

    def begin(  # noqa: PLR0913 - one parameter per part of the request
        self,
        tenant: Tenant,
        client_id: str,
        author: Author,
        reason: str,
        *,
        require: Require = lambda _: None,
        idempotency: Idempotency | None = None,
        render: Render = lambda _: "",
        status: int = 202,
    ) -> Begun:
        """Make tombstones of a client and of all that it absorbed, and a job to remove the rest.

        Three calls, one more for each redirect and after a lost race. The job of a client that was
        erased already is returned as it is.

        Args:
            tenant: the tenant of the client.
            client_id: the client, or one that it absorbed.
            author: who asks for it.
            reason: why.
            require: checks the version of the client.
            idempotency: the key under which the response is recorded.
            render: makes the text of the response.
            status: the HTTP status of the response.

        Raises:
            NotFound: there is no such client.
            RaceLost: another writer was first at every attempt.
            IdempotencyMismatch, IdempotencyInFlight: as for a create.
        """
        for attempt in range(_ATTEMPTS):
            if attempt:
                deadline.pause(_PAUSE_SECONDS * 2**attempt)
            try:
                family = self.family(tenant, client_id)
            except NotFound:
                return self._begun(tenant, client_id, idempotency)
            require(family[0].version)
            erasure = _job(family, author, reason)
            response = recorded(idempotency, status, render(erasure), now())
            tombstones = [(client, tombstone(client, author)) for client in family]
            try:
                earlier = self.erasures.begin(tenant, erasure, tombstones, response)
            except RaceLost:
                continue
            return Begun(erasure, new=True, replayed=earlier.body if earlier else None)
        raise RaceLost

    def _begun(self, tenant: Tenant, client_id: str, idempotency: Idempotency | None) -> Begun:
        """The job that erased a client, or the replay of the response to the same request.

        Raises:
            NotFound: there never was such a client.
            IdempotencyMismatch: the key had been used for another request.
        """
        erasure = self.erasures.of_client(tenant, client_id)
        earlier = self.erasures.recorded(idempotency) if idempotency is not None else None
        return Begun(erasure, new=False, replayed=earlier.body if earlier else None)

    def preview(
        self, tenant: Tenant, client_id: str, author: Author, reason: str
    ) -> tuple[Client, Erasure, tuple[Cleared, ...]]:
        """What an erasure would be, and would remove; nothing is written.

        Raises:
            NotFound: there is no such client.
        """
        family = self.family(tenant, client_id)
        erasure = _job(family, author, reason)
        subject = Subject(tenant, erasure.client_ids)
        counts = count(self.leavings, subject)
        return family[0], erasure, cleared(self.leavings, erasure, counts, self.backups_kept)

    def family(self, tenant: Tenant, client_id: str) -> list[Client]:
        """The client that an id stands for, and those that it absorbed. Two calls at most.

        Raises:
            NotFound: there is no such client.
            RaceLost: one of them is no redirect any more.
        """
        survivor = self.clients.get(tenant, client_id)
        absorbed = self.clients.in_any_state(tenant, survivor.absorbed, consistent=True)
        if len(absorbed) < len(survivor.absorbed) or any(each.live for each in absorbed):
            raise RaceLost
        return [survivor, *absorbed]


def count(leavings: Sequence[Leaving], subject: Subject) -> dict[str, int]:
    """How much there is of each kind."""
    return {leaving.store: leaving.count(subject) for leaving in leavings}


def cleared(
    leavings: Sequence[Leaving],
    erasure: Erasure,
    counts: "dict[str, int]",
    backups_kept: timedelta,
) -> tuple[Cleared, ...]:
    """What an erasure removes from each store, and what is gone later.

    Args:
        leavings: every kind of what a client leaves behind.
        erasure: the job.
        counts: how much there is of each kind.
        backups_kept: for how long backups go back.
    """
    at = erasure.completed_at or now()
    return (
        Cleared(store=TOMBSTONES, redacted=len(erasure.client_ids)),
        *(_cleared(each, counts.get(each.store, 0), at) for each in leavings),
        Cleared(store=LOOK_UP_KEYS, deleted=erasure.look_up_keys),
        Cleared(store=STREAM_RECORDS, expires=Expiry(None, at + STREAM_KEPT)),
        Cleared(store=BACKUPS, expires=Expiry(None, at + backups_kept)),
    )


def _cleared(leaving: Leaving, number: int, at: datetime) -> Cleared:
    """What is removed of one kind. Stubs of recorded responses expire with their keys."""
    expires = None
    if leaving.store == RECORDED and number:
        expires = Expiry(number, at + RETENTION)
    if leaving.redacts:
        return Cleared(store=leaving.store, redacted=number, expires=expires)
    return Cleared(store=leaving.store, deleted=number, expires=expires)


def _job(family: Sequence[Client], author: Author, reason: str) -> Erasure:
    """A job that erases clients. Their look-up keys are counted while they are there to be read."""
    client, *absorbed = family
    return Erasure(
        id=new_id(author.at),
        client_id=client.id,
        absorbed=tuple(each.id for each in absorbed),
        state=State.RUNNING,
        reason=reason,
        requested_at=author.at,
        credential_id=author.credential_id,
        contract=author.contract,
        operator=author.operator,
        look_up_keys=sum(len(keys_of(each)) for each in family),
    )

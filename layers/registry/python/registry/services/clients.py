"""Create and change clients: read, decide, write, and again when another writer was first.

The text of a response comes from the caller as a function of the client, because it is stored in
the same transaction as the client, under the idempotency key of the request.
"""

from collections.abc import Callable, Sequence

from registry.domain import deadline
from registry.domain.change import Change
from registry.domain.client import Client
from registry.domain.errors import RaceLost
from registry.domain.idempotency import Idempotency, RecordedResponse, recorded
from registry.domain.identifiers import now
from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant
from registry.store.clients import ClientStore
from registry.store.transaction import Write

_ATTEMPTS = 8
_PAUSE_SECONDS = 0.05

Decide = Callable[[Client], Change]
Render = Callable[[Client], str]


def _no_response(_: Client) -> str:
    """The text of no response, for a caller without HTTP, such as the command line."""
    return ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request to write a client ended.

    Attributes:
        client: the client after the write; for a replay, the client as it was read.
        status: the HTTP status of the response.
        body: the text of the response: rendered from the client, or recorded earlier.
        replayed: whether the response was recorded earlier, so that nothing was written.
    """

    client: Client
    status: int
    body: str
    replayed: bool = False


def create(  # noqa: PLR0913 - one parameter per part of the write
    store: ClientStore,
    tenant: Tenant,
    change: Change,
    *,
    render: Render,
    status: int = 201,
    idempotency: Idempotency | None = None,
) -> Outcome:
    """Write a new client, and the rendered response under the idempotency key. One call.

    Raises:
        IdempotencyMismatch: the key had been used for another request.
        IdempotencyInFlight: a request with the key is being carried out.
        ValueTaken: the external id is claimed by another client.
    """
    body = render(change.client)
    response = recorded(idempotency, status, body, now(), change.client.id)
    earlier = store.create(tenant, change, response)
    return _outcome(change.client, status, body, earlier)


def change(  # noqa: PLR0913 - one parameter per part of the write
    store: ClientStore,
    tenant: Tenant,
    client_id: str,
    decide: Decide,
    *,
    render: Render = _no_response,
    status: int = 200,
    idempotency: Idempotency | None = None,
    beside: Sequence[Write] = (),
) -> Outcome:
    """Change a client, and record the rendered response under the idempotency key.

    Two calls, more after a lost race. The pauses between the rounds are random and grow, so that
    writers who met once do not meet again at every round.

    Args:
        store: the clients.
        tenant: the tenant of the client.
        client_id: the id of the client.
        decide: makes the change from the client as it was read; it is called again when another
            writer was first.
        render: makes the text of the response.
        status: the HTTP status of the response.
        idempotency: the key under which the response is recorded.
        beside: writes of other items in the same transaction.

    Raises:
        NotFound: there is no such client.
        RaceLost: another writer was first at every attempt.
        Unavailable: the deadline of the request came before the next one.
        RegistryError: whatever `decide` raises, and the writes beside when their conditions fail.
    """
    for attempt in range(_ATTEMPTS):
        if attempt:
            deadline.pause(_PAUSE_SECONDS * 2**attempt)
        before, earlier = store.get_for_change(tenant, client_id, idempotency)
        if earlier:
            return _outcome(before, status, "", earlier)
        decided = decide(before)
        body = render(decided.client)
        # What the response shows may have come from a client that was absorbed.
        named = (decided.client.id, client_id, *decided.client.absorbed)
        response = recorded(idempotency, status, body, now(), *named)
        try:
            earlier = store.replace(tenant, before, decided, response, beside)
        except RaceLost:
            continue
        return _outcome(decided.client, status, body, earlier)
    raise RaceLost


def _outcome(
    client: Client,
    status: int,
    body: str,
    earlier: RecordedResponse | None,
) -> Outcome:
    """The outcome with this response, or with the one recorded earlier."""
    if earlier is not None:
        return Outcome(client, earlier.status, earlier.body, replayed=True)
    return Outcome(client, status, body)

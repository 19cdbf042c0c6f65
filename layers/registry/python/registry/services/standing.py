"""Which client a vendor's id stands for, also after the client it is linked to was merged.

A link is never pointed at another client. So after a merge it names a redirect, and what a later
move brings is compared with the client that absorbed it.
"""

from collections.abc import Iterable, Mapping

from registry.domain.change import QUIET_REQUEST, author_of
from registry.domain.client import Client
from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant
from registry.store.clients import ClientStore
from registry.store.sources import Source

# What the author of a move's changes has in place of an API request's id. Webhooks send the changes
# of the second one only.
REQUEST, NOTIFYING_REQUEST = QUIET_REQUEST, "move --notify"

# How many redirects are followed, one after the other; a merge or an undo may come between reads.
_HOPS = 8


@dataclass(frozen=True, slots=True)
class Standing:
    """The client that a vendor's id stands for.

    Attributes:
        client: the client, which is live.
        linked: the client that the id is linked to: the same one, or one that it absorbed.
    """

    client: Client
    linked: Client

    @property
    def absorbed(self) -> bool:
        """Whether the linked client was merged into the other one."""
        return self.linked.id != self.client.id

    @property
    def merged_by_move(self) -> bool:
        """Whether a move merged the linked client into the other one."""
        author = author_of(self.linked)
        return self.absorbed and author.merge is not None and _by_move(self.linked)

    @property
    def as_moved_in(self) -> bool:
        """Whether nobody has changed the linked client since it was made, but for a merge."""
        return self.linked.version == (2 if self.absorbed else 1)

    def is_alias(self, contract: str, vendor_id: str) -> bool:
        """Whether the client is known to the vendor by another id, so that this one is a second."""
        return self.absorbed and self.client.ids.get(contract) != vendor_id

    def is_touched(self, source: Source | None) -> bool:
        """Whether the client was changed here, and not by the vendor's moves alone."""
        if self.absorbed:
            return True
        if source is None:
            return self.client.version > 1
        if source.touched or source.version == self.client.version:
            return source.touched
        return source.version + 1 < self.client.version or not was_moved(self.client)


def standings(
    clients: ClientStore, tenant: Tenant, linked_ids: Iterable[str]
) -> Mapping[str, Standing]:
    """The clients that linked ids stand for, by these ids, read consistently.

    One call for every 100 ids, and one for every 100 clients that absorbed some of them. Ids of
    clients that are not here, or not any more, are left out.
    """
    linked = {
        client.id: client
        for client in clients.in_any_state(tenant, list(linked_ids), consistent=True)
    }
    read, wanted = dict(linked), _beyond(linked, linked)
    for _ in range(_HOPS):
        if not wanted:
            break
        read |= {
            client.id: client
            for client in clients.in_any_state(tenant, sorted(wanted), consistent=True)
        }
        wanted = _beyond(read, wanted & read.keys())
    found = {}
    for client_id, client in linked.items():
        survivor = _survivor(read, client)
        if survivor is not None:
            found[client_id] = Standing(survivor, client)
    return found


def was_moved(client: Client) -> bool:
    """Whether what a move brought is the client's last change, and no merge."""
    return author_of(client).merge is None and _by_move(client)


def _by_move(client: Client) -> bool:
    return author_of(client).request_id in {REQUEST, NOTIFYING_REQUEST}


def _beyond(read: Mapping[str, Client], of: Iterable[str]) -> set[str]:
    """The ids that redirects among these clients lead to, and that are not read yet."""
    leads = {read[client_id].absorbed_into for client_id in of}
    return {client_id for client_id in leads if client_id is not None} - read.keys()


def _survivor(read: Mapping[str, Client], client: Client) -> Client | None:
    """The live client that a client, or a redirect, stands for; None where that is gone."""
    for _ in range(_HOPS):
        if client.live or client.absorbed_into is None:
            break
        following = read.get(client.absorbed_into)
        if following is None:
            return None
        client = following
    return client if client.live else None

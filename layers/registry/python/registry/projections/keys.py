"""Look-up keys: under which values each client is found.

What a client is found by follows from the client alone. So each change is taken by reading the
client as it is at present: the keys it has are written, and those of its images in the stream that
it has no longer are deleted. Changes that come again, late, or in another order lead to the same
keys. A client that changes once more while it is read has that change in the stream as well.
"""

from collections.abc import Callable, Iterable, Sequence

from registry.domain.client import Client
from registry.domain.look_up import LookUpKey, keys_of
from registry.domain.tenant import Tenant
from registry.projections.stream import ClientChange
from registry.store.clients import ClientStore
from registry.store.look_up_keys import Holder, LookUpKeyStore

NAME = "index"

KeysOf = Callable[[Client], frozenset[LookUpKey]]

# Four whole calls: 25 keys fit into one.
_KEYS_AT_ONCE = 100


class Keys:
    """Writes the look-up keys of changed clients."""

    def __init__(
        self,
        clients: ClientStore,
        keys: LookUpKeyStore,
        keys_of: KeysOf = keys_of,
    ) -> None:
        """Keep the stores of clients and of keys, and what the keys of a client are."""
        self._clients = clients
        self._keys = keys
        self._keys_of = keys_of

    def __call__(self, changes: Sequence[ClientChange]) -> None:
        """Write the keys of the clients of these changes, and delete those they have no longer."""
        by_client: dict[tuple[Tenant, str], set[LookUpKey]] = {}
        for change in changes:
            had = by_client.setdefault((change.tenant, change.after.id), set())
            had |= self._keys_of(change.after)
            if change.before is not None:
                had |= self._keys_of(change.before)
        put: list[Holder] = []
        delete: list[Holder] = []
        for tenant in {tenant for tenant, _ in by_client}:
            ids = [client_id for of, client_id in by_client if of == tenant]
            read = self._clients.in_any_state(tenant, ids, consistent=True)
            present = {client.id: self._held(client) for client in read}
            for client_id in ids:
                has = present.get(client_id, frozenset())
                gone = by_client[tenant, client_id] - has
                put += [(tenant, key, client_id) for key in has]
                delete += [(tenant, key, client_id) for key in gone]
        self._keys.write(put, delete)

    def rebuild(self, tenant: Tenant, clients: Iterable[Client]) -> int:
        """Write the keys of clients that have none yet, such as those of before there were keys.

        It may run beside the stream, and again from any place. Keys left over are no harm: a
        look-up looks at the clients, too.

        Args:
            tenant: the tenant of the clients.
            clients: in any order.

        Returns:
            How many keys were written.
        """
        written = 0
        put: list[Holder] = []
        for client in clients:
            put += [(tenant, key, client.id) for key in self._held(client)]
            if len(put) >= _KEYS_AT_ONCE:
                self._keys.write(put, ())
                written += len(put)
                put = []
        self._keys.write(put, ())
        return written + len(put)

    def _held(self, client: Client) -> frozenset[LookUpKey]:
        """The keys that lead to a client. By what an absorbed one had, the survivor is found."""
        if client.live:
            return self._keys_of(client)
        return keys_of(client) if client.absorbed_into is not None else frozenset()

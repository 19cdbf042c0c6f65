"""Find clients by the values that they have: e-mail, phone, tax id, external id, a vendor's id."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from registry.domain.client import Client
from registry.domain.errors import NotFound
from registry.domain.immutable import dataclass
from registry.domain.look_up import LookUpKey, keys_of
from registry.domain.tenant import Tenant
from registry.store.clients import ClientStore
from registry.store.links import LinkStore
from registry.store.listing import ids_beyond
from registry.store.look_up_keys import LookUpKeyStore

# As many clients as one call reads.
_MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Values that a client has to have, all of them.

    Attributes:
        keys: values in the spelling by which they are found.
        external_id: as the caller wrote it.
        vendor: a contract, and the id of its vendor.
    """

    keys: tuple[LookUpKey, ...] = ()
    external_id: str | None = None
    vendor: tuple[str, str] | None = None

    def __bool__(self) -> bool:
        """Whether there is any value."""
        return bool(self.keys or self.external_id is not None or self.vendor is not None)

    def fits(self, clients: Iterable[Client]) -> bool:
        """Whether clients have the values, each of them one or another.

        A vendor's id is not looked at, its link decides.
        """
        read = list(clients)
        keys = frozenset[LookUpKey]().union(*map(keys_of, read))
        fits_id = self.external_id is None or self.external_id in {
            client.external_id for client in read
        }
        return fits_id and keys.issuperset(self.keys)

    def first_fits(self, client: Client) -> bool:
        """Whether a client has the value by which ids are found, so that it is found itself."""
        if self.external_id is not None:
            return client.external_id == self.external_id
        return bool(self.keys) and self.keys[0] in keys_of(client)


@dataclass(frozen=True, slots=True)
class Found:
    """A client that was found.

    Attributes:
        client: the client; where an absorbed one has the value, the one that absorbed it.
        place: the id of the client that has the value, by which the list is ordered.
    """

    client: Client
    place: str


class LookUp:
    """Looks clients up in the stores that know where they are."""

    def __init__(self, clients: ClientStore, keys: LookUpKeyStore, links: LinkStore) -> None:
        """Keep the stores."""
        self._clients = clients
        self._keys = keys
        self._links = links

    def found(
        self,
        tenant: Tenant,
        sought: Sought,
        *,
        before: str | None = None,
        at_once: int = _MOST_AT_ONCE,
    ) -> Iterator[Found]:
        """The clients with all the values, newest first, archived ones too.

        A client has what those had that it absorbed, too, and is found once. Two calls for the
        first `at_once` of them: one for their ids, one for the clients; one more where absorbed
        clients are among them. A key can be left over from a value that the client no longer has,
        so that the clients themselves are looked at.

        Args:
            tenant: the tenant of the clients.
            sought: the values, at least one.
            before: an id; only clients with an older place than that.
            at_once: how many clients are read together, at most 100.
        """
        ids = self._ids(tenant, sought, before, at_once)
        while batch := list(islice(ids, at_once)):
            holders = self._clients.in_any_state(tenant, batch, consistent=True)
            survivors = self._survivors(tenant, holders)
            for holder in holders:
                client = holder if holder.live else survivors.get(holder.absorbed_into or "")
                if client is not None and self._is_found(tenant, sought, holder, client):
                    yield Found(client, holder.id)

    def _survivors(self, tenant: Tenant, holders: Sequence[Client]) -> dict[str, Client]:
        """The clients that absorbed others, by their ids."""
        ids = {holder.absorbed_into for holder in holders if holder.absorbed_into is not None}
        found = self._clients.get_many(tenant, sorted(ids), consistent=True)
        return {client.id: client for client in found}

    def _is_found(self, tenant: Tenant, sought: Sought, holder: Client, client: Client) -> bool:
        """Whether a client is found here, by what it has itself or by what an absorbed one had.

        A client is found by its own value where it has it, else by the newest of those it absorbed.
        """
        if not holder.live and sought.vendor is None:
            if sought.first_fits(client):
                return False
            newer = [each for each in client.absorbed if each > holder.id]
            others = self._clients.in_any_state(tenant, newer, consistent=True)
            if any(map(sought.first_fits, others)):
                return False
        if sought.fits((holder, client)):
            return True
        absorbed = self._clients.in_any_state(tenant, client.absorbed, consistent=True)
        return sought.fits((client, *absorbed))

    def _ids(
        self,
        tenant: Tenant,
        sought: Sought,
        before: str | None,
        at_once: int,
    ) -> Iterator[str]:
        """Ids of the clients that may have the values, by the value that fewest clients share."""
        if sought.vendor is not None:
            return self._linked(tenant, *sought.vendor, before)
        if sought.external_id is not None:
            older = ids_beyond(before, (None, None), older=True)
            return self._clients.with_external_id(
                tenant, sought.external_id, older, at_once=at_once
            )
        return self._keys.holders(tenant, sought.keys[0], before=before, at_once=at_once)

    def _linked(
        self,
        tenant: Tenant,
        contract: str,
        vendor_id: str,
        before: str | None,
    ) -> Iterator[str]:
        """The id of the client that a vendor knows by an id, where it is older than `before`."""
        try:
            client_id = self._links.client_of(tenant, contract, vendor_id)
        except NotFound:
            return
        if before is None or client_id < before:
            yield client_id

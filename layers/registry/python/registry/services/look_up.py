"""Find clients by the values that they have: e-mail, phone, tax id, external id, a vendor's id."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from registry.domain.client import Client
from registry.domain.errors import NotFound
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

    def fits(self, client: Client) -> bool:
        """Whether a client has the values; a vendor's id is not looked at, its link decides."""
        fits_id = self.external_id is None or client.external_id == self.external_id
        return fits_id and keys_of(client).issuperset(self.keys)


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
    ) -> Iterator[Client]:
        """The clients with all the values, newest first, archived ones too.

        Two calls for the first `at_once` of them: one for their ids, one for the clients. A key can
        be left over from a value that the client no longer has, so that the clients themselves are
        looked at.

        Args:
            tenant: the tenant of the clients.
            sought: the values, at least one.
            before: an id; only older clients than that.
            at_once: how many clients are read together, at most 100.
        """
        ids = self._ids(tenant, sought, before, at_once)
        while batch := list(islice(ids, at_once)):
            clients = self._clients.get_many(tenant, batch, consistent=True)
            yield from filter(sought.fits, clients)

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

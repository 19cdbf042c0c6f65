"""Views of clients: what changed goes to the overlay, and the overlay into packs as it grows.

A tenant without packs gets none until it has some thousand clients, and costs nothing but a look
for them. See `docs/data-model.md`, "Views".
"""

import zlib
from collections.abc import Sequence
from itertools import islice

from registry.domain.tenant import Tenant
from registry.projections.stream import ClientChange
from registry.services.packing import PACKED_FROM, Busy, Packing, write_entries
from registry.store.clients import ClientStore
from registry.store.items import search_entry
from registry.store.packs import Row, gone_row, live_row

NAME = "index"

# One in so many changes looks whether the overlay has grown, or whether a tenant has become large
# enough for packs. Which one it is follows from the change, so that a batch that comes again does
# the same again.
_TIDY_EVERY = 50
_COUNT_EVERY = 512
# A workspace that is larger when it gets its first packs is left to `registry views rebuild`: the
# function has a minute, and other workspaces wait behind it.
_MOST_BUILT = 20_000


class Index:
    """Keeps the views of clients."""

    def __init__(
        self,
        packing: Packing,
        clients: ClientStore,
        *,
        packed_from: int = PACKED_FROM,
        tidy_every: int = _TIDY_EVERY,
        count_every: int | None = _COUNT_EVERY,
    ) -> None:
        """Keep the stores, and from which size on and how often something is done.

        Without `count_every` no tenant gets its first packs.
        """
        self._packing = packing
        self._clients = clients
        self._packed_from = packed_from
        self._tidy_every = tidy_every
        self._count_every = count_every

    def __call__(self, changes: Sequence[ClientChange]) -> None:
        """Take changes into the views of their tenants."""
        by_tenant: dict[Tenant, dict[str, ClientChange]] = {}
        for change in changes:
            latest = by_tenant.setdefault(change.tenant, {})
            known = latest.get(change.after.id)
            if known is None or known.after.version < change.after.version:
                latest[change.after.id] = change
        for tenant, latest in by_tenant.items():
            self._take(tenant, list(latest.values()))

    def _take(self, tenant: Tenant, changes: Sequence[ClientChange]) -> None:
        """Take the latest change of each client of a tenant."""
        views = self._packing.views
        build, directory = views.directories(tenant)
        if build is None and directory is None:
            if any(_falls_on(change, self._count_every) for change in changes):
                self._begin(tenant)
            return
        write_entries(views, tenant, [_row(change) for change in changes])
        if directory is None and any(_falls_on(each, self._count_every) for each in changes):
            self._begin(tenant)
        elif any(_falls_on(change, self._tidy_every) for change in changes):
            self._packing.tidy(tenant)

    def _begin(self, tenant: Tenant) -> None:
        """Make the first packs of a tenant that is large enough for them, and not too large."""
        count = sum(1 for _ in islice(self._clients.search(tenant), _MOST_BUILT + 1))
        if self._packed_from < count <= _MOST_BUILT:
            try:
                self._packing.build(tenant)
            except Busy:
                return


def _row(change: ClientChange) -> Row:
    """The row of a client after a change."""
    client = change.after
    if not change.live:
        return gone_row(client.id, client.version)
    return live_row(search_entry(client), client.version)


def _falls_on(change: ClientChange, every: int | None) -> bool:
    """Whether a change is the one in so many, by its client and version."""
    if every is None:
        return False
    return zlib.crc32(f"{change.after.id}.{change.after.version}".encode()) % every == 0

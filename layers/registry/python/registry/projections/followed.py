"""Marks that say that views have followed an erased client to its end.

It comes last of the projections of `index`: what it says is true of those before it.
"""

from collections.abc import Sequence

from registry.projections.stream import ClientChange
from registry.store.indexed import IndexedStore


class Followed:
    """Marks the tombstones among changes."""

    def __init__(self, indexed: IndexedStore) -> None:
        """Keep the store of marks."""
        self._indexed = indexed

    def __call__(self, changes: Sequence[ClientChange]) -> None:
        """Mark the erased clients. One call for each."""
        for change in changes:
            if change.after.erased_at is not None:
                client = change.after
                self._indexed.mark(change.tenant, client.id, client.version)

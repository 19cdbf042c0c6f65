"""The lease of a vendor's moves: one run at a time."""

import threading
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import Self

from ops.move.timing import Timing
from registry.domain.errors import Unavailable
from registry.domain.identifiers import new_id
from registry.domain.tenant import Tenant
from registry.store.moves import Leased, MoveStore

LEASE_SECONDS = 30
_RENEWED_EVERY_SECONDS = 10
_PATIENCE_SECONDS = 60
_PAUSE_SECONDS = 1.0


class LeaseLost(Exception):
    """Another run holds the lease: this one was away for longer than it lasts."""


class Lease:
    """A lease, taken and renewed while this is used as a context manager."""

    def __init__(
        self,
        moves: MoveStore,
        tenant: Tenant,
        contract: str,
        timing: Timing,
        on_wait: Callable[[str], None],
    ) -> None:
        """Take nothing yet."""
        self._moves = moves
        self._tenant = tenant
        self._contract = contract
        self._timing = timing
        self._on_wait = on_wait
        self._holder = new_id()
        self._ended = threading.Event()
        self._lost = False
        self._renewing = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> Self:
        """Take the lease; wait up to a minute for another run to end.

        Raises:
            Leased: another run did not end.
        """
        began, waiting = self._timing.clock(), False
        while True:
            try:
                self._take()
                break
            except Leased:
                if self._timing.clock() - began >= _PATIENCE_SECONDS:
                    raise
            if not waiting:
                self._on_wait("Another run of this move is under way; waiting for it to end.")
                waiting = True
            self._timing.sleep(_PAUSE_SECONDS)
        self._renewing.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Give it back; where that cannot be done, it ends by itself."""
        self._ended.set()
        self._renewing.join()
        if not self._lost:
            try:
                self._moves.release(self._tenant, self._contract, self._holder)
            except Unavailable:
                return

    def check(self) -> None:
        """Make sure that the lease is still held.

        Raises:
            LeaseLost: it is not.
        """
        if self._lost:
            raise LeaseLost

    def _take(self) -> None:
        at = self._timing.now()
        until = at + timedelta(seconds=LEASE_SECONDS)
        self._moves.lease(self._tenant, self._contract, self._holder, until, at)

    def _renew(self) -> None:
        """Renew it until it is given back. A renewal that fails is tried again at the next time."""
        while not self._ended.wait(_RENEWED_EVERY_SECONDS):
            try:
                self._take()
            except Leased:
                self._lost = True
                return
            except Unavailable:
                continue

"""What a move reads, in batches with a place to go on from: a vendor's list, or a file."""

import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from queue import Empty, Full, Queue
from typing import Protocol

from ops.move.files import FileRow
from ops.move.vendor import State, Vendor
from registry.services.moving import Outcome, Row

_BATCH = 100
_BLOCKED_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Batch:
    """Objects, and rows that are refused already.

    Attributes:
        objects: JSON values as the vendor shows them, or a refused row.
        state: the place behind them.
        total: how many there are in all, where that is known.
    """

    objects: tuple[object, ...]
    state: State
    total: int | None = None


class Feed(Protocol):
    """What a move reads."""

    def batches(self, state: State | None) -> Iterator[Batch]:
        """All of it, from the beginning or from the place of an earlier batch."""


class VendorFeed:
    """The list of a vendor's API."""

    def __init__(self, vendor: Vendor) -> None:
        """Keep the vendor."""
        self._vendor = vendor

    def batches(self, state: State | None) -> Iterator[Batch]:
        """See `Feed`."""
        for page in self._vendor.pages(state):
            yield Batch(page.rows, page.state, page.total)


class FileFeed:
    """A file; it is read again from its beginning up to the place to go on from."""

    def __init__(self, rows: Callable[[], Iterator[FileRow]]) -> None:
        """Keep the function that begins to read the file."""
        self._rows = rows

    def batches(self, state: State | None) -> Iterator[Batch]:
        """See `Feed`.

        Raises:
            FileError: the file cannot be read.
        """
        done = int(str((state or {}).get("row", 0)))
        objects: list[object] = []
        number = done
        for row in self._rows():
            if row.number <= done:
                continue
            refused = Row(vendor_id=None, outcome=Outcome.REFUSED, errors=row.errors)
            objects.append(refused if row.errors else row.value)
            number = row.number
            if len(objects) == _BATCH:
                yield Batch(tuple(objects), {"row": number})
                objects = []
        yield Batch(tuple(objects), {"row": number})


def ahead(batches: Callable[[], Iterator[Batch]]) -> Generator[Batch, None, None]:
    """Batches, of which the next one is read while one is worked on."""
    reader = _Reader(batches)
    threading.Thread(target=reader.run, daemon=True).start()
    try:
        while (item := reader.next()) is not None:
            yield item
    finally:
        reader.ended.set()


class _Reader:
    """Reads batches in a thread of its own."""

    def __init__(self, batches: Callable[[], Iterator[Batch]]) -> None:
        self._batches = batches
        self._read: Queue[Batch | BaseException | None] = Queue(maxsize=1)
        self.ended = threading.Event()

    def run(self) -> None:
        """Read until the end, or until nobody takes the batches any more."""
        try:
            for batch in self._batches():
                self._put(batch)
                if self.ended.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - it is raised where the batches are taken
            self._put(error)
        else:
            self._put(None)

    def next(self) -> Batch | None:
        """The next batch; None at the end.

        Raises:
            BaseException: what reading it raised.
        """
        while True:
            try:
                # A wait without end would not be interrupted by Ctrl-C everywhere.
                item = self._read.get(timeout=_BLOCKED_SECONDS)
            except Empty:
                continue
            if isinstance(item, BaseException):
                raise item
            return item

    def _put(self, item: Batch | BaseException | None) -> None:
        while not self.ended.is_set():
            try:
                self._read.put(item, timeout=_BLOCKED_SECONDS)
            except Full:
                continue
            return

"""Reading a list by cursors, or by the ids of its records, while it changes.

Lists that begin with the newest grow at their front while they are read. So after the end their
front is read again, up to a record that was there at the beginning.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from ops.move.documents import member, place
from ops.move.vendor import Page, State, VendorError

# How often in a row a vendor may forget the place after the first page.
_MOST_BEGINNINGS = 20


class PlaceLost(Exception):
    """The vendor does not know the place in the list any more: its record was deleted, perhaps."""


@dataclass(frozen=True, slots=True)
class Part:
    """One answer of a list: its rows, and the place after them, None at the end."""

    rows: tuple[object, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a walk is.

    Attributes:
        after: what the vendor is asked to go on from; None for the beginning.
        front: ids of the first page, by which the second look at the front knows where to end.
        phase: `walk`, then `front`, then `done`.
    """

    after: str | None = None
    front: tuple[str, ...] = ()
    phase: str = "walk"

    def state(self) -> State:
        """This place as a JSON object."""
        return asdict(self) | {"front": list(self.front)}


def walk(
    read: Callable[[str | None], Part],
    state: State | None,
    *,
    newest_first: bool,
) -> Iterator[Page]:
    """All pages of a list.

    Args:
        read: reads the part of the list after a place; raises `PlaceLost` where there is no such
            place any more, and the list is begun again.
        state: the state of the page to go on after; None for the beginning.
        newest_first: whether the list grows at its front.

    Raises:
        VendorError: the list does not move on.
    """
    at = _place(state)
    begun_again = 0
    while at.phase != "done":
        try:
            part = read(at.after)
        except PlaceLost as error:
            begun_again += 1
            if at.after is None or begun_again > _MOST_BEGINNINGS:
                raise VendorError("The vendor forgets the places in its own list.") from error
            at = replace(at, after=None)
            continue
        if at.after is not None:
            begun_again = 0
            if part.after == at.after:
                raise VendorError("The vendor's list does not move on.")
        at = _next(at, part, newest_first=newest_first)
        yield Page(part.rows, at.state())


def all_rows(read: Callable[[str | None], Part]) -> Iterator[object]:
    """The rows of a list that is read in one go."""
    for page in walk(read, None, newest_first=False):
        yield from page.rows


def with_archived(
    pages: Callable[[bool, State | None], Iterator[Page]],
    is_archived: Callable[[object], bool],
    state: State | None,
) -> Iterator[Page]:
    """All pages of a list of which the vendor does not say whether it has archived clients.

    Where it shows none, archived clients alone are listed, too.

    Args:
        pages: the pages of a list from a state; of archived clients alone where the flag is set.
        is_archived: whether a row is an archived client.
        state: the state of the page to go on after; None for the beginning.
    """
    saved: dict[str, Any] = dict(state or {"archived": False, "seen": False, "list": None})
    for archived in (False, True):
        if saved["archived"] and not archived:
            continue
        for page in pages(archived, saved["list"] if saved["archived"] is archived else None):
            seen = bool(saved["seen"]) or any(map(is_archived, page.rows))
            saved = {"archived": archived, "seen": seen, "list": page.state}
            yield replace(page, state=saved)
        if saved["seen"]:
            return


def ids_of(rows: Iterable[object]) -> tuple[str, ...]:
    """The ids of rows, but for those that are no text that a request could have."""
    ids = (place(member(row, "id")) for row in rows)
    return tuple(identifier for identifier in ids if identifier is not None)


def _place(state: State | None) -> _Place:
    """The inverse of `_Place.state`; the beginning for None."""
    if state is None:
        return _Place()
    saved: Any = state
    return _Place(saved["after"], tuple(saved["front"]), saved["phase"])


def _next(at: _Place, part: Part, *, newest_first: bool) -> _Place:
    """The place after a part."""
    if at.phase == "front":
        met = not set(at.front).isdisjoint(ids_of(part.rows))
        if met or part.after is None:
            return replace(at, after=None, phase="done")
        return replace(at, after=part.after)
    front = ids_of(part.rows) if at.after is None and newest_first else at.front
    if part.after is not None:
        return replace(at, after=part.after, front=front)
    return _Place(front=front, phase="front" if front and at.after is not None else "done")

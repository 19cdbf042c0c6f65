"""Athenty's API: API keys, and numbered pages, whose rows move while they are read.

Source: `docs/athenty.md`. The vendor publishes no limit; it does not say whether a list has
inactive clients, nor in which direction `sort=created_at` goes, so that the first page has to tell.

Newest first, the list is read forwards. New clients push rows on to later pages, where they come
again. Deleted ones pull rows back to pages that were read already; then `total` has fallen, by no
less than the number of rows pulled back, and the walk goes back that far. It may rise instead, when
more came than went; then nobody was pulled back. Oldest first, the list is read backwards from its
last page: rows only move to pages that are still to come.

See decision `docs/decisions/0040-shifted-page-is-read-again-from-where-rows-moved.md`.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from ops.move.connection import BadAnswer, Connection, Header, object_answer
from ops.move.documents import member, whole
from ops.move.pace import UNKNOWN
from ops.move.vendor import Page, State, Token
from ops.move.walk import ids_of, with_archived
from registry.domain.moving import instant_as_shown
from registry.domain.workspace import Contract

WINDOWS = UNKNOWN
_CLIENTS = "/v2/api/clients"
_PAGE = 100


@dataclass(frozen=True, slots=True)
class _Part:
    """A page: its rows, how many rows the list has, and whether it has a later page."""

    rows: tuple[object, ...]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a walk is.

    Attributes:
        page: the number of the next page to read.
        step: 1 forwards, for a list with the newest first; -1 backwards; 0 until that is known.
        total: how many rows the list had when its last page was read.
        front: ids of the page with the newest, by which the second look at it knows where to end.
        phase: `walk`, then `front`, then `done`.
    """

    page: int = 1
    step: int = 0
    total: int = 0
    front: tuple[str, ...] = ()
    phase: str = "walk"

    def state(self) -> State:
        """This place as a JSON object."""
        return asdict(self) | {"front": list(self.front)}


class Athenty:
    """The clients of an Athenty organisation."""

    contract = Contract.ATHENTY

    def __init__(self, connection: Connection, key: Token, *, page: int = _PAGE) -> None:
        """Keep the connection.

        Args:
            connection: to the base URL before `/v2/api`.
            key: an API key.
            page: how many clients a page has, 2 to 100: a first page of one client could not tell
                in which direction the list goes.
        """
        self._connection = connection
        self._header = Header("X-Api-Key", key.text)
        self._page = page

    def pages(self, state: State | None = None) -> Iterator[Page]:
        """See `ops.move.vendor.Vendor`."""
        return with_archived(self._list, _is_inactive, state)

    def fetch(self, vendor_id: str) -> object | None:
        """See `ops.move.vendor.Vendor`."""
        return self._connection.fetch(_CLIENTS, vendor_id, object_answer, self._header)

    def users(self, _: str) -> Iterator[object]:
        """None: Athenty's clients have no users."""
        return iter(())

    def payment_methods(self, _: str) -> Iterator[object]:
        """None: Athenty shows no payment methods."""
        return iter(())

    def close(self) -> None:
        """See `ops.move.vendor.Vendor`."""
        self._connection.close()

    def _list(self, archived: bool, state: State | None) -> Iterator[Page]:  # noqa: FBT001 - a list's name
        """The pages of all clients, or of the inactive ones alone."""
        place = _place(state)
        query = {"limit": str(self._page), "sort": "created_at"}
        if archived:
            query["active"] = "false"
        while place.phase != "done":
            part = self._connection.get(
                _CLIENTS, _part, self._header, query | {"page": str(place.page)}
            )
            place = self._next(place, part)
            yield Page(part.rows, place.state(), part.total)

    def _next(self, place: _Place, part: _Part) -> _Place:
        """The place after a page."""
        if place.step == 0:
            return self._begun(part)
        ids = ids_of(part.rows)
        if place.step < 0 and place.phase == "walk" and not place.front:
            place = replace(place, front=ids)
        if place.phase == "front" and not set(place.front).isdisjoint(ids):
            return replace(place, phase="done")
        pulled_back = place.total - part.total if place.step > 0 else 0
        place = replace(place, total=part.total)
        if pulled_back > 0:
            return replace(place, page=max(1, place.page - -(-pulled_back // self._page)))
        if part.more if place.step > 0 else place.page > 1:
            return replace(place, page=place.page + place.step)
        return self._ended(place)

    def _begun(self, part: _Part) -> _Place:
        """The place after the first page, which shows in which direction the list goes."""
        if not part.more:
            return _Place(phase="done")
        if _is_ascending(part.rows):
            return _Place(page=self._last_page(part.total), step=-1, total=part.total)
        return _Place(page=2, step=1, total=part.total, front=ids_of(part.rows))

    def _ended(self, place: _Place) -> _Place:
        """The place after the last page of a phase."""
        if place.phase == "front" or not place.front:
            return replace(place, phase="done")
        newest = 1 if place.step > 0 else self._last_page(place.total)
        return replace(place, page=newest, phase="front")

    def _last_page(self, total: int) -> int:
        return max(1, -(-total // self._page))


def _part(value: object) -> _Part:
    """A page.

    Raises:
        BadAnswer: it is none.
    """
    rows, total = member(value, "data"), whole(member(value, "pagination", "total"))
    more = member(value, "pagination", "hasNext")
    if not isinstance(rows, list) or total is None or not isinstance(more, bool):
        raise BadAnswer("no list of clients")
    return _Part(tuple(rows), total, more)


def _place(state: State | None) -> _Place:
    """The inverse of `_Place.state`; the beginning for None."""
    if state is None:
        return _Place()
    saved: Any = state
    return _Place(**{**saved, "front": tuple(saved["front"])})


def _is_ascending(rows: tuple[object, ...]) -> bool:
    """Whether the first row that shows its creation is older than the last one."""
    created = [
        at
        for text in (member(row, "createdAt") for row in rows)
        if isinstance(text, str) and (at := instant_as_shown(text)[0]) is not None
    ]
    return len(created) > 1 and created[0] < created[-1]


def _is_inactive(row: object) -> bool:
    return member(row, "active") is False

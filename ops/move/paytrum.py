"""Paytrum's API: API keys, and a list that goes on from the id of a client.

Source: `docs/paytrum.md`. The vendor publishes no limit, and does not say whether a list without a
status has inactive clients, nor what becomes of `startingAfter` when its client is gone.
"""

from collections.abc import Iterator

from ops.move.connection import BadAnswer, Connection, Header, Rejected, object_answer
from ops.move.documents import member
from ops.move.pace import UNKNOWN
from ops.move.vendor import Page, State, Token, VendorError
from ops.move.walk import Part, PlaceLost, ids_of, walk, with_archived
from registry.domain.workspace import Contract

WINDOWS = UNKNOWN
_CLIENTS = "/v1/clients"
_PAGE = 100
_UNKNOWN_PLACE = frozenset({400, 404, 410, 422})


class Paytrum:
    """The clients of a Paytrum workspace."""

    contract = Contract.PAYTRUM

    def __init__(self, connection: Connection, key: Token, *, page: int = _PAGE) -> None:
        """Keep the connection.

        Args:
            connection: to the base URL before `/v1`.
            key: an API key, `ak_…`.
            page: how many clients a page has, 1 to 100.
        """
        self._connection = connection
        self._header = Header("Authorization", f"Bearer {key.text}")
        self._page = page

    def pages(self, state: State | None = None) -> Iterator[Page]:
        """See `ops.move.vendor.Vendor`."""
        return with_archived(self._list, _is_inactive, state)

    def fetch(self, vendor_id: str) -> object | None:
        """See `ops.move.vendor.Vendor`."""
        return self._connection.fetch(_CLIENTS, vendor_id, object_answer, self._header)

    def users(self, _: str) -> Iterator[object]:
        """None: Paytrum's clients have no users."""
        return iter(())

    def payment_methods(self, _: str) -> Iterator[object]:
        """None: Paytrum shows no payment methods."""
        return iter(())

    def close(self) -> None:
        """See `ops.move.vendor.Vendor`."""
        self._connection.close()

    def _list(self, archived: bool, state: State | None) -> Iterator[Page]:  # noqa: FBT001 - a list's name
        """The pages of all clients, or of the inactive ones alone."""
        status = {"status": "inactive"} if archived else {}
        return walk(lambda after: self._read(after, status), state, newest_first=True)

    def _read(self, after: str | None, query: dict[str, str]) -> Part:
        """The part of the list after a client.

        Raises:
            PlaceLost: the client is gone. A vendor may say so with an error or with an empty page.
        """
        query = query | {"limit": str(self._page)}
        if after is not None:
            query["startingAfter"] = after
        try:
            rows, more = self._connection.get(_CLIENTS, _part, self._header, query)
        except Rejected as error:
            if after is not None and error.status in _UNKNOWN_PLACE:
                raise PlaceLost from error
            raise
        if not rows and after is not None and self.fetch(after) is None:
            raise PlaceLost
        if not more:
            return Part(rows, None)
        ids = ids_of(rows)
        if not ids:
            raise VendorError("A page of the vendor's list has no id to go on from.")
        return Part(rows, ids[-1])


def _part(value: object) -> tuple[tuple[object, ...], bool]:
    """The rows of a page, and whether more follow.

    Raises:
        BadAnswer: it is no page.
    """
    rows, more = member(value, "data"), member(value, "hasMore")
    if not isinstance(rows, list) or not isinstance(more, bool):
        raise BadAnswer("no list of clients")
    return tuple(rows), more


def _is_inactive(row: object) -> bool:
    return member(row, "status") == "inactive"

"""Hoursmith's API: personal access tokens, envelopes, and lists with opaque cursors.

Source: `docs/hoursmith.md`. The oldest clients come first, so that new ones come at the end of the
list, where they are still read.
"""

from collections.abc import Iterator

from ops.move.connection import BadAnswer, Connection, Header, Rejected
from ops.move.documents import member, place
from ops.move.pace import Window
from ops.move.vendor import Page, State, Token
from ops.move.walk import Part, PlaceLost, walk
from registry.domain.workspace import Contract

# Those of the smaller of the two plans with the API.
WINDOWS = (Window(30, 10.0), Window(600, 60.0))
_CLIENTS = "/api/v1/clients"
_PAGE = 200
_UNKNOWN_PLACE = frozenset({400, 404, 410, 422})


class Hoursmith:
    """The clients of a Hoursmith workspace."""

    contract = Contract.HOURSMITH

    def __init__(self, connection: Connection, token: Token, *, page: int = _PAGE) -> None:
        """Keep the connection.

        Args:
            connection: to the base URL before `/api/v1`.
            token: a personal access token, `hsk_…`.
            page: how many clients a page has, 1 to 200.
        """
        self._connection = connection
        self._header = Header("Authorization", f"Bearer {token.text}")
        self._page = page

    def pages(self, state: State | None = None) -> Iterator[Page]:
        """See `ops.move.vendor.Vendor`."""
        return walk(self._read, state, newest_first=False)

    def fetch(self, vendor_id: str) -> object | None:
        """See `ops.move.vendor.Vendor`; the envelope is taken off."""
        return self._connection.fetch(_CLIENTS, vendor_id, _enveloped, self._header)

    def users(self, _: str) -> Iterator[object]:
        """None: Hoursmith's clients have no users."""
        return iter(())

    def payment_methods(self, _: str) -> Iterator[object]:
        """None: Hoursmith shows no payment methods."""
        return iter(())

    def close(self) -> None:
        """See `ops.move.vendor.Vendor`."""
        self._connection.close()

    def _read(self, after: str | None) -> Part:
        """The part of the list after a cursor.

        Raises:
            PlaceLost: the vendor does not take the cursor any more.
        """
        query = {"limit": str(self._page), "sort": "createdAt"}
        if after is not None:
            query["cursor"] = after
        try:
            return self._connection.get(_CLIENTS, _part, self._header, query)
        except Rejected as error:
            if after is not None and error.status in _UNKNOWN_PLACE:
                raise PlaceLost from error
            raise


def _part(value: object) -> Part:
    """A page.

    Raises:
        BadAnswer: it is none.
    """
    rows, pagination = member(value, "data"), member(value, "pagination")
    cursor = member(pagination, "nextCursor")
    if not isinstance(rows, list) or not isinstance(pagination, dict):
        raise BadAnswer("no list of clients")
    if cursor not in {None, ""} and place(cursor) is None:
        raise BadAnswer("a list with a cursor that is no text")
    return Part(tuple(rows), place(cursor))


def _enveloped(value: object) -> object:
    """The object in the envelope.

    Raises:
        BadAnswer: there is none.
    """
    found = member(value, "data")
    if not isinstance(found, dict):
        raise BadAnswer("no client")
    return found

"""Alternative Payments' API: OAuth clients, cursors, and the users and methods of each customer.

Source: `docs/alternative-payments.md`. Archived customers are not listed; they can be read by id.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from ops.move.connection import BadAnswer, Connection, Rejected, object_answer
from ops.move.documents import member, place, whole
from ops.move.pace import Window
from ops.move.timing import Timing
from ops.move.vendor import OAuthClient, Page, State, VendorError
from ops.move.walk import Part, PlaceLost, all_rows, walk
from registry.domain.workspace import Contract

WINDOWS = (Window(5, 1.0),)
_CUSTOMERS = "/customers"
_PAGE = 100
_GONE = frozenset({404, 410})
_UNKNOWN_PLACE = frozenset({400, 404, 410, 422})
# A token is renewed so long before its end, lest it ends on a request's way.
_MARGIN_SECONDS = 60.0


class AccessTokens:
    """The access token of an OAuth client, asked for when it is needed and again when it ends."""

    def __init__(self, connection: Connection, client: OAuthClient, timing: Timing) -> None:
        """Ask for nothing yet."""
        self._connection = connection
        self._client = client
        self._timing = timing
        self._token: str | None = None
        self._ends = 0.0

    def headers(self) -> Mapping[str, str]:
        """The header of a request, with a token that has not ended.

        Raises:
            CredentialsRefused: the vendor refuses the id or the secret.
        """
        if self._token is None or self._timing.clock() >= self._ends:
            self._ask()
        return {"Authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        """Yes: the vendor may end a token before its time."""
        self._token = None
        return True

    def _ask(self) -> None:
        asked = self._timing.clock()
        self._token, seconds = self._connection.post_form(
            "/oauth/token",
            {"grant_type": "client_credentials"},
            (self._client.client_id, self._client.secret),
            _access_token,
        )
        self._ends = asked + max(seconds - _MARGIN_SECONDS, seconds / 2)


class AlternativePayments:
    """The customers of a partner, with their users and payment methods."""

    contract = Contract.ALTERNATIVE_PAYMENTS

    def __init__(self, connection: Connection, tokens: AccessTokens, *, page: int = _PAGE) -> None:
        """Keep the connection.

        Args:
            connection: to the base URL before `/customers`.
            tokens: of an OAuth client.
            page: how many customers or users a page has, 1 to 100.
        """
        self._connection = connection
        self._tokens = tokens
        self._page = page

    def pages(self, state: State | None = None) -> Iterator[Page]:
        """See `ops.move.vendor.Vendor`: the customers that are not archived."""
        return walk(lambda after: self._read(_CUSTOMERS, after), state, newest_first=True)

    def fetch(self, vendor_id: str) -> object | None:
        """See `ops.move.vendor.Vendor`.

        A customer that is found here and is on no page is archived; the object does not say so.
        """
        return self._connection.fetch(_CUSTOMERS, vendor_id, object_answer, self._tokens)

    def users(self, vendor_id: str) -> Iterator[object]:
        """See `ops.move.vendor.Vendor`."""
        path = f"{_CUSTOMERS}/{quote(vendor_id, safe='')}/users"
        return self._unless_gone(all_rows(lambda after: self._read(path, after)))

    def payment_methods(self, vendor_id: str) -> Iterator[object]:
        """See `ops.move.vendor.Vendor`; the list has no pages."""
        path = f"{_CUSTOMERS}/{quote(vendor_id, safe='')}/payment-methods"

        def methods() -> Iterator[object]:
            yield from self._connection.get(path, _rows, self._tokens)

        return self._unless_gone(methods())

    def close(self) -> None:
        """See `ops.move.vendor.Vendor`."""
        self._connection.close()

    def _read(self, path: str, after: str | None) -> Part:
        """The part of a list after a cursor.

        Raises:
            PlaceLost: the vendor does not take the cursor any more.
        """
        query = {"limit": str(self._page)}
        if after is not None:
            query["after"] = after
        try:
            return self._connection.get(path, _part, self._tokens, query)
        except Rejected as error:
            if after is not None and error.status in _UNKNOWN_PLACE:
                raise PlaceLost from error
            raise

    @staticmethod
    def _unless_gone(rows: Iterator[object]) -> Iterator[object]:
        """The rows of a list that belongs to a customer, which may be gone by now."""
        try:
            yield from rows
        except Rejected as error:
            if error.status not in _GONE:
                raise


def _access_token(value: object) -> tuple[str, float]:
    """A token and its lifetime in seconds.

    Raises:
        BadAnswer: there is none.
        VendorError: the token is of a type that is not sent as a bearer's.
    """
    token, kind = member(value, "access_token"), member(value, "token_type")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise BadAnswer("no access token")
    # The vendor's own pages spell the type in two ways.
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise VendorError("The vendor issues no bearer tokens.")
    seconds = whole(member(value, "expires_in"))
    return token, float(seconds if seconds is not None else 3600)


def _part(value: object) -> Part:
    """A page.

    Raises:
        BadAnswer: it is none.
    """
    # The reference has these keys beside `data`, the vendor's guide in an object of their own.
    edges = member(value, "pagination")
    more = member(edges if isinstance(edges, dict) else value, "has_next_page")
    cursor = member(edges if isinstance(edges, dict) else value, "end_cursor")
    rows = _rows(value)
    if not isinstance(more, bool):
        raise BadAnswer("a list that does not say whether more follow")
    if not more:
        return Part(rows, None)
    after = place(cursor)
    if after is None:
        raise BadAnswer("a list without the cursor of its next page")
    return Part(rows, after)


def _rows(value: object) -> tuple[object, ...]:
    """The rows of a list.

    Raises:
        BadAnswer: it is none.
    """
    rows = member(value, "data")
    if not isinstance(rows, list):
        raise BadAnswer("no list")
    return tuple(rows)

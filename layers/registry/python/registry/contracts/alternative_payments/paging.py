"""Pages both ways: what a list says of its ends."""

from collections.abc import Sequence
from typing import TypedDict

from registry.contracts.alternative_payments.query import PageQuery
from registry.gateway.cursor import Cursors


class Edges(TypedDict):
    """The keys of a list beside its data."""

    start_cursor: str | None
    end_cursor: str | None
    has_next_page: bool
    has_previous_page: bool


def edges(ids: Sequence[str], query: PageQuery, issued: Cursors, *, more: bool) -> Edges:
    """What a page says of its ends.

    Against the direction of reading lies the record whose cursor was given.

    Args:
        ids: of the page's records, in its order.
        query: which page was asked for.
        issued: the cursors of the list.
        more: whether more records follow in the direction of reading.
    """
    began_beyond = query.after is not None or query.before is not None
    return Edges(
        start_cursor=issued.issue(ids[0]) if ids else None,
        end_cursor=issued.issue(ids[-1]) if ids else None,
        has_next_page=began_beyond if query.backwards else more,
        has_previous_page=more if query.backwards else began_beyond,
    )

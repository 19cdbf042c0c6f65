"""A page out of search entries, in memory: what `listing.query` asks of the indexes.

A substring can only be looked for in every entry; the page itself is then kept in memory, and
nothing of what was not chosen.
"""

from collections.abc import Iterable
from datetime import datetime
from heapq import nlargest, nsmallest
from itertools import islice

from registry.domain.identifiers import instant
from registry.store.items import SearchEntry, sort_text
from registry.store.listing import Between, Listing, Order, Position


def search_page(entries: Iterable[SearchEntry], asked: Listing) -> list[Position]:
    """Where the clients of a page stand, and one more place where more follow.

    Args:
        entries: those to choose from, newest first, as `ClientStore.search` gives them.
        asked: the page; `backwards` and `known_start` are not offered here.
    """
    places = (_position(entry, asked.order) for entry in entries if _listed(entry, asked))
    ahead = (place for place in places if _follows(place, asked))
    wanted = asked.limit + 1
    if asked.order is Order.CREATED and asked.descending:
        return list(islice(ahead, wanted))
    choose = nlargest if asked.descending else nsmallest
    return choose(wanted, ahead, key=_rank)


def _position(entry: SearchEntry, order: Order) -> Position:
    match order:
        case Order.CREATED:
            return Position(entry.id, entry.id)
        case Order.NAME:
            return Position(sort_text(entry.name), entry.id)
        case Order.UPDATED:
            return Position(instant(entry.updated_at), entry.id)


def _rank(place: Position) -> tuple[str, str]:
    return place.key, place.id


def _follows(place: Position, asked: Listing) -> bool:
    if asked.start is None:
        return True
    place_rank, start_rank = _rank(place), _rank(asked.start)
    return place_rank < start_rank if asked.descending else place_rank > start_rank


def _listed(entry: SearchEntry, asked: Listing) -> bool:
    return (
        asked.archived in {None, entry.archived}
        and _within(entry.created_at, asked.created)
        and _within(entry.updated_at, asked.updated)
    )


def _within(at: datetime, between: Between) -> bool:
    start, end = between
    return (start is None or start <= at) and (end is None or at <= end)

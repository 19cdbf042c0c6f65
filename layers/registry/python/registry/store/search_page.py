"""A page of search entries, chosen in memory by the criteria that `listing.query` gives DynamoDB.

A substring can be found only by reading every entry. Of these, memory holds the page alone.
"""

from collections.abc import Iterable
from datetime import datetime
from heapq import nlargest, nsmallest
from itertools import islice
from typing import Protocol

from registry.domain.identifiers import instant
from registry.store.items import sort_text
from registry.store.listing import Between, Listing, Order, Position


class Searched(Protocol):
    """What the filters and the order of a list need to know of a client.

    `items.SearchEntry` has it, and so has what a search in packs finds.
    """

    @property
    def id(self) -> str:
        """The client's id."""

    @property
    def name(self) -> str:
        """Its folded display name."""

    @property
    def archived(self) -> bool:
        """Whether it is archived."""

    @property
    def created_at(self) -> datetime:
        """When it was created."""

    @property
    def updated_at(self) -> datetime:
        """When it was last changed."""


def search_page(entries: Iterable[Searched], listing: Listing) -> list[Position]:
    """The places of the clients of a page, and the next place where more clients follow.

    Args:
        entries: the entries to choose from, newest first, as `ClientStore.search` returns them.
        listing: the page; `backwards` and `known_start` are not supported here.
    """
    places = (_position(entry, listing.order) for entry in entries if _listed(entry, listing))
    ahead = (place for place in places if _follows(place, listing))
    most = listing.limit + 1
    if listing.order is Order.CREATED and listing.descending:
        return list(islice(ahead, most))
    choose = nlargest if listing.descending else nsmallest
    return choose(most, ahead, key=_rank)


def _position(entry: Searched, order: Order) -> Position:
    """The place of an entry, equal to that of its client by `listing.position`."""
    match order:
        case Order.CREATED:
            return Position(entry.id, entry.id)
        case Order.NAME:
            return Position(sort_text(entry.name), entry.id)
        case Order.UPDATED:
            return Position(instant(entry.updated_at), entry.id)


def _rank(place: Position) -> tuple[str, str]:
    return place.key, place.id


def _follows(place: Position, listing: Listing) -> bool:
    """Whether a place comes after `start` in the order of the list."""
    if listing.start is None:
        return True
    place_rank, start_rank = _rank(place), _rank(listing.start)
    return place_rank < start_rank if listing.descending else place_rank > start_rank


def _listed(entry: Searched, listing: Listing) -> bool:
    """Whether an entry passes the filters of the list."""
    return (
        listing.archived in {None, entry.archived}
        and _within(entry.created_at, listing.created)
        and _within(entry.updated_at, listing.updated)
    )


def _within(at: datetime, between: Between) -> bool:
    start, end = between
    return (start is None or start <= at) and (end is None or at <= end)

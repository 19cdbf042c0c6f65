"""A page out of search entries is the page the indexes would give."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from registry.domain.client import Client
from registry.domain.identifiers import created_at, new_id, parse_instant
from registry.domain.tenant import Tenant
from registry.store.items import SearchEntry, client_item
from registry.store.listing import Listing, Order, Position
from registry.store.search_page import search_page

START = parse_instant("2026-03-01T00:00:00.000Z")
DIRECTIONS = st.booleans()
TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")


@st.composite
def entries(draw: st.DrawFn) -> list[SearchEntry]:
    """Entries as the index gives them: newest first."""
    found = []
    for n in range(draw(st.integers(0, 30))):
        name = draw(st.sampled_from(["", "a", "b", "é", "z" * 2000]))
        updated = START + timedelta(days=1, seconds=draw(st.integers(0, 3)))
        client_id = new_id(START + timedelta(seconds=n))
        client = Client(
            id=client_id,
            version=1,
            created_at=created_at(client_id),
            updated_at=updated,
            archived_at=updated if draw(st.booleans()) else None,
            name=name or None,
        )
        found.append(SearchEntry(client_item(TENANT, client)))
    return found[::-1]


@given(entries(), st.sampled_from(Order), DIRECTIONS, st.integers(1, 5))
def test_pages_hold_every_active_entry_once_and_in_order(
    found: list[SearchEntry],
    order: Order,
    descending: bool,  # noqa: FBT001 - drawn
    limit: int,
) -> None:
    met: list[Position] = []
    start = None
    while True:
        asked = Listing(
            limit=limit,
            order=order,
            descending=descending,
            archived=False,
            start=start,
        )
        places = search_page(iter(found), asked)
        met += places[:limit]
        if len(places) <= limit:
            break
        start = met[-1]

    ranks = [(place.key, place.id) for place in met]
    assert ranks == sorted(ranks, reverse=descending)
    assert sorted(place.id for place in met) == sorted(e.id for e in found if not e.archived)

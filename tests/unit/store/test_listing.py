"""Pages: every order, both directions, bounds, and writes between them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.change import Author, Change, archive, create, update
from registry.domain.client import Client
from registry.domain.errors import NotFound
from registry.domain.identifiers import new_id
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store import listing as listing_module
from registry.store.clients import ClientStore, client_store
from registry.store.listing import Between, Listing, Order, Position, between, position

TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
START = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ["beta", "Alpha", "ALPHA", "Ångström", "zed", "", "alpha beta", "Émile", "beta", "🜁", "a"]

# A tenth of a millisecond, in minutes: no instant that is kept lies between two of them.
WITHIN = 0.0001 / 60


def at(minute: float) -> Author:
    """An author at a minute after the start."""
    return Author("credential", START + timedelta(minutes=minute))


@pytest.fixture
def store(tables: None) -> ClientStore:
    return client_store()


@pytest.fixture
def kept(store: ClientStore) -> list[Client]:
    """Clients with names of all kinds, a minute apart, each changed later in reverse order."""
    made = []
    for minute, name in enumerate(NAMES):
        client = create(at(minute), name=name or None).client
        store.create(TENANT, Change(client))
        change = update(client, at(100 - minute), notes="changed")
        store.replace(TENANT, client, change)
        made.append(change.client)
    return made


def ordered(clients: list[Client], order: Order, *, descending: bool) -> list[str]:
    """The ids in the order a list promises."""
    keys = {
        Order.CREATED: lambda client: client.id,
        Order.NAME: lambda client: ((client.display_name or "").casefold(), client.id),
        Order.UPDATED: lambda client: (client.updated_at, client.id),
    }
    return [client.id for client in sorted(clients, key=keys[order], reverse=descending)]


def walk(store: ClientStore, listing: Listing) -> Iterator[list[Client]]:
    """The pages of a list, one after the other."""
    while True:
        page = store.page(TENANT, listing)
        yield list(page.clients)
        if not page.more:
            return
        last = page.clients[0 if listing.backwards else -1]
        listing = replace(listing, start=position(last, listing.order))


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("limit", [1, 3, 11, 50])
def test_pages_give_every_client_once_in_order(
    store: ClientStore,
    kept: list[Client],
    order: Order,
    limit: int,
    *,
    descending: bool,
) -> None:
    listing = Listing(limit=limit, order=order, descending=descending, archived=False)

    pages = list(walk(store, listing))

    ids = [client.id for page in pages for client in page]
    assert ids == ordered(kept, order, descending=descending)
    assert all(len(page) == limit for page in pages[:-1])


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("descending", [True, False])
def test_backwards_gives_the_same_pages(
    store: ClientStore,
    kept: list[Client],
    order: Order,
    *,
    descending: bool,
) -> None:
    ids = ordered(kept, order, descending=descending)
    by_id = {client.id: client for client in kept}
    listing = Listing(
        limit=4,
        order=order,
        descending=descending,
        archived=False,
        start=position(by_id[ids[-1]], order),
        backwards=True,
    )

    pages = list(walk(store, listing))

    assert [client.id for page in reversed(pages) for client in page] == ids[:-1]


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("descending", [True, False])
def test_writes_between_pages_neither_skip_nor_repeat_the_untouched(
    store: ClientStore,
    kept: list[Client],
    order: Order,
    *,
    descending: bool,
) -> None:
    listing = Listing(limit=2, order=order, descending=descending, archived=False)
    touched: set[str] = set()
    seen: list[str] = []

    for number, page in enumerate(walk(store, listing)):
        seen += [client.id for client in page]
        # The last client of the page, which the next page starts from, changes its place.
        moved = page[-1]
        change = update(moved, at(200 + number), name=f"moved {number}")
        store.replace(TENANT, moved, change)
        touched.add(moved.id)
        store.create(TENANT, create(at(50 + number / 10), name="new"))

    untouched = [client.id for client in kept if client.id not in touched]
    assert [seen.count(client_id) for client_id in untouched] == [1] * len(untouched)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize(
    ("created", "updated"),
    [
        ((2, 5), (None, None)),
        ((None, 3), (None, None)),
        ((None, None), (92, 96)),
        ((3, None), (95, None)),
        ((9, 2), (None, None)),
        ((None, None), (99, 91)),
        ((20, 30), (None, None)),
        ((2 + WITHIN, 2 + 2 * WITHIN), (None, None)),
        ((None, None), (96 + WITHIN, 96 + 2 * WITHIN)),
        ((2 + WITHIN, 2 + 2 * WITHIN), (96 + WITHIN, 96 + 2 * WITHIN)),
    ],
)
def test_bounds_are_inclusive_in_every_order(
    store: ClientStore,
    kept: list[Client],
    order: Order,
    created: tuple[float | None, float | None],
    updated: tuple[float | None, float | None],
) -> None:
    def instants(minutes: tuple[float | None, float | None]) -> Between:
        low, high = (None if minute is None else at(minute).at for minute in minutes)
        return low, high

    def within(moment: datetime, bounds: Between) -> bool:
        low, high = bounds
        return (low is None or low <= moment) and (high is None or moment <= high)

    bounds = instants(created), instants(updated)
    listing = Listing(
        limit=2,
        order=order,
        descending=False,
        archived=False,
        created=bounds[0],
        updated=bounds[1],
    )

    found = [client.id for page in walk(store, listing) for client in page]

    expected = [
        client
        for client in kept
        if within(client.created_at, bounds[0]) and within(client.updated_at, bounds[1])
    ]
    assert found == ordered(expected, order, descending=False)


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("backwards", [True, False])
@pytest.mark.parametrize("known_start", [True, False])
def test_a_start_on_either_side_of_the_bounds_gives_what_is_beyond_it_and_within_them(
    store: ClientStore,
    kept: list[Client],
    order: Order,
    *,
    descending: bool,
    backwards: bool,
    known_start: bool,
) -> None:
    within = [client for client in kept if at(4).at <= client.created_at <= at(6).at]
    ids = ordered(kept, order, descending=descending)
    listing = Listing(
        limit=50,
        order=order,
        descending=descending,
        archived=False,
        created=(at(4).at, at(6).at),
        backwards=backwards,
        known_start=known_start,
    )

    for start in kept:
        page = store.page(TENANT, replace(listing, start=position(start, order)))

        place = ids.index(start.id)
        beyond = ids[:place] if backwards else ids[place + 1 :]
        expected = [client_id for client_id in beyond if client_id in {c.id for c in within}]
        assert [client.id for client in page.clients] == expected


@given(st.text(), st.text())
def test_no_condition_has_its_low_end_above_its_high_end(low: str, high: str) -> None:
    condition, values = between("sk", low, high)

    ends = values[":sk_low"]["S"], values[":sk_high"]["S"]
    assert condition == "sk BETWEEN :sk_low AND :sk_high"
    assert ends == (low, high) if low <= high else ends[0] == ends[1] < items.CLIENT


def test_every_range_condition_of_the_store_is_written_in_one_place() -> None:
    written = {
        path.name: path.read_text("utf-8").count(" BETWEEN :")
        for path in Path(listing_module.__file__).parent.glob("*.py")
    }

    assert {name: count for name, count in written.items() if count} == {"listing.py": 1}


def test_archived_and_active_are_lists_of_their_own(
    store: ClientStore,
    kept: list[Client],
) -> None:
    for client in kept[:3]:
        store.replace(TENANT, client, archive(client, at(300)))

    lists = {
        state: {
            client.id for client in store.page(TENANT, Listing(limit=50, archived=state)).clients
        }
        for state in (True, False, None)
    }

    everything = {client.id for client in kept}
    assert lists[True] == {client.id for client in kept[:3]}
    assert lists[False] == everything - lists[True]
    assert lists[None] == everything


def test_a_start_that_has_to_exist_and_does_not_is_not_found(store: ClientStore) -> None:
    unknown = new_id()

    with pytest.raises(NotFound):
        store.page(TENANT, Listing(limit=1, start=Position(unknown, unknown), known_start=True))


def test_the_search_index_gives_every_client_newest_first(
    store: ClientStore,
    kept: list[Client],
) -> None:
    found = [entry.id for entry in store.search(TENANT)]

    assert found == ordered(kept, Order.CREATED, descending=True)


def test_many_are_fetched_in_the_order_asked_for(store: ClientStore, kept: list[Client]) -> None:
    asked = [client.id for client in kept[::2]]

    found = store.get_many(TENANT, [*asked, new_id()])

    assert [client.id for client in found] == asked

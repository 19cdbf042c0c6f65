"""Which entries of the search index a list holds, and in which order."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from registry.contracts.athenty.lists import matching
from registry.contracts.athenty.wire import ListClients
from registry.domain.change import Author, archive, create
from registry.domain.client import Client
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.items import SearchEntry

TENANT = Tenant("0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c", "live")
START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

texts = st.none() | st.text("aBßé ", min_size=1, max_size=4).map(str.strip).filter(bool)


@st.composite
def some_clients(draw: st.DrawFn) -> list[Client]:
    """Clients created at moments of their own, some of them archived."""
    made = []
    for number in range(draw(st.integers(0, 8))):
        author = Author("credential", START + timedelta(milliseconds=number))
        client = create(
            author,
            first_name=draw(texts),
            last_name=draw(texts),
            company=draw(texts),
            email=draw(texts),
            external_id=draw(texts),
        ).client
        made.append(archive(client, author).client if draw(st.booleans()) else client)
    return made


def entries(clients: list[Client]) -> list[SearchEntry]:
    """What the index gives for them, newest first."""
    return [SearchEntry(items.client_item(TENANT, client)) for client in reversed(clients)]


@given(some_clients(), st.text("abßésS", max_size=2))
def test_search_finds_every_client_with_the_text_and_no_other(
    clients: list[Client],
    text: str,
) -> None:
    expected = {
        client.id
        for client in clients
        if any(
            text.casefold() in (searched or "").casefold()
            for searched in (
                client.display_name,
                client.person_name,
                client.company,
                client.email,
                client.external_id,
            )
        )
    }

    assert set(matching(entries(clients), ListClients(search=text))) == expected


@given(some_clients(), st.sampled_from(["name", "created_at", "request_count"]))
def test_an_order_turned_round_is_the_reverse(clients: list[Client], sort: str) -> None:
    def ordered(order: str) -> list[str]:
        query = ListClients.model_validate({"sort": sort, "order": order})
        return matching(entries(clients), query)

    assert ordered("asc") == list(reversed(ordered("desc")))
    assert sorted(ordered("asc")) == sorted(client.id for client in clients)


@given(some_clients())
def test_active_splits_the_clients_in_two(clients: list[Client]) -> None:
    active, inactive = (
        matching(entries(clients), ListClients(active=state)) for state in ("true", "false")
    )

    assert active == [client.id for client in reversed(clients) if not client.archived]
    assert inactive == [client.id for client in reversed(clients) if client.archived]

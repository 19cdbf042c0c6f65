"""Hoursmith's list of clients: sorted, filtered, searched, with opaque cursors."""

from collections.abc import Sequence
from functools import partial

from registry.contracts.hoursmith.mapping import show_object
from registry.contracts.hoursmith.wire import ClientList, ListClients, Pagination
from registry.contracts.records import as_listed
from registry.domain.client import Client
from registry.domain.errors import FieldError, Invalid
from registry.domain.folding import folded
from registry.domain.identifiers import is_id
from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant
from registry.gateway.cursor import Cursors, cursors
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, page_response
from registry.services.catalogue import Catalogue, with_catalogue
from registry.store.clients import client_store
from registry.store.items import SearchEntry
from registry.store.listing import Listing, Order, Position, position
from registry.store.packs import Kind, Texts
from registry.store.search_page import search_page
from registry.store.views import view_store

_ACTIVE = frozenset({Kind.ACTIVE_INDIVIDUAL, Kind.ACTIVE_BUSINESS})


@dataclass(frozen=True, slots=True)
class _Page:
    """Clients in the order of a list.

    Attributes:
        end: the place after which the next page begins; None where no page follows.
        order: the order of the list.
    """

    clients: Sequence[Client]
    end: Position | None
    order: Order

    def place(self, index: int) -> Position:
        """The place of one of the clients in the list."""
        return position(self.clients[index], self.order)


def list_clients(request: Request[NoBody, ListClients]) -> Response:
    """A page of clients, sorted and filtered."""
    query, caller = request.query, request.caller
    issued = cursors(caller, request.operation, query.filters())
    listing = Listing(
        limit=query.limit,
        order=query.order,
        descending=query.descending,
        archived=False,
        created=(query.created_at_from, query.created_at_to),
        updated=(query.updated_at_from, query.updated_at_to),
        start=_start(issued, query.cursor),
    )
    if query.search is None:
        page = _ordered(caller.tenant, listing)
    else:
        page = _searched(caller.tenant, listing, query.search)
    records = [show_object(as_listed(client, caller), caller) for client in page.clients]

    def ending_after(count: int) -> ClientList:
        end = page.end if count == len(records) else page.place(count - 1)
        next_cursor = issued.issue(end.key, end.id) if end else None
        pagination = Pagination(next_cursor=next_cursor, limit=query.limit)
        return ClientList(data=records[:count], pagination=pagination)

    return page_response(records, ending_after)


def _start(issued: Cursors, cursor: str | None) -> Position | None:
    """The place in a cursor; None for the start of the list.

    Raises:
        Invalid: kind `cursor`; the cursor was not issued for this list.
    """
    if cursor is None:
        return None
    match issued.read(cursor):
        case (key, client_id) if is_id(client_id):
            return Position(key, client_id)
    raise Invalid(parameters=(FieldError(("cursor",), "cursor"),))


def _ordered(tenant: Tenant, listing: Listing) -> _Page:
    """A page of all clients, which an index has in the order of the list."""
    page = client_store().page(tenant, listing)
    end = position(page.clients[-1], listing.order) if page.more else None
    return _Page(page.clients, end, listing.order)


def _searched(tenant: Tenant, listing: Listing, text: str) -> _Page:
    """A page of the clients with a text, in any letter case, in their names or e-mail address."""
    needle = folded(text)
    places = with_catalogue(view_store(), tenant, partial(_places, tenant, listing, needle))
    page = places[: listing.limit]
    clients = client_store().get_many(tenant, [place.id for place in page])
    present = [client for client in clients if not client.archived]
    end = page[-1] if len(places) > listing.limit else None
    return _Page(present, end, listing.order)


def _places(
    tenant: Tenant, listing: Listing, needle: str, catalogue: Catalogue | None
) -> list[Position]:
    """The places of a page that a search finds: in packs, or in the search index without them."""
    if catalogue is not None:
        found = catalogue.search(needle, partial(_holds, needle), _ACTIVE)
        return search_page(reversed(found), listing)
    entries = (entry for entry in client_store().search(tenant) if _holds(needle, entry))
    return search_page(entries, listing)


def _holds(needle: str, texts: SearchEntry | Texts) -> bool:
    return needle in texts.name or needle in texts.contact_name or needle in texts.email

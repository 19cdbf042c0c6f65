"""Hoursmith's list of clients: sorted, filtered, searched, with opaque cursors."""

from collections.abc import Sequence

from registry.contracts.hoursmith.mapping import show_object
from registry.contracts.hoursmith.wire import ClientList, ListClients, Pagination
from registry.domain.client import Client
from registry.domain.errors import FieldError, Invalid
from registry.domain.identifiers import is_id
from registry.domain.tenant import Tenant
from registry.gateway.cursor import Cursors, cursors
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, json_response
from registry.store.clients import client_store
from registry.store.listing import Listing, Position, position
from registry.store.search_page import search_page

# Clients, and the place of the last of them where more follow.
_Page = tuple[Sequence[Client], Position | None]


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
        clients, end = _ordered(caller.tenant, listing)
    else:
        clients, end = _found(caller.tenant, listing, query.search)
    return json_response(
        200,
        ClientList(
            data=[show_object(client, caller) for client in clients],
            pagination=Pagination(
                next_cursor=issued.issue(end.key, end.id) if end else None,
                limit=query.limit,
            ),
        ),
    )


def _start(issued: Cursors, cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    match issued.read(cursor):
        case (key, client_id) if is_id(client_id):
            return Position(key, client_id)
    raise Invalid(parameters=(FieldError(("cursor",), "cursor"),))


def _ordered(tenant: Tenant, listing: Listing) -> _Page:
    page = client_store().page(tenant, listing)
    return page.clients, position(page.clients[-1], listing.order) if page.more else None


def _found(tenant: Tenant, listing: Listing, text: str) -> _Page:
    """A page of the clients that have a text, in any letter case, in a field that is searched."""
    folded = text.casefold()
    entries = (
        entry
        for entry in client_store().search(tenant)
        if folded in entry.name or folded in entry.contact_name or folded in entry.email
    )
    places = search_page(entries, listing)
    page = places[: listing.limit]
    clients = client_store().get_many(tenant, [place.id for place in page])
    present = [client for client in clients if not client.archived]
    return present, page[-1] if len(places) > listing.limit else None

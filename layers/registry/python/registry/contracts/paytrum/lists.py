"""Paytrum's list of clients: `startingAfter` and `endingBefore` name a client by its id."""

from registry.contracts.paytrum.mapping import show
from registry.contracts.paytrum.wire import ClientList, ListClients
from registry.contracts.records import as_listed, by_id
from registry.domain.errors import FieldError, Invalid, NotFound
from registry.domain.immutable import replace
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, page_response
from registry.store.clients import client_store
from registry.store.listing import Listing, Page, Position


def list_clients(request: Request[NoBody, ListClients]) -> Response:
    """A page of clients, newest first, after or before a client."""
    query, caller = request.query, request.caller
    parameter, start = _start(query)
    listing = Listing(
        limit=query.limit,
        archived=None if query.status is None else query.status == "inactive",
        backwards=query.ending_before is not None,
    )

    def beginning_at(client_id: str) -> Page:
        place = Position(client_id, client_id)
        known = replace(listing, start=place, known_start=True)
        page = client_store().page(caller.tenant, known)
        if page.absorbed_into is None or client_id == start:
            return page
        # A client that absorbed another one may be shown under the vendor's id that it came with.
        survivor = client_store().get(caller.tenant, page.absorbed_into)
        is_shown = as_listed(survivor, caller).id == start
        return beginning_at(survivor.id) if is_shown else page

    try:
        if start is None:
            page = client_store().page(caller.tenant, listing)
        else:
            page = by_id(caller, start, beginning_at)
    except NotFound as error:
        raise Invalid(parameters=(FieldError((parameter,), "unknown_client"),)) from error
    records = [show(as_listed(client, caller), caller) for client in page.clients]
    if listing.backwards:
        records.reverse()

    def ending_after(count: int) -> ClientList:
        data = records[:count]
        if listing.backwards:
            data.reverse()
        return ClientList(data=data, has_more=page.more or count < len(records))

    return page_response(records, ending_after)


def _start(query: ListClients) -> tuple[str, str | None]:
    """The parameter that names the client after or before which the page is, and the client's id.

    The id is None for the start of the list.

    Raises:
        Invalid: kind `exclusive`; the query has both parameters.
    """
    if query.ending_before is None:
        return "startingAfter", query.starting_after
    if query.starting_after is not None:
        both = FieldError(("startingAfter",), "exclusive", {"other": "endingBefore"})
        raise Invalid(parameters=(both,))
    return "endingBefore", query.ending_before

"""What Hoursmith's endpoints do, on the one record.

A deleted client is an archived one. Hoursmith does not show those, whichever contract archived
them: to each of its endpoints they are not there.
"""

from collections.abc import Sequence
from functools import partial

from registry.contracts import records
from registry.contracts.hoursmith.errors import HOURSMITH
from registry.contracts.hoursmith.fields import to_record
from registry.contracts.hoursmith.operations import LIST_CLIENTS
from registry.contracts.hoursmith.query import ListClients
from registry.contracts.hoursmith.wire import (
    ClientList,
    ClientObject,
    ClientResponse,
    CreateClient,
    Member,
    MemberResponse,
    Pagination,
    UpdateClient,
)
from registry.domain.change import Change, archived, can_archive, new_client
from registry.domain.client import Client
from registry.domain.errors import Conflict, FieldError, Invalid, NotFound
from registry.domain.identifiers import is_id
from registry.gateway.cursor import Cursors, cursors
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, json_response
from registry.store.clients import client_store
from registry.store.listing import Listing, Position, position
from registry.store.search_page import search_page

# Clients, and the place of the last of them where more follow.
_Page = tuple[Sequence[Client], Position | None]


def create(request: Request[CreateClient, NoParameters], caller: Principal) -> Response:
    """Create a client."""
    body = request.body.accept()
    change = new_client(caller.author(), **to_record(body, None, caller))
    return records.create(request, caller, HOURSMITH, change, _show(caller))


def get(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Retrieve a client."""
    return json_response(200, ClientResponse.of(_present(records.get(request, caller)), caller))


def update(request: Request[UpdateClient, NoParameters], caller: Principal) -> Response:
    """Change what the body names; leave the rest, also what Hoursmith does not show.

    Consent on file ends with the e-mail address or the number it was given for.
    """

    def decide(client: Client) -> Change:
        present = _present(client)
        fields = to_record(request.body.accept(), present, caller)
        return update(present, caller.author(), **fields)

    return records.change(request, caller, HOURSMITH, decide, _show(caller))


def delete(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Archive a client, after which Hoursmith no longer shows it."""

    def decide(client: Client) -> Change:
        if not can_archive(_present(client)):
            raise Conflict("The client still has projects or invoices.")
        return archived(client, caller.author())

    return records.change(request, caller, HOURSMITH, decide, _show(caller))


def list_page(request: Request[NoBody, ListClients], caller: Principal) -> Response:
    """A page of clients, sorted and filtered."""
    query = request.query
    issued = cursors(caller, LIST_CLIENTS, query.filters())
    asked = Listing(
        limit=query.limit,
        order=query.order,
        descending=query.descending,
        archived=False,
        created=(query.created_at_from, query.created_at_to),
        updated=(query.updated_at_from, query.updated_at_to),
        start=_start(issued, query.cursor),
    )
    clients, end = (
        _ordered(caller, asked) if query.search is None else _found(caller, asked, query.search)
    )
    return json_response(
        200,
        ClientList(
            data=[ClientObject.of(client, caller) for client in clients],
            pagination=Pagination(
                next_cursor=issued.issue(end.key, end.id) if end else None,
                limit=query.limit,
            ),
        ),
    )


def me(_request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Retrieve the member, the workspace and the permissions of the token."""
    return json_response(200, MemberResponse(data=Member.of(caller)))


def _present(client: Client) -> Client:
    if client.archived:
        raise NotFound
    return client


def _start(issued: Cursors, cursor: str | None) -> Position | None:
    if cursor is None:
        return None
    match issued.read(cursor):
        case (key, client_id) if is_id(client_id):
            return Position(key, client_id)
    raise Invalid(parameters=(FieldError(("cursor",), "cursor"),))


def _ordered(caller: Principal, asked: Listing) -> _Page:
    page = client_store().page(caller.tenant, asked)
    return page.clients, position(page.clients[-1], asked.order) if page.more else None


def _found(caller: Principal, asked: Listing, text: str) -> _Page:
    """A page of the clients that have a text, in any letter case, in a field that is searched."""
    sought = text.casefold()
    entries = (
        entry
        for entry in client_store().search(caller.tenant)
        if sought in entry.name or sought in entry.contact_name or sought in entry.email
    )
    places = search_page(entries, asked)
    page = places[: asked.limit]
    clients = client_store().get_many(caller.tenant, [place.id for place in page])
    present = [client for client in clients if not client.archived]
    return present, page[-1] if len(places) > asked.limit else None


def _show(caller: Principal) -> records.Show:
    return partial(ClientResponse.of, caller=caller)

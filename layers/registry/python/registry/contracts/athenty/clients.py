"""What Athenty's endpoints do, on the one record."""

from functools import partial

from registry.contracts import records
from registry.contracts.athenty.errors import ATHENTY
from registry.contracts.athenty.rules import check, default_member_type, to_record
from registry.contracts.athenty.search import matching
from registry.contracts.athenty.wire import (
    ClientList,
    ClientObject,
    CreateClient,
    ListClients,
    Pagination,
    UpdateClient,
)
from registry.domain.change import Change, archived, new_client
from registry.domain.client import Client
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, json_response
from registry.store.clients import client_store


def create(request: Request[CreateClient, NoParameters], caller: Principal) -> Response:
    """Create a client, a business when a business name is all the name it has."""
    body = request.body.accept(check(request.body.given))
    fields = to_record(body, None, caller)
    fields["member_type"] = fields.get("member_type") or default_member_type(body)
    change = new_client(caller.author(), **fields)
    return records.create(request, caller, ATHENTY, change, _show(caller))


def get(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Retrieve a client, active or not."""
    return json_response(200, ClientObject.of(records.get(request, caller), caller))


def update(request: Request[UpdateClient, NoParameters], caller: Principal) -> Response:
    """Change what the body names; `active` archives or restores in the same step."""

    def decide(client: Client) -> Change:
        body = request.body.accept(check(request.body.given))
        fields = to_record(body, client, caller)
        archive = None if body.active is None else not body.active
        return update(client, caller.author(), archive=archive, **fields)

    return records.change(request, caller, ATHENTY, decide, _show(caller))


def archive(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Make a client inactive; nothing happens when it is."""
    decide = partial(archived, author=caller.author())
    return records.change(request, caller, ATHENTY, decide, _show(caller))


def list_page(request: Request[NoBody, ListClients], caller: Principal) -> Response:
    """A numbered page of the clients that match, with the true total.

    Reads the whole search index of the workspace, then the page's clients: its cost grows with the
    number of clients, see `docs/data-model.md`, "What grows".
    """
    query = request.query
    ids = matching(client_store().search(caller.tenant), query)
    first = (query.page - 1) * query.limit
    clients = client_store().get_many(caller.tenant, ids[first : first + query.limit])
    pages = -(-len(ids) // query.limit)
    pagination = Pagination(
        page=query.page,
        limit=query.limit,
        total=len(ids),
        total_pages=pages,
        has_next=query.page < pages,
        has_prev=query.page > 1,
    )
    data = [ClientObject.of(client, caller) for client in clients]
    return json_response(200, ClientList(data=data, pagination=pagination))


def _show(caller: Principal) -> records.Show:
    return partial(ClientObject.of, caller=caller)

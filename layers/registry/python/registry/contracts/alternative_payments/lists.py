"""Alternative Payments' lists: pages both ways with opaque cursors, filters of customers."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypedDict, TypeVar

from pydantic import BaseModel

from registry.contracts.alternative_payments.mapping import show, show_user
from registry.contracts.alternative_payments.wire import (
    Customer,
    CustomerList,
    CustomerUser,
    ListCustomers,
    PageQuery,
    UserList,
    Webhook,
)
from registry.contracts.records import as_listed, get
from registry.domain.folding import folded
from registry.domain.tenant import Tenant
from registry.gateway.cursor import Cursors, cursors
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, page_response
from registry.services.catalogue import Catalogue, with_catalogue
from registry.store.clients import client_store
from registry.store.items import SearchEntry, search_entry
from registry.store.listing import IdRange, Listing, Page, Position, ids_beyond
from registry.store.packs import Kind, Texts
from registry.store.users import user_store
from registry.store.views import view_store

if TYPE_CHECKING:
    from registry.domain.client import Client


_ACTIVE = frozenset({Kind.ACTIVE_INDIVIDUAL, Kind.ACTIVE_BUSINESS})
# Fewer entries than one call of the search index returns.
_FIRST_READ = 3_000

Record = TypeVar("Record", Customer, CustomerUser, Webhook)


class Edges(TypedDict):
    """The keys of a list beside its data."""

    start_cursor: str | None
    end_cursor: str | None
    has_next_page: bool
    has_previous_page: bool


def list_customers(request: Request[NoBody, ListCustomers]) -> Response:
    """A page of active customers, newest first, after or before the customer in a cursor."""
    query, caller = request.query, request.caller
    issued = cursors(caller, request.operation, query.filters())
    start = query.start(issued)
    filtered = query.company_name is not None or query.external_id is not None
    read = _filtered if filtered else _ordered
    page = read(caller.tenant, query, start)
    records = [(client.id, show(as_listed(client, caller), caller)) for client in page.clients]

    def model(data: list[Customer], edges: Edges) -> CustomerList:
        return CustomerList(data=data, **edges)

    return page_of(records, model, query, issued, more=page.more)


def list_users(request: Request[NoBody, PageQuery]) -> Response:
    """A page of a customer's users, newest first, after or before the user in a cursor."""
    query, customer_id = request.query, request.path["id"]
    issued = cursors(request.caller, request.operation, {"customer": customer_id})
    start = query.start(issued)
    client = get(request)
    page = user_store().page(
        request.caller.tenant,
        (client.id, *client.absorbed),
        query.limit,
        start,
        backwards=query.backwards,
    )
    records = [(user.id, show_user(user)) for user in page.users]

    def model(data: list[CustomerUser], edges: Edges) -> UserList:
        return UserList(data=data, **edges)

    return page_of(records, model, query, issued, more=page.more)


def page_of(
    records: list[tuple[str, Record]],
    model: Callable[[list[Record], Edges], BaseModel],
    query: PageQuery,
    issued: Cursors,
    *,
    more: bool,
) -> Response:
    """The response with a page of records, cut at its far end where it is too large.

    Each record comes with its own id, since it may be shown under its vendor's; cursors hold the
    former, which is its place in the list.
    """
    read = records[::-1] if query.backwards else records

    def ending_after(count: int) -> BaseModel:
        fitting = read[:count]
        data = fitting[::-1] if query.backwards else fitting
        edges = _edges(
            [own_id for own_id, _ in data], query, issued, more=more or count < len(read)
        )
        return model([record for _, record in data], edges)

    return page_response([record for _, record in read], ending_after)


def _ordered(tenant: Tenant, query: ListCustomers, start: str | None) -> Page:
    """A page of all active customers, which an index has in the order of the list."""
    listing = Listing(
        limit=query.limit,
        archived=False,
        created=(query.created_at_start, query.created_at_end),
        start=None if start is None else Position(start, start),
        backwards=query.backwards,
    )
    return client_store().page(tenant, listing)


def _filtered(tenant: Tenant, query: ListCustomers, start: str | None) -> Page:
    """A page of the customers that pass the filters; ids are looked up until the page is full.

    A customer may be archived by now, so the customers are read until enough of them are active.
    """
    created = (query.created_at_start, query.created_at_end)
    ids = ids_beyond(start, created, older=not query.backwards)
    if query.external_id is not None:
        passing = _with_external_id(tenant, query, ids)
    else:
        passing = _with_name(tenant, query, ids)
    active: list[Client] = []
    while batch := list(islice(passing, query.limit + 1 - len(active))):
        clients = client_store().get_many(tenant, batch)
        active += [client for client in clients if _passes(search_entry(client), query)]
    page = active[: query.limit]
    return Page(
        tuple(reversed(page) if query.backwards else page),
        more=len(active) > query.limit,
    )


def _with_external_id(tenant: Tenant, query: ListCustomers, ids: IdRange) -> Iterator[str]:
    """The ids of the customers that have the external id of a query, in the order of reading."""
    external_id = query.external_id or ""
    return client_store().with_external_id(tenant, external_id, ids, oldest_first=query.backwards)


def _with_name(tenant: Tenant, query: ListCustomers, ids: IdRange) -> Iterator[str]:
    """The ids of the customers whose names begin as a query says, in the order of reading.

    One call reads the first customers from the search index, which has what was just written. The
    others are looked for in the packs of the workspace; one without packs is read on in the index.
    """
    entries = client_store().search(tenant, ids, oldest_first=query.backwards)
    first = list(islice(entries, _FIRST_READ))
    yield from (entry.id for entry in first if _passes(entry, query))
    if len(first) < _FIRST_READ:
        return
    last = first[-1].id
    store, most = view_store(), query.limit + 1
    while True:
        rest = _beyond(ids, last, query)
        found = with_catalogue(store, tenant, partial(_next_in_packs, query, rest, most))
        if found is None:
            yield from (entry.id for entry in entries if _passes(entry, query))
            return
        yield from found
        if len(found) < most:
            return
        last = found[-1]


def _beyond(ids: IdRange, last: str, query: ListCustomers) -> IdRange:
    """The part of a range of ids that comes after an id in the order of reading."""
    low, high = ids_beyond(last, (None, None), older=not query.backwards)
    return max(ids[0], low), min(ids[1], high)


def _next_in_packs(
    query: ListCustomers, ids: IdRange, most: int, catalogue: Catalogue | None
) -> list[str] | None:
    """The next customers of a range of ids by name, from packs; None without packs."""
    if catalogue is None:
        return None
    prefix = folded(query.company_name or "")
    found = catalogue.scan(
        prefix, partial(_begins, prefix), _ACTIVE, ids, oldest_first=query.backwards
    )
    return list(islice(found, most))


def _passes(entry: SearchEntry, query: ListCustomers) -> bool:
    """Whether an entry is active and passes the filters by name and external id."""
    return (
        not entry.archived
        and _begins(folded(query.company_name or ""), entry)
        and query.external_id in {None, entry.external_id}
    )


def _begins(prefix: str, texts: SearchEntry | Texts) -> bool:
    """Whether the display name or the legal name begins with a prefix."""
    return texts.name.startswith(prefix) or texts.legal_name.startswith(prefix)


def _edges(ids: Sequence[str], query: PageQuery, issued: Cursors, *, more: bool) -> Edges:
    """The cursors of a page's first and last record, and whether records lie beyond them.

    Against the direction of reading, the record in the query's cursor lies beyond the page.

    Args:
        ids: the ids of the page's records, in its order.
        query: the query of the page.
        issued: the cursors of the list.
        more: whether more records follow in the direction of reading.
    """
    began_beyond = query.after is not None or query.before is not None
    return Edges(
        start_cursor=issued.issue(ids[0]) if ids else None,
        end_cursor=issued.issue(ids[-1]) if ids else None,
        has_next_page=began_beyond if query.backwards else more,
        has_previous_page=more if query.backwards else began_beyond,
    )

"""Athenty's list of clients: numbered pages with a true total, filters and search.

A workspace of more than some thousand clients has packs (`registry.services.catalogue`), from which
lists and searches are read; a smaller one is read whole from the search index. A list by external
id reads the few clients that have it.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from heapq import merge
from itertools import islice
from typing import TypeVar

from registry.contracts.athenty.mapping import show
from registry.contracts.athenty.wire import ClientList, ListClients, Pagination
from registry.contracts.records import as_listed
from registry.domain.client import Client, MemberType
from registry.domain.folding import folded
from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, page_response
from registry.services.catalogue import Catalogue, Found, with_catalogue
from registry.store.clients import client_store
from registry.store.items import SearchEntry, name_key, search_entry, sort_text
from registry.store.packs import LIVE_KINDS, Kind, Texts
from registry.store.views import view_store

Each = TypeVar("Each")

# No searched text is longer, so a longer search finds nothing. Folding it would cost too much: the
# order of combining marks is found in time that grows with the square of their number.
_LONGEST_TEXT = 1_000
# An item of the index by name takes as much room as so many clients in packs. From this share of a
# workspace on, a page by name is found in the packs at less cost.
_NAME_SHARE = 30
_NAME_LEAST = 1_000

# Keys end with the id: equal values have an order too, so no page skips or repeats a client.
_SORT_KEYS: dict[str, Callable[[SearchEntry], tuple[str | int, str]]] = {
    "name": lambda entry: (sort_text(entry.name), entry.id),
    "created_at": lambda entry: (entry.id, entry.id),
    "request_count": lambda entry: (entry.request_count, entry.id),
}
_FOUND_KEYS: dict[str, Callable[[Found], tuple[str | int, str]]] = {
    "name": lambda found: (sort_text(found.name), found.id),
    "created_at": lambda found: (found.id, found.id),
    "request_count": lambda found: (found.fact.request_count, found.id),
}


@dataclass(frozen=True, slots=True)
class _Page:
    """The clients of a page, and how many the whole list has."""

    clients: Sequence[Client]
    total: int


def list_clients(request: Request[NoBody, ListClients]) -> Response:
    """A numbered page of the clients that pass the filters and the search."""
    query, caller = request.query, request.caller
    page = _page(caller.tenant, query)
    pages = -(-page.total // query.limit)
    records = [show(as_listed(client, caller), caller) for client in page.clients]

    def ending_after(count: int) -> ClientList:
        pagination = Pagination(
            page=query.page,
            limit=query.limit,
            total=page.total,
            total_pages=pages,
            has_next=query.page < pages or count < len(records),
            has_prev=query.page > 1,
        )
        return ClientList(data=records[:count], pagination=pagination)

    return page_response(records, ending_after)


def matching(entries: Iterable[SearchEntry], query: ListClients) -> list[str]:
    """Ids of the clients that pass the filters and the search of a query, in its order."""
    text = folded(query.search)
    matches = [entry for entry in entries if _passes(entry, query) and _contains(entry, text)]
    matches.sort(key=_SORT_KEYS[query.sort], reverse=_descending(query))
    return [entry.id for entry in matches]


def _page(tenant: Tenant, query: ListClients) -> _Page:
    """The page that a query asks for, from what has it at the least cost."""
    if len(query.search) > _LONGEST_TEXT:
        return _Page((), 0)
    if query.external_id is not None:
        return _by_external_id(tenant, query, query.external_id)
    return with_catalogue(view_store(), tenant, partial(_from_catalogue, tenant, query))


def _by_external_id(tenant: Tenant, query: ListClients, external_id: str) -> _Page:
    """The page of a list by external id, from the clients themselves."""
    ids = list(client_store().with_external_id(tenant, external_id))
    clients = {client.id: client for client in client_store().get_many(tenant, ids)}
    listed = matching(map(search_entry, clients.values()), query)
    return _Page([clients[client_id] for client_id in _slice(listed, query)], len(listed))


def _from_catalogue(tenant: Tenant, query: ListClients, catalogue: Catalogue | None) -> _Page:
    """A page from packs; from the search index where the tenant has none."""
    if catalogue is None:
        ids = matching(client_store().search(tenant), query)
        return _page_of(tenant, _slice(ids, query), len(ids))
    if query.search:
        found = _found(catalogue, query)
        return _page_of(tenant, [each.id for each in _slice(found, query)], len(found))
    kinds = _kinds(query)
    total = catalogue.count(kinds)
    first = _first(query)
    if query.sort == "name":
        if first + query.limit <= max(_NAME_LEAST, catalogue.size // _NAME_SHARE):
            return _Page(_named(tenant, query), total)
        return _page_of(
            tenant, [each.id for each in _slice(_found(catalogue, query), query)], total
        )
    read = catalogue.page if query.sort == "created_at" else catalogue.by_request_count
    ids = read(kinds, first, query.limit, descending=_descending(query))
    return _page_of(tenant, ids, total)


def _found(catalogue: Catalogue, query: ListClients) -> list[Found]:
    """All clients that a query finds in packs, in its order; for an empty search all clients."""
    text = folded(query.search)
    found = catalogue.search(text, partial(_holds, text), _kinds(query))
    if query.sort == "created_at":
        return found[::-1] if _descending(query) else found
    found.sort(key=_FOUND_KEYS[query.sort], reverse=_descending(query))
    return found


def _named(tenant: Tenant, query: ListClients) -> list[Client]:
    """The clients of a page by name, from the index that has them in this order."""
    first, descending = _first(query), _descending(query)
    statuses = (False, True) if query.active is None else (query.active == "false",)
    member_type = None if query.member_type is None else MemberType(query.member_type)
    by_status = [
        client_store().by_name(
            tenant,
            archived=archived,
            descending=descending,
            member_type=member_type,
            expected=first + query.limit,
        )
        for archived in statuses
    ]
    clients = merge(*by_status, key=name_key, reverse=descending)
    return list(islice(clients, first, first + query.limit))


def _page_of(tenant: Tenant, ids: Sequence[str], total: int) -> _Page:
    return _Page(client_store().get_many(tenant, ids), total)


def _first(query: ListClients) -> int:
    """How many clients come before the page."""
    return (query.page - 1) * query.limit


def _slice(listed: Sequence[Each], query: ListClients) -> Sequence[Each]:
    """What a page has of a whole list."""
    first = _first(query)
    return listed[first : first + query.limit]


def _descending(query: ListClients) -> bool:
    return query.order == "desc" if query.order else query.sort != "name"


def _kinds(query: ListClients) -> frozenset[Kind]:
    """The kinds of clients that pass the filters of a query."""
    return frozenset(
        kind
        for kind in LIVE_KINDS
        if (query.active is None or kind.archived is (query.active == "false"))
        and query.member_type in {None, kind.member_type}
    )


def _passes(entry: SearchEntry, query: ListClients) -> bool:
    """Whether an entry passes the filters, which do not include the search."""
    return (
        (query.active is None or entry.archived is (query.active == "false"))
        and (query.member_type is None or entry.member_type == query.member_type)
        and (query.external_id is None or entry.external_id == query.external_id)
    )


def _contains(entry: SearchEntry, text: str) -> bool:
    """Whether a searched text of the client contains a folded text; every one has the empty one."""
    return (
        not text
        or text in entry.name
        or text in f"{entry.first_name} {entry.last_name}".strip()
        or text in entry.company
        or text in entry.email
        or text in folded(entry.external_id)
    )


def _holds(text: str, texts: Texts) -> bool:
    """The same of the texts in a pack."""
    return (
        text in texts.name
        or text in texts.person
        or text in texts.company
        or text in texts.email
        or text in texts.external_id
    )

"""Athenty's list of clients: numbered pages with a true total, filters and search.

A list reads the whole search index of the workspace, then the page's clients. So its cost grows
with the number of clients: see `docs/data-model.md`, "What grows".
"""

from collections.abc import Callable, Iterable

from registry.contracts.athenty.mapping import show
from registry.contracts.athenty.wire import ClientList, ListClients, Pagination
from registry.contracts.records import as_listed
from registry.domain.folding import folded
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, page_response
from registry.store.clients import client_store
from registry.store.items import SearchEntry

# No searched text is longer, so a longer search finds nothing. Folding it would cost too much: the
# order of combining marks is found in time that grows with the square of their number.
_LONGEST_TEXT = 1_000

# Keys end with the id: equal values have an order too, so no page skips or repeats a client.
_SORT_KEYS: dict[str, Callable[[SearchEntry], tuple[str | int, str]]] = {
    "name": lambda entry: (entry.name, entry.id),
    "created_at": lambda entry: (entry.id, entry.id),
    "request_count": lambda entry: (entry.request_count, entry.id),
}


def list_clients(request: Request[NoBody, ListClients]) -> Response:
    """A numbered page of the clients that pass the filters and the search."""
    query, caller = request.query, request.caller
    ids = matching(client_store().search(caller.tenant), query)
    first = (query.page - 1) * query.limit
    clients = client_store().get_many(caller.tenant, ids[first : first + query.limit])
    pages = -(-len(ids) // query.limit)
    records = [show(as_listed(client, caller), caller) for client in clients]

    def ending_after(count: int) -> ClientList:
        pagination = Pagination(
            page=query.page,
            limit=query.limit,
            total=len(ids),
            total_pages=pages,
            has_next=query.page < pages or count < len(records),
            has_prev=query.page > 1,
        )
        return ClientList(data=records[:count], pagination=pagination)

    return page_response(records, ending_after)


def matching(entries: Iterable[SearchEntry], query: ListClients) -> list[str]:
    """Ids of the clients that pass the filters and the search of a query, in its order."""
    if len(query.search) > _LONGEST_TEXT:
        return []
    text = folded(query.search)
    matches = [entry for entry in entries if _passes(entry, query) and _contains(entry, text)]
    descending = query.order == "desc" if query.order else query.sort != "name"
    matches.sort(key=_SORT_KEYS[query.sort], reverse=descending)
    return [entry.id for entry in matches]


def _passes(entry: SearchEntry, query: ListClients) -> bool:
    """Whether an entry passes the filters, which do not include the search."""
    return (
        (query.active is None or entry.archived is (query.active == "false"))
        and (query.member_type is None or entry.member_type == query.member_type)
        and (query.external_id is None or entry.external_id == query.external_id)
    )


def _contains(entry: SearchEntry, text: str) -> bool:
    """Whether a searched text of the client contains a folded text."""
    return (
        text in entry.name
        or text in f"{entry.first_name} {entry.last_name}".strip()
        or text in entry.company
        or text in entry.email
        or text in folded(entry.external_id)
    )

"""Which clients a list holds, and in which order: decided on the entries of the search index."""

from collections.abc import Callable, Iterable

from registry.contracts.athenty.wire import ListClients
from registry.store.items import SearchEntry

# Ends with the id, so that equal values have an order too and pages neither skip nor repeat.
_SORT_KEYS: dict[str, Callable[[SearchEntry], tuple[str | int, str]]] = {
    "name": lambda entry: (entry.name, entry.id),
    "created_at": lambda entry: (entry.id, entry.id),
    "request_count": lambda entry: (entry.request_count, entry.id),
}


def matching(entries: Iterable[SearchEntry], query: ListClients) -> list[str]:
    """Ids of the clients that every filter of the query leaves, in the order it asks for."""
    text = query.search.casefold()
    found = [entry for entry in entries if _passes(entry, query) and _holds(entry, text)]
    descending = query.order == "desc" if query.order else query.sort != "name"
    found.sort(key=_SORT_KEYS[query.sort], reverse=descending)
    return [entry.id for entry in found]


def _passes(entry: SearchEntry, query: ListClients) -> bool:
    return (
        (query.active is None or entry.archived is (query.active == "false"))
        and (query.member_type is None or entry.member_type == query.member_type)
        and (query.external_id is None or entry.external_id == query.external_id)
    )


def _holds(entry: SearchEntry, text: str) -> bool:
    """Whether one of the client's searched texts contains this one, regardless of case."""
    return (
        text in entry.name
        or text in f"{entry.first_name} {entry.last_name}".strip()
        or text in entry.company
        or text in entry.email
        or text in entry.external_id.casefold()
    )

"""The registry's own lists of pairs: of a client, and of a workspace."""

import heapq
from collections.abc import Iterable
from itertools import islice

from registry.contracts import records
from registry.contracts.registry_api.clients.wire import PageQuery
from registry.contracts.registry_api.matches.mapping import show
from registry.contracts.registry_api.matches.wire import ListMatches, PairList, PairObject
from registry.contracts.registry_api.pages import page_of, place_of
from registry.domain.pair import Pair, Verdict
from registry.gateway.cursor import Cursors, cursors
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response
from registry.store.pairs import pair_store, place

_PLACE = r"[0-9TZ:.-]{24}#[0-9a-f-]{36}\.[0-9a-f-]{36}"
# Those of which nobody has said that they are two clients.
_OPEN = (Verdict.SURE, Verdict.POSSIBLE)


def list_client_matches(request: Request[NoBody, PageQuery]) -> Response:
    """A page of the pairs of a client, newest first, dismissed ones too."""
    query, tenant = request.query, request.caller.tenant
    client = records.get(request)
    issued = cursors(request.caller, request.operation, {"client": client.id})
    before = _before(query, issued)
    pairs = pair_store().of(tenant, client.id)
    found = (pair for pair in pairs if before is None or place(pair) < before)
    return records.located(request, client, _page(found, query, issued))


def list_matches(request: Request[NoBody, ListMatches]) -> Response:
    """A page of the workspace's pairs, newest first."""
    query, tenant = request.query, request.caller.tenant
    issued = cursors(request.caller, request.operation, {"verdict": query.verdict})
    before = _before(query, issued)
    verdicts = _OPEN if query.verdict is None else (Verdict(query.verdict),)
    lists = [
        pair_store().listed(tenant, verdict, before=before, at_once=query.limit + 2)
        for verdict in verdicts
    ]
    return _page(heapq.merge(*lists, key=place, reverse=True), query, issued)


def _before(query: PageQuery, issued: Cursors) -> str | None:
    """The place behind which the page begins; None for the first page."""
    found = place_of(query.after, issued, _PLACE)
    return found[0] if found is not None else None


def _page(pairs: Iterable[Pair], query: PageQuery, issued: Cursors) -> Response:
    read = list(islice(pairs, query.limit + 1))

    def page(data: list[PairObject], next_page: str | None) -> PairList:
        return PairList(data=data, next=next_page)

    data = [show(pair) for pair in read[: query.limit]]
    return page_of(data, [(place(pair),) for pair in read], issued, page)

"""The list of a workspace's merges."""

from itertools import islice

from registry.contracts.registry_api.merges.mapping import show
from registry.contracts.registry_api.merges.wire import ListMerges, MergeList, MergeObject
from registry.contracts.registry_api.pages import page_of, place_of
from registry.gateway.cursor import cursors
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response
from registry.store.merges import merge_store

_ID = "[0-9a-f-]{36}"


def list_merges(request: Request[NoBody, ListMerges]) -> Response:
    """A page of merges, newest first, undone ones too."""
    query, tenant = request.query, request.caller.tenant
    issued = cursors(request.caller, request.operation, {})
    place = place_of(query.after, issued, _ID)
    before = place[0] if place is not None else None
    found = merge_store().all(tenant, before=before, at_once=min(100, query.limit + 1))
    read = [stored.merge for stored in islice(found, query.limit + 1)]

    def page(data: list[MergeObject], next_page: str | None) -> MergeList:
        return MergeList(data=data, next=next_page)

    data = [show(merge) for merge in read[: query.limit]]
    return page_of(data, [(merge.id,) for merge in read], issued, page)

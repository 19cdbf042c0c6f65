"""The list of the attempts to tell a webhook of events."""

from itertools import islice

from registry.contracts.registry_api.pages import page_of, place_of
from registry.contracts.registry_api.webhooks.mapping import show_attempt, show_waiting
from registry.contracts.registry_api.webhooks.use import webhook_of
from registry.contracts.registry_api.webhooks.wire import (
    DeliveryList,
    DeliveryObject,
    ListDeliveries,
)
from registry.gateway.cursor import cursors
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response
from registry.services.waiting import Waiting
from registry.store.deliveries import delivery_store
from registry.store.events import event_store

# Between the two parts of a place; ids of events have no such character.
_BESIDE = "\t"
_PLACE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[^\x00-\x08\x0a-\x1f]+"


def list_deliveries(request: Request[NoBody, ListDeliveries]) -> Response:
    """A page of attempts of the last 30 days, newest first.

    Events that wait behind one that fails come before its last attempt. The place of one of them is
    that attempt with its own place in the feed.
    """
    query, tenant = request.query, request.caller.tenant
    endpoint = webhook_of(request)
    issued = cursors(request.caller, request.operation, {"webhook": endpoint.id})
    place = place_of(query.after, issued, _PLACE)
    attempt, _, entry = place[0].partition(_BESIDE) if place is not None else ("", "", "")
    most = query.limit + 1
    # Of an attempt that has more behind it the page begins with that attempt.
    before = f"{attempt}\0" if entry else attempt or None
    found = islice(
        delivery_store().attempts(tenant, endpoint.id, before=before, at_once=most), most
    )
    places = {each: at for at, each in found}
    waiting = Waiting(event_store(), delivery_store())
    read = waiting.among(tenant, endpoint, list(places), most=most, before=entry or None)

    def page(data: list[DeliveryObject], next_page: str | None) -> DeliveryList:
        return DeliveryList(data=data, next=next_page)

    data = [
        show_attempt(attempt) if entry is None else show_waiting(attempt, entry)
        for attempt, entry in read[: query.limit]
    ]
    ends = [
        (places[attempt] if entry is None else f"{places[attempt]}{_BESIDE}{entry.place}",)
        for attempt, entry in read
    ]
    return page_of(data, ends, issued, page)

"""The list of the attempts to tell a webhook of events."""

from itertools import islice

from registry.contracts.registry_api.pages import page_of, place_of
from registry.contracts.registry_api.webhooks.mapping import show_attempt
from registry.contracts.registry_api.webhooks.use import webhook_of
from registry.contracts.registry_api.webhooks.wire import (
    DeliveryList,
    DeliveryObject,
    ListDeliveries,
)
from registry.gateway.cursor import cursors
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response
from registry.store.deliveries import delivery_store

_PLACE = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9a-z.-]+"


def list_deliveries(request: Request[NoBody, ListDeliveries]) -> Response:
    """A page of attempts of the last 30 days, newest first."""
    query, tenant = request.query, request.caller.tenant
    endpoint = webhook_of(request)
    issued = cursors(request.caller, request.operation, {"webhook": endpoint.id})
    place = place_of(query.after, issued, _PLACE)
    found = delivery_store().attempts(
        tenant,
        endpoint.id,
        before=place[0] if place is not None else None,
        at_once=query.limit + 1,
    )
    read = list(islice(found, query.limit + 1))

    def page(data: list[DeliveryObject], next_page: str | None) -> DeliveryList:
        return DeliveryList(data=data, next=next_page)

    data = [show_attempt(attempt) for _, attempt in read[: query.limit]]
    return page_of(data, [(each,) for each, _ in read], issued, page)

"""The registry's own lists: clients, a client's history and ledger, and the workspace's feed."""

import heapq
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from uuid import UUID

from registry.contracts import records
from registry.contracts.registry_api.clients.mapping import show, show_event, show_evidence
from registry.contracts.registry_api.clients.wire import (
    ClientList,
    EventObject,
    EvidenceList,
    EvidenceObject,
    Feed,
    History,
    ListClients,
    ListEvents,
    PageQuery,
)
from registry.contracts.registry_api.pages import page_of, place_of
from registry.domain.client import Client
from registry.domain.errors import FieldError, Invalid
from registry.domain.identifiers import now
from registry.domain.look_up import sought_keys
from registry.domain.phone import read_phone
from registry.domain.tenant import Tenant
from registry.gateway.cursor import cursors
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, page_response
from registry.services.history import Place, history
from registry.services.look_up import LookUp, Sought
from registry.store.clients import client_store
from registry.store.event_items import FeedEntry
from registry.store.events import SETTLED_SECONDS, event_store
from registry.store.evidence import evidence_store
from registry.store.links import link_store
from registry.store.listing import Listing, Order, Position, position
from registry.store.look_up_keys import look_up_key_store

_ID = "[0-9a-f-]{36}"
_VERSION = r"[0-9a-f]{32}\.[0-9]{1,10}"
# The last version that was shown of a client and of each that it absorbed, and the last event of a
# payment method: ids without dashes and a short digest, so that all fit into a cursor.
_PLACE_IN_HISTORY = rf"(?:{_VERSION}(?:,{_VERSION})*)? (?:[0-9]{{1,15}}\.[0-9a-f]{{12}})?"
_INSTANT = "[0-9TZ:.-]{24}"
_PLACE_OF_CLIENT = {Order.CREATED: f"{_ID} {_ID}", Order.UPDATED: f"{_INSTANT} {_ID}"}
# Empty where the feed had no entry yet.
_PLACE_IN_FEED = f"(?:{_INSTANT}#{_ID}#(?:[0-9]{{10}}|METHOD#[!-~]+))?"
# How many entries of the feed a page with a type looks at. They take some 150 KB.
_LOOKED_AT = 1_000


# A client with its place in a list.
Placed = tuple[Client, Position]


def list_clients(request: Request[NoBody, ListClients]) -> Response:
    """A page of clients: newest first, or with `updated_since` by last change, oldest first."""
    query, caller = request.query, request.caller
    sought = _sought(query, caller)
    issued = cursors(caller, request.operation, query.filters())
    order = Order.CREATED if query.updated_since is None else Order.UPDATED
    place = place_of(query.after, issued, _PLACE_OF_CLIENT[order])
    start = Position(*place) if place is not None else None
    if not sought:
        found = _listed(caller.tenant, query, order, start)
    elif order is Order.UPDATED:
        found = _found_by_change(caller.tenant, sought, query, start)
    else:
        found = _found(caller.tenant, sought, query, start)
    records_found = list(islice(found, query.limit + 1))
    shown = [show(client, caller) for client, _ in records_found[: query.limit]]

    def page(count: int) -> ClientList:
        place = records_found[count - 1][1] if 0 < count < len(records_found) else None
        next_page = issued.issue(place.key, place.id) if place is not None else None
        return ClientList(data=shown[:count], next=next_page)

    return page_response(shown, page)


def list_history(request: Request[NoBody, PageQuery]) -> Response:
    """A page of the events of a client and of those it absorbed, newest first.

    The clients' events are read side by side, so that a cursor holds a version for each client.
    """
    query, tenant = request.query, request.caller.tenant
    client = records.get(request)
    issued = cursors(request.caller, request.operation, {"client": client.id})
    start = _place_in_history(place_of(query.after, issued, _PLACE_IN_HISTORY))
    events = history(event_store(), tenant, client, start=start, at_once=query.limit + 1)
    read = list(islice(events, query.limit + 1))

    def page(data: list[EventObject], next_page: str | None) -> History:
        return History(data=data, next=next_page)

    data = [show_event(event, tenant) for event, _ in read[: query.limit]]
    places = [_shown_place(place) for _, place in read]
    return records.located(request, client, page_of(data, places, issued, page))


def _shown_place(place: Place) -> tuple[str, str]:
    """A place in a history as a cursor holds it."""
    read = place.versions.items()
    versions = ",".join(f"{UUID(each).hex}.{version}" for each, version in read)
    return versions, f"{place.method[0]}.{place.method[1]}" if place.method is not None else ""


def _place_in_history(parts: tuple[str, ...] | None) -> Place | None:
    """The place in a history that a cursor stands for."""
    if parts is None:
        return None
    read = (each.split(".") for each in parts[0].split(",") if each)
    at, _, digest = parts[1].partition(".")
    return Place(
        {str(UUID(each)): int(version) for each, version in read},
        (int(at), digest) if digest else None,
    )


def list_consents(request: Request[NoBody, PageQuery]) -> Response:
    """A page of the ledgers of a client and of those it absorbed, newest first."""
    query, tenant = request.query, request.caller.tenant
    client = records.get(request)
    issued = cursors(request.caller, request.operation, {"client": client.id})
    place = place_of(query.after, issued, _ID)
    before = place[0] if place is not None else None
    ledgers = [
        evidence_store().of(tenant, each, before=before, at_once=query.limit + 2)
        for each in (client.id, *client.absorbed)
    ]
    ledger = heapq.merge(*ledgers, key=lambda entry: entry.id, reverse=True)
    read = list(islice(ledger, query.limit + 1))

    def page(data: list[EvidenceObject], next_page: str | None) -> EvidenceList:
        return EvidenceList(data=data, next=next_page)

    data = [show_evidence(entry) for entry in read[: query.limit]]
    ledger_page = page_of(data, [(entry.id,) for entry in read], issued, page)
    return records.located(request, client, ledger_page)


def list_events(request: Request[NoBody, ListEvents]) -> Response:
    """A page of the workspace's feed, oldest first, up to a few seconds ago.

    `next` is the place of the last entry that was looked at. With a type, that is not always one
    that is shown.
    """
    query, tenant = request.query, request.caller.tenant
    issued = cursors(request.caller, request.operation, {"type": query.type})
    place = place_of(query.after, issued, _PLACE_IN_FEED)
    chosen, end = _entries(tenant, query, place[0] if place is not None else "")
    events = event_store().get_many(tenant, chosen)
    data = [show_event(event, tenant) for event in events]
    places = {entry.event_id: entry.place for entry in chosen}

    def page(count: int) -> Feed:
        last = end if count == len(data) else places[data[count - 1].id]
        return Feed(data=data[:count], next=issued.issue(last))

    return page_response(data, page)


def _entries(tenant: Tenant, query: ListEvents, start: str) -> tuple[list[FeedEntry], str]:
    """The entries of a page of the feed, and the place of the last one that was looked at."""
    until = now() - timedelta(seconds=SETTLED_SECONDS)
    most = query.limit if query.type is None else _LOOKED_AT
    chosen: list[FeedEntry] = []
    end = start
    feed = event_store().feed(tenant, after=start, until=until, at_once=most + 1)
    for entry in islice(feed, most):
        end = entry.place
        if query.type is None or entry.type is query.type:
            chosen.append(entry)
        if len(chosen) == query.limit:
            break
    return chosen, end


def _sought(query: ListClients, caller: Principal) -> Sought:
    """The values of an exact look-up, in the spellings by which clients are found.

    Raises:
        Invalid: the phone is no number, or only one of contract and vendor's id is there.
    """
    errors = []
    number = None
    if query.phone is not None:
        number = read_phone(query.phone, None, caller.region).e164
        if number is None:
            errors.append(FieldError(("phone",), "phone", {"region": caller.region}))
    vendor = None
    if query.vendor_id is not None and query.contract is not None:
        vendor = query.contract.value, query.vendor_id
    elif query.vendor_id is not None:
        errors.append(FieldError(("vendor_id",), "needs", {"other": "contract"}))
    elif query.contract is not None:
        errors.append(FieldError(("contract",), "needs", {"other": "vendor_id"}))
    if errors:
        raise Invalid(parameters=tuple(errors))
    keys = sought_keys(tax_id=query.tax_id, email=query.email, e164=number)
    return Sought(keys=keys, external_id=query.external_id, vendor=vendor)


def _listed(
    tenant: Tenant,
    query: ListClients,
    order: Order,
    start: Position | None,
) -> Iterator[Placed]:
    """One client more than the page has, from the table or from the index of the order."""
    archived = None if query.status is None else query.status == "archived"
    whole = [archived] if order is Order.CREATED or archived is not None else [False, True]
    pages = [
        client_store()
        .page(
            tenant,
            Listing(
                limit=query.limit + 1,
                order=order,
                descending=order is Order.CREATED,
                archived=part,
                created=(query.created_since, None),
                updated=(query.updated_since, None),
                start=start,
            ),
        )
        .clients
        for part in whole
    ]
    clients = [client for page in pages for client in page]
    if len(pages) > 1:
        clients.sort(key=_by_change)
    return ((client, position(client, order)) for client in clients)


def _found(
    tenant: Tenant,
    sought: Sought,
    query: ListClients,
    start: Position | None,
) -> Iterator[Placed]:
    """The clients of an exact look-up, newest first."""
    before = start.id if start is not None else None
    found = _look_up().found(tenant, sought, before=before, at_once=min(100, query.limit + 1))
    return (
        (each.client, Position(each.place, each.place))
        for each in found
        if _passes(each.client, query)
    )


def _found_by_change(
    tenant: Tenant,
    sought: Sought,
    query: ListClients,
    start: Position | None,
) -> Iterator[Placed]:
    """The clients of an exact look-up by last change, oldest first, for which all are read."""
    found = (each.client for each in _look_up().found(tenant, sought))
    ordered = sorted((client for client in found if _passes(client, query)), key=_by_change)
    after = (start.key, start.id) if start is not None else ("", "")
    return (
        (client, position(client, Order.UPDATED))
        for client in ordered
        if _by_change(client) > after
    )


def _passes(client: Client, query: ListClients) -> bool:
    """Whether a client that was found passes the filters of the list."""
    return (
        (query.status is None or client.archived == (query.status == "archived"))
        and (query.created_since is None or client.created_at >= query.created_since)
        and (query.updated_since is None or client.updated_at >= query.updated_since)
    )


def _by_change(client: Client) -> tuple[str, str]:
    """The place of a client in the order of last changes."""
    place = position(client, Order.UPDATED)
    return place.key, place.id


def _look_up() -> LookUp:
    """The look-up of this process."""
    return LookUp(client_store(), look_up_key_store(), link_store())

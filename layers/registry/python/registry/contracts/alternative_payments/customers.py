"""What Alternative Payments' endpoints do to customers, on the one record."""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from typing import cast

from registry.contracts import records
from registry.contracts.alternative_payments.errors import ALTERNATIVE_PAYMENTS
from registry.contracts.alternative_payments.operations import LIST_CUSTOMERS
from registry.contracts.alternative_payments.paging import edges
from registry.contracts.alternative_payments.query import ListCustomers
from registry.contracts.alternative_payments.wire import (
    CreateCustomer,
    Customer,
    CustomerFields,
    CustomerList,
    UpdateCustomer,
)
from registry.domain.change import Change, archived, new_client, restored
from registry.domain.client import Client, Fields
from registry.domain.errors import Conflict, FieldError
from registry.domain.places import country
from registry.domain.text import trimmed
from registry.gateway.cursor import cursors
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, json_response
from registry.store.clients import client_store
from registry.store.items import SearchEntry
from registry.store.listing import Listing, Page, Position, ids_beyond

# The contract's names of fields the record calls otherwise.
_RECORD_NAMES = {"street_address": "line1", "sub_premise": "line2", "state": "region"}
_FIXED = ("email", "external_id")


def create(request: Request[CreateCustomer, NoParameters], caller: Principal) -> Response:
    """Create a customer; an external id is claimed for it alone, in the same transaction."""
    body = request.body.accept()
    change = new_client(
        caller.author(),
        claims_external_id=body.external_id is not None,
        **to_record(body),
    )
    return records.create(request, caller, ALTERNATIVE_PAYMENTS, change, Customer.of)


def get(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Read a customer, archived or not."""
    return json_response(200, Customer.of(records.get(request, caller)))


def update(request: Request[UpdateCustomer, NoParameters], caller: Principal) -> Response:
    """Change what the body names of an active customer; leave the rest."""

    def decide(client: Client) -> Change:
        if client.archived:
            raise Conflict("The customer is archived; restore it first.")
        body = request.body.accept(_refused_changes(request.body.given, client))
        return update(client, caller.author(), **to_record(body))

    return records.change(request, caller, ALTERNATIVE_PAYMENTS, decide, Customer.of)


def archive(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Archive a customer; nothing happens when it is."""
    decide = partial(archived, author=caller.author())
    return records.change(request, caller, ALTERNATIVE_PAYMENTS, decide, Customer.of)


def restore(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Restore a customer; nothing happens when it is active."""
    decide = partial(restored, author=caller.author())
    return records.change(request, caller, ALTERNATIVE_PAYMENTS, decide, Customer.of)


def list_page(request: Request[NoBody, ListCustomers], caller: Principal) -> Response:
    """A page of active customers, newest first, after or before the one a cursor stands for."""
    query = request.query
    issued = cursors(caller, LIST_CUSTOMERS, query.filters())
    start = query.start(issued)
    filtered = query.company_name is not None or query.external_id is not None
    page = _found(caller, query, start) if filtered else _listed(caller, query, start)
    ids = [client.id for client in page.clients]
    data = [Customer.of(client) for client in page.clients]
    return json_response(200, CustomerList(data=data, **edges(ids, query, issued, more=page.more)))


def _listed(caller: Principal, query: ListCustomers, start: str | None) -> Page:
    asked = Listing(
        limit=query.limit,
        archived=False,
        created=(query.created_at_start, query.created_at_end),
        start=None if start is None else Position(start, start),
        backwards=query.backwards,
    )
    return client_store().page(caller.tenant, asked)


def _found(caller: Principal, query: ListCustomers, start: str | None) -> Page:
    """A page of the customers the filters let pass: read from the search index until it is full."""
    created = (query.created_at_start, query.created_at_end)
    ids = ids_beyond(start, created, older=not query.backwards)
    entries = client_store().search(caller.tenant, ids, oldest_first=query.backwards)
    passing = (entry.id for entry in entries if _passes(entry, query))
    found: list[Client] = []
    while batch := list(islice(passing, query.limit + 1 - len(found))):
        clients = client_store().get_many(caller.tenant, batch)
        found += [client for client in clients if not client.archived]
    page = found[: query.limit]
    return Page(
        tuple(reversed(page) if query.backwards else page),
        more=len(found) > query.limit,
    )


def _passes(entry: SearchEntry, query: ListCustomers) -> bool:
    prefix = (query.company_name or "").casefold()
    return (
        not entry.archived
        and (entry.name.startswith(prefix) or entry.legal_name.startswith(prefix))
        and query.external_id in {None, entry.external_id}
    )


def to_record(body: CustomerFields) -> Fields:
    """The record's fields that an accepted body writes; only what the body names."""
    sent = {
        _RECORD_NAMES.get(name, name): value
        for name, value in body.model_dump(exclude_unset=True).items()
    }
    if sent.get("country") is not None:
        sent["country"] = country(sent["country"])
    return cast("Fields", sent)


def _refused_changes(given: Mapping[str, object], client: Client) -> Iterator[FieldError]:
    """What a body may not make of the record, where saying again what it says is no change."""
    for name in _FIXED:
        if name in given and trimmed(given[name]) != getattr(client, name):
            yield FieldError((name,), "fixed")
    named = trimmed(given.get("country"))
    stored = client.country.typed if client.country else None
    if isinstance(named, str) and named != stored and country(named).code is None:
        yield FieldError(("country",), "country")

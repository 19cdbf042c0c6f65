"""What Paytrum's endpoints do, on the one record."""

from functools import partial

from registry.contracts import records
from registry.contracts.paytrum.errors import PAYTRUM
from registry.contracts.paytrum.rules import check, consents, to_record
from registry.contracts.paytrum.wire import (
    ClientList,
    ClientObject,
    CreateClient,
    ListClients,
    UpdateClient,
)
from registry.domain.change import Change, archived, new_client, restored
from registry.domain.client import Client, UsageType
from registry.domain.errors import FieldError, Invalid, NotFound
from registry.gateway.operation import NoParameters
from registry.gateway.principal import Principal
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, json_response
from registry.store.clients import client_store
from registry.store.listing import Listing, Position


def create(request: Request[CreateClient, NoParameters], caller: Principal) -> Response:
    """Create a client; its consent is recorded as imported evidence."""
    body = request.body.accept(check(request.body.given, None, caller))
    fields = to_record(body, None, caller)
    fields["name"] = body.name
    fields["usage_type"] = UsageType(body.usage_type or UsageType.CONSUMER)
    change = new_client(caller.author(), consents(body), **fields)
    return records.create(request, caller, PAYTRUM, change, _show(caller))


def get(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Retrieve a client, archived or not."""
    return json_response(200, ClientObject.of(records.get(request, caller), caller))


def update(request: Request[UpdateClient, NoParameters], caller: Principal) -> Response:
    """Change what the body names; leave the rest, also what Paytrum does not show."""

    def decide(client: Client) -> Change:
        body = request.body.accept(check(request.body.given, client, caller))
        fields = to_record(body, client, caller)
        if body.name is not None:
            fields["name"] = body.name
        return update(client, caller.author(), consents(body), **fields)

    return records.change(request, caller, PAYTRUM, decide, _show(caller))


def archive(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Make a client inactive; nothing happens when it is."""
    decide = partial(archived, author=caller.author())
    return records.change(request, caller, PAYTRUM, decide, _show(caller))


def restore(request: Request[NoBody, NoParameters], caller: Principal) -> Response:
    """Make a client active; nothing happens when it is."""
    decide = partial(restored, author=caller.author())
    return records.change(request, caller, PAYTRUM, decide, _show(caller))


def list_page(request: Request[NoBody, ListClients], caller: Principal) -> Response:
    """A page of clients, newest first, after or before a client that is named by its id."""
    query = request.query
    name, start = "startingAfter", query.starting_after
    if query.ending_before is not None:
        if start is not None:
            both = FieldError((name,), "exclusive", {"other": "endingBefore"})
            raise Invalid(parameters=(both,))
        name, start = "endingBefore", query.ending_before
    asked = Listing(
        limit=query.limit,
        archived=None if query.status is None else query.status == "inactive",
        start=None if start is None else Position(start, start),
        backwards=query.ending_before is not None,
        known_start=start is not None,
    )
    try:
        page = client_store().page(caller.tenant, asked)
    except NotFound as error:
        raise Invalid(parameters=(FieldError((name,), "unknown_client"),)) from error
    data = [ClientObject.of(client, caller) for client in page.clients]
    return json_response(200, ClientList(data=data, has_more=page.more))


def _show(caller: Principal) -> records.Show:
    return partial(ClientObject.of, caller=caller)

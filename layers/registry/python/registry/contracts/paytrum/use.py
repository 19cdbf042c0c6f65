"""Paytrum's endpoints for one client."""

from registry.contracts import records
from registry.contracts.paytrum.mapping import show, shown, to_record
from registry.contracts.paytrum.rules import check, consents, read_phone_field
from registry.contracts.paytrum.wire import CreateClient, UpdateClient
from registry.domain import change
from registry.domain.client import Client, UsageType
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


def create_client(request: Request[CreateClient, NoParameters]) -> Response:
    """Create a client; its consent is recorded as imported evidence."""
    caller, raw = request.caller, request.body.raw
    phone = read_phone_field(raw, None, caller)
    body = request.body.validated(check(raw, phone, None))
    fields = to_record(body, phone.number)
    fields["usage_type"] = UsageType(body.usage_type or UsageType.CONSUMER)
    created = change.create(caller.author(), consents(body), **fields)
    return records.create(request, created, show)


def get_client(request: Request[NoBody, NoParameters]) -> Response:
    """Retrieve a client, archived or not."""
    return records.respond(request, records.get(request), show)


def update_client(request: Request[UpdateClient, NoParameters]) -> Response:
    """Change the fields that the body names; keep the rest, and all that Paytrum does not show."""
    caller = request.caller

    def decide(client: Client) -> change.Change:
        asked = records.as_asked(client, request.path["id"])
        changes = request.body.against(shown(asked, caller))
        phone = read_phone_field(changes.raw, client, caller)
        body = changes.validated(check(changes.raw, phone, client))
        fields = to_record(body, phone.number)
        return change.update(client, caller.author(), consents(body), **fields)

    return records.change(request, decide, show)


def archive_client(request: Request[NoBody, NoParameters]) -> Response:
    """Make a client inactive; an inactive one stays as it is."""
    author = request.caller.author()
    return records.archive(request, lambda client: change.archive(client, author), show)


def restore_client(request: Request[NoBody, NoParameters]) -> Response:
    """Make a client active; an active one stays as it is."""
    author = request.caller.author()
    return records.change(request, lambda client: change.restore(client, author), show)

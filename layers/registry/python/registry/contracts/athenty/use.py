"""Athenty's endpoints for one client."""

from registry.contracts import records
from registry.contracts.athenty.mapping import show, to_record
from registry.contracts.athenty.wire import CreateClient, UpdateClient
from registry.domain import change
from registry.domain.client import Client, MemberType
from registry.domain.metadata import check
from registry.gateway.operation import NoParameters
from registry.gateway.repeated import Shown
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response


def create_client(request: Request[CreateClient, NoParameters]) -> Response:
    """Create a client; a business when its only name is a business name."""
    body = request.body.validated(check(request.body.raw))
    fields = to_record(body, None, request.caller)
    fields["member_type"] = fields.get("member_type") or _default_member_type(body)
    return records.create(request, change.create(request.caller.author(), **fields), show)


def get_client(request: Request[NoBody, NoParameters]) -> Response:
    """Retrieve a client, active or not."""
    return records.respond(request, records.get(request), show)


def update_client(request: Request[UpdateClient, NoParameters]) -> Response:
    """Change the fields that the body names; `active` archives or restores in the same write."""
    caller = request.caller

    def decide(client: Client) -> change.Change:
        shown = show(records.as_asked(client, request.path["id"]), caller)
        changes = request.body.against(Shown(shown.model_dump(by_alias=True)))
        body = changes.validated(check(changes.raw))
        archived = None if body.active is None else not body.active
        if archived:
            records.refuse_absorbed(request, client)
        fields = to_record(body, client, caller, changes.repeated)
        return change.update(client, caller.author(), archived=archived, **fields)

    return records.change(request, decide, show)


def archive_client(request: Request[NoBody, NoParameters]) -> Response:
    """Make a client inactive; an inactive one stays as it is."""
    author = request.caller.author()
    return records.archive(request, lambda client: change.archive(client, author), show)


def _default_member_type(body: CreateClient) -> MemberType:
    """The member type when the body has none: a business when its only name is a business name."""
    alone = body.business_name is not None and not (body.name_first or body.name_last)
    return MemberType.BUSINESS if alone else MemberType.INDIVIDUAL

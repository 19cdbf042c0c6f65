"""Hoursmith's endpoints for one client, and for the caller.

A deleted client of Hoursmith is an archived record. Hoursmith does not show archived clients,
whichever contract archived them: each of its endpoints responds that there is no such client.
"""

from registry.contracts import records
from registry.contracts.hoursmith.mapping import show, show_member, show_object, to_record
from registry.contracts.hoursmith.wire import CreateClient, MemberResponse, UpdateClient
from registry.domain import change
from registry.domain.client import Client
from registry.domain.errors import Conflict, NotFound
from registry.gateway.operation import NoParameters
from registry.gateway.repeated import Shown
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, json_response


def create_client(request: Request[CreateClient, NoParameters]) -> Response:
    """Create a client."""
    fields = to_record(request.body.validated(), None, request.caller)
    return records.create(request, change.create(request.caller.author(), **fields), show)


def get_client(request: Request[NoBody, NoParameters]) -> Response:
    """Retrieve a client."""
    return records.respond(request, _present(records.get(request)), show)


def update_client(request: Request[UpdateClient, NoParameters]) -> Response:
    """Change the fields that the body names; keep the rest, and all that Hoursmith does not show.

    Consent on file ends with the e-mail address or the phone number that it is about.
    """
    caller = request.caller

    def decide(client: Client) -> change.Change:
        present = _present(client)
        shown = show_object(records.as_asked(present, request.path["id"]), caller)
        changes = request.body.against(Shown(shown.model_dump(by_alias=True)))
        fields = to_record(changes.validated(), present, caller, changes.repeated)
        return change.update(present, caller.author(), **fields)

    return records.change(request, decide, show)


def delete_client(request: Request[NoBody, NoParameters]) -> Response:
    """Archive a client, after which Hoursmith no longer shows it."""
    author = request.caller.author()

    def decide(client: Client) -> change.Change:
        if not change.can_archive(_present(client)):
            raise Conflict("The client still has projects or invoices.")
        return change.archive(client, author)

    return records.archive(request, decide, show)


def get_me(request: Request[NoBody, NoParameters]) -> Response:
    """Retrieve the member, the workspace and the permissions of the token."""
    return json_response(200, MemberResponse(data=show_member(request.caller)))


def _present(client: Client) -> Client:
    """The client, unchanged.

    Raises:
        NotFound: the client is archived, so it is deleted in Hoursmith's terms.
    """
    if client.archived:
        raise NotFound
    return client

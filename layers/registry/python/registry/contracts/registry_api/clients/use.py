"""The registry's own endpoints for one client."""

from typing import Any, cast

from registry.contracts import records
from registry.contracts.registry_api.clients.mapping import (
    consents,
    phone_after,
    show,
    shown,
    to_record,
    with_texts,
)
from registry.contracts.registry_api.clients.rules import check
from registry.contracts.registry_api.clients.wire import CreateClient, UpdateClient
from registry.domain import change, document
from registry.domain.client import Client
from registry.domain.immutable import replace
from registry.domain.ledger import Source
from registry.gateway.operation import NoParameters
from registry.gateway.precondition import entity_tag
from registry.gateway.request import Body, BodyModel, NoBody, Request
from registry.gateway.response import Response


def create_client(request: Request[CreateClient, NoParameters]) -> Response:
    """Create a client; an external id is not claimed for it."""
    caller, sent = request.caller, _with_texts(request.body)
    phone = phone_after(sent.raw, None, caller)
    body = sent.validated(check(sent.raw, None, phone))
    created = change.create(
        caller.author(),
        consents(body),
        source=Source.ATTESTED,
        **to_record(body, phone),
    )
    return _tagged(records.create(request, created, show))


def get_client(request: Request[NoBody, NoParameters]) -> Response:
    """Read a client, archived or not."""
    return _tagged(records.respond(request, records.get(request), show))


def update_client(request: Request[UpdateClient, NoParameters]) -> Response:
    """Change the fields that the body names; what it repeats stays as it is."""
    caller, sent = request.caller, _with_texts(request.body)

    def decide(client: Client) -> change.Change:
        request.require(client.version)
        changes = sent.against(shown(client))
        phone = phone_after(changes.raw, client, caller, changes.repeated)
        body = changes.validated(check(changes.raw, client, phone))
        return change.update(
            client,
            caller.author(),
            consents(body),
            source=Source.ATTESTED,
            **to_record(body, phone, changes.repeated),
        )

    return _tagged(records.change(request, decide, show))


def archive_client(request: Request[NoBody, NoParameters]) -> Response:
    """Archive a client; an archived one stays as it is."""
    author = request.caller.author()

    def decide(client: Client) -> change.Change:
        request.require(client.version)
        return change.archive(client, author)

    return _tagged(records.archive(request, decide, show))


def restore_client(request: Request[NoBody, NoParameters]) -> Response:
    """Restore a client; an active one stays as it is."""
    author = request.caller.author()

    def decide(client: Client) -> change.Change:
        request.require(client.version)
        return change.restore(client, author)

    return _tagged(records.change(request, decide, show))


def _with_texts(body: Body[BodyModel]) -> Body[BodyModel]:
    """The body with the typed texts of phone and country in place of objects."""
    return replace(body, raw=with_texts(body.raw))


def _tagged(response: Response) -> Response:
    """The response with the version of the client in it as `ETag`.

    A recorded response is of an earlier version than the client may have by now, so that the text
    itself says which.
    """
    client = cast("dict[str, Any]", document.parse(response.body))
    headers = {**response.headers, "ETag": entity_tag(int(client["version"]))}
    return replace(response, headers=headers)

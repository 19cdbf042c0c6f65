"""The registry's own endpoints for erasures."""

from registry.contracts.records import replayed
from registry.contracts.registry_api.erasures.mapping import show, show_receipt
from registry.contracts.registry_api.erasures.wire import CreateErasure, ErasureObject, ErasureQuery
from registry.domain.erasure import Erasure, receipt
from registry.domain.identifiers import now
from registry.domain.immutable import replace
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, json_response, json_text
from registry.services.erasing import Erasing
from registry.services.leavings import all_leavings, backups_kept
from registry.store.clients import client_store
from registry.store.erasures import erasure_store

_DONE_BEFORE = 200


def create_erasure(request: Request[CreateErasure, ErasureQuery]) -> Response:
    """Erase a client; with `preview=true` nothing is done."""
    body, caller = request.body.validated(), request.caller
    erasing = Erasing(client_store(), erasure_store(), all_leavings(), backups_kept())
    if request.query.preview == "true":
        client, erasure, stores = erasing.preview(
            caller.tenant, body.client, caller.author(), body.reason
        )
        request.require(client.version)
        preview = receipt(caller.tenant, erasure, stores, now())
        return json_response(_DONE_BEFORE, show_receipt(preview))
    begun = erasing.begin(
        caller.tenant,
        body.client,
        caller.author(),
        body.reason,
        require=request.require,
        idempotency=request.idempotency,
        render=_recorded,
        status=request.operation.status,
    )
    if begun.replayed is not None:
        text = _replayed(begun.replayed, begun.erasure.reason)
        return replayed(request, request.operation.status, text)
    status = request.operation.status if begun.new else _DONE_BEFORE
    return json_response(status, show(begun.erasure))


def get_erasure(request: Request[NoBody, NoParameters]) -> Response:
    """Read a job, with its receipt when it is done."""
    erasure = erasure_store().get(request.caller.tenant, request.path["id"])
    return json_response(request.operation.status, show(erasure))


def _recorded(erasure: Erasure) -> str:
    """The text that is recorded under an idempotency key: without the reason.

    The reason is kept in the job alone, from which it is removed when the erasure is done.
    """
    return json_text(show(replace(erasure, reason=None)))


def _replayed(recorded: str, reason: str | None) -> str:
    """The recorded text with the reason that the job still has: the first response to the byte."""
    shown = ErasureObject.model_validate_json(recorded)
    return json_text(shown.model_copy(update={"reason": reason}))

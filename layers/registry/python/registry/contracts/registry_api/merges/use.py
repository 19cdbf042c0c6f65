"""The registry's own endpoints for merges."""

from registry.contracts.registry_api.merges.mapping import show, show_preview
from registry.contracts.registry_api.merges.wire import MergeClients, MergeQuery
from registry.domain.merging import Merge
from registry.gateway.operation import NoParameters
from registry.gateway.request import NoBody, Request
from registry.gateway.response import Response, json_response, json_text
from registry.services.merging import Asked, Merging, Outcome
from registry.store.clients import client_store
from registry.store.evidence import evidence_store
from registry.store.merges import merge_store
from registry.store.payment_methods import payment_method_store
from registry.store.sources import source_store
from registry.store.verdicts import verdict_store


def merge_clients(request: Request[MergeClients, MergeQuery]) -> Response:
    """Merge a client into another one; with `preview=true` nothing is written."""
    body, caller = request.body.validated(), request.caller
    asked = Asked(
        survivor=body.survivor,
        absorbed=body.absorbed,
        chosen=body.fields.model_fields_set,
        require=request.require,
    )
    if request.query.preview == "true":
        merge = _merging().preview(caller.tenant, asked, caller.author())
        return json_response(200, show_preview(merge))
    outcome = _merging().merge(
        caller.tenant,
        asked,
        caller.author(),
        render=_rendered,
        status=request.operation.status,
        idempotency=request.idempotency,
    )
    return _response(request, outcome)


def get_merge(request: Request[NoBody, NoParameters]) -> Response:
    """Read a merge, undone or not."""
    stored = merge_store().get(request.caller.tenant, request.path["id"])
    return json_response(request.operation.status, show(stored.merge))


def undo_merge(request: Request[NoBody, NoParameters]) -> Response:
    """Undo the latest merge of a client; one that is undone stays as it is."""
    caller = request.caller
    outcome = _merging().undo(
        caller.tenant,
        request.path["id"],
        caller.author(),
        render=_rendered,
        status=request.operation.status,
        idempotency=request.idempotency,
    )
    return _response(request, outcome)


def _merging() -> Merging:
    """The merges of this process."""
    return Merging(
        clients=client_store(),
        evidence=evidence_store(),
        merges=merge_store(),
        sources=source_store(),
        methods=payment_method_store(),
        verdicts=verdict_store(),
    )


def _rendered(merge: Merge) -> str:
    """The text of the response."""
    return json_text(show(merge))


def _response(
    request: Request[MergeClients, MergeQuery] | Request[NoBody, NoParameters], outcome: Outcome
) -> Response:
    """The response of an outcome, which names the replay header where it is a replay."""
    header = request.operation.dialect.replay_header
    return Response(outcome.status, outcome.body, {header: "true"} if outcome.replayed else {})

"""The registry's own endpoint for one pair."""

from registry.contracts.registry_api.matches.mapping import show
from registry.contracts.registry_api.matches.wire import JudgeMatch
from registry.gateway.operation import NoParameters
from registry.gateway.request import Request
from registry.gateway.response import Response, json_response
from registry.services.judging import Judging
from registry.store.pairs import pair_store
from registry.store.verdicts import verdict_store


def judge_match(request: Request[JudgeMatch, NoParameters]) -> Response:
    """Judge a pair; later changes of its clients do not overrule that."""
    body, caller = request.body.validated(), request.caller
    pair = Judging(pair_store(), verdict_store()).judge(
        caller.tenant,
        request.path["id"],
        caller.author(),
        dismissed=body.verdict == "dismissed",
    )
    return json_response(request.operation.status, show(pair))

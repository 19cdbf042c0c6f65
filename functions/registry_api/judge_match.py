"""Registry: `PUT /v1/matches/{id}`."""

from registry.contracts.registry_api.matches import use
from registry.contracts.registry_api.matches.operations import JUDGE_MATCH
from registry.contracts.registry_api.matches.wire import JudgeMatch
from registry.gateway.endpoint import endpoint
from registry.gateway.operation import NoParameters
from registry.gateway.request import Request
from registry.gateway.response import Response


@endpoint(JUDGE_MATCH)
def handler(request: Request[JudgeMatch, NoParameters]) -> Response:
    """Say of a pair that they are two clients, or leave it open."""
    return use.judge_match(request)

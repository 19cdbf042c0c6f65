"""The registry's own endpoints for pairs, declared."""

from registry.contracts.registry_api.clients.wire import PageQuery
from registry.contracts.registry_api.errors import REGISTRY
from registry.contracts.registry_api.matches.examples import DISMISS, PAGE, SURE
from registry.contracts.registry_api.matches.wire import (
    JudgeMatch,
    ListMatches,
    PairList,
    PairObject,
)
from registry.domain.errors import NotFound, RaceLost
from registry.gateway.operation import Access, Operation

_READ, _WRITE = ("clients:read",), ("matches:write",)

LIST_CLIENT_MATCHES = Operation(
    dialect=REGISTRY,
    name="list_client_matches",
    method="GET",
    path="/v1/clients/{id}/matches",
    summary="List the pairs of a client, newest first",
    scopes=_READ,
    query=PageQuery,
    response_model=PairList,
    access=(Access.READ_CLIENT, Access.LIST_CLIENT_PAIRS),
    errors=(NotFound,),
    examples=(PAGE,),
)
LIST_MATCHES = Operation(
    dialect=REGISTRY,
    name="list_matches",
    method="GET",
    path="/v1/matches",
    summary="List the pairs of clients that may be one and the same, newest first",
    scopes=_READ,
    query=ListMatches,
    response_model=PairList,
    access=(Access.LIST_PAIRS,),
    examples=(SURE,),
)
JUDGE_MATCH = Operation(
    dialect=REGISTRY,
    name="judge_match",
    method="PUT",
    path="/v1/matches/{id}",
    summary="Say of a pair that they are two clients, or leave it open",
    scopes=_WRITE,
    body=JudgeMatch,
    response_model=PairObject,
    access=(Access.JUDGE_PAIR,),
    errors=(NotFound, RaceLost),
    examples=(DISMISS,),
)
OPERATIONS = (LIST_CLIENT_MATCHES, LIST_MATCHES, JUDGE_MATCH)

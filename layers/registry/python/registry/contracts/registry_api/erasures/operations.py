"""The registry's own endpoints for erasures, declared."""

from registry.contracts.registry_api.erasures.examples import ERASE, PREVIEW
from registry.contracts.registry_api.erasures.wire import (
    CreateErasure,
    ErasureAnswer,
    ErasureObject,
    ErasureQuery,
)
from registry.contracts.registry_api.errors import REGISTRY
from registry.domain.errors import NotFound, RaceLost
from registry.gateway.operation import Access, IdempotencyKey, Operation

_PRIVACY = ("privacy:write",)

CREATE_ERASURE = Operation(
    dialect=REGISTRY,
    name="create_erasure",
    method="POST",
    path="/v1/erasures",
    summary="Erase a client with everything it left, or see what that would remove",
    scopes=_PRIVACY,
    query=ErasureQuery,
    body=CreateErasure,
    status=202,
    other_statuses=(200,),
    response_model=ErasureAnswer,
    access=(Access.ERASE_CLIENT,),
    idempotency_key=IdempotencyKey.OPTIONAL,
    if_match=True,
    errors=(NotFound, RaceLost),
    examples=(ERASE, PREVIEW),
)
GET_ERASURE = Operation(
    dialect=REGISTRY,
    name="get_erasure",
    method="GET",
    path="/v1/erasures/{id}",
    summary="Retrieve an erasure, with its receipt when it is done",
    scopes=_PRIVACY,
    response_model=ErasureObject,
    access=(Access.READ_ERASURE,),
    errors=(NotFound,),
)

OPERATIONS = (CREATE_ERASURE, GET_ERASURE)
"""All of them, by path."""

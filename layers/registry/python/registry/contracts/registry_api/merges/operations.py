"""The registry's own endpoints for merges, declared."""

from registry.contracts.registry_api.errors import REGISTRY
from registry.contracts.registry_api.merges.examples import LIST, MERGE, PREVIEW
from registry.contracts.registry_api.merges.wire import (
    ListMerges,
    MergeClients,
    MergeList,
    MergeObject,
    MergeQuery,
)
from registry.domain.errors import Conflict, NotFound
from registry.gateway.operation import Access, IdempotencyKey, Operation

_READ, _WRITE = ("clients:read",), ("matches:write",)

MERGE_CLIENTS = Operation(
    dialect=REGISTRY,
    name="merge_clients",
    method="POST",
    path="/v1/merges",
    summary="Merge a client into another one, or see what that would do",
    scopes=_WRITE,
    query=MergeQuery,
    body=MergeClients,
    status=201,
    other_statuses=(200,),
    response_model=MergeObject,
    access=(Access.MERGE_CLIENTS,),
    idempotency_key=IdempotencyKey.OPTIONAL,
    if_match=True,
    errors=(NotFound, Conflict),
    examples=(MERGE, PREVIEW),
)
LIST_MERGES = Operation(
    dialect=REGISTRY,
    name="list_merges",
    method="GET",
    path="/v1/merges",
    summary="List the merges of the workspace, newest first",
    scopes=_READ,
    query=ListMerges,
    response_model=MergeList,
    access=(Access.LIST_MERGES,),
    examples=(LIST,),
)
GET_MERGE = Operation(
    dialect=REGISTRY,
    name="get_merge",
    method="GET",
    path="/v1/merges/{id}",
    summary="Retrieve a merge",
    scopes=_READ,
    response_model=MergeObject,
    access=(Access.READ_MERGE,),
    errors=(NotFound,),
)
UNDO_MERGE = Operation(
    dialect=REGISTRY,
    name="undo_merge",
    method="POST",
    path="/v1/merges/{id}/undo",
    summary="Undo the latest merge of a client",
    scopes=_WRITE,
    response_model=MergeObject,
    access=(Access.READ_MERGE, Access.UNDO_MERGE),
    idempotency_key=IdempotencyKey.OPTIONAL,
    errors=(NotFound, Conflict),
)

OPERATIONS = (MERGE_CLIENTS, LIST_MERGES, GET_MERGE, UNDO_MERGE)
"""All of them, by path."""

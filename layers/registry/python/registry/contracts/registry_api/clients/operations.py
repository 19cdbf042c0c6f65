"""The registry's own endpoints, declared."""

from registry.contracts.registry_api.clients.examples import CREATE, FEED, GET, LIST, PAGE, UPDATE
from registry.contracts.registry_api.clients.wire import (
    ClientList,
    ClientObject,
    CreateClient,
    EvidenceList,
    Feed,
    History,
    ListClients,
    ListEvents,
    PageQuery,
    UpdateClient,
)
from registry.contracts.registry_api.errors import REGISTRY
from registry.domain.errors import Conflict, NotFound, RaceLost
from registry.gateway.operation import Access, IdempotencyKey, Operation

_READ, _WRITE = ("clients:read",), ("clients:write",)

CREATE_CLIENT = Operation(
    dialect=REGISTRY,
    name="create_client",
    method="POST",
    path="/v1/clients",
    summary="Create a client",
    scopes=_WRITE,
    body=CreateClient,
    status=201,
    response_model=ClientObject,
    access=(Access.CREATE_CLIENT,),
    idempotency_key=IdempotencyKey.OPTIONAL,
    etag=True,
    examples=(CREATE,),
)
LIST_CLIENTS = Operation(
    dialect=REGISTRY,
    name="list_clients",
    method="GET",
    path="/v1/clients",
    summary="List clients, or look them up by exact values",
    scopes=_READ,
    query=ListClients,
    response_model=ClientList,
    access=(
        Access.LIST_CLIENTS,
        Access.LIST_BY_STATUS,
        Access.LIST_BY_UPDATE,
        Access.LOOK_UP_CLIENTS,
    ),
    examples=(LIST,),
)
GET_CLIENT = Operation(
    dialect=REGISTRY,
    name="get_client",
    method="GET",
    path="/v1/clients/{id}",
    summary="Retrieve a client",
    scopes=_READ,
    response_model=ClientObject,
    access=(Access.READ_CLIENT,),
    etag=True,
    errors=(NotFound,),
    examples=(GET,),
)
UPDATE_CLIENT = Operation(
    dialect=REGISTRY,
    name="update_client",
    method="PATCH",
    path="/v1/clients/{id}",
    summary="Change a client by a JSON Merge Patch",
    scopes=_WRITE,
    body=UpdateClient,
    response_model=ClientObject,
    access=(Access.CHANGE_CLIENT, Access.RELEASE_EXTERNAL_ID),
    etag=True,
    if_match=True,
    errors=(NotFound, Conflict, RaceLost),
    examples=(UPDATE,),
)
ARCHIVE_CLIENT = Operation(
    dialect=REGISTRY,
    name="archive_client",
    method="DELETE",
    path="/v1/clients/{id}",
    summary="Archive a client",
    scopes=_WRITE,
    response_model=ClientObject,
    access=(Access.CHANGE_CLIENT,),
    etag=True,
    if_match=True,
    errors=(NotFound, Conflict, RaceLost),
)
RESTORE_CLIENT = Operation(
    dialect=REGISTRY,
    name="restore_client",
    method="POST",
    path="/v1/clients/{id}/restore",
    summary="Restore an archived client",
    scopes=_WRITE,
    response_model=ClientObject,
    access=(Access.CHANGE_CLIENT,),
    idempotency_key=IdempotencyKey.OPTIONAL,
    etag=True,
    if_match=True,
    errors=(NotFound,),
)
LIST_HISTORY = Operation(
    dialect=REGISTRY,
    name="list_history",
    method="GET",
    path="/v1/clients/{id}/history",
    summary="List the events of a client, newest first",
    scopes=_READ,
    query=PageQuery,
    response_model=History,
    access=(Access.READ_CLIENT, Access.LIST_EVENTS),
    errors=(NotFound,),
    examples=(PAGE,),
)
LIST_CONSENTS = Operation(
    dialect=REGISTRY,
    name="list_consents",
    method="GET",
    path="/v1/clients/{id}/consents",
    summary="List the evidence of a client's consents, newest first",
    scopes=_READ,
    query=PageQuery,
    response_model=EvidenceList,
    access=(Access.READ_CLIENT, Access.LIST_EVIDENCE),
    errors=(NotFound,),
    examples=(PAGE,),
)
LIST_EVENTS = Operation(
    dialect=REGISTRY,
    name="list_events",
    method="GET",
    path="/v1/events",
    summary="Read the feed of the workspace's events, oldest first",
    scopes=("events:read",),
    query=ListEvents,
    response_model=Feed,
    access=(Access.READ_FEED,),
    examples=(FEED,),
)
OPERATIONS = (
    CREATE_CLIENT,
    LIST_CLIENTS,
    GET_CLIENT,
    UPDATE_CLIENT,
    ARCHIVE_CLIENT,
    RESTORE_CLIENT,
    LIST_HISTORY,
    LIST_CONSENTS,
    LIST_EVENTS,
)

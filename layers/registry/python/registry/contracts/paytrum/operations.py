"""Paytrum's six endpoints, declared."""

from registry.contracts.paytrum.errors import PAYTRUM
from registry.contracts.paytrum.examples import CREATE, LIST, RETRIEVE, UPDATE
from registry.contracts.paytrum.wire import (
    ClientList,
    ClientObject,
    CreateClient,
    ListClients,
    UpdateClient,
)
from registry.domain.errors import Conflict, NotFound
from registry.domain.phone import load_numbers
from registry.gateway.operation import Access, IdempotencyKey, Operation

_READ, _WRITE = ("clients:read",), ("clients:write",)

CREATE_CLIENT = Operation(
    dialect=PAYTRUM,
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
    examples=(CREATE,),
    prepare=(load_numbers,),
)
GET_CLIENT = Operation(
    dialect=PAYTRUM,
    name="get_client",
    method="GET",
    path="/v1/clients/{id}",
    summary="Retrieve a client",
    scopes=_READ,
    response_model=ClientObject,
    access=(Access.FIND_LINK, Access.READ_CLIENT),
    errors=(NotFound,),
    examples=(RETRIEVE,),
)
LIST_CLIENTS = Operation(
    dialect=PAYTRUM,
    name="list_clients",
    method="GET",
    path="/v1/clients",
    summary="List clients, newest first",
    scopes=_READ,
    query=ListClients,
    response_model=ClientList,
    access=(Access.FIND_LINK, Access.READ_CLIENT, Access.LIST_CLIENTS, Access.LIST_BY_STATUS),
    examples=(LIST,),
)
UPDATE_CLIENT = Operation(
    dialect=PAYTRUM,
    name="update_client",
    method="PATCH",
    path="/v1/clients/{id}",
    summary="Change a client",
    scopes=_WRITE,
    body=UpdateClient,
    response_model=ClientObject,
    access=(Access.FIND_LINK, Access.CHANGE_CLIENT),
    idempotency_key=IdempotencyKey.OPTIONAL,
    errors=(NotFound, Conflict),
    examples=(UPDATE,),
    prepare=(load_numbers,),
)
ARCHIVE_CLIENT = Operation(
    dialect=PAYTRUM,
    name="archive_client",
    method="DELETE",
    path="/v1/clients/{id}",
    summary="Archive a client",
    scopes=_WRITE,
    response_model=ClientObject,
    access=(Access.FIND_LINK, Access.CHANGE_CLIENT),
    idempotency_key=IdempotencyKey.OPTIONAL,
    errors=(NotFound, Conflict),
)
RESTORE_CLIENT = Operation(
    dialect=PAYTRUM,
    name="restore_client",
    method="POST",
    path="/v1/clients/{id}/restore",
    summary="Restore an archived client",
    scopes=_WRITE,
    response_model=ClientObject,
    access=(Access.FIND_LINK, Access.CHANGE_CLIENT),
    idempotency_key=IdempotencyKey.OPTIONAL,
    errors=(NotFound,),
)

OPERATIONS = (
    CREATE_CLIENT,
    GET_CLIENT,
    LIST_CLIENTS,
    UPDATE_CLIENT,
    ARCHIVE_CLIENT,
    RESTORE_CLIENT,
)

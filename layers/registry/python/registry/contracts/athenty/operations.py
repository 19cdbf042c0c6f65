"""Athenty's five endpoints, declared."""

from registry.contracts.athenty.errors import ATHENTY
from registry.contracts.athenty.examples import BUSINESS, CHANGE, INDIVIDUAL, SEARCH
from registry.contracts.athenty.wire import (
    ClientList,
    ClientObject,
    CreateClient,
    ListClients,
    UpdateClient,
)
from registry.domain.errors import Conflict, NotFound, RaceLost
from registry.domain.phone import load_numbers
from registry.gateway.operation import Access, IdempotencyKey, Operation

_READ, _WRITE = ("clients:read",), ("clients:write",)

CREATE_CLIENT = Operation(
    dialect=ATHENTY,
    name="create_client",
    method="POST",
    path="/v2/api/clients",
    summary="Create a client record",
    scopes=_WRITE,
    body=CreateClient,
    status=201,
    response_model=ClientObject,
    access=(Access.CREATE_CLIENT,),
    idempotency_key=IdempotencyKey.OPTIONAL,
    examples=(INDIVIDUAL, BUSINESS),
    prepare=(load_numbers,),
)
LIST_CLIENTS = Operation(
    dialect=ATHENTY,
    name="list_clients",
    method="GET",
    path="/v2/api/clients",
    summary="List and search clients, by page number",
    scopes=_READ,
    query=ListClients,
    response_model=ClientList,
    access=(
        Access.SEARCH_CLIENTS,
        Access.LIST_BY_NAME,
        Access.FIND_BY_EXTERNAL_ID,
        Access.READ_VIEWS,
    ),
    heavy=True,
    examples=(SEARCH,),
)
GET_CLIENT = Operation(
    dialect=ATHENTY,
    name="get_client",
    method="GET",
    path="/v2/api/clients/{id}",
    summary="Retrieve a client",
    scopes=_READ,
    response_model=ClientObject,
    access=(Access.FIND_LINK, Access.READ_CLIENT),
    errors=(NotFound,),
)
UPDATE_CLIENT = Operation(
    dialect=ATHENTY,
    name="update_client",
    method="PATCH",
    path="/v2/api/clients/{id}",
    summary="Change, archive or restore a client",
    scopes=_WRITE,
    body=UpdateClient,
    response_model=ClientObject,
    access=(Access.FIND_LINK, Access.CHANGE_CLIENT, Access.RELEASE_EXTERNAL_ID),
    idempotency_key=IdempotencyKey.OPTIONAL,
    errors=(NotFound, Conflict, RaceLost),
    examples=(CHANGE,),
    prepare=(load_numbers,),
)
ARCHIVE_CLIENT = Operation(
    dialect=ATHENTY,
    name="archive_client",
    method="DELETE",
    path="/v2/api/clients/{id}",
    summary="Archive a client",
    scopes=_WRITE,
    response_model=ClientObject,
    access=(Access.FIND_LINK, Access.CHANGE_CLIENT),
    idempotency_key=IdempotencyKey.OPTIONAL,
    errors=(NotFound, Conflict, RaceLost),
)

OPERATIONS = (CREATE_CLIENT, LIST_CLIENTS, GET_CLIENT, UPDATE_CLIENT, ARCHIVE_CLIENT)

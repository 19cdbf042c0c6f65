"""Hoursmith's six endpoints, declared.

Scopes are not chosen for a token but follow from the role of its member: see
`registry.domain.credential.permissions`. A plain member has none.
"""

from registry.contracts.hoursmith.errors import HOURSMITH
from registry.contracts.hoursmith.examples import CREATE, LIST, ME, RETRIEVE, UPDATE
from registry.contracts.hoursmith.wire import (
    ClientList,
    ClientResponse,
    CreateClient,
    ListClients,
    MemberResponse,
    UpdateClient,
)
from registry.domain.errors import Conflict, NotFound, RaceLost
from registry.domain.phone import load_numbers
from registry.gateway.operation import Access, IdempotencyKey, Operation

_READ, _WRITE = ("clients:read",), ("clients:write",)

CREATE_CLIENT = Operation(
    dialect=HOURSMITH,
    name="create_client",
    method="POST",
    path="/api/v1/clients",
    summary="Create a client",
    scopes=_WRITE,
    body=CreateClient,
    status=201,
    response_model=ClientResponse,
    access=(Access.CREATE_CLIENT,),
    idempotency_key=IdempotencyKey.REQUIRED,
    examples=(CREATE,),
    prepare=(load_numbers,),
)
LIST_CLIENTS = Operation(
    dialect=HOURSMITH,
    name="list_clients",
    method="GET",
    path="/api/v1/clients",
    summary="List clients",
    scopes=_READ,
    query=ListClients,
    response_model=ClientList,
    access=(
        Access.LIST_BY_STATUS,
        Access.LIST_BY_NAME,
        Access.LIST_BY_UPDATE,
        Access.SEARCH_CLIENTS,
        Access.READ_VIEWS,
    ),
    heavy=True,
    examples=(LIST,),
)
GET_CLIENT = Operation(
    dialect=HOURSMITH,
    name="get_client",
    method="GET",
    path="/api/v1/clients/{id}",
    summary="Retrieve a client",
    scopes=_READ,
    response_model=ClientResponse,
    access=(Access.FIND_LINK, Access.READ_CLIENT),
    errors=(NotFound,),
    examples=(RETRIEVE,),
)
UPDATE_CLIENT = Operation(
    dialect=HOURSMITH,
    name="update_client",
    method="PATCH",
    path="/api/v1/clients/{id}",
    summary="Change a client",
    scopes=_WRITE,
    body=UpdateClient,
    response_model=ClientResponse,
    access=(Access.FIND_LINK, Access.CHANGE_CLIENT),
    errors=(NotFound, RaceLost),
    examples=(UPDATE,),
    prepare=(load_numbers,),
)
DELETE_CLIENT = Operation(
    dialect=HOURSMITH,
    name="delete_client",
    method="DELETE",
    path="/api/v1/clients/{id}",
    summary="Delete a client",
    scopes=_WRITE,
    response_model=ClientResponse,
    access=(Access.FIND_LINK, Access.CHANGE_CLIENT),
    errors=(NotFound, Conflict, RaceLost),
)
GET_ME = Operation(
    dialect=HOURSMITH,
    name="get_me",
    method="GET",
    path="/api/v1/me",
    summary="Retrieve the member a token acts as",
    scopes=(),
    response_model=MemberResponse,
    examples=(ME,),
)

OPERATIONS = (
    CREATE_CLIENT,
    LIST_CLIENTS,
    GET_CLIENT,
    UPDATE_CLIENT,
    DELETE_CLIENT,
    GET_ME,
)

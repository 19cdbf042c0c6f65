"""Hoursmith's six endpoints, declared.

Scopes are not chosen for a token but follow from the role of its member: see
`registry.domain.credential.permissions`. A plain member has none.
"""

from registry.contracts.hoursmith.errors import HOURSMITH
from registry.contracts.hoursmith.examples import CREATE, LIST, ME, RETRIEVE, UPDATE
from registry.contracts.hoursmith.query import ListClients
from registry.contracts.hoursmith.wire import (
    ClientAnswer,
    ClientList,
    CreateClient,
    MemberAnswer,
    UpdateClient,
)
from registry.domain.errors import Conflict, NotFound, RaceLost
from registry.gateway.operation import Keyed, Operation

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
    answer=ClientAnswer,
    keyed=Keyed.REQUIRED,
    examples=(CREATE,),
)
LIST_CLIENTS = Operation(
    dialect=HOURSMITH,
    name="list_clients",
    method="GET",
    path="/api/v1/clients",
    summary="List clients",
    scopes=_READ,
    query=ListClients,
    answer=ClientList,
    examples=(LIST,),
)
GET_CLIENT = Operation(
    dialect=HOURSMITH,
    name="get_client",
    method="GET",
    path="/api/v1/clients/{id}",
    summary="Retrieve a client",
    scopes=_READ,
    answer=ClientAnswer,
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
    answer=ClientAnswer,
    errors=(NotFound, RaceLost),
    examples=(UPDATE,),
)
DELETE_CLIENT = Operation(
    dialect=HOURSMITH,
    name="delete_client",
    method="DELETE",
    path="/api/v1/clients/{id}",
    summary="Delete a client",
    scopes=_WRITE,
    answer=ClientAnswer,
    errors=(NotFound, Conflict, RaceLost),
)
GET_ME = Operation(
    dialect=HOURSMITH,
    name="get_me",
    method="GET",
    path="/api/v1/me",
    summary="Retrieve the member a token acts as",
    scopes=(),
    answer=MemberAnswer,
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

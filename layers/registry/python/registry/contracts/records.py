"""What every contract does with the one record: create it, read it, change it, list it.

A contract brings its wire models and its rules; the order of reading, deciding, answering and
writing, which is what makes a create happen exactly once, is here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel

from registry.domain.change import Change
from registry.domain.client import Client
from registry.domain.errors import RaceLost
from registry.domain.idempotency import RecordedResponse
from registry.gateway.operation import Dialect
from registry.gateway.principal import Principal
from registry.gateway.request import Request
from registry.gateway.response import Response, json_response
from registry.store.clients import client_store

_ATTEMPTS = 5

Show = Callable[[Client], BaseModel]


def create(
    request: Request[Any, Any],
    caller: Principal,
    dialect: Dialect,
    change: Change,
    show: Show,
) -> Response:
    """Write a new client and answer 201 with it; or give the earlier answer again.

    The answer is made before it is written, because both are written together.
    """
    created = json_response(201, show(change.client))
    earlier = client_store().create(caller.tenant, change, request.remember(created))
    return replayed(earlier, dialect) if earlier else created


def change(
    request: Request[Any, Any],
    caller: Principal,
    dialect: Dialect,
    decide: Callable[[Client], Change],
    show: Show,
) -> Response:
    """Change the client at `{id}` and answer 200 with it; or give the earlier answer again.

    `decide` makes the change from the client as it is; when somebody else was faster it is asked
    again with what they left.

    Raises:
        NotFound: there is no such client.
        RaceLost: somebody else was faster every time.
    """
    client_id = request.path["id"]
    for _ in range(_ATTEMPTS):
        before, earlier = client_store().get_for_change(
            caller.tenant,
            client_id,
            request.idempotency,
        )
        if earlier:
            return replayed(earlier, dialect)
        decided = decide(before)
        given = json_response(200, show(decided.client))
        try:
            earlier = client_store().replace(
                caller.tenant,
                before,
                decided,
                request.remember(given),
            )
        except RaceLost:
            continue
        return replayed(earlier, dialect) if earlier else given
    raise RaceLost


def get(request: Request[Any, Any], caller: Principal) -> Client:
    """The client at `{id}`.

    Raises:
        NotFound: there is no such client.
    """
    return client_store().get(caller.tenant, request.path["id"])


def replayed(earlier: RecordedResponse, dialect: Dialect) -> Response:
    """An answer given before, to the byte, with the contract's header that says so."""
    headers: Mapping[str, str] = {dialect.replay_header: "true"}
    return Response(earlier.status, earlier.body, headers)

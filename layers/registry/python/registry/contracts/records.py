"""Create, read and change the client record for a request of any contract.

A contract brings its wire models, its rules and its mapping. The order of reading, deciding,
rendering and writing, which makes a create happen exactly once, is in `services/clients.py`.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel

from registry.domain.change import Change
from registry.domain.client import Client
from registry.domain.errors import Conflict, NotFound
from registry.domain.identifiers import is_id
from registry.domain.immutable import replace
from registry.domain.workspace import CONTRACTS
from registry.gateway.principal import Principal
from registry.gateway.request import Request
from registry.gateway.response import Response, json_response, json_text
from registry.services import clients
from registry.store.clients import client_store
from registry.store.links import link_store

Result = TypeVar("Result")
Show = Callable[[Client, Principal], BaseModel]


def create(request: Request[Any, Any], change: Change, show: Show) -> Response:
    """Write a new client and respond with it, or replay the response recorded under the key.

    The response is rendered before the write, because both are written together.

    Raises:
        IdempotencyMismatch: the key had been used for another request.
        IdempotencyInFlight: a request with the key is being carried out.
        ValueTaken: the external id is claimed by another client.
    """
    outcome = clients.create(
        client_store(),
        request.caller.tenant,
        change,
        render=_renderer(request, show),
        status=request.operation.status,
        idempotency=request.idempotency,
    )
    return _response(request, outcome)


def by_id(caller: Principal, asked: str, act: Callable[[str], Result]) -> Result:
    """The result of acting on the client that an id in a request stands for.

    A client is asked for by the registry's own id or by that of the contract's vendor, which may
    look like one of ours. So an id of our form is tried as it is first, and looked up where no
    client has it. The look-up takes a call, once for each id in the life of a process. The
    registry's own contract takes the registry's own ids alone. The id of a client that was absorbed
    stands for the one that absorbed it.

    Args:
        caller: the caller.
        asked: the id in the request.
        act: takes the client's own id; it raises `NotFound` where there is no such client.

    Raises:
        NotFound: the id stands for no client, or whatever `act` looks for is not there.
    """
    if not CONTRACTS[caller.contract].has_vendor_ids:
        return act(asked)
    links = link_store()
    if is_id(asked) and not links.is_known(caller.tenant, caller.contract, asked):
        try:
            return act(asked)
        except NotFound:
            return act(links.client_of(caller.tenant, caller.contract, asked))
    return act(links.client_of(caller.tenant, caller.contract, asked))


def as_asked(client: Client, asked: str) -> Client:
    """The client under the id by which the caller asked for it, to be shown."""
    return replace(client, id=asked)


def _as_asked(client: Client, asked: str, caller: Principal) -> Client:
    """The client under the id it was asked for; in the registry's own contract under its own."""
    return as_asked(client, asked) if CONTRACTS[caller.contract].has_vendor_ids else client


def as_listed(client: Client, caller: Principal) -> Client:
    """The client under the id by which the caller's integrations know it, to be shown."""
    return as_known(client, caller.contract)


def as_known(client: Client, contract: str) -> Client:
    """The client under the id by which the integrations of a contract know it, to be shown.

    That is the vendor's id of the contract where the client has one, else our own.
    """
    return replace(client, id=client.ids.get(contract, client.id))


def refuse_absorbed(request: Request[Any, Any], client: Client) -> None:
    """Refuse to take a client out of use by the id of one that it absorbed.

    Whoever tidies up a duplicate must not switch off the client that stays. An id that the door
    shows the client under is its own, also where it came with a client that was absorbed.

    Raises:
        Conflict: the id at `{id}` is that of an absorbed client; it names the one that stays.
    """
    shown = as_listed(client, request.caller).id
    if request.path["id"] not in {client.id, shown}:
        raise Conflict(f"It was merged into {shown}; archive that one, if it is meant.")


def archive(request: Request[Any, Any], decide: clients.Decide, show: Show) -> Response:
    """Take the client at `{id}` out of use, see `change`.

    Raises:
        Conflict: the id is that of an absorbed client, or from `decide`.
        NotFound, RaceLost: as `change`.
    """

    def unless_absorbed(client: Client) -> Change:
        refuse_absorbed(request, client)
        return decide(client)

    return change(request, unless_absorbed, show)


def change(request: Request[Any, Any], decide: clients.Decide, show: Show) -> Response:
    """Change the client at `{id}` and respond with it, or replay the recorded response.

    Raises:
        NotFound: there is no such client.
        RaceLost: another writer was first at every attempt.
    """
    asked = request.path["id"]
    outcome = by_id(
        request.caller,
        asked,
        lambda client_id: clients.change(
            client_store(),
            request.caller.tenant,
            client_id,
            decide,
            render=_renderer(request, show, asked),
            status=request.operation.status,
            idempotency=request.idempotency,
        ),
    )
    return located(request, outcome.client, _response(request, outcome))


def get(request: Request[Any, Any]) -> Client:
    """The client at `{id}`.

    Raises:
        NotFound: there is no such client.
    """
    store, tenant = client_store(), request.caller.tenant
    return by_id(request.caller, request.path["id"], lambda asked: store.get(tenant, asked))


def respond(request: Request[Any, Any], client: Client, show: Show) -> Response:
    """The response with the client at `{id}` as the contract shows it to the caller."""
    shown = show(_as_asked(client, request.path["id"], request.caller), request.caller)
    return located(request, client, json_response(request.operation.status, shown))


def located(request: Request[Any, Any], client: Client, response: Response) -> Response:
    """The response about the client at `{id}`, with the id it is about where that is another one.

    The registry's own contract shows a client under its own id alone; `Content-Location` tells a
    caller who asked for an absorbed client which one that is.
    """
    if CONTRACTS[request.caller.contract].has_vendor_ids or request.path["id"] == client.id:
        return response
    return replace(response, headers={**response.headers, "Content-Location": client.id})


def replayed(request: Request[Any, Any], status: int, body: str) -> Response:
    """The replay of a recorded response, byte for byte, with the contract's replay header."""
    return Response(status, body, {request.operation.dialect.replay_header: "true"})


def _renderer(request: Request[Any, Any], show: Show, asked: str | None = None) -> clients.Render:
    """The function that makes the text of a response, to be recorded with the write.

    `asked` is the id by which the client was asked for; None for a new client.
    """

    def render(client: Client) -> str:
        shown = client if asked is None else _as_asked(client, asked, request.caller)
        return json_text(show(shown, request.caller))

    return render


def _response(request: Request[Any, Any], outcome: clients.Outcome) -> Response:
    """The response of an outcome, which names the replay header where it is a replay."""
    if outcome.replayed:
        return replayed(request, outcome.status, outcome.body)
    return Response(outcome.status, outcome.body)

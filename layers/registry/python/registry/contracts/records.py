"""Create, read and change the client record for a request of any contract.

A contract brings its wire models, its rules and its mapping. The order of reading, deciding,
rendering and writing, which makes a create happen exactly once, is in `services/clients.py`.
"""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from registry.domain.change import Change
from registry.domain.client import Client
from registry.gateway.principal import Principal
from registry.gateway.request import Request
from registry.gateway.response import Response, json_response, json_text
from registry.services import clients
from registry.store.clients import client_store

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


def change(request: Request[Any, Any], decide: clients.Decide, show: Show) -> Response:
    """Change the client at `{id}` and respond with it, or replay the recorded response.

    Raises:
        NotFound: there is no such client.
        RaceLost: another writer was first at every attempt.
    """
    outcome = clients.change(
        client_store(),
        request.caller.tenant,
        request.path["id"],
        decide,
        render=_renderer(request, show),
        status=request.operation.status,
        idempotency=request.idempotency,
    )
    return _response(request, outcome)


def get(request: Request[Any, Any]) -> Client:
    """The client at `{id}`.

    Raises:
        NotFound: there is no such client.
    """
    return client_store().get(request.caller.tenant, request.path["id"])


def respond(request: Request[Any, Any], client: Client, show: Show) -> Response:
    """The response with a client as the contract shows it to the caller."""
    return json_response(request.operation.status, show(client, request.caller))


def replayed(request: Request[Any, Any], status: int, body: str) -> Response:
    """The replay of a recorded response, byte for byte, with the contract's replay header."""
    return Response(status, body, {request.operation.dialect.replay_header: "true"})


def _renderer(request: Request[Any, Any], show: Show) -> clients.Render:
    """The function that makes the text of a response, to be recorded with the write."""
    return lambda client: json_text(show(client, request.caller))


def _response(request: Request[Any, Any], outcome: clients.Outcome) -> Response:
    """The response of an outcome, which names the replay header where it is a replay."""
    if outcome.replayed:
        return replayed(request, outcome.status, outcome.body)
    return Response(outcome.status, outcome.body)

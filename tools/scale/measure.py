"""What a list costs at some size of a workspace, and what the functions on the stream cost.

The two functions on the stream are measured on a workspace of 100,000 clients: what a change costs
when it comes, and what it costs `index` later to take it from the overlay into its pack.
"""

import contextlib
import gc
import io
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast
from unittest import mock

from registry.domain.identifiers import new_id
from registry.matching.keys import all_keys_of
from registry.matching.weights import weights_in_force
from registry.projections.index import Index
from registry.projections.keys import Keys
from registry.projections.matches import Matches, MatchStores
from registry.projections.project import Project
from registry.projections.stream import ClientChange
from registry.services.packing import Packing
from registry.store.clients import ClientStore
from registry.store.events import EventStore
from registry.store.look_up_keys import LookUpKeyStore
from registry.store.pairs import PairStore
from registry.store.rows import ClientRows
from registry.store.verdicts import VerdictStore
from registry.store.views import ViewStore
from tools.generate.declarations import all_operations
from tools.scale.engine import TENANT, Cost, Engine
from tools.scale.people import PACK, client, client_with_address

SIZES = (10**3, 10**4, 10**5, 10**6)
_BATCHES = 20
_BATCH = 100

LISTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("paytrum", "newest", {}),
    ("athenty", "newest", {}),
    ("athenty", "a page in the middle", {"page": "middle", "limit": "100"}),
    ("athenty", "active businesses", {"active": "true", "memberType": "business"}),
    ("athenty", "by name", {"sort": "name"}),
    ("athenty", "by request count", {"sort": "request_count"}),
    ("athenty", "external id", {"externalId": "crm-1"}),
    ("athenty", "search, few found", {"search": "okonkwo ber"}),
    ("athenty", "search, many found", {"search": "smith"}),
    ("hoursmith", "newest", {}),
    ("hoursmith", "search, few found", {"search": "okonkwo ber"}),
    ("hoursmith", "search, many found", {"search": "smith"}),
    ("hoursmith", "changed since, by creation", {"updatedAtFrom": "2020-01-01T00:00:00Z"}),
    ("alternative_payments", "newest", {}),
    ("alternative_payments", "external id", {"external_id": "crm-1"}),
    ("alternative_payments", "name, many found", {"company_name": "smith"}),
    ("alternative_payments", "name, none found", {"company_name": "zzz"}),
)


def listed(contract: str, query: dict[str, str], size: int) -> tuple[Cost, float]:
    """What one list costs, and its processor seconds."""
    engine = engine_of(size)
    operation = next(
        each
        for each in all_operations()
        if each.dialect.contract == contract and each.name in {"list_clients", "list_customers"}
    )
    sent = dict(query)
    if sent.get("page") == "middle":
        sent["page"] = str(max(1, size // 200))
    event = _event(operation.method, operation.path, sent, contract)
    handler = __import__(f"{contract}.{operation.name}", fromlist=["handler"]).handler
    clients = ClientStore(cast("Any", engine), "clients", "")
    views = ViewStore(cast("Any", engine), "views")
    lists = f"registry.contracts.{contract}.lists"
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch(f"{lists}.client_store", return_value=clients))
        if contract != "paytrum":
            stack.enter_context(mock.patch(f"{lists}.view_store", return_value=views))
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        handler(event, _Unhurried())
        engine.cost = Cost()
        gc.collect()
        started = time.process_time()
        response = handler(event, _Unhurried())
        seconds = time.process_time() - started - engine.cost.own_seconds
    if response["statusCode"] != 200:  # noqa: PLR2004 - HTTP
        raise SystemExit(f"{contract}: {response['body']}")
    return engine.cost, seconds


class _Unhurried:
    """The context of an invocation that has time for pages that are made as they are read."""

    def get_remaining_time_in_millis(self) -> int:
        """A day."""
        return 86_400_000


def _no_endpoints(events: Sequence[object], *, again: bool = False) -> None:
    """What queues events for webhooks, where a workspace has none."""


def engine_of(size: int) -> Engine:
    """A workspace of this size, as `index` keeps it: with a full overlay where it has packs."""
    overlay = min(max(size // 100, 400), 3_000)
    passing = math.isqrt(size * 50)
    return Engine(size, packed=size > 4_000, overlay=overlay, passing=passing)  # noqa: PLR2004


def rates() -> Iterator[str]:
    """A line for each function on the stream and kind of change, on 100,000 clients."""
    size = 10**5
    engine = engine_of(size)
    packing = Packing(
        ViewStore(cast("Any", engine), "views"), ClientRows(cast("Any", engine), "clients")
    )
    stored = ClientStore(cast("Any", engine), "clients", "")
    projections: dict[str, Callable[[Sequence[ClientChange]], None]] = {
        "project": Project(EventStore(cast("Any", engine), "events"), _no_endpoints),
        "index": Index(packing, stored, tidy_every=10**9),
    }
    kinds = {"creates": size, "imports": 0}
    for name, projection in projections.items():
        for kind, first in kinds.items():
            batches = [_batch(first, number, size) for number in range(_BATCHES)]
            yield _line(name, kind, engine, projection, batches)

    yield _packing(size)
    yield from _matching()


def _matching() -> Iterator[str]:
    """What keys and pairs add to `index`: new clients of a workspace that has as many before them.

    Two packs that follow each other have texts of their own, so that nobody is made twice.
    """
    size = 2 * PACK
    engine = Engine(size, packed=True, overlay=400, make=client_with_address)
    clients = ClientStore(cast("Any", engine), "clients", "")
    keys = LookUpKeyStore(cast("Any", engine), "views")
    written = Keys(clients, keys, all_keys_of)
    written.rebuild(TENANT, map(client_with_address, range(PACK, size)))
    pairs = PairStore(cast("Any", engine), "views")
    stores = MatchStores(clients, keys, pairs, VerdictStore(cast("Any", engine), "links"))
    views = Index(
        Packing(
            ViewStore(cast("Any", engine), "views"), ClientRows(cast("Any", engine), "clients")
        ),
        clients,
        tidy_every=10**9,
    )
    parts: dict[str, Callable[[Sequence[ClientChange]], None]] = {
        "views": views,
        "look-up keys": Keys(clients, keys),
        "all keys": written,
        "pairs": Matches(stores, weights_in_force()),
    }
    batches = [
        [
            ClientChange(TENANT, None, client_with_address(number), live=True)
            for number in range(first, first + _BATCH)
        ]
        for first in range(size, size + _BATCHES * _BATCH, _BATCH)
    ]
    for name, projection in parts.items():
        yield _line(f"index, {name} alone", "creates", engine, projection, batches)


def _line(
    name: str,
    kind: str,
    engine: Engine,
    projection: Callable[[Sequence[ClientChange]], None],
    batches: Sequence[Sequence[ClientChange]],
) -> str:
    """The line of a projection that takes batches of changes."""
    engine.cost = Cost()
    started = time.process_time()
    for batch in batches:
        projection(batch)
    seconds = time.process_time() - started - engine.cost.own_seconds
    changes = sum(map(len, batches))
    return (
        f"| {name} | {kind} | {engine.cost.calls / changes:.1f} | "
        f"{engine.cost.read_units / changes:.1f} | {engine.cost.write_units / changes:.1f} | "
        f"{seconds / changes * 1000:.2f} | {changes / (seconds + engine.cost.waiting):,.0f} |"
    )


def _packing(size: int) -> str:
    """The line of taking the overlay into packs, where changes are spread over all of them."""
    overlay = size // 100 + 400
    engine = Engine(size, packed=True, overlay=overlay)
    packing = Packing(
        ViewStore(cast("Any", engine), "views"), ClientRows(cast("Any", engine), "clients")
    )
    packing.tidy(TENANT)
    engine.cost = Cost()
    started = time.process_time()
    flips = packing.tidy(TENANT)
    seconds = time.process_time() - started - engine.cost.own_seconds
    taken = flips * (overlay * 4_000 // size)
    return (
        f"| index | taken into packs, spread over all | {engine.cost.calls / taken:.1f} | "
        f"{engine.cost.read_units / taken:.1f} | "
        f"{engine.cost.write_units / taken:.1f} | {seconds / taken * 1000:.2f} | "
        f"{taken / (seconds + engine.cost.waiting):,.0f} |"
    )


def _batch(first: int, number: int, size: int) -> list[ClientChange]:
    """New clients: at the end of the workspace, or of any age."""
    changes = []
    for each in range(_BATCH):
        place = number * _BATCH + each
        like = client(first + place if first else place * 7_919 % size)
        at = like.created_at + timedelta(milliseconds=17)
        made = replace(like, id=new_id(at), created_at=at, updated_at=at)
        changes.append(ClientChange(TENANT, None, made, live=True))
    return changes


def _event(method: str, path: str, query: dict[str, str], contract: str) -> dict[str, Any]:
    """The event of a request by a caller who may do everything."""
    context = {
        "workspaceId": TENANT.workspace_id,
        "workspaceName": "Acme Holding",
        "region": "US",
        "timezone": "",
        "plan": "enterprise",
        "subscription": "active",
        "credentialId": "0192f0c1-2f3a-7cc0-9d2e-000000000001",
        "userId": "0192f0c1-2f3a-7cc0-9d2e-000000000002",
        "contract": contract,
        "mode": TENANT.mode,
        "role": "owner",
        "scopes": "*",
        "tokenPrefix": "abcdef",
        "rate": "50",
        "expiresAt": "",
        "consentKey": "c0" * 32,
        "cursorKey": "c5" * 32,
    }
    return {
        "httpMethod": method,
        "path": path,
        "resource": path,
        "headers": {},
        "multiValueHeaders": {},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": None,
        "body": None,
        "isBase64Encoded": False,
        "requestContext": {"authorizer": context, "requestId": "scale", "stage": "live"},
    }

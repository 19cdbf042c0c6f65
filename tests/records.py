"""Records that an operation is about, and that the example of its page or its path names."""

from dataclasses import replace

from registry.contracts.registry_api.erasures.examples import ERASE
from registry.contracts.registry_api.merges.examples import MERGE
from registry.contracts.registry_api.operations import OPERATIONS
from registry.domain.change import Author, create
from registry.domain.identifiers import new_id, now
from registry.domain.pair import Pair, Verdict
from registry.domain.tenant import Tenant
from registry.domain.webhook import DeliveryState, delivery_after
from registry.domain.workspace import Contract
from registry.gateway.operation import Operation
from registry.store.clients import client_store
from registry.store.deliveries import delivery_store
from registry.store.pairs import pair_store
from registry.store.webhooks import webhook_store
from tests.contract_client import ContractClient, caller
from tests.webhooks import attempt_at, endpoint_of

_PAIR = "/v1/matches/{id}"


def records_of(operation: Operation, tenant: Tenant) -> dict[str, str]:
    """Make the records that an operation is about; not the client at `/v1/clients/{id}`.

    Returns:
        The parameters in the operation's path by name; without those that name a client, a user or
        a payment method.
    """
    if operation.path == _PAIR:
        return {"id": _pair(tenant).id}
    if operation.path.startswith("/v1/merges"):
        return _merge(operation, tenant)
    if operation.path.startswith("/v1/erasures"):
        return _erasure(operation, tenant)
    if "/webhooks/{" in operation.path:
        return _webhook(operation, tenant)
    return {}


def _client(tenant: Tenant, client_id: str) -> None:
    """A client with an id that a page names."""
    change = create(Author("example", now()), name="Acme Co", email=f"{client_id}@acme.com")
    made = replace(change, client=replace(change.client, id=client_id))
    client_store().create(tenant, made)


def _clients_of_merge(tenant: Tenant) -> tuple[str, str]:
    """The two clients of the page's example."""
    body = MERGE.body or {}
    survivor, absorbed = str(body["survivor"]), str(body["absorbed"])
    for client_id in (survivor, absorbed):
        _client(tenant, client_id)
    return survivor, absorbed


def _pair(tenant: Tenant) -> Pair:
    pair = Pair(
        clients=_clients_of_merge(tenant),
        verdict=Verdict.SURE,
        score=20.5,
        reasons=(),
        at=now(),
        machine=Verdict.SURE,
    )
    pair_store().put(tenant, pair, None)
    return pair


def _merge(operation: Operation, tenant: Tenant) -> dict[str, str]:
    """The clients of the example, merged if the operation is about a merge."""
    _clients_of_merge(tenant)
    if "{id}" not in operation.path:
        return {}
    return {"id": _created("/v1/merges", MERGE.body, tenant)}


def _erasure(operation: Operation, tenant: Tenant) -> dict[str, str]:
    """The client of the example, erased if the operation is about an erasure."""
    body = ERASE.body or {}
    _client(tenant, str(body["client"]))
    if "{id}" not in operation.path:
        return {}
    return {"id": _created("/v1/erasures", body, tenant)}


def _created(path: str, body: object, tenant: Tenant) -> str:
    """The id of what a request to the registry's own contract creates."""
    of_tenant = {"workspaceId": tenant.workspace_id, "mode": str(tenant.mode)}
    client = ContractClient(OPERATIONS, caller("registry", **of_tenant))
    reply = client.send("POST", path, body)
    assert reply.status in {201, 202}, reply.text
    return str(reply.json["id"])


def _webhook(operation: Operation, tenant: Tenant) -> dict[str, str]:
    """A webhook of the operation's contract, and an event of which it was told."""
    contract = operation.dialect.contract
    kind = "customer_updated" if contract is Contract.ALTERNATIVE_PAYMENTS else "*"
    endpoint = endpoint_of(contract, types=(kind,))
    webhook_store().create(tenant, endpoint)
    if "{subscription_id}" in operation.path:
        return {"subscription_id": endpoint.id}
    if "{event_id}" not in operation.path:
        return {"id": endpoint.id}
    attempt = attempt_at(
        endpoint.id,
        f"{new_id()}.2",
        type="client.updated",
        state=DeliveryState.DELIVERED,
        status=200,
        next_attempt_at=None,
    )
    delivery_store().attempted(tenant, delivery_after(None, attempt), attempt)
    return {"id": endpoint.id, "event_id": attempt.event_id}

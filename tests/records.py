"""Records that an operation of the registry's own contract needs, and that no one call makes."""

from dataclasses import replace

from registry.contracts.registry_api.merges.examples import MERGE
from registry.contracts.registry_api.operations import OPERATIONS
from registry.domain.change import Author, create
from registry.domain.identifiers import now
from registry.domain.pair import Pair, Verdict
from registry.domain.tenant import Tenant
from registry.gateway.operation import Operation
from registry.store.clients import client_store
from registry.store.pairs import pair_store
from tests.contract_client import ContractClient, caller

_MERGES, _PAIR = "/v1/merges", "/v1/matches/{id}"


def record_of(operation: Operation, tenant: Tenant) -> str | None:
    """Make the two clients of the page's example, and their merge or their pair if it is named.

    Returns:
        The id in the operation's path; None where the path names none of these records.
    """
    if not operation.path.startswith(_MERGES) and operation.path != _PAIR:
        return None
    body = MERGE.body or {}
    survivor, absorbed = str(body["survivor"]), str(body["absorbed"])
    for client_id in (survivor, absorbed):
        change = create(Author("example", now()), name="Acme Co", email=f"{client_id}@acme.com")
        made = replace(change, client=replace(change.client, id=client_id))
        client_store().create(tenant, made)
    if operation.path == _PAIR:
        pair = Pair(
            clients=(survivor, absorbed),
            verdict=Verdict.SURE,
            score=20.5,
            reasons=(),
            at=now(),
            machine=Verdict.SURE,
        )
        pair_store().put(tenant, pair, None)
        return pair.id
    if "{id}" not in operation.path:
        return None
    client = ContractClient(OPERATIONS, caller("registry", workspaceId=tenant.workspace_id))
    return str(client.send("POST", _MERGES, body).json["id"])

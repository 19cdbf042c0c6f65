"""The ledgers of consent of a whole tenant, each with what its client says of it.

Clients and evidence lie apart in the tenant's partition, each in the order of clients' ids, and are
read side by side. So a client may have changed between the two reads; `of` reads one client again,
so that both are of one moment.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from registry.domain import deadline
from registry.domain.errors import RaceLost
from registry.domain.ledger import Evidence, Ledger
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.dynamodb import query, send

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

_ATTEMPTS = 8
_PAUSE_SECONDS = 0.05
_ALL = "CONSENT#"


class LedgerStore:
    """The ledgers of all tenants' clients, those of erased and absorbed ones among them."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Clients table."""
        self._client = client
        self._table = table

    def of(self, tenant: Tenant, client_id: str) -> Ledger:
        """The ledger of a client, as it was at one moment.

        Three calls, and more where the client is being changed. A client that is not there says
        nothing of its ledger.

        Raises:
            RaceLost: the client changed at every attempt.
        """
        before = self._client_item(tenant, client_id)
        for attempt in range(_ATTEMPTS):
            if attempt:
                deadline.pause(_PAUSE_SECONDS * 2**attempt)
            found = self._query(tenant, items.evidence_prefix(client_id))
            entries = tuple(map(items.read_evidence, found))
            after = self._client_item(tenant, client_id)
            if after == before:
                return _ledger(client_id, after, entries)
            before = after
        raise RaceLost

    def all(self, tenant: Tenant) -> Iterator[Ledger]:
        """The ledgers of all clients that have one, in the order of the clients' ids.

        A page of clients or of entries is read when the iterator reaches it.
        """
        evidence = map(items.read_evidence, self._query(tenant, _ALL))
        ledgers = groupby(evidence, key=lambda entry: entry.client_id)
        client_id, entries = _next(ledgers)
        for item in self._query(tenant, items.CLIENT):
            found = items.client_id_of(item)
            while client_id is not None and client_id < found:
                yield _ledger(client_id, {}, entries)
                client_id, entries = _next(ledgers)
            if client_id == found:
                yield _ledger(found, item, entries)
                client_id, entries = _next(ledgers)
            elif "ledger_head" in item:
                yield _ledger(found, item, ())
        while client_id is not None:
            yield _ledger(client_id, {}, entries)
            client_id, entries = _next(ledgers)

    def _client_item(self, tenant: Tenant, client_id: str) -> items.Item:
        """The item of a client, live or not; empty where there is none."""
        response = send(
            self._client.get_item,
            TableName=self._table,
            Key=items.client_key(tenant, client_id),
            ConsistentRead=True,
        )
        return response.get("Item", {})

    def _query(self, tenant: Tenant, beginning: str) -> Iterator[items.Item]:
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :partition AND begins_with(sk, :beginning)",
            "ExpressionAttributeValues": {
                ":partition": {"S": items.partition(tenant)},
                ":beginning": {"S": beginning},
            },
            "ConsistentRead": True,
        }
        return query(self._client, request)


def _next(ledgers: "groupby[str, Evidence]") -> tuple[str | None, tuple[Evidence, ...]]:
    """The next client with entries, and the entries; None after the last one."""
    client_id, entries = next(ledgers, (None, ()))
    return client_id, tuple(entries)


def _ledger(client_id: str, item: items.Item, entries: tuple[Evidence, ...]) -> Ledger:
    """A ledger, from its entries and the item of its client."""
    return Ledger(
        client_id=client_id,
        head=item["ledger_head"]["S"] if "ledger_head" in item else None,
        count=int(item["evidence_count"]["N"]) if "evidence_count" in item else 0,
        erased="erased_at" in item,
        entries=entries,
    )

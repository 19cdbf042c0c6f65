"""The evidence of consent in DynamoDB, as `store/clients.py` writes it beside each change."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from registry.domain.ledger import Evidence
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.dynamodb import dynamodb_client, query, table_name
from registry.store.listing import between

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

# Higher than every digit of an id.
_LAST = "~"


class EvidenceStore:
    """The ledgers of all tenants' clients."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Clients table."""
        self._client = client
        self._table = table

    def of(
        self,
        tenant: Tenant,
        client_id: str,
        *,
        before: str | None = None,
        at_once: int = 1_000,
    ) -> Iterator[Evidence]:
        """The entries of a client, newest first, read consistently.

        Args:
            tenant: the tenant of the client.
            client_id: the client.
            before: the id of an entry; only earlier ones than that.
            at_once: how many entries a call reads.
        """
        prefix = items.evidence_prefix(client_id)
        in_range, values = between("sk", prefix, prefix + (_LAST if before is None else before))
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": f"pk = :partition AND {in_range}",
            "ExpressionAttributeValues": {":partition": {"S": items.partition(tenant)}, **values},
            "ScanIndexForward": False,
            "ConsistentRead": True,
            "Limit": at_once,
        }
        entries = map(items.read_evidence, query(self._client, request))
        return (entry for entry in entries if entry.id != before)


@cache
def evidence_store() -> EvidenceStore:
    """The store of this process, over the table its environment names."""
    return EvidenceStore(dynamodb_client(), table_name("CLIENTS_TABLE"))

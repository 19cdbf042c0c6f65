"""How far the views have followed clients that were erased.

Views are made from the change stream by a function of their own, which may be behind. It leaves a
mark when it has taken a tombstone in, and with it everything that the client was before, so that an
erasure knows when nothing of the client will be added to a view any more.
"""

from functools import cache
from typing import TYPE_CHECKING

from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.dynamodb import dynamodb_client, send, table_name

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient


class IndexedStore:
    """The marks of all tenants' clients."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Views table."""
        self._client = client
        self._table = table

    def mark(self, tenant: Tenant, client_id: str, version: int) -> None:
        """Say that views have taken in this version of a client, and all before it. One call."""
        item = _key(tenant, client_id, version)
        send(self._client.put_item, TableName=self._table, Item=item)

    def has(self, tenant: Tenant, client_id: str, version: int) -> bool:
        """Whether views have taken in a version of a client. One call."""
        found = send(
            self._client.get_item,
            TableName=self._table,
            Key=_key(tenant, client_id, version),
            ConsistentRead=True,
        )
        return "Item" in found


@cache
def indexed_store() -> IndexedStore:
    """The store of this process, over the table its environment names."""
    return IndexedStore(dynamodb_client(), table_name("VIEWS_TABLE"))


def _key(tenant: Tenant, client_id: str, version: int) -> items.Item:
    place = f"{items.partition(tenant)}#INDEXED#{client_id}"
    return {"pk": {"S": place}, "sk": {"S": str(version)}}

"""Look-up keys in DynamoDB: which clients have a value.

A key is an item of its own for each client that has the value, under a partition for the value.
They are made from the clients, so that a key may be missing or left over for a moment: whoever
reads one reads its client, too. See `docs/data-model.md`, "Views".
"""

import hashlib
from collections.abc import Collection, Iterator
from functools import cache
from typing import TYPE_CHECKING

from registry.domain.look_up import LookUpKey
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.batch import batch_write
from registry.store.dynamodb import dynamodb_client, query, table_name

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef, WriteRequestTypeDef

# A key of a tenant's client: the tenant, the value, and the client's id.
Holder = tuple[Tenant, LookUpKey, str]


class LookUpKeyStore:
    """The look-up keys of all tenants' clients."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Views table."""
        self._client = client
        self._table = table

    def holders(
        self,
        tenant: Tenant,
        key: LookUpKey,
        *,
        before: str | None = None,
        at_once: int = 100,
    ) -> Iterator[str]:
        """Ids of the clients with a value, newest first, read consistently.

        A page of `at_once` ids is read when the iterator reaches it.

        Args:
            tenant: the tenant of the clients.
            key: the value.
            before: an id; only older clients than that.
            at_once: how many ids a call reads.
        """
        condition, values = "pk = :key", {":key": {"S": _partition(tenant, key)}}
        if before is not None:
            condition += " AND sk < :before"
            values[":before"] = {"S": before}
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": False,
            "ConsistentRead": True,
            "Limit": at_once,
        }
        for item in query(self._client, request):
            yield item["sk"]["S"]

    def write(self, put: Collection[Holder], delete: Collection[Holder]) -> None:
        """Write and delete keys; one that is there, or gone, already stays so.

        One call for every 25 keys.

        Raises:
            Throttled, Unavailable: some of them may have been written.
        """
        requests = [*map(_put, put), *map(_delete, delete)]
        batch_write(self._client, self._table, requests)


def _partition(tenant: Tenant, key: LookUpKey) -> str:
    """The partition of a value: SHA-256 of tenant, kind and value, so that any value fits."""
    of = "\n".join((items.partition(tenant), key.kind, key.value))
    return f"{items.partition(tenant)}#KEY#{hashlib.sha256(of.encode()).hexdigest()}"


def _key(tenant: Tenant, key: LookUpKey, client_id: str) -> items.Item:
    """The item of a key: nothing but its own key."""
    return {"pk": {"S": _partition(tenant, key)}, "sk": {"S": client_id}}


def _put(holder: Holder) -> "WriteRequestTypeDef":
    return {"PutRequest": {"Item": _key(*holder)}}


def _delete(holder: Holder) -> "WriteRequestTypeDef":
    return {"DeleteRequest": {"Key": _key(*holder)}}


@cache
def look_up_key_store() -> LookUpKeyStore:
    """The store of this process, over the table its environment names."""
    return LookUpKeyStore(dynamodb_client(), table_name("VIEWS_TABLE"))

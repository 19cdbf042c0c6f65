"""Stream records that a projection could not take: kept with both their images, for a later try.

See `docs/operations.md`, "Parked records".
"""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from registry.domain.identifiers import instant, now
from registry.domain.immutable import dataclass
from registry.store.dynamodb import dynamodb_client, query, send, table_name
from registry.store.parts import joined, split

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

    from registry.store.items import Item

# A record can hold what a person has asked to be erased, so it is not kept for ever.
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked stream record.

    Attributes:
        key: names it among the records that the same projection has parked.
        error: the class of the error.
        at: when it was parked, RFC 3339.
        record: the record as Lambda received it.
    """

    key: str
    error: str
    at: str
    record: Mapping[str, Any]


class ParkedStore:
    """The parked records of all projections, in the Events table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Events table."""
        self._client = client
        self._table = table

    def park(self, projection: str, key: str, record: Mapping[str, Any], error: Exception) -> None:
        """Keep a record; parking it again replaces it. One call for every 350 KB, compressed.

        The part that is read first is written last, so that a record is there whole or not at all.
        """
        at = now()
        common: Item = {
            "pk": {"S": _partition(projection)},
            "error": {"S": type(error).__name__},
            "at": {"S": instant(at)},
            "ttl": {"N": str(int((at + KEPT).timestamp()))},
        }
        parts = split(json.dumps(record))
        for number in reversed(range(len(parts))):
            sk: Item = {
                "sk": {"S": f"{key}#{number:04}"},
                "part": {"B": parts[number]},
                "parts": {"N": str(len(parts))},
            }
            send(self._client.put_item, TableName=self._table, Item=common | sk)

    def all(self, projection: str) -> Iterator[Parked]:
        """The records that a projection has parked, in the order of their keys."""
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :projection",
            "ExpressionAttributeValues": {":projection": {"S": _partition(projection)}},
            "ConsistentRead": True,
        }
        found = query(self._client, request)
        for key, parts in groupby(found, lambda item: item["sk"]["S"].rpartition("#")[0]):
            items = list(parts)
            if len(items) < int(items[0]["parts"]["N"]):
                continue
            record = json.loads(joined(item["part"]["B"] for item in items))
            yield Parked(key, items[0]["error"]["S"], items[0]["at"]["S"], record)

    def remove(self, projection: str, key: str) -> None:
        """Delete a record that is done."""
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :projection AND begins_with(sk, :key)",
            "ExpressionAttributeValues": {
                ":projection": {"S": _partition(projection)},
                ":key": {"S": f"{key}#"},
            },
            "ProjectionExpression": "pk, sk",
        }
        for item in list(query(self._client, request)):
            send(self._client.delete_item, TableName=self._table, Key=item)


@cache
def parked_store() -> ParkedStore:
    """The store of this process, over the table its environment names."""
    return ParkedStore(dynamodb_client(), table_name("EVENTS_TABLE"))


def _partition(projection: str) -> str:
    """The partition of a projection's parked records; no tenant's begins so."""
    return f"PARKED#{projection}"

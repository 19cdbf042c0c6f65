"""Clients as the rows that views have of them, read from the table itself."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from registry.domain.tenant import Tenant
from registry.store import items, listing
from registry.store.dynamodb import dynamodb_client, query, send, table_name
from registry.store.packs import Row, gone_row, live_row

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef


class ClientRows:
    """The rows of the clients of all tenants, those that are no longer live among them."""

    def __init__(self, client: "DynamoDBClient", clients: str) -> None:
        """Keep the connection and the name of the Clients table."""
        self._client = client
        self._clients = clients

    def all(self, tenant: Tenant, *, after: str = "") -> Iterator[Row]:
        """The rows of a tenant's clients, oldest first, read consistently.

        One call for each megabyte of clients.

        Args:
            tenant: whose clients.
            after: the id after which to begin; empty for the beginning.
        """
        low, high = listing.ids_beyond(after or None, (None, None), older=False)
        in_range, values = listing.between("sk", items.CLIENT + low, items.CLIENT + high)
        request: QueryInputTypeDef = {
            "TableName": self._clients,
            "KeyConditionExpression": f"pk = :partition AND {in_range}",
            "ExpressionAttributeValues": {":partition": {"S": items.partition(tenant)}, **values},
            "ProjectionExpression": "sk, version, status_pk, search_text, search_facets",
            "ConsistentRead": True,
        }
        return map(_row, query(self._client, request))

    def get(self, tenant: Tenant, client_id: str) -> Row | None:
        """The row of a client, read consistently; None for an unknown id. One call."""
        key = items.client_key(tenant, client_id)
        response = send(
            self._client.get_item, TableName=self._clients, Key=key, ConsistentRead=True
        )
        return _row(response["Item"]) if "Item" in response else None


@cache
def client_rows() -> ClientRows:
    """The rows of this process, over the table its environment names."""
    return ClientRows(dynamodb_client(), table_name("CLIENTS_TABLE"))


def _row(item: items.Item) -> Row:
    version = int(item["version"]["N"])
    if items.is_live(item):
        return live_row(items.SearchEntry(item), version)
    return gone_row(items.client_id_of(item), version)

"""Links in DynamoDB: which client a vendor's id stands for.

Every key of a link is built here. See `docs/data-model.md`, "Links".
"""

from functools import cache
from typing import TYPE_CHECKING

from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.dynamodb import dynamodb_client, send, table_name

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

_SK = "LINK"
# Source: `docs/data-model.md`, "Links".
MAX_VENDOR_ID_BYTES = 255


class LinkStore:
    """The links of all tenants."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Links table."""
        self._client = client
        self._table = table

    def client_of(self, tenant: Tenant, contract: str, vendor_id: str) -> str | None:
        """The id of the client that a vendor knows by this id, read consistently; None for none.

        One call; none for a text that is no vendor's id.
        """
        if not 0 < len(vendor_id.encode()) <= MAX_VENDOR_ID_BYTES:
            return None
        response = send(
            self._client.get_item,
            TableName=self._table,
            Key=link_key(tenant, contract, vendor_id),
            ConsistentRead=True,
        )
        return response["Item"]["client_id"]["S"] if "Item" in response else None


def link_key(tenant: Tenant, contract: str, vendor_id: str) -> items.Item:
    """The primary key of the link of a vendor's id; the item has `client_id`."""
    return {
        "pk": {"S": f"{items.partition(tenant)}#VENDOR#{contract}#{vendor_id}"},
        "sk": {"S": _SK},
    }


@cache
def link_store() -> LinkStore:
    """The store of this process, over the table its environment names."""
    return LinkStore(dynamodb_client(), table_name("LINKS_TABLE"))

"""Links in DynamoDB: which client a vendor's id stands for.

A link is written before its client, and is never pointed at another one; so what was read once is
true for as long as a process runs. See `docs/data-model.md`, "Links".
"""

import hmac
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from registry.domain.errors import NotFound
from registry.domain.tenant import Tenant
from registry.domain.vendor_id import is_vendor_id
from registry.store import items
from registry.store.batch import read_all
from registry.store.dynamodb import Outcome, WriteRefused, dynamodb_client, query, send, table_name

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

LINK = "LINK"
"""The sort key of a link."""

# Of links that a process has read. An entry takes some 300 bytes.
_REMEMBERED = 10_000
_ERASED = "ERASED"
_SEPARATOR = "\x1f"


class LinkStore:
    """The links of all tenants."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Links table."""
        self._client = client
        self._table = table
        self._read: dict[tuple[Tenant, str, str], str] = {}

    def client_of(self, tenant: Tenant, contract: str, vendor_id: str) -> str:
        """The id of the client that a vendor knows by this id.

        One call; none for a text that is no vendor's id, and for a link that was read before.

        Raises:
            NotFound: no vendor's client with this id has moved in.
        """
        if not is_vendor_id(vendor_id):
            raise NotFound
        asked = tenant, contract, vendor_id
        if asked not in self._read:
            found = self._read_link(tenant, contract, vendor_id)
            if len(self._read) >= _REMEMBERED:
                self._read.clear()
            self._read[asked] = found
        return self._read[asked]

    def is_known(self, tenant: Tenant, contract: str, vendor_id: str) -> bool:
        """Whether the link was read before, so that `client_of` takes no call."""
        return (tenant, contract, vendor_id) in self._read

    def all(self, tenant: Tenant, contract: str) -> Iterator[tuple[str, str]]:
        """The vendor's ids that are linked, each with its client's id, in the clients' order.

        They are read from an index, which follows within milliseconds; a page when the iterator
        reaches it.
        """
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "IndexName": "Listing",
            "KeyConditionExpression": "listing_pk = :vendor",
            "ExpressionAttributeValues": {":vendor": {"S": vendor_listing(tenant, contract)}},
            "ProjectionExpression": "pk, client_id",
        }
        beginning = vendor_partition(tenant, contract, "")
        for item in query(self._client, request):
            yield item["pk"]["S"].removeprefix(beginning), item["client_id"]["S"]

    def erased(
        self, tenant: Tenant, contract: str, vendor_ids: Sequence[str], key: bytes
    ) -> set[str]:
        """Those of a vendor's ids whose clients were erased, read consistently.

        One call for every 100 ids.

        Args:
            tenant: the tenant of the clients.
            contract: the vendor's.
            vendor_ids: different ids.
            key: the workspace's key for ids.
        """
        by_place = {
            erased_item(tenant, contract, vendor_id, key)["pk"]["S"]: vendor_id
            for vendor_id in vendor_ids
        }
        keys: list[items.Item] = [{"pk": {"S": place}, "sk": {"S": _ERASED}} for place in by_place]
        read = read_all(self._client, self._table, keys)
        return {by_place[item["pk"]["S"]] for item in read}

    def link(self, tenant: Tenant, contract: str, vendor_id: str, client_id: str) -> str:
        """Link a vendor's id to a client, unless it is linked already. One call.

        Returns:
            The id of the client that the vendor's id is linked to: the one of the first link.
        """
        item: items.Item = {
            **vendor_key(tenant, contract, vendor_id, LINK),
            "client_id": {"S": client_id},
            "listing_pk": {"S": vendor_listing(tenant, contract)},
            "listing_sk": {"S": client_id},
        }
        try:
            send(
                self._client.put_item,
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except WriteRefused as refused:
            (result,) = refused.results
            if result.outcome is not Outcome.CONDITION_FAILED:
                raise
            return result.item["client_id"]["S"]
        return client_id

    def _read_link(self, tenant: Tenant, contract: str, vendor_id: str) -> str:
        response = send(
            self._client.get_item,
            TableName=self._table,
            Key=vendor_key(tenant, contract, vendor_id, LINK),
            ConsistentRead=True,
        )
        if "Item" not in response:
            raise NotFound
        return response["Item"]["client_id"]["S"]


@cache
def link_store() -> LinkStore:
    """The store of this process, over the table its environment names."""
    return LinkStore(dynamodb_client(), table_name("LINKS_TABLE"))


def erased_item(tenant: Tenant, contract: str, vendor_id: str, key: bytes) -> items.Item:
    """What stays in place of the link of an erased client: nothing but its own primary key.

    It tells a later move that the client was erased, also where the vendor has corrected the date
    from which the client's id was made. The vendor's id cannot be read from it.

    Args:
        tenant: the tenant of the client.
        contract: the vendor's.
        vendor_id: the vendor's id of the client.
        key: the workspace's key for ids.
    """
    text = _SEPARATOR.join((_ERASED, contract, vendor_id)).encode()
    digest = hmac.digest(key, text, "sha256").hex()
    return {
        "pk": {"S": f"{items.partition(tenant)}#{_ERASED}#{contract}#{digest}"},
        "sk": {"S": _ERASED},
    }


def vendor_key(tenant: Tenant, contract: str, vendor_id: str, sk: str) -> items.Item:
    """The primary key of what is kept about a vendor's id of a client."""
    return {"pk": {"S": vendor_partition(tenant, contract, vendor_id)}, "sk": {"S": sk}}


def vendor_partition(tenant: Tenant, contract: str, vendor_id: str) -> str:
    """The partition of what is kept about a vendor's id of a client."""
    return f"{vendor_listing(tenant, contract)}#{vendor_id}"


def vendor_listing(tenant: Tenant, contract: str) -> str:
    """The partition of the index that lists all clients of a vendor."""
    return f"{items.partition(tenant)}#VENDOR#{contract}"

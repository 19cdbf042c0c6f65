"""What a client leaves behind in the table of links: vendors' ids, and what was moved in.

In place of an erased link stays a keyed hash of the vendor's id, so that a later move knows that
its client was erased, also where the vendor has corrected the date from which the client's id was
made. The id cannot be read from it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from registry.domain.erasure import Subject
from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant
from registry.domain.workspace import CONTRACTS
from registry.store import items
from registry.store.batch import batch_write, read_all
from registry.store.dynamodb import query
from registry.store.leavings import delete
from registry.store.links import LINK, erased_item, vendor_listing
from registry.store.sources import SOURCE

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

_VENDORS = tuple(each.contract.value for each in CONTRACTS.values() if each.has_vendor_ids)


@dataclass(frozen=True, slots=True)
class Sources:
    """What was moved in of a client, beside the links of its vendors' ids."""

    client: "DynamoDBClient"
    table: str
    store: str = "sources"
    redacts: bool = False

    def count(self, subject: Subject) -> int:
        """How many there are."""
        keys = [_beside(link, SOURCE) for _, link in linked(self.client, self.table, subject)]
        return len(_there(self.client, self.table, keys))

    def clear(self, subject: Subject) -> None:
        """Delete them. One call for every 25."""
        keys = [_beside(link, SOURCE) for _, link in linked(self.client, self.table, subject)]
        delete(self.client, self.table, keys)


@dataclass(frozen=True, slots=True)
class VendorLinks:
    """The links of vendors' ids, which lead to the sources and therefore go after them."""

    client: "DynamoDBClient"
    table: str
    store: str = "links"
    redacts: bool = False

    def count(self, subject: Subject) -> int:
        """How many there are."""
        return len(list(linked(self.client, self.table, subject)))

    def clear(self, subject: Subject) -> None:
        """Write what stays in place of each, and delete them. Two calls for every 25."""
        found = list(linked(self.client, self.table, subject))
        if subject.id_key:
            batch_write(
                self.client,
                self.table,
                [
                    {"PutRequest": {"Item": erased_item(subject.tenant, contract, vendor_id, key)}}
                    for contract, vendor_id, key in (
                        (contract, _vendor_id(subject.tenant, contract, link), subject.id_key)
                        for contract, link in found
                    )
                ],
            )
        delete(self.client, self.table, [_beside(link, LINK) for _, link in found])


def linked(
    client: "DynamoDBClient", table: str, subject: Subject
) -> Iterator[tuple[str, items.Item]]:
    """The links to clients, each with the vendor's contract.

    They are read from an index, which follows within milliseconds; a link is older than its client.
    """
    for contract in _VENDORS:
        for client_id in subject.client_ids:
            request: QueryInputTypeDef = {
                "TableName": table,
                "IndexName": "Listing",
                "KeyConditionExpression": "listing_pk = :vendor AND listing_sk = :client",
                "ExpressionAttributeValues": {
                    ":vendor": {"S": vendor_listing(subject.tenant, contract)},
                    ":client": {"S": client_id},
                },
                "ProjectionExpression": "pk",
            }
            for item in query(client, request):
                yield contract, item


def _vendor_id(tenant: Tenant, contract: str, link: items.Item) -> str:
    return link["pk"]["S"].removeprefix(f"{vendor_listing(tenant, contract)}#")


def _beside(link: items.Item, sk: str) -> items.Item:
    return {"pk": link["pk"], "sk": {"S": sk}}


def _there(client: "DynamoDBClient", table: str, keys: list[items.Item]) -> set[str]:
    """The partition keys of those items that are there. One call for every 100."""
    return {item["pk"]["S"] for item in read_all(client, table, keys, attributes="pk")}

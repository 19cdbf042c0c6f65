"""Persons' judgements of pairs in DynamoDB, which last whatever becomes of the pairs.

A judgement is kept under either client, so that all about one client is a single query. See
`docs/data-model.md`, "Links".
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from registry.domain.identifiers import instant, parse_instant
from registry.domain.pair import Judgement, in_order
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.dynamodb import dynamodb_client, query, table_name
from registry.store.transaction import Write, put, transact

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

# Before the client's id in the partition.
_KIND = "VERDICTS"
# Higher than what follows an id.
_AFTER = "~"


class VerdictStore:
    """The judgements of all tenants' pairs."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Links table."""
        self._client = client
        self._table = table

    def about(self, tenant: Tenant, client_id: str) -> Iterator[Judgement]:
        """What was said about a client's pairs, read consistently; one query."""
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :client",
            "ExpressionAttributeValues": {":client": {"S": _partition(tenant, client_id)}},
            "ConsistentRead": True,
        }
        for item in query(self._client, request):
            yield _read(client_id, item)

    def all(self, tenant: Tenant, after: str = "") -> Iterator[Judgement]:
        """What was said about all pairs, by their ids; a page when the iterator reaches it.

        Args:
            tenant: the tenant of the clients.
            after: an id of a client; only pairs whose older client is newer than that.
        """
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "IndexName": "Listing",
            "KeyConditionExpression": "listing_pk = :all AND listing_sk > :after",
            "ExpressionAttributeValues": {
                ":all": {"S": _listing(tenant)},
                ":after": {"S": f"{after}{_AFTER}"},
            },
        }
        for item in query(self._client, request):
            older = item["pk"]["S"].rpartition("#")[2]
            yield _read(older, item)

    def writes(self, tenant: Tenant, judgement: Judgement) -> tuple[Write, Write]:
        """The writes of a judgement, for a transaction. It takes the place of an earlier one."""
        older, newer = judgement.clients
        said: items.Item = {
            "dismissed": {"BOOL": judgement.dismissed},
            "by": {"S": judgement.by},
            "at": {"S": instant(judgement.at)},
        }
        listed: items.Item = {
            "listing_pk": {"S": _listing(tenant)},
            "listing_sk": {"S": ".".join(judgement.clients)},
        }
        return (
            put(self._table, {**_key(tenant, older, newer), **said, **listed}),
            put(self._table, {**_key(tenant, newer, older), **said}),
        )

    def put(self, tenant: Tenant, judgement: Judgement) -> None:
        """Write a judgement in the place of an earlier one. One call."""
        transact(self._client, self.writes(tenant, judgement))


def judgement_json(judgement: Judgement) -> dict[str, object]:
    """A judgement as JSON: what is exported."""
    return {
        "clients": list(judgement.clients),
        "dismissed": judgement.dismissed,
        "by": judgement.by,
        "at": instant(judgement.at),
    }


def read_judgement_json(value: Mapping[str, Any]) -> Judgement:
    """The inverse of `judgement_json`.

    Raises:
        KeyError, TypeError, ValueError: it is no such value.
    """
    older, newer = value["clients"]
    return Judgement((older, newer), value["dismissed"], value["by"], parse_instant(value["at"]))


def _read(client_id: str, item: items.Item) -> Judgement:
    return Judgement(
        in_order(client_id, item["sk"]["S"]),
        item["dismissed"]["BOOL"],
        item["by"]["S"],
        parse_instant(item["at"]["S"]),
    )


def _listing(tenant: Tenant) -> str:
    return f"{items.partition(tenant)}#{_KIND}"


def _partition(tenant: Tenant, client_id: str) -> str:
    return f"{items.partition(tenant)}#{_KIND}#{client_id}"


def _key(tenant: Tenant, client_id: str, other: str) -> items.Item:
    return {"pk": {"S": _partition(tenant, client_id)}, "sk": {"S": other}}


@cache
def verdict_store() -> VerdictStore:
    """The store of this process, over the table its environment names."""
    return VerdictStore(dynamodb_client(), table_name("LINKS_TABLE"))

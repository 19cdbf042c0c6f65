"""Pairs of clients in DynamoDB: of one client, and of a whole tenant newest first.

A pair is kept under either client, both written in one transaction; the one under the older client
is in the index of the tenant's pairs. They are made from the clients, and can be made again. See
`docs/data-model.md`, "Views".
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from registry.domain.errors import NotFound
from registry.domain.identifiers import instant, parse_instant
from registry.domain.immutable import replace
from registry.domain.pair import Level, Pair, Reason, Verdict, in_order
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.dynamodb import dynamodb_client, query, send, table_name
from registry.store.listing import between
from registry.store.transaction import Write, delete_if, put_if, put_new, transact

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef as Value
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

# Before the client's id, or the verdict, in a partition.
_KIND = "PAIRS"
# Lower than every place in a list of pairs.
_FIRST = "0"


class PairStore:
    """The pairs of all tenants' clients."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Views table."""
        self._client = client
        self._table = table

    def get(self, tenant: Tenant, clients: tuple[str, str]) -> Pair:
        """The pair of two clients, the older one first. One call.

        Raises:
            NotFound: they are no pair.
        """
        response = send(
            self._client.get_item,
            TableName=self._table,
            Key=_key(tenant, *clients),
            ConsistentRead=True,
        )
        if "Item" not in response:
            raise NotFound
        return _read(response["Item"])

    def of(self, tenant: Tenant, client_id: str) -> list[Pair]:
        """All pairs of a client, newest first, read consistently.

        A client has some hundred of them at most: it is compared with those that share a value
        with it which at most a hundred clients have.
        """
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :client",
            "ExpressionAttributeValues": {":client": {"S": _partition(tenant, client_id)}},
            "ConsistentRead": True,
        }
        pairs = map(_read, query(self._client, request))
        return sorted(pairs, key=place, reverse=True)

    def listed(
        self,
        tenant: Tenant,
        verdict: Verdict,
        *,
        before: str | None = None,
        at_once: int = 100,
    ) -> Iterator[Pair]:
        """The tenant's pairs with a verdict, newest first, from an index that follows at once.

        A page of `at_once` pairs is read when the iterator reaches it.

        Args:
            tenant: the tenant of the clients.
            verdict: the verdict.
            before: the place of a pair; only those behind it.
            at_once: how many pairs a call reads.
        """
        condition = "listing_pk = :listing"
        values: items.Item = {":listing": {"S": _listing(tenant, verdict)}}
        if before is not None:
            behind, more = between("listing_sk", _FIRST, before)
            condition, values = f"{condition} AND {behind}", values | more
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "IndexName": "Listing",
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": False,
            "Limit": at_once,
        }
        for item in query(self._client, request):
            if item["listing_sk"]["S"] != before:
                yield _read(item)

    def put(
        self,
        tenant: Tenant,
        pair: Pair,
        before: Pair | None,
        beside: Sequence[Write] = (),
    ) -> Pair:
        """Write a pair over the one that was read before; None for a new one. One call.

        Args:
            tenant: the tenant of the clients.
            pair: the pair.
            before: the pair as it was read.
            beside: what else is written, all or nothing.

        Returns:
            The pair as written, with its revision.

        Raises:
            RaceLost: it was written or deleted meanwhile.
        """
        revised = replace(pair, revision=1 if before is None else before.revision + 1)
        transact(self._client, [*self._writes(tenant, revised), *beside])
        return revised

    def remove(self, tenant: Tenant, pair: Pair) -> None:
        """Delete a pair as it was read. One call.

        Raises:
            RaceLost: it was written or deleted meanwhile.
        """
        revision: items.Item = {":revision": {"N": str(pair.revision)}}
        older, newer = pair.clients
        transact(
            self._client,
            [
                delete_if(self._table, _key(tenant, *ids), "revision = :revision", revision)
                for ids in ((older, newer), (newer, older))
            ],
        )

    def _writes(self, tenant: Tenant, pair: Pair) -> Iterator[Write]:
        """The writes of a pair over its revision before."""
        before: items.Item = {":before": {"N": str(pair.revision - 1)}}
        for item in _items(tenant, pair):
            if pair.revision == 1:
                yield put_new(self._table, item)
            else:
                yield put_if(self._table, item, "revision = :before", before)


def place(pair: Pair) -> str:
    """What lists of pairs go by: the instant of the verdict, then the clients."""
    return f"{instant(pair.at)}#{pair.id}"


def _items(tenant: Tenant, pair: Pair) -> tuple[items.Item, items.Item]:
    """The items of a pair, under its older client and under its newer one."""
    older, newer = pair.clients
    reasons = [[each.field, each.level, each.weight] for each in pair.reasons]
    said: items.Item = {
        "verdict": {"S": pair.verdict},
        "score": {"N": str(pair.score)},
        "reasons": {"S": json.dumps(reasons, separators=(",", ":"))},
        "judged_by": {"S": pair.judged_by},
        "at": {"S": instant(pair.at)},
        "revision": {"N": str(pair.revision)},
    }
    if pair.machine is not None:
        said["machine"] = {"S": pair.machine}
    listed: items.Item = {
        "listing_pk": {"S": _listing(tenant, pair.verdict)},
        "listing_sk": {"S": place(pair)},
    }
    return {**_key(tenant, older, newer), **said, **listed}, {**_key(tenant, newer, older), **said}


def _read(item: Mapping[str, "Value"]) -> Pair:
    """The pair of an item: the inverse of `_items`."""
    client_id = item["pk"]["S"].rpartition("#")[2]
    reasons = json.loads(item["reasons"]["S"])
    return Pair(
        clients=in_order(client_id, item["sk"]["S"]),
        verdict=Verdict(item["verdict"]["S"]),
        score=float(item["score"]["N"]),
        reasons=tuple(Reason(field, Level(level), weight) for field, level, weight in reasons),
        judged_by=item["judged_by"]["S"],
        at=parse_instant(item["at"]["S"]),
        machine=Verdict(item["machine"]["S"]) if "machine" in item else None,
        revision=int(item["revision"]["N"]),
    )


def _partition(tenant: Tenant, client_id: str) -> str:
    return f"{items.partition(tenant)}#{_KIND}#{client_id}"


def _listing(tenant: Tenant, verdict: Verdict) -> str:
    return f"{items.partition(tenant)}#{_KIND}#{verdict}"


def _key(tenant: Tenant, client_id: str, other: str) -> items.Item:
    return {"pk": {"S": _partition(tenant, client_id)}, "sk": {"S": other}}


@cache
def pair_store() -> PairStore:
    """The store of this process, over the table its environment names."""
    return PairStore(dynamodb_client(), table_name("VIEWS_TABLE"))

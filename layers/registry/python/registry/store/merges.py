"""Merges in DynamoDB: what each one did, and in which ones a client took part.

A merge is written in the transaction that merges its clients, see `services/merging.py`. Its head
is small, so that the index that lists a tenant's merges is, too. The clients as they were before
are beside it, compressed and in parts. See `docs/data-model.md`, "Merges".
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from registry.domain import document
from registry.domain.errors import NotFound
from registry.domain.identifiers import instant, is_id, parse_instant
from registry.domain.immutable import dataclass
from registry.domain.merging import Kept, Merge, Side, Why
from registry.domain.tenant import Tenant
from registry.domain.whole import client_json, read_client_json
from registry.store import items
from registry.store.batch import read_all
from registry.store.dynamodb import dynamodb_client, query, table_name
from registry.store.parts import joined, split
from registry.store.sources import Base, base_json, read_base
from registry.store.transaction import Write, put_if, put_new

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

HEAD = "MERGE"
"""The sort key of a merge's head."""
ERASED = "erased"
"""The attribute of the head of a merge whose clients were removed from it."""

_PART = "PART#"
# A merge has some parts only where its clients are of hundreds of kilobytes.
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class StoredMerge:
    """A merge, and what the moves compared the absorbed clients with when it was made."""

    merge: Merge
    bases: tuple[Base, ...] = ()


@dataclass(frozen=True, slots=True)
class Participation:
    """That a client took part in a merge.

    Attributes:
        merge_id: the merge.
        side: which of the two it was.
        undone: whether the merge was undone.
    """

    merge_id: str
    side: Side
    undone: bool


class MergeErased(NotFound):
    """One of the clients of the merge was erased, and what the merge kept of them with it."""


class MergeStore:
    """The merges of all tenants' clients."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Links table."""
        self._client = client
        self._table = table

    def get(self, tenant: Tenant, merge_id: str) -> StoredMerge:
        """One merge, read consistently. One call; none for a text that is no id.

        Raises:
            NotFound: there is none with this id.
            MergeErased: one of its clients was erased.
        """
        if not is_id(merge_id):
            raise NotFound
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :merge",
            "ExpressionAttributeValues": {":merge": {"S": merge_partition(tenant, merge_id)}},
            "ConsistentRead": True,
        }
        found = {item["sk"]["S"]: item for item in query(self._client, request)}
        if HEAD not in found:
            raise NotFound
        if ERASED in found.pop(HEAD):
            raise MergeErased
        return _read([found[name] for name in sorted(found)])

    def all(
        self,
        tenant: Tenant,
        *,
        before: str | None = None,
        oldest_first: bool = False,
        at_once: int = 100,
    ) -> Iterator[StoredMerge]:
        """Merges, newest first unless `oldest_first`.

        The index follows by milliseconds. Two calls for `at_once` of them, at most 100, when the
        iterator reaches them.

        Args:
            tenant: the tenant of the merges.
            before: the id of a merge; only earlier ones than that, or later ones.
            oldest_first: the order.
            at_once: how many are read together.
        """
        condition = "listing_pk = :merges"
        values: items.Item = {":merges": {"S": merge_listing(tenant)}}
        if before is not None:
            condition += f" AND listing_sk {'>' if oldest_first else '<'} :before"
            values[":before"] = {"S": before}
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "IndexName": "Listing",
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": oldest_first,
            "Limit": at_once,
        }
        heads = query(self._client, request)
        while batch := list(islice(heads, at_once)):
            yield from self._with_parts(batch)

    def by_survivor(self, tenant: Tenant) -> dict[str, list[str]]:
        """The ids of all merges by their survivors', each survivor's in order.

        A call for some 5,000 merges.
        """
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "IndexName": "Listing",
            "KeyConditionExpression": "listing_pk = :merges",
            "ExpressionAttributeValues": {":merges": {"S": merge_listing(tenant)}},
            "ProjectionExpression": "survivor_id, listing_sk",
        }
        found: dict[str, list[str]] = {}
        for head in query(self._client, request):
            found.setdefault(head["survivor_id"]["S"], []).append(head["listing_sk"]["S"])
        return found

    def of_client(self, tenant: Tenant, client_id: str) -> Iterator[Participation]:
        """In which merges a client took part, the latest first, read consistently. One call."""
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :client",
            "ExpressionAttributeValues": {":client": {"S": _client_partition(tenant, client_id)}},
            "ScanIndexForward": False,
            "ConsistentRead": True,
        }
        for item in query(self._client, request):
            yield Participation(item["sk"]["S"], Side(item["side"]["S"]), "undone" in item)

    def put(self, tenant: Tenant, stored: StoredMerge) -> list[Write]:
        """The writes of a merge that is not here yet."""
        written = (*_items(tenant, stored), *_participations(tenant, stored.merge))
        return [put_new(self._table, item) for item in written]

    def undo(self, tenant: Tenant, stored: StoredMerge) -> list[Write]:
        """The writes of a merge that is undone, over the one that is not; `RaceLost` if it is."""
        head, *parts = _items(tenant, stored)
        return [
            put_if(self._table, head, "attribute_exists(pk) AND attribute_not_exists(undone_at)"),
            *(
                put_if(self._table, item, "attribute_exists(pk)")
                for item in (*parts, *_participations(tenant, stored.merge))
            ),
        ]

    def _with_parts(self, heads: Sequence[items.Item]) -> list[StoredMerge]:
        """The merges of these heads, in their order."""
        keys: list[items.Item] = [
            {"pk": head["pk"], "sk": {"S": _part_key(number)}}
            for head in heads
            for number in range(int(head["parts"]["N"]))
        ]
        parts: dict[str, dict[str, items.Item]] = {}
        for item in read_all(self._client, self._table, keys):
            parts.setdefault(item["pk"]["S"], {})[item["sk"]["S"]] = item
        found = []
        for head in heads:
            its = parts.get(head["pk"]["S"], {})
            found.append(_read([its[name] for name in sorted(its)]))
        return found


@cache
def merge_store() -> MergeStore:
    """The store of this process, over the table its environment names."""
    return MergeStore(dynamodb_client(), table_name("LINKS_TABLE"))


def merge_partition(tenant: Tenant, merge_id: str) -> str:
    """The partition of a merge and of its parts."""
    return f"{items.partition(tenant)}#MERGE#{merge_id}"


def merge_listing(tenant: Tenant) -> str:
    """The partition of the index that lists a tenant's merges."""
    return f"{items.partition(tenant)}#MERGE"


def _client_partition(tenant: Tenant, client_id: str) -> str:
    return f"{items.partition(tenant)}#MERGES_OF#{client_id}"


def _participations(tenant: Tenant, merge: Merge) -> Iterator[items.Item]:
    """The items that say of both clients that they took part in a merge."""
    sides = ((Side.SURVIVOR, merge.survivor.id), (Side.ABSORBED, merge.absorbed.id))
    for side, client_id in sides:
        item: items.Item = {
            "pk": {"S": _client_partition(tenant, client_id)},
            "sk": {"S": merge.id},
            "side": {"S": side},
        }
        if merge.undone_at is not None:
            item["undone"] = {"BOOL": True}
        yield item


def _part_key(number: int) -> str:
    return f"{_PART}{number:0{_DIGITS}}"


def _items(tenant: Tenant, stored: StoredMerge) -> list[items.Item]:
    """The items of a merge: its head, and its parts."""
    merge = stored.merge
    partition = merge_partition(tenant, merge.id)
    parts = split(document.render(merge_json(stored)))
    head: items.Item = {
        "pk": {"S": partition},
        "sk": {"S": HEAD},
        "parts": {"N": str(len(parts))},
        "survivor_id": {"S": merge.survivor.id},
        "absorbed_id": {"S": merge.absorbed.id},
        "listing_pk": {"S": merge_listing(tenant)},
        "listing_sk": {"S": merge.id},
    }
    if merge.undone_at is not None:
        head["undone_at"] = {"S": instant(merge.undone_at)}
    further: list[items.Item] = [
        {"pk": {"S": partition}, "sk": {"S": _part_key(number)}, "part": {"B": part}}
        for number, part in enumerate(parts)
    ]
    return [head, *further]


def merge_json(stored: StoredMerge) -> dict[str, Any]:
    """A merge as JSON, as `document.render` takes it: what is kept of it, and exported."""
    merge = stored.merge
    return {
        "id": merge.id,
        "survivor": client_json(merge.survivor),
        "absorbed": client_json(merge.absorbed),
        "client": client_json(merge.client),
        "kept": {name: [each.side, each.why] for name, each in merge.kept.items()},
        "undone_at": instant(merge.undone_at) if merge.undone_at is not None else None,
        "stayed": list(merge.stayed),
        "bases": [base_json(base) for base in stored.bases],
    }


def read_merge_json(value: Mapping[str, Any]) -> StoredMerge:
    """The inverse of `merge_json`, of a value that `document.parse` made.

    Raises:
        KeyError, TypeError, ValueError: it is no such value.
    """
    undone_at = value["undone_at"]
    return StoredMerge(
        Merge(
            id=value["id"],
            survivor=read_client_json(value["survivor"]),
            absorbed=read_client_json(value["absorbed"]),
            client=read_client_json(value["client"]),
            kept={name: Kept(Side(side), Why(why)) for name, (side, why) in value["kept"].items()},
            undone_at=parse_instant(undone_at) if undone_at is not None else None,
            stayed=tuple(value["stayed"]),
        ),
        tuple(map(read_base, value["bases"])),
    )


def _read(parts: Sequence[items.Item]) -> StoredMerge:
    """The merge of its parts, in their order."""
    text = joined(part["part"]["B"] for part in parts)
    return read_merge_json(cast("Mapping[str, Any]", document.parse(text)))

"""What a client leaves behind in the table of events: its events, deliveries, parked changes."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from registry.domain.erasure import Subject
from registry.domain.immutable import dataclass
from registry.store import items
from registry.store.deliveries import DeliveryStore
from registry.store.dynamodb import query, send
from registry.store.event_items import events_partition
from registry.store.leavings import delete
from registry.store.parallel import side_by_side
from registry.store.parked import ParkedStore

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

NOTHING = "{}"
"""The values of an event that has none."""

# What is personal in the event of a payment method; its id and its type stay.
_OF_METHODS = ("brand", "bank_name", "last4", "exp_month", "exp_year", "holder_name")
_WITH_METHOD = " OR ".join(f"attribute_exists(#method.{name})" for name in _OF_METHODS)


@dataclass(frozen=True, slots=True)
class EventValues:
    """The values before and after in the events of clients. The events stay, each without any."""

    client: "DynamoDBClient"
    table: str
    store: str = "events"
    redacts: bool = True

    def count(self, subject: Subject) -> int:
        """How many events still have values."""
        return count_events(self._with_values(subject))

    def clear(self, subject: Subject) -> None:
        """Empty the events, and delete what held further values of large ones."""
        empty(self.client, self.table, self._with_values(subject))

    def _with_values(self, subject: Subject) -> Iterator[items.Item]:
        """The items of events that have values, and those with further values."""
        for client_id in subject.client_ids:
            request: QueryInputTypeDef = {
                "TableName": self.table,
                "KeyConditionExpression": "pk = :client",
                "FilterExpression": (
                    "attribute_exists(part) OR "
                    f"(attribute_exists(changed) AND changed <> :nothing) OR {_WITH_METHOD}"
                ),
                "ExpressionAttributeNames": {"#method": "method"},
                "ExpressionAttributeValues": {
                    ":client": {"S": events_partition(subject.tenant, client_id)},
                    ":nothing": {"S": NOTHING},
                },
                "ProjectionExpression": "pk, sk",
                "ConsistentRead": True,
            }
            yield from query(self.client, request)


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What became of events of clients for webhook endpoints, and every attempt at it."""

    deliveries: DeliveryStore
    store: str = "deliveries"
    redacts: bool = False

    def count(self, subject: Subject) -> int:
        """How many deliveries and attempts there are."""
        return sum(
            1 + len(delivery.attempted)
            for client_id in subject.client_ids
            for delivery in self.deliveries.erasable(subject.tenant, client_id)
        )

    def clear(self, subject: Subject) -> None:
        """Delete the attempts, and then what leads to them."""
        for client_id in subject.client_ids:
            self.deliveries.erase(subject.tenant, client_id)


@dataclass(frozen=True, slots=True)
class ParkedRecords:
    """The changes of clients that a projection could not take, with both their images.

    Attributes:
        parked: where they are.
        projections: the names of the projections that park records.
    """

    parked: ParkedStore
    projections: Sequence[str]
    store: str = "parked_records"
    redacts: bool = False

    def count(self, subject: Subject) -> int:
        """How many there are. One call for each megabyte that is parked, of all tenants."""
        return sum(1 for _ in self._found(subject))

    def clear(self, subject: Subject) -> None:
        """Delete them: their events will not be written, since a client that is erased has none."""
        for projection, key in list(self._found(subject)):
            self.parked.remove(projection, key)

    def _found(self, subject: Subject) -> Iterator[tuple[str, str]]:
        partition = items.partition(subject.tenant)
        ids = set(subject.client_ids)
        for projection in self.projections:
            for parked in self.parked.all(projection):
                keys = parked.record.get("dynamodb", {}).get("Keys", {})
                of_tenant = keys.get("pk", {}).get("S") == partition
                if of_tenant and ids & set(keys.get("sk", {}).get("S", "").split("#")):
                    yield projection, parked.key


def count_events(found: Iterable[items.Item]) -> int:
    """How many events items belong to, from the keys of the items."""
    return len({_event_of(item) for item in found})


def empty(client: "DynamoDBClient", table: str, found: Iterable[items.Item]) -> None:
    """Empty events, and then delete what held further values of large ones.

    Args:
        client: the connection.
        table: the Events table.
        found: the keys of items of events that have values, and of those with further values;
            some may stand there twice.
    """
    keys = {(item["pk"]["S"], item["sk"]["S"]): item for item in found}.values()
    side_by_side(partial(_empty, client, table, item) for item in keys if not _is_further(item))
    delete(client, table, [item for item in keys if _is_further(item)])


def _empty(client: "DynamoDBClient", table: str, key: items.Item) -> None:
    if not key["sk"]["S"][0].isdigit():
        send(
            client.update_item,
            TableName=table,
            Key=key,
            UpdateExpression="REMOVE " + ", ".join(f"#method.{name}" for name in _OF_METHODS),
            ExpressionAttributeNames={"#method": "method"},
        )
        return
    send(
        client.update_item,
        TableName=table,
        Key=key,
        UpdateExpression="SET changed = :nothing REMOVE part",
        ExpressionAttributeValues={":nothing": {"S": NOTHING}},
    )


def _is_further(item: items.Item) -> bool:
    """Whether an item holds further values of an event; events of methods begin with a letter."""
    sk = item["sk"]["S"]
    return sk[0].isdigit() and "#" in sk


def _event_of(item: items.Item) -> tuple[str, str]:
    """The client and the version of an event, from one of its items."""
    sk = item["sk"]["S"]
    return item["pk"]["S"], sk.partition("#")[0] if _is_further(item) else sk

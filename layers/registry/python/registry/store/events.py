"""The events of clients in DynamoDB, and the feed that orders them for a whole tenant.

An event is written once: its key follows from its id, which is the client with the version or the
payment method, and the key has to be free. Its entry in the feed is written in the same
transaction, so that an event is in the feed exactly once. See `docs/data-model.md`, "Events".
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from registry.domain import deadline
from registry.domain.event import AnyEvent, Event, PaymentMethodEvent
from registry.domain.identifiers import instant, now
from registry.domain.tenant import Tenant
from registry.store import event_items, items
from registry.store.batch import read_all
from registry.store.dynamodb import dynamodb_client, query, send, table_name
from registry.store.event_items import (
    EventItems,
    FeedEntry,
    event_key,
    events_partition,
    feed_partition,
    read_feed_entry,
)
from registry.store.listing import between
from registry.store.parts import PART_BYTES
from registry.store.transaction import transact

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

# Readers of the feed stop this long before the present. An entry carries the instant at which its
# write began, and a write that takes longer than `WRITE_SECONDS` is given up, so that no entry
# appears behind a reader.
SETTLED_SECONDS = 5
WRITE_SECONDS = 4

# Lower and higher than every place in the feed.
_FIRST, _LAST = "0", "~"
# Source: "TransactWriteItems", Amazon DynamoDB API Reference: 100 items and 4 MB a transaction.
_ITEMS_PER_TRANSACTION = 100
_BYTES_PER_TRANSACTION = 2_000_000


class AlreadyWritten(Exception):
    """An event of the transaction is there from before; nothing was written."""


class EventStore:
    """The events of all tenants' clients."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Events table."""
        self._client = client
        self._table = table

    def append(self, events: Sequence[tuple[Tenant, AnyEvent]]) -> int:
        """Write events, each with its entry in the feed, unless they are there from before.

        One call for some 50 events. When one of them is there from before, as after a batch that
        came twice, one call for each of these 50.

        Returns:
            The number of events that were not there before.

        Raises:
            Throttled, Unavailable: some of the events may have been written.
        """
        written = 0
        for group in _groups([EventItems(tenant, event) for tenant, event in events]):
            try:
                self._write(group)
                written += len(group)
            except AlreadyWritten:
                written += sum(map(self._write_if_new, group))
        return written

    def has(self, tenant: Tenant, client_id: str, version: int) -> bool:
        """Whether the event of a client's version is written. One call."""
        found = send(
            self._client.get_item,
            TableName=self._table,
            Key=event_items.version_key(tenant, client_id, version),
            ConsistentRead=True,
            ProjectionExpression="pk",
        )
        return "Item" in found

    def find(self, tenant: Tenant, event_id: str) -> tuple[AnyEvent, str] | None:
        """The event with an id, and its place in the feed; None where there is none.

        One call, and one more for an event that takes several items. No call for a text that is no
        id of an event.
        """
        key = event_key(tenant, event_id)
        if key is None:
            return None
        found = send(
            self._client.get_item, TableName=self._table, Key=key, ConsistentRead=True
        ).get("Item")
        if found is None:
            return None
        return self._read(found), event_items.place_of(found)

    def of(
        self,
        tenant: Tenant,
        client_id: str,
        *,
        before: int | None = None,
        at_once: int = 1_000,
    ) -> Iterator[Event]:
        """The events of a client's versions, newest first, read consistently.

        Args:
            tenant: the tenant of the client.
            client_id: the client.
            before: a version; only events of earlier ones than that.
            at_once: how many items a call reads; an event is one, a large event several.
        """
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :client AND sk < :end",
            "ExpressionAttributeValues": {
                ":client": {"S": events_partition(tenant, client_id)},
                ":end": {"S": event_items.end_of_versions(before)},
            },
            "ScanIndexForward": False,
            "ConsistentRead": True,
            "Limit": at_once,
        }
        return event_items.read_events(query(self._client, request))

    def behind(self, tenant: Tenant, client_id: str, event_id: str) -> list[FeedEntry]:
        """What happened to a client after an event, newest first, as the feed has it.

        Changes that webhooks are not told of are left out. One call for some thousand events.

        Args:
            tenant: the tenant of the client.
            client_id: the client.
            event_id: an event of the client; where there is none, nothing happened after it.
        """
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :client",
            "ExpressionAttributeValues": {":client": {"S": events_partition(tenant, client_id)}},
            "ProjectionExpression": "pk, sk, fed_at, #type, quiet",
            "ExpressionAttributeNames": {"#type": "type"},
            "ScanIndexForward": False,
            "ConsistentRead": True,
        }
        return event_items.entries_behind(query(self._client, request), event_id)

    def of_payment_methods(self, tenant: Tenant, client_id: str) -> list[PaymentMethodEvent]:
        """The events of a client's payment methods, newest first, read consistently.

        All are read: a client has a few payment methods.
        """
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :client AND begins_with(sk, :method)",
            "ExpressionAttributeValues": {
                ":client": {"S": events_partition(tenant, client_id)},
                ":method": {"S": event_items.METHOD},
            },
            "ConsistentRead": True,
        }
        events = map(event_items.read_payment_method_event, query(self._client, request))
        return sorted(events, key=lambda event: (event.at, event.id), reverse=True)

    def feed(
        self,
        tenant: Tenant,
        *,
        after: str = "",
        until: datetime | None = None,
        at_once: int = 1_000,
    ) -> "Iterator[FeedEntry]":
        """Entries of the feed, oldest first, read consistently.

        Args:
            tenant: the tenant of the feed.
            after: the place of an entry; only later ones than that.
            until: only entries that were written before this instant. Entries younger than
                `SETTLED_SECONDS` are not in their final order yet.
            at_once: how many entries a call reads.
        """
        in_range, values = between(
            "sk",
            after or _FIRST,
            _LAST if until is None else instant(until),
        )
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": f"pk = :feed AND {in_range}",
            "ExpressionAttributeValues": {
                ":feed": {"S": feed_partition(tenant)},
                **values,
            },
            "ConsistentRead": True,
            "Limit": at_once,
        }
        entries = map(read_feed_entry, query(self._client, request))
        return (entry for entry in entries if entry.place != after)

    def get_many(self, tenant: Tenant, entries: "Sequence[FeedEntry]") -> list[AnyEvent]:
        """The events of entries of the feed, in their order, read consistently.

        One call for every 100, and one more for each event that takes several items.
        """
        keys = [event_items.key_of(tenant, entry) for entry in entries]
        read = map(self._read, read_all(self._client, self._table, keys))
        found = {event.id: event for event in read}
        return [found[entry.event_id] for entry in entries if entry.event_id in found]

    def _read(self, item: items.Item) -> AnyEvent:
        """The event of an item, for which the further parts of a large one are read."""
        if item["sk"]["S"].startswith(event_items.METHOD):
            return event_items.read_payment_method_event(item)
        if item["sk"]["S"] == event_items.ENDPOINT:
            return event_items.read_endpoint_event(item)
        return event_items.read_event(item, self._further_parts(item))

    def _further_parts(self, item: items.Item) -> list[bytes]:
        """The parts of an event's values after the first; there are none after a short one."""
        if "part" not in item or len(item["part"]["B"]) < PART_BYTES:
            return []
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :client AND begins_with(sk, :version)",
            "ExpressionAttributeValues": {
                ":client": item["pk"],
                ":version": {"S": f"{item['sk']['S']}#"},
            },
            "ConsistentRead": True,
        }
        return [part["part"]["B"] for part in query(self._client, request)]

    def _write_if_new(self, entry: EventItems) -> bool:
        """Whether an event was written; False where it is there from before."""
        try:
            self._write([entry])
        except AlreadyWritten:
            return False
        return True

    def _write(self, entries: Sequence[EventItems]) -> None:
        """Write all entries in one transaction, with the present instant as their place.

        Raises:
            AlreadyWritten: one of them is there from before.
        """
        with deadline.at_most(WRITE_SECONDS):
            stamp = instant(now())
            writes = [
                write
                for entry in entries
                for write in entry.writes(self._table, stamp, _already_written)
            ]
            transact(self._client, writes)


@cache
def event_store() -> EventStore:
    """The store of this process, over the table its environment names."""
    return EventStore(dynamodb_client(), table_name("EVENTS_TABLE"))


def _groups(entries: Sequence[EventItems]) -> Iterator[list[EventItems]]:
    """The entries in groups that fit into a transaction each."""
    group: list[EventItems] = []
    for entry in entries:
        count = entry.count + sum(each.count for each in group)
        size = entry.bytes + sum(each.bytes for each in group)
        if group and (count > _ITEMS_PER_TRANSACTION or size > _BYTES_PER_TRANSACTION):
            yield group
            group = []
        group.append(entry)
    if group:
        yield group


def _already_written(_: items.Item) -> None:
    raise AlreadyWritten

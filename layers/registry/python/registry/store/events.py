"""The events of clients in DynamoDB, and the feed that orders them for a whole tenant.

An event is written once: its key is the client and the version, and the key has to be free. Its
entry in the feed is written in the same transaction, so that an event is in the feed exactly once.
See `docs/data-model.md`, "Events".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from registry.domain import deadline, document
from registry.domain.event import Event, EventType
from registry.domain.identifiers import instant, now, parse_instant
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.batch import batch_get
from registry.store.dynamodb import dynamodb_client, query, send, table_name
from registry.store.listing import between
from registry.store.parts import PART_BYTES, joined, split
from registry.store.transaction import Write, put_new, transact

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef as Value
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

# Readers of the feed stop this long before the present. An entry carries the instant at which its
# write began, and a write that takes longer than `WRITE_SECONDS` is given up, so that no entry
# appears behind a reader.
SETTLED_SECONDS = 5
WRITE_SECONDS = 4

_DIGITS = 10
# Texts of an event that it may be without.
_OPTIONAL = ("credential_id", "contract", "operator", "merge", "into", "absorbed")
# Lower and higher than every place in the feed.
_FIRST, _LAST = "0", "~"
# A text of this size costs more to compress than it saves.
_PLAIN_BYTES = 2_000
# Source: "TransactWriteItems", Amazon DynamoDB API Reference: 100 items and 4 MB a transaction.
_ITEMS_PER_TRANSACTION = 100
_BYTES_PER_TRANSACTION = 2_000_000


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry of the feed: the event that it names, and its place.

    Attributes:
        client_id, version: the event's client and the version that it is about.
        type: of the event.
        place: orders the entries of a tenant.
    """

    client_id: str
    version: int
    type: EventType
    place: str

    @property
    def event_id(self) -> str:
        """The id of the event."""
        return f"{self.client_id}.{self.version}"


class AlreadyWritten(Exception):
    """An event of the transaction is there from before; nothing was written."""


class EventStore:
    """The events of all tenants' clients."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Keep the connection and the name of the Events table."""
        self._client = client
        self._table = table

    def append(self, events: Sequence[tuple[Tenant, Event]]) -> int:
        """Write events, each with its entry in the feed, unless they are there from before.

        One call for some 50 events. When one of them is there from before, as after a batch that
        came twice, one call for each of these 50.

        Returns:
            The number of events that were not there before.

        Raises:
            Throttled, Unavailable: some of the events may have been written.
        """
        written = 0
        for group in _groups([_Entry(tenant, event) for tenant, event in events]):
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
            Key=_event_key(tenant, client_id, version),
            ConsistentRead=True,
            ProjectionExpression="pk",
        )
        return "Item" in found

    def of(
        self,
        tenant: Tenant,
        client_id: str,
        *,
        before: int | None = None,
        at_once: int = 1_000,
    ) -> Iterator[Event]:
        """The events of a client, newest first, read consistently.

        Args:
            tenant: the tenant of the client.
            client_id: the client.
            before: a version; only events of earlier ones than that.
            at_once: how many items a call reads; an event is one, a large event several.
        """
        condition = "pk = :client"
        values: items.Item = {":client": {"S": _client_partition(tenant, client_id)}}
        if before is not None:
            condition += " AND sk < :before"
            values[":before"] = {"S": _version_key(before)}
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ScanIndexForward": False,
            "ConsistentRead": True,
            "Limit": at_once,
        }
        return read_events(query(self._client, request))

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
            "ExpressionAttributeValues": {":feed": {"S": feed_partition(tenant)}, **values},
            "ConsistentRead": True,
            "Limit": at_once,
        }
        entries = map(_feed_entry, query(self._client, request))
        return (entry for entry in entries if entry.place != after)

    def get_many(self, tenant: Tenant, entries: "Sequence[FeedEntry]") -> list[Event]:
        """The events of up to 100 entries of the feed, in their order, read consistently.

        One call, and one more for each event that takes several items.
        """
        if not entries:
            return []
        keys = [_event_key(tenant, entry.client_id, entry.version) for entry in entries]
        read = batch_get(self._client, {self._table: {"Keys": keys, "ConsistentRead": True}})
        found = {}
        for item in read.get(self._table, []):
            event = _event(item, self._further_parts(item))
            found[event.id] = event
        return [found[entry.event_id] for entry in entries if entry.event_id in found]

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

    def _write_if_new(self, entry: "_Entry") -> bool:
        """Whether an event was written; False where it is there from before."""
        try:
            self._write([entry])
        except AlreadyWritten:
            return False
        return True

    def _write(self, entries: "Sequence[_Entry]") -> None:
        """Write all entries in one transaction, with the present instant as their place.

        Raises:
            AlreadyWritten: one of them is there from before.
        """
        with deadline.at_most(WRITE_SECONDS):
            stamp = instant(now())
            writes = [write for entry in entries for write in entry.writes(self._table, stamp)]
            transact(self._client, writes)


@cache
def event_store() -> EventStore:
    """The store of this process, over the table its environment names."""
    return EventStore(dynamodb_client(), table_name("EVENTS_TABLE"))


def feed_partition(tenant: Tenant) -> str:
    """The partition of a tenant's feed."""
    return f"{items.partition(tenant)}#FEED"


def read_events(found: "Iterable[items.Item]") -> Iterator[Event]:
    """The events of items that come newest first; the further parts of one come before it."""
    parts: list[bytes] = []
    for item in found:
        if "#" in item["sk"]["S"]:
            parts.insert(0, item["part"]["B"])
        else:
            yield _event(item, parts)
            parts = []


class _Entry:
    """An event and the items it is stored as."""

    def __init__(self, tenant: Tenant, event: Event) -> None:
        self._tenant = tenant
        self._event = event
        self._sk = _version_key(event.version)
        changed = document.render(event.changed)
        plain = len(changed.encode()) <= _PLAIN_BYTES
        self._plain = changed if plain else None
        self._parts = [] if plain else split(changed)
        self.count = 2 + max(0, len(self._parts) - 1)
        self.bytes = _PLAIN_BYTES + sum(map(len, self._parts))

    def writes(self, table: str, stamp: str) -> list[Write]:
        """The writes of the event, of the further parts of its values, and of its feed entry."""
        event = self._event
        partition = _client_partition(self._tenant, event.client_id)
        item: items.Item = {
            "pk": {"S": partition},
            "sk": {"S": self._sk},
            "type": {"S": event.type},
            "at": {"S": instant(event.at)},
            "fed_at": {"S": stamp},
        }
        for name in _OPTIONAL:
            if (text := getattr(event, name)) is not None:
                item[name] = {"S": text}
        if self._plain is not None:
            item["changed"] = {"S": self._plain}
        else:
            item["part"] = {"B": self._parts[0]}
        entry: items.Item = {
            "pk": {"S": feed_partition(self._tenant)},
            "sk": {"S": f"{stamp}#{event.client_id}#{self._sk}"},
            "type": {"S": event.type},
        }
        further: list[items.Item] = [
            {"pk": {"S": partition}, "sk": {"S": f"{self._sk}#{number}"}, "part": {"B": part}}
            for number, part in enumerate(self._parts[1:], 1)
        ]
        return [
            Write(put_new(table, item).request, _already_written),
            *(put_new(table, part) for part in further),
            put_new(table, entry),
        ]


def _already_written(_: items.Item) -> None:
    raise AlreadyWritten


def _groups(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    """The entries in groups that fit into a transaction each."""
    group: list[_Entry] = []
    for entry in entries:
        count = entry.count + sum(each.count for each in group)
        size = entry.bytes + sum(each.bytes for each in group)
        if group and (count > _ITEMS_PER_TRANSACTION or size > _BYTES_PER_TRANSACTION):
            yield group
            group = []
        group.append(entry)
    if group:
        yield group


def _version_key(version: int) -> str:
    return f"{version:0{_DIGITS}}"


def _event_key(tenant: Tenant, client_id: str, version: int) -> items.Item:
    return {
        "pk": {"S": _client_partition(tenant, client_id)},
        "sk": {"S": _version_key(version)},
    }


def _feed_entry(item: "Mapping[str, Value]") -> FeedEntry:
    _, client_id, version = item["sk"]["S"].split("#")
    return FeedEntry(client_id, int(version), EventType(item["type"]["S"]), item["sk"]["S"])


def _client_partition(tenant: Tenant, client_id: str) -> str:
    return f"{items.partition(tenant)}#{client_id}"


def _event(item: "Mapping[str, Value]", further: Sequence[bytes]) -> Event:
    """The event of an item and of the further parts of its values."""
    plain = item["changed"]["S"] if "changed" in item else None
    changed = plain if plain is not None else joined([item["part"]["B"], *further])
    return Event(
        client_id=item["pk"]["S"].rpartition("#")[2],
        version=int(item["sk"]["S"]),
        type=EventType(item["type"]["S"]),
        at=parse_instant(item["at"]["S"]),
        changed=cast("dict[str, list[Any]]", document.parse(changed)),
        **{name: _text(item, name) for name in _OPTIONAL},
    )


def _text(item: "Mapping[str, Value]", name: str) -> str | None:
    return item[name]["S"] if name in item else None

"""What a client leaves behind in merges that it took part in, undone ones too.

A merge keeps both clients as they were before, and each client's event of it has what it took from
the other one. The head of the merge stays: it names two ids, and says that the merge cannot be
undone.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from registry.domain.client import Channel, Client
from registry.domain.erasure import Subject
from registry.domain.immutable import dataclass
from registry.domain.ledger import Evidence, normalised
from registry.store import items
from registry.store.clients import ClientStore
from registry.store.dynamodb import query, send
from registry.store.event_items import events_partition
from registry.store.leavings import delete, entries, redact_entries
from registry.store.leavings_of_events import NOTHING, count_events, empty
from registry.store.listing import between
from registry.store.merges import ERASED, HEAD, MergeStore, merge_partition
from registry.store.verdicts import verdict_key, verdict_partition

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef


@dataclass(frozen=True, slots=True)
class Merges:
    """Both clients of a merge as they were before it, and what moves compared them with."""

    client: "DynamoDBClient"
    table: str
    store: str = "merges"
    redacts: bool = True

    def count(self, subject: Subject) -> int:
        """How many merges still hold their clients."""
        return sum(
            1
            for merge_id in _merges(self.client, self.table, subject)
            if self._parts(subject, merge_id)
        )

    def clear(self, subject: Subject) -> None:
        """Leave of each merge its head, which no list shows. Three calls for each."""
        for merge_id in _merges(self.client, self.table, subject):
            head: items.Item = {
                "pk": {"S": merge_partition(subject.tenant, merge_id)},
                "sk": {"S": HEAD},
            }
            send(
                self.client.update_item,
                TableName=self.table,
                Key=head,
                UpdateExpression=f"SET {ERASED} = :true REMOVE listing_pk, listing_sk",
                ExpressionAttributeValues={":true": {"BOOL": True}},
            )
            delete(self.client, self.table, self._parts(subject, merge_id))

    def _parts(self, subject: Subject, merge_id: str) -> list[items.Item]:
        """The keys of what a merge holds beside its head."""
        request: QueryInputTypeDef = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :merge",
            "ExpressionAttributeValues": {
                ":merge": {"S": merge_partition(subject.tenant, merge_id)}
            },
            "ProjectionExpression": "pk, sk",
            "ConsistentRead": True,
        }
        return [item for item in query(self.client, request) if item["sk"]["S"] != HEAD]


@dataclass(frozen=True, slots=True)
class EventsOfOthers:
    """The values in events of the other client, which was not erased, while the two were merged.

    Those are the events of the merge and of its undo, and all between them: what the one client had
    was the other's in the meantime.
    """

    client: "DynamoDBClient"
    links: str
    events: str
    store: str = "events_of_merges"
    redacts: bool = True

    def count(self, subject: Subject) -> int:
        """How many of these events still have values."""
        return count_events(self._with_values(subject))

    def clear(self, subject: Subject) -> None:
        """Empty them, and delete what held further values of large ones."""
        empty(self.client, self.events, self._with_values(subject))

    def _with_values(self, subject: Subject) -> Iterator[items.Item]:
        """The keys of events that have values, and of items with further values."""
        for merge_id in _merges(self.client, self.links, subject):
            for other in _others(self.client, self.links, subject, merge_id):
                of_merge = self._of_merge(subject, merge_id, other)
                if not of_merge:
                    continue
                # The items with further values of an event follow it.
                condition, ends = between("sk", of_merge[0], f"{of_merge[-1]}#~")
                request: QueryInputTypeDef = {
                    "TableName": self.events,
                    "KeyConditionExpression": f"pk = :client AND {condition}",
                    "FilterExpression": "attribute_exists(part) OR changed <> :nothing",
                    "ExpressionAttributeValues": {
                        ":client": {"S": events_partition(subject.tenant, other)},
                        **ends,
                        ":nothing": {"S": NOTHING},
                    },
                    "ProjectionExpression": "pk, sk",
                    "ConsistentRead": True,
                }
                yield from query(self.client, request)

    def _of_merge(self, subject: Subject, merge_id: str, other: str) -> list[str]:
        """The sort keys of the events of a merge and of its undo, in their order."""
        request: QueryInputTypeDef = {
            "TableName": self.events,
            "KeyConditionExpression": "pk = :client",
            "FilterExpression": "#merge = :merge",
            "ExpressionAttributeNames": {"#merge": "merge"},
            "ExpressionAttributeValues": {
                ":client": {"S": events_partition(subject.tenant, other)},
                ":merge": {"S": merge_id},
            },
            "ProjectionExpression": "sk",
            "ConsistentRead": True,
        }
        return [item["sk"]["S"] for item in query(self.client, request)]


@dataclass(frozen=True, slots=True)
class AddressesOfOthers:
    """The addresses and numbers that evidence on the other client has taken over in a merge.

    Consent goes with its address, so the other client's ledger has entries about it, also after an
    undo. One that the other client has itself is its own, and stays.
    """

    client: "DynamoDBClient"
    links: str
    clients: str
    store: str = "evidence_of_merges"
    redacts: bool = True

    def count(self, subject: Subject) -> int:
        """How many entries still have such an address."""
        return sum(1 for _ in self._entries(subject))

    def clear(self, subject: Subject) -> None:
        """Leave the keyed hash of each; the chain holds."""
        redact_entries(self.client, self.clients, subject, self._entries(subject))

    def _entries(self, subject: Subject) -> Iterator[items.Item]:
        others = {
            other
            for merge_id in _merges(self.client, self.links, subject)
            for other in _others(self.client, self.links, subject, merge_id)
        }
        if not others:
            return
        known = {
            value
            for client_id in subject.client_ids
            for item in entries(self.client, self.clients, subject.tenant, client_id)
            for value in _addresses(items.read_evidence(item))
        }
        store = ClientStore(self.client, self.clients, "")
        for other in store.in_any_state(subject.tenant, sorted(others), consistent=True):
            own = _own_addresses(other)
            for item in entries(self.client, self.clients, subject.tenant, other.id):
                entry = items.read_evidence(item)
                point = entry.contact_point
                if point is None or normalised(entry.channel, point) in own:
                    continue
                if not known.isdisjoint(_addresses(entry)):
                    yield item


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What persons said about pairs with a client, which is kept under both of them."""

    client: "DynamoDBClient"
    table: str
    store: str = "verdicts"
    redacts: bool = False

    def count(self, subject: Subject) -> int:
        """How many there are under the clients."""
        return sum(1 for _ in self._pairs(subject))

    def clear(self, subject: Subject) -> None:
        """Delete them under both clients, the erased one last, since it leads to the other."""
        for client_id, other in list(self._pairs(subject)):
            keys = [
                verdict_key(subject.tenant, other, client_id),
                verdict_key(subject.tenant, client_id, other),
            ]
            for key in keys:
                send(self.client.delete_item, TableName=self.table, Key=key)

    def _pairs(self, subject: Subject) -> Iterator[tuple[str, str]]:
        for client_id in subject.client_ids:
            request: QueryInputTypeDef = {
                "TableName": self.table,
                "KeyConditionExpression": "pk = :client",
                "ExpressionAttributeValues": {
                    ":client": {"S": verdict_partition(subject.tenant, client_id)}
                },
                "ProjectionExpression": "sk",
                "ConsistentRead": True,
            }
            for item in query(self.client, request):
                yield client_id, item["sk"]["S"]


def _addresses(entry: Evidence) -> set[str]:
    """What tells that two entries are about one address: its hash, and itself where it is there."""
    point = None if entry.contact_point is None else normalised(entry.channel, entry.contact_point)
    return {each for each in (entry.contact_point_hash, point) if each is not None}


def _own_addresses(client: Client) -> set[str | None]:
    """The e-mail address and the number that a client has, in the spelling that is compared."""
    email = None if client.email is None else normalised(Channel.EMAIL, client.email)
    return {email, None if client.phone is None else client.phone.e164}


def _others(client: "DynamoDBClient", table: str, subject: Subject, merge_id: str) -> set[str]:
    """The clients of a merge that are not erased."""
    found = send(
        client.get_item,
        TableName=table,
        Key={"pk": {"S": merge_partition(subject.tenant, merge_id)}, "sk": {"S": HEAD}},
        ConsistentRead=True,
    )
    head = found.get("Item", {})
    ids = {head[name]["S"] for name in ("survivor_id", "absorbed_id") if name in head}
    return ids - set(subject.client_ids)


def _merges(client: "DynamoDBClient", table: str, subject: Subject) -> list[str]:
    """The merges that one of the clients took part in, each once."""
    merges = MergeStore(client, table)
    found = (
        each.merge_id
        for client_id in subject.client_ids
        for each in merges.of_client(subject.tenant, client_id)
    )
    return list(dict.fromkeys(found))

"""What a client leaves behind in the tables of clients and of idempotency keys, beside its item.

Each kind can be counted and cleared. Clearing may be cut off anywhere and done again: what leads to
something is removed after it. Nothing is added meanwhile, since whatever adds to a client asks for
one that is live, and an erased client is not.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Protocol

from registry.domain.erasure import Subject
from registry.domain.immutable import dataclass
from registry.domain.ledger import hidden
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.batch import batch_write
from registry.store.dynamodb import WriteRefused, query, send
from registry.store.idempotency import client_partition, led_to
from registry.store.parallel import side_by_side

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef, WriteRequestTypeDef


RECORDED = "idempotency_records"
"""The name of the recorded responses in a receipt."""


class Leaving(Protocol):
    """One kind of what clients leave behind.

    Attributes:
        store: its name in a receipt, see `docs/privacy.md`.
        redacts: whether items stay without what is personal in them; else they are deleted.
    """

    @property
    def store(self) -> str: ...  # noqa: D102 - as above

    @property
    def redacts(self) -> bool: ...  # noqa: D102 - as above

    def count(self, subject: Subject) -> int:
        """How many items still hold something of the clients."""

    def clear(self, subject: Subject) -> None:
        """Remove it; nothing is done where nothing is left."""


@dataclass(frozen=True, slots=True)
class ItemsOfClients:
    """Items beside a client's in the Clients table that are deleted whole.

    Attributes:
        client, table: the connection, and the name of the Clients table.
        store: the name of the kind.
        kind: how the sort keys begin, before the client's id.
        keeping: the attributes that an item is left with before it is deleted, where the change
            stream tells of deletions by what the item was.
    """

    client: "DynamoDBClient"
    table: str
    store: str
    kind: str
    keeping: tuple[str, ...] = ()
    redacts: bool = False

    def count(self, subject: Subject) -> int:
        """How many items there are."""
        return sum(1 for _ in self._found(subject))

    def clear(self, subject: Subject) -> None:
        """Delete them. One call for every 25, two where something has to be kept until then."""
        found = list(self._found(subject))
        if self.keeping:
            bare: list[WriteRequestTypeDef] = [{"PutRequest": {"Item": item}} for item in found]
            batch_write(self.client, self.table, bare)
        delete(self.client, self.table, [{"pk": item["pk"], "sk": item["sk"]} for item in found])

    def _found(self, subject: Subject) -> Iterator[items.Item]:
        """The items, each with what it keeps of its attributes."""
        names = {f"#{number}": name for number, name in enumerate(("pk", "sk", *self.keeping))}
        for client_id in subject.client_ids:
            request: QueryInputTypeDef = {
                "TableName": self.table,
                "KeyConditionExpression": "#0 = :partition AND begins_with(#1, :beginning)",
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": {
                    ":partition": {"S": items.partition(subject.tenant)},
                    ":beginning": {"S": f"{self.kind}#{client_id}"},
                },
                "ProjectionExpression": ", ".join(names),
                "ConsistentRead": True,
            }
            yield from query(self.client, request)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses and numbers in evidence of consent: their keyed hashes stay.

    An entry of before there were hashes gets that of its address, if the workspace has a key. The
    hash of an entry does not cover the address, so the chain holds.
    """

    client: "DynamoDBClient"
    table: str
    store: str = "consent_evidence"
    redacts: bool = True

    def count(self, subject: Subject) -> int:
        """How many entries still have an address."""
        return sum(1 for _ in self._entries(subject))

    def clear(self, subject: Subject) -> None:
        """Remove the addresses. One call for each entry, side by side."""
        redact_entries(self.client, self.table, subject, self._entries(subject))

    def _entries(self, subject: Subject) -> Iterator[items.Item]:
        for client_id in subject.client_ids:
            for item in entries(self.client, self.table, subject.tenant, client_id):
                if "contact_point" in item:
                    yield item


@dataclass(frozen=True, slots=True)
class RecordedResponses:
    """The responses recorded under idempotency keys of requests that name a client.

    They become stubs until they expire: a repeated request finds its key in use and no response.
    """

    client: "DynamoDBClient"
    table: str
    store: str = RECORDED
    redacts: bool = True

    def count(self, subject: Subject) -> int:
        """How many records are found by the clients."""
        return len({led_to(key)[0] for key in self._found(subject)})

    def clear(self, subject: Subject) -> None:
        """Empty them. One call for each, and one for each further client that a record names."""
        for key in list(self._found(subject)):
            record, expires_at = led_to(key)
            self._empty(record, expires_at)
            if expires_at is not None:
                send(self.client.delete_item, TableName=self.table, Key={"pk": {"S": key}})

    def _found(self, subject: Subject) -> Iterator[str]:
        """The keys in the index of the items that name one of the clients."""
        for client_id in subject.client_ids:
            request: QueryInputTypeDef = {
                "TableName": self.table,
                "IndexName": "Client",
                "KeyConditionExpression": "client_pk = :client",
                "ExpressionAttributeValues": {
                    ":client": {"S": client_partition(subject.tenant, client_id)}
                },
            }
            for item in query(self.client, request):
                yield item["pk"]["S"]

    def _empty(self, record: str, expires_at: str | None) -> None:
        """Empty a record, unless its key is in use by a later one."""
        condition = "attribute_exists(pk)"
        values: items.Item = {":true": {"BOOL": True}}
        if expires_at is not None:
            condition = "expires_at = :expires_at"
            values[":expires_at"] = {"N": expires_at}
        try:
            send(
                self.client.update_item,
                TableName=self.table,
                Key={"pk": {"S": record}},
                UpdateExpression="SET erased = :true REMOVE body, #status, client_pk",
                ConditionExpression=condition,
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=values,
            )
        except WriteRefused:
            return


def entries(
    client: "DynamoDBClient", table: str, tenant: Tenant, client_id: str
) -> Iterator[items.Item]:
    """The entries of a client's ledger as items, read consistently."""
    request: QueryInputTypeDef = {
        "TableName": table,
        "KeyConditionExpression": "pk = :partition AND begins_with(sk, :ledger)",
        "ExpressionAttributeValues": {
            ":partition": {"S": items.partition(tenant)},
            ":ledger": {"S": items.evidence_prefix(client_id)},
        },
        "ConsistentRead": True,
    }
    return query(client, request)


def redact_entries(
    client: "DynamoDBClient", table: str, subject: Subject, found: Iterable[items.Item]
) -> None:
    """Remove the addresses of entries of ledgers. One call for each, side by side."""
    side_by_side(partial(_redact, client, table, subject, item) for item in list(found))


def _redact(client: "DynamoDBClient", table: str, subject: Subject, item: items.Item) -> None:
    entry = items.read_evidence(item)
    hashed = entry.contact_point_hash or hidden(entry, subject.consent_key).contact_point_hash
    key: items.Item = {"pk": item["pk"], "sk": item["sk"]}
    if hashed is None:
        send(
            client.update_item,
            TableName=table,
            Key=key,
            UpdateExpression="REMOVE contact_point",
        )
        return
    send(
        client.update_item,
        TableName=table,
        Key=key,
        UpdateExpression="SET contact_point_hash = :hash REMOVE contact_point",
        ExpressionAttributeValues={":hash": {"S": hashed}},
    )


def delete(client: "DynamoDBClient", table: str, keys: list[items.Item]) -> None:
    """Delete items by their keys. One call for every 25."""
    requests: list[WriteRequestTypeDef] = [{"DeleteRequest": {"Key": key}} for key in keys]
    batch_write(client, table, requests)

"""Erasures in DynamoDB: their jobs, and the transaction that makes tombstones of clients.

A job is listed with those of all tenants until it is done, so that what was interrupted is found
again, and with those of its tenant from then on. See `docs/data-model.md`, "Erasures".
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from registry.domain.client import Client
from registry.domain.erasure import Erasure, State
from registry.domain.errors import IdempotencyInFlight, NotFound
from registry.domain.idempotency import Idempotency, RecordedResponse
from registry.domain.identifiers import is_id
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.attributes import attributes_of
from registry.store.dynamodb import (
    WriteRefused,
    dynamodb_client,
    query,
    send,
    table_name,
)
from registry.store.idempotency import lookup, record, record_key
from registry.store.transaction import Write, delete, put, put_new, put_over, transact

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef as Value
    from types_boto3_dynamodb.type_defs import QueryInputTypeDef

_JOB = "JOB"
# Of the erasures of all tenants that are not done; there are few.
_UNFINISHED = "ERASURE_UNFINISHED"
_OF_TOMBSTONE = "erasure_id"
# Its counts are numbers and its receipt is JSON; both are written here.
_ATTRIBUTES = attributes_of(Erasure, in_key=frozenset({"id", "counts", "receipt"}))


class ErasureStore:
    """The erasures of all tenants' clients."""

    def __init__(
        self, client: "DynamoDBClient", clients: str, links: str, idempotency: str = ""
    ) -> None:
        """Keep the connection and the names of the tables."""
        self._client = client
        self._clients = clients
        self._links = links
        self._idempotency = idempotency

    def begin(
        self,
        tenant: Tenant,
        erasure: Erasure,
        clients: Sequence[tuple[Client, Client]],
        response: RecordedResponse | None = None,
    ) -> RecordedResponse | None:
        """Write a job, and tombstones in place of its clients. One call.

        Args:
            tenant: the tenant of the clients.
            erasure: the job.
            clients: each client as it was read, and its tombstone.
            response: the response to record under an idempotency key.

        Returns:
            The response recorded earlier under the key, when there is one; then nothing is written.

        Raises:
            RaceLost: a client is no longer as it was read.
            IdempotencyMismatch, IdempotencyInFlight: as for a create.
        """
        writes = record(self._idempotency, response, IdempotencyInFlight)
        for before, after in clients:
            state = items.LIVE if before.live else items.REDIRECT
            writes += self._entombed(tenant, erasure, before, after, state)
        writes.append(put_new(self._links, self._unfinished(tenant, erasure)))
        return transact(self._client, writes)

    def begin_again(
        self, tenant: Tenant, erasure: Erasure, clients: Sequence[tuple[Client | None, Client]]
    ) -> None:
        """Erase clients that a restore from a backup has brought back, under the same job.

        One call. The job may have come back as well, or not.

        Args:
            tenant: the tenant of the clients.
            erasure: the job.
            clients: each client as it was read, live or not, None where there is none any more; and
                its tombstone.

        Raises:
            RaceLost: a client is no longer as it was read.
        """
        writes: list[Write] = []
        for before, after in clients:
            writes += self._entombed(tenant, erasure, before, after, "attribute_exists(pk)")
        writes.append(put(self._links, self._unfinished(tenant, erasure)))
        transact(self._client, writes)

    def get(self, tenant: Tenant, erasure_id: str) -> Erasure:
        """A job, read consistently. One call; none for a text that is no id.

        Raises:
            NotFound: there is none in this workspace and mode.
        """
        if not is_id(erasure_id):
            raise NotFound
        found = send(
            self._client.get_item,
            TableName=self._links,
            Key=_key(tenant, erasure_id),
            ConsistentRead=True,
        )
        if "Item" not in found:
            raise NotFound
        return _read(found["Item"])

    def of_client(self, tenant: Tenant, client_id: str) -> Erasure:
        """The job that erased a client, read consistently. Two calls; none for no id.

        Raises:
            NotFound: the client was not erased.
        """
        if not is_id(client_id):
            raise NotFound
        found = send(
            self._client.get_item,
            TableName=self._clients,
            Key=items.client_key(tenant, client_id),
            ConsistentRead=True,
            ProjectionExpression=_OF_TOMBSTONE,
        )
        tombstone = found.get("Item", {})
        if _OF_TOMBSTONE not in tombstone:
            raise NotFound
        return self.get(tenant, tombstone[_OF_TOMBSTONE]["S"])

    def recorded(self, idempotency: Idempotency) -> RecordedResponse | None:
        """The response recorded under an idempotency key; None where the key is free. One call.

        Raises:
            IdempotencyMismatch: the key was used for another request.
        """
        found = send(
            self._client.get_item,
            TableName=self._idempotency,
            Key=record_key(idempotency),
            ConsistentRead=True,
        )
        return lookup(found["Item"], idempotency) if "Item" in found else None

    def unfinished(self) -> Iterator[tuple[Tenant, Erasure]]:
        """The jobs of all tenants that are not done, from an index that follows by milliseconds."""
        for item in self._listed(_UNFINISHED):
            yield _tenant(item), _read(item)

    def of_tenant(self, tenant: Tenant) -> list[Erasure]:
        """The jobs of a tenant, oldest first."""
        done = [_read(item) for item in self._listed(_listing(tenant))]
        unfinished = [erasure for of, erasure in self.unfinished() if of == tenant]
        return sorted((*done, *unfinished), key=lambda erasure: erasure.id)

    def counted(
        self, tenant: Tenant, erasure: Erasure, counts: Mapping[str, int]
    ) -> Mapping[str, int]:
        """Keep how much a job has to remove, unless that is kept from before. One call.

        Returns:
            The counts that are kept: those of the first time.
        """
        kept: Value = {"M": {name: {"N": str(number)} for name, number in counts.items()}}
        updated = send(
            self._client.update_item,
            TableName=self._links,
            Key=_key(tenant, erasure.id),
            UpdateExpression="SET counts = if_not_exists(counts, :counts)",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":counts": kept},
            ReturnValues="ALL_NEW",
        )
        return _read(updated["Attributes"]).counts or {}

    def finish(self, tenant: Tenant, erasure: Erasure) -> None:
        """Write that a job is done, with its receipt and without its reason. One call.

        A job that is done already stays as it is.
        """
        item = _ATTRIBUTES.write(erasure)
        try:
            send(
                self._client.update_item,
                TableName=self._links,
                Key=_key(tenant, erasure.id),
                UpdateExpression=(
                    "SET #state = :done, completed_at = :at, receipt = :receipt, "
                    "listing_pk = :listing, listing_sk = :id REMOVE reason, counts"
                ),
                ConditionExpression="attribute_exists(pk) AND #state <> :done",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={
                    ":done": {"S": State.DONE},
                    ":at": item["completed_at"],
                    ":receipt": {"S": json.dumps(erasure.receipt)},
                    ":listing": {"S": _listing(tenant)},
                    ":id": {"S": erasure.id},
                },
            )
        except WriteRefused:
            return

    def fail(self, tenant: Tenant, erasure: Erasure) -> None:
        """Write that a job has failed; it stays among those that are not done. One call."""
        try:
            send(
                self._client.update_item,
                TableName=self._links,
                Key=_key(tenant, erasure.id),
                UpdateExpression="SET #state = :failed",
                ConditionExpression="#state = :running",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={
                    ":failed": {"S": State.FAILED},
                    ":running": {"S": State.RUNNING},
                },
            )
        except WriteRefused:
            return

    def _entombed(
        self, tenant: Tenant, erasure: Erasure, before: Client | None, after: Client, state: str
    ) -> list[Write]:
        """The writes of a tombstone, and of its client's claim, which is free from then on.

        Args:
            tenant: the tenant of the client.
            erasure: the job, which the tombstone names.
            before: the client as it was read; None where there is none.
            after: the tombstone.
            state: the condition on the client as it was read, beside its version.
        """
        item = items.client_item(tenant, after) | {_OF_TOMBSTONE: {"S": erasure.id}}
        if before is None:
            return [put_new(self._clients, item)]
        writes = [put_over(self._clients, item, before.version, state)]
        if before.claims_external_id and before.external_id is not None:
            key = items.external_id_key(tenant, before.external_id)
            writes.append(delete(self._clients, key))
        return writes

    def _unfinished(self, tenant: Tenant, erasure: Erasure) -> items.Item:
        """The item of a job that is not done."""
        return {
            **_key(tenant, erasure.id),
            **_ATTRIBUTES.write(erasure),
            "listing_pk": {"S": _UNFINISHED},
            "listing_sk": {"S": f"{_listing(tenant)}#{erasure.id}"},
        }

    def _listed(self, listing: str) -> Iterator[items.Item]:
        request: QueryInputTypeDef = {
            "TableName": self._links,
            "IndexName": "Listing",
            "KeyConditionExpression": "listing_pk = :listing",
            "ExpressionAttributeValues": {":listing": {"S": listing}},
        }
        return query(self._client, request)


@cache
def erasure_store() -> ErasureStore:
    """The store of this process, over the tables its environment names."""
    return ErasureStore(
        dynamodb_client(),
        # The endpoint that reads a job has neither clients nor recorded responses.
        os.environ.get("CLIENTS_TABLE", ""),
        table_name("LINKS_TABLE"),
        os.environ.get("IDEMPOTENCY_TABLE", ""),
    )


def _listing(tenant: Tenant) -> str:
    """The partition of the index that lists a tenant's jobs."""
    return f"{items.partition(tenant)}#ERASURE"


def _key(tenant: Tenant, erasure_id: str) -> items.Item:
    return {"pk": {"S": f"{_listing(tenant)}#{erasure_id}"}, "sk": {"S": _JOB}}


def _tenant(item: items.Item) -> Tenant:
    workspace_id, mode, _ = item["pk"]["S"].split("#", 2)
    return Tenant(workspace_id, mode)


def _read(item: items.Item) -> Erasure:
    """The job of an item."""
    fields: dict[str, Any] = {"reason": None, "credential_id": None, "contract": None}
    fields |= {"operator": None, "absorbed": (), "look_up_keys": 0} | _ATTRIBUTES.read(item)
    if "counts" in item:
        counts = item["counts"]["M"]
        fields["counts"] = {name: int(number["N"]) for name, number in counts.items()}
    if "receipt" in item:
        fields["receipt"] = json.loads(item["receipt"]["S"])
    return Erasure(id=item["pk"]["S"].rpartition("#")[2], **fields)

"""Idempotency records: one item per key with the response to its request, kept for 24 hours.

A record is found by the clients it names, so that it can be emptied when one of them is erased. The
record itself carries the first of them, and an item of its own beside it each of the others. A
record that was emptied is a stub until it expires: its key stays in use, so that a repeated request
makes nobody again, and there is no response to replay.

DynamoDB's time to live deletes items late, by up to days, so every condition and every read also
compares `expires_at`.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from registry.domain.errors import (
    IdempotencyErased,
    IdempotencyMismatch,
    RaceLost,
    RegistryError,
)
from registry.domain.idempotency import Idempotency, RecordedResponse
from registry.domain.identifiers import now
from registry.domain.tenant import Tenant
from registry.store import items
from registry.store.transaction import Write, put

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef as Value
    from types_boto3_dynamodb.type_defs import PutTypeDef


# Between a record's key, the client and the end of the record, in the key of an item that leads
# from a client to the record. No key of a caller holds it.
_SEPARATOR = "\x1f"


def record_key(idempotency: Idempotency) -> dict[str, "Value"]:
    """The primary key of a record."""
    return {"pk": {"S": idempotency.key}}


def record(
    table: str,
    response: RecordedResponse | None,
    on_conflict: Callable[[], RegistryError] = RaceLost,
) -> list[Write]:
    """The writes that record a response, unless its key is in use; none without a response.

    Where the key is in use, the response that is recorded is returned. The first write is of the
    record; the others lead to it from the clients it names, beside the first of them.

    Args:
        table: the Idempotency table.
        response: the response; None for a request without a key.
        on_conflict: the error when other transactions on the key came first at every attempt.
    """
    if response is None:
        return []
    expires_at: Value = {"N": _epoch(response.expires_at)}
    item: items.Item = {
        **record_key(response.idempotency),
        "fingerprint": {"S": response.idempotency.fingerprint},
        "status": {"N": str(response.status)},
        "body": {"S": response.body},
        "expires_at": expires_at,
    }
    if response.client_ids:
        item["client_pk"] = _named(response.idempotency, response.client_ids[0])
    write: PutTypeDef = {
        "TableName": table,
        "Item": item,
        "ConditionExpression": "attribute_not_exists(pk) OR expires_at <= :now",
        "ExpressionAttributeValues": {":now": {"N": _epoch(now())}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    writes = [
        Write({"Put": write}, lambda found: _recorded(found, response.idempotency), on_conflict)
    ]
    for client_id in response.client_ids[1:]:
        key = _SEPARATOR.join((response.idempotency.key, client_id, expires_at["N"]))
        named = _named(response.idempotency, client_id)
        leads: items.Item = {"pk": {"S": key}, "client_pk": named, "expires_at": expires_at}
        writes.append(put(table, leads))
    return writes


def client_partition(tenant: Tenant, client_id: str) -> str:
    """The partition of the index that finds the records in which a client is named."""
    return f"{items.partition(tenant)}#{client_id}"


def led_to(key: str) -> tuple[str, str | None]:
    """The key of a record that an item of the index leads to, and when that record expires.

    The instant is in epoch seconds; None where the item is the record itself.
    """
    record, separator, rest = key.partition(_SEPARATOR)
    return record, rest.rpartition(_SEPARATOR)[2] if separator else None


def lookup(item: Mapping[str, "Value"], idempotency: Idempotency) -> RecordedResponse | None:
    """The response recorded for a request; None when the record has expired.

    Raises:
        IdempotencyMismatch: the key was used for another request.
        IdempotencyErased: the client that the request was for has been erased.
    """
    expired = int(item["expires_at"]["N"]) <= int(_epoch(now()))
    return None if expired else _recorded(item, idempotency)


def _recorded(item: Mapping[str, "Value"], idempotency: Idempotency) -> RecordedResponse:
    """The response in a record.

    Raises:
        IdempotencyMismatch: the key was used for another request.
        IdempotencyErased: the client that the request was for has been erased.
    """
    if item["fingerprint"]["S"] != idempotency.fingerprint:
        raise IdempotencyMismatch
    if "body" not in item:
        raise IdempotencyErased
    return RecordedResponse(
        idempotency,
        status=int(item["status"]["N"]),
        body=item["body"]["S"],
        expires_at=datetime.fromtimestamp(int(item["expires_at"]["N"]), UTC),
    )


def _named(idempotency: Idempotency, client_id: str) -> "Value":
    """The attribute by which the index finds a record, of a client in the record's own tenant."""
    workspace_id, mode, _ = idempotency.key.split("#", 2)
    return {"S": client_partition(Tenant(workspace_id, mode), client_id)}


def _epoch(at: datetime) -> str:
    """Whole seconds since 1970 as text, the form in which DynamoDB takes a time to live."""
    return str(int(at.timestamp()))

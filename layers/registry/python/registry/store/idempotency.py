"""The memory of idempotency keys: a record per key with the answer it stands for, for 24 hours.

Time to live deletes records late, up to days; that a key is free again is therefore part of every
condition and every read.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from registry.domain.errors import IdempotencyMismatch, RaceLost, RegistryError
from registry.domain.idempotency import Idempotency, RecordedResponse
from registry.domain.identifiers import now
from registry.store.transaction import Step, put

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef as Value
    from types_boto3_dynamodb.type_defs import PutTypeDef


def record_key(idempotency: Idempotency) -> dict[str, "Value"]:
    """Where the memory of a key is."""
    return {"pk": {"S": idempotency.key}}


def remember(table: str, remembered: RecordedResponse) -> "PutTypeDef":
    """A write that fails, and returns what stands there, while the key is taken."""
    return {
        "TableName": table,
        "Item": {
            **record_key(remembered.idempotency),
            "fingerprint": {"S": remembered.idempotency.fingerprint},
            "status": {"N": str(remembered.status)},
            "body": {"S": remembered.body},
            "expires_at": {"N": _epoch(remembered.expires_at)},
        },
        "ConditionExpression": "attribute_not_exists(pk) OR expires_at <= :now",
        "ExpressionAttributeValues": {":now": {"N": _epoch(now())}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def record_write(
    table: str,
    remembered: RecordedResponse,
    contested: Callable[[], RegistryError] = RaceLost,
) -> Step:
    """A step that remembers an answer, or gives the one that is remembered already."""
    idempotency = remembered.idempotency
    return put(remember(table, remembered), lambda item: _answer(item, idempotency), contested)


def lookup(item: Mapping[str, "Value"], idempotency: Idempotency) -> RecordedResponse | None:
    """The answer remembered for a request; None when the memory has ended.

    Raises:
        IdempotencyMismatch: the key stands for another request.
    """
    ended = int(item["expires_at"]["N"]) <= int(_epoch(now()))
    return None if ended else _answer(item, idempotency)


def _answer(item: Mapping[str, "Value"], idempotency: Idempotency) -> RecordedResponse:
    if item["fingerprint"]["S"] != idempotency.fingerprint:
        raise IdempotencyMismatch
    return RecordedResponse(
        idempotency,
        status=int(item["status"]["N"]),
        body=item["body"]["S"],
        expires_at=datetime.fromtimestamp(int(item["expires_at"]["N"]), UTC),
    )


def _epoch(at: datetime) -> str:
    return str(int(at.timestamp()))

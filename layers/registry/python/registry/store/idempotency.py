"""Idempotency records: one item per key with the response to its request, kept for 24 hours.

DynamoDB's time to live deletes items late, by up to days, so every condition and every read also
compares `expires_at`.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from registry.domain.errors import IdempotencyMismatch, RaceLost, RegistryError
from registry.domain.idempotency import Idempotency, RecordedResponse
from registry.domain.identifiers import now
from registry.store.transaction import Write

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef as Value
    from types_boto3_dynamodb.type_defs import PutTypeDef


def record_key(idempotency: Idempotency) -> dict[str, "Value"]:
    """The primary key of a record."""
    return {"pk": {"S": idempotency.key}}


def record(
    table: str,
    response: RecordedResponse,
    on_conflict: Callable[[], RegistryError] = RaceLost,
) -> Write:
    """A write that records a response, unless the key is in use; then the recorded one is returned.

    `on_conflict` is the error when other transactions on the key came first at every attempt.
    """
    put: PutTypeDef = {
        "TableName": table,
        "Item": {
            **record_key(response.idempotency),
            "fingerprint": {"S": response.idempotency.fingerprint},
            "status": {"N": str(response.status)},
            "body": {"S": response.body},
            "expires_at": {"N": _epoch(response.expires_at)},
        },
        "ConditionExpression": "attribute_not_exists(pk) OR expires_at <= :now",
        "ExpressionAttributeValues": {":now": {"N": _epoch(now())}},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    return Write({"Put": put}, lambda item: _recorded(item, response.idempotency), on_conflict)


def lookup(item: Mapping[str, "Value"], idempotency: Idempotency) -> RecordedResponse | None:
    """The response recorded for a request; None when the record has expired.

    Raises:
        IdempotencyMismatch: the key was used for another request.
    """
    expired = int(item["expires_at"]["N"]) <= int(_epoch(now()))
    return None if expired else _recorded(item, idempotency)


def _recorded(item: Mapping[str, "Value"], idempotency: Idempotency) -> RecordedResponse:
    """The response in a record.

    Raises:
        IdempotencyMismatch: the key was used for another request.
    """
    if item["fingerprint"]["S"] != idempotency.fingerprint:
        raise IdempotencyMismatch
    return RecordedResponse(
        idempotency,
        status=int(item["status"]["N"]),
        body=item["body"]["S"],
        expires_at=datetime.fromtimestamp(int(item["expires_at"]["N"]), UTC),
    )


def _epoch(at: datetime) -> str:
    """Whole seconds since 1970 as text, the form in which DynamoDB takes a time to live."""
    return str(int(at.timestamp()))

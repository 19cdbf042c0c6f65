"""One change of the tables, whole or not at all: a single `PutItem`, or one `TransactWriteItems`.

Each write has a function for its failed condition. The order of the writes decides whose function
is called: the idempotency record goes first, because when a request is repeated, its own record and
its own claims fail their conditions, too.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from registry.domain import deadline
from registry.domain.errors import RaceLost, RegistryError, Throttled, ValueTaken
from registry.domain.idempotency import RecordedResponse
from registry.domain.immutable import dataclass
from registry.store.dynamodb import Outcome, WriteRefused, WriteResult, send
from registry.store.items import Item

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import (
        ConditionCheckTypeDef,
        DeleteTypeDef,
        PutTypeDef,
        TransactWriteItemTypeDef,
        UpdateTypeDef,
    )

_ATTEMPTS = 4
_BACKOFF_SECONDS = 0.05

# Takes the item that failed the condition. It raises an error, returns the response recorded there,
# or returns None when the item is the one to write, so that nothing is left to do.
OnConditionFailed = Callable[[Item], RecordedResponse | None]


@dataclass(frozen=True, slots=True)
class Write:
    """One write of a transaction.

    Attributes:
        request: the element of `TransactItems`.
        on_condition_failed: called with the item that failed the condition.
        on_conflict: the error when other transactions on the item came first at every attempt.
    """

    request: "TransactWriteItemTypeDef"
    on_condition_failed: OnConditionFailed
    on_conflict: Callable[[], RegistryError] = RaceLost


def race_lost(_: Item) -> None:
    """Report a failed condition on a record: it has changed since it was read.

    Raises:
        RaceLost: always.
    """
    raise RaceLost


def put_if(table: str, item: Item, condition: str, values: Item | None = None) -> Write:
    """A write of an item on a condition; `RaceLost` when it fails.

    A failed condition that meets the very item to write is success: the put succeeded but its
    response was lost, and `send` sent it again.
    """

    def unless_written(found: Item) -> None:
        if found != item:
            raise RaceLost

    write: PutTypeDef = {
        "TableName": table,
        "Item": item,
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if values:
        write["ExpressionAttributeValues"] = values
    return Write({"Put": write}, unless_written)


def set_if(table: str, key: Item, name: str, value: str, instead_of: str) -> Write:
    """A write of one attribute of an item that has another text there; `RaceLost` if it has not."""
    update: UpdateTypeDef = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": "SET #name = :value",
        "ConditionExpression": "#name = :before",
        "ExpressionAttributeNames": {"#name": name},
        "ExpressionAttributeValues": {":value": {"S": value}, ":before": {"S": instead_of}},
    }
    return Write({"Update": update}, race_lost)


def put(table: str, item: Item) -> Write:
    """A write of an item over whatever is there."""
    return Write({"Put": {"TableName": table, "Item": item}}, race_lost)


def put_new(table: str, item: Item) -> Write:
    """A write of an item whose key must be free."""
    return put_if(table, item, "attribute_not_exists(pk)")


def put_beside(table: str, item: Item) -> Write:
    """A write of an item whose key must be free, beside a write that fails whenever this one does.

    That one decides what the failure means, so that nobody reads the item that is there, and it is
    not asked for.
    """
    write: PutTypeDef = {
        "TableName": table,
        "Item": item,
        "ConditionExpression": "attribute_not_exists(pk)",
    }
    return Write({"Put": write}, race_lost)


def put_over(table: str, item: Item, version: int, condition: str) -> Write:
    """A write of an item over the one with this version that meets the condition, too."""
    values: Item = {":version": {"N": str(version)}}
    return put_if(table, item, f"version = :version AND {condition}", values)


def claim(table: str, item: Item, field: str) -> Write:
    """A write that claims a value for one record; `ValueTaken` when another record claimed it."""

    def taken(found: Item) -> None:
        if found != item:
            raise ValueTaken(field, found.get("client_id", {}).get("S"))

    write: PutTypeDef = {
        "TableName": table,
        "Item": item,
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    return Write({"Put": write}, taken)


def update_existing(
    table: str,
    key: Item,
    expression: str,
    values: Item,
    on_condition_failed: OnConditionFailed,
) -> Write:
    """An update of an item that must exist."""
    write: UpdateTypeDef = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": expression,
        "ConditionExpression": "attribute_exists(pk)",
        "ExpressionAttributeValues": values,
    }
    return Write({"Update": write}, on_condition_failed)


def delete(table: str, key: Item) -> Write:
    """A deletion of an item, whether it exists or not."""
    return Write({"Delete": {"TableName": table, "Key": key}}, race_lost)


def delete_if(table: str, key: Item, condition: str, values: Item) -> Write:
    """A deletion of an item on a condition; `RaceLost` when it fails."""
    write: DeleteTypeDef = {
        "TableName": table,
        "Key": key,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
    }
    return Write({"Delete": write}, race_lost)


def delete_existing(table: str, key: Item, on_condition_failed: OnConditionFailed) -> Write:
    """A deletion of an item that must exist."""
    write: DeleteTypeDef = {
        "TableName": table,
        "Key": key,
        "ConditionExpression": "attribute_exists(pk)",
    }
    return Write({"Delete": write}, on_condition_failed)


def count_up(
    table: str,
    key: Item,
    most: int,
    on_condition_failed: OnConditionFailed,
) -> Write:
    """One more on a counter that may reach `most`; the first makes the item, as `counted`."""
    update: UpdateTypeDef = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": "ADD counted :one",
        "ConditionExpression": "attribute_not_exists(counted) OR counted < :most",
        "ExpressionAttributeValues": {":one": {"N": "1"}, ":most": {"N": str(most)}},
    }
    return Write({"Update": update}, on_condition_failed)


def count_down(table: str, key: Item) -> Write:
    """One less on a counter."""
    update: UpdateTypeDef = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": "ADD counted :less",
        "ExpressionAttributeValues": {":less": {"N": "-1"}},
    }
    return Write({"Update": update}, race_lost)


def require(  # noqa: PLR0913 - one parameter per part of a condition
    table: str,
    key: Item,
    condition: str,
    values: Item | None = None,
    *,
    names: Mapping[str, str] | None = None,
    on_condition_failed: OnConditionFailed = race_lost,
) -> Write:
    """A condition on an item that the transaction does not write."""
    check: ConditionCheckTypeDef = {
        "TableName": table,
        "Key": key,
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if values:
        check["ExpressionAttributeValues"] = values
    if names:
        check["ExpressionAttributeNames"] = names
    return Write({"ConditionCheck": check}, on_condition_failed)


def transact(client: "DynamoDBClient", writes: Sequence[Write]) -> RecordedResponse | None:
    """Carry out all writes or none, in one call; None when they were carried out.

    A conflict with a transaction under way, and throttling within a transaction, are tried again a
    few times with jitter. The first write that is to blame decides: one before it in the order
    could still turn out to be a replay.

    All tries carry one `ClientRequestToken`: a transaction whose response was lost is answered as
    done when it is sent again. A single put is recognised by its own item, see `put_if`.

    Returns:
        The response recorded earlier, when a failed condition gives one; then nothing was written.

    Raises:
        RegistryError: from `on_condition_failed`, from `send`, or from `on_conflict` where other
            transactions kept coming first.
    """
    token = secrets.token_hex(16)
    blamed, result = writes[0], WriteResult(Outcome.CONFLICT)
    for attempt in range(_ATTEMPTS):
        if attempt:
            deadline.pause(_BACKOFF_SECONDS * 2**attempt)
        try:
            _send(client, writes, token)
        except WriteRefused as refused:
            blamed, result = _first_to_blame(writes, refused)
            match result.outcome:
                case Outcome.CONDITION_FAILED:
                    return blamed.on_condition_failed(result.item)
                case Outcome.CONFLICT | Outcome.THROTTLED:
                    continue
                case _:
                    raise
        else:
            return None
    raise Throttled if result.outcome is Outcome.THROTTLED else blamed.on_conflict()


def _first_to_blame(writes: Sequence[Write], refused: WriteRefused) -> tuple[Write, WriteResult]:
    """The first write that made DynamoDB refuse the transaction, with its result."""
    return next(
        (write, result)
        for write, result in zip(writes, refused.results, strict=True)
        if result.outcome is not Outcome.NOT_TO_BLAME
    )


def _send(client: "DynamoDBClient", writes: Sequence[Write], token: str) -> None:
    match writes:
        case [Write(request={"Put": single})]:
            send(client.put_item, **single)
        case _:
            send(
                client.transact_write_items,
                TransactItems=[write.request for write in writes],
                ClientRequestToken=token,
            )

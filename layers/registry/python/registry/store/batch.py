"""`BatchGetItem` for all keys and `BatchWriteItem` for all items, in a few attempts."""

from typing import TYPE_CHECKING, cast

from registry.domain import deadline
from registry.domain.errors import Throttled
from registry.store.dynamodb import send
from registry.store.items import Item

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import (
        KeysAndAttributesTypeDef,
        WriteRequestOutputTypeDef,
        WriteRequestTypeDef,
    )

_ATTEMPTS = 4
_PAUSE_SECONDS = 0.05
# Source: "BatchGetItem" and "BatchWriteItem", Amazon DynamoDB API Reference.
_KEYS_AT_ONCE = 100
_WRITES_AT_ONCE = 25


def batch_get(
    client: "DynamoDBClient",
    request: "Mapping[str, KeysAndAttributesTypeDef]",
) -> dict[str, list[Item]]:
    """The items of up to 100 keys, by table; keys without an item are left out.

    DynamoDB may leave some keys unprocessed when a partition is at its limit. They are requested
    again after a random pause.

    Raises:
        Throttled: keys stayed unprocessed at every try.
        Unavailable: as `send`.
    """
    found: dict[str, list[Item]] = {}
    for attempt in range(_ATTEMPTS):
        if attempt:
            deadline.pause(_PAUSE_SECONDS * 2**attempt)
        response = send(client.batch_get_item, RequestItems=request)
        for table, items in response["Responses"].items():
            found.setdefault(table, []).extend(items)
        unprocessed = response.get("UnprocessedKeys")
        if not unprocessed:
            return found
        request = cast("Mapping[str, KeysAndAttributesTypeDef]", unprocessed)
    raise Throttled


def read_all(
    client: "DynamoDBClient",
    table: str,
    keys: "Sequence[Item]",
    *,
    consistent: bool = True,
    attributes: str | None = None,
) -> "Iterator[Item]":
    """The items of any number of different keys of one table, in no order.

    Keys without an item are left out. One call for every 100 keys, made when the iterator reaches
    them.

    Args:
        client: the connection.
        table: the name of the table.
        keys: primary keys.
        consistent: whether what was written a moment ago is read.
        attributes: a projection expression; None for whole items.

    Raises:
        Throttled, Unavailable: as `batch_get`.
    """
    for first in range(0, len(keys), _KEYS_AT_ONCE):
        asked: KeysAndAttributesTypeDef = {
            "Keys": keys[first : first + _KEYS_AT_ONCE],
            "ConsistentRead": consistent,
        }
        if attributes is not None:
            asked["ProjectionExpression"] = attributes
        yield from batch_get(client, {table: asked}).get(table, [])


def batch_write(
    client: "DynamoDBClient",
    table: str,
    requests: "Sequence[WriteRequestTypeDef]",
) -> None:
    """Put and delete items of one table, 25 in a call; no two of them may have the same key.

    DynamoDB may leave some of them unprocessed when a partition is at its limit. They are sent
    again after a random pause.

    Raises:
        Throttled: items stayed unprocessed at every try.
        Unavailable: as `send`.
    """
    for first in range(0, len(requests), _WRITES_AT_ONCE):
        left: Mapping[str, Sequence[WriteRequestTypeDef | WriteRequestOutputTypeDef]]
        left = {table: requests[first : first + _WRITES_AT_ONCE]}
        for attempt in range(_ATTEMPTS):
            if attempt:
                deadline.pause(_PAUSE_SECONDS * 2**attempt)
            left = send(client.batch_write_item, RequestItems=left)["UnprocessedItems"]
            if not left:
                break
        else:
            raise Throttled

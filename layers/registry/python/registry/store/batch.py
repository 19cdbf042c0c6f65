"""`BatchGetItem` for all keys and `BatchWriteItem` for all items, in a few attempts."""

from typing import TYPE_CHECKING, cast

from registry.domain import deadline
from registry.domain.errors import Throttled
from registry.store.dynamodb import send
from registry.store.items import Item

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import (
        KeysAndAttributesTypeDef,
        WriteRequestOutputTypeDef,
        WriteRequestTypeDef,
    )

_ATTEMPTS = 4
_PAUSE_SECONDS = 0.05
# Source: "BatchWriteItem", Amazon DynamoDB API Reference.
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

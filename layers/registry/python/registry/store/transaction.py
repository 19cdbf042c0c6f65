"""One write, whole or not at all: a single `PutItem`, or one `TransactWriteItems`.

Each step says what it means that its condition did not hold. Steps stand in the order in which
their meaning counts: the memory of an idempotency key goes first, because a request that was
carried out before also finds its own record and its own claims in the way.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypedDict, cast

from botocore.exceptions import ClientError

from registry.domain.errors import RaceLost, RegistryError, Throttled, ValueTaken
from registry.domain.idempotency import RecordedResponse
from registry.store.dynamodb import translate_errors
from registry.store.items import Item

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import PutTypeDef, TransactWriteItemTypeDef

_ATTEMPTS = 4
_BACKOFF_SECONDS = 0.05
_CONFLICT = "TransactionConflict"
_THROTTLES = frozenset({"ThrottlingError", "ProvisionedThroughputExceeded"})

# Takes the item that stood in the way; raises an error, gives the earlier answer, or None when
# that the item stands there is all that was wanted.
Meaning = Callable[[Item], RecordedResponse | None]


class Reason(TypedDict, total=False):
    """Why a step failed; the code is `None`, as text, for one that did not."""

    Code: str
    Item: Item


@dataclass(frozen=True, slots=True)
class Step:
    """A write with its condition.

    Attributes:
        meaning: what it means that the condition does not hold.
        contested: what it means that other transactions on the same item kept coming first.
    """

    write: "TransactWriteItemTypeDef"
    meaning: Meaning
    contested: Callable[[], RegistryError] = RaceLost


def put(
    write: "PutTypeDef",
    meaning: Meaning,
    contested: Callable[[], RegistryError] = RaceLost,
) -> Step:
    """A step that puts an item."""
    return Step({"Put": write}, meaning, contested)


def claim(write: "PutTypeDef", field: str) -> Step:
    """A step that claims a value for one record; it fails when another record has claimed it.

    Whether the claim is found or lost in a race, it means the same: `ValueTaken` of the field.
    """

    def meaning(_: Item) -> None:
        raise ValueTaken(field)

    return put(write, meaning, contested=partial(ValueTaken, field))


def commit(client: "DynamoDBClient", steps: Sequence[Step]) -> RecordedResponse | None:
    """Carry out all steps or none, in one call; None when they were.

    A conflict with a transaction under way is tried again a few times, with jitter.

    Returns:
        The earlier answer, when a step's meaning gives one; then nothing was written.

    Raises:
        RegistryError: what a step's meaning raises, or what `translate_errors` does; where other
            transactions kept coming first, what the step they contested says.
    """
    contested: Callable[[], RegistryError] = RaceLost
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0, _BACKOFF_SECONDS * 2**attempt))  # noqa: S311 - jitter
        try:
            with translate_errors():
                _write(client, steps)
        except ClientError as error:
            reasons = _reasons(error)
            for step, reason in zip(steps, reasons, strict=False):
                if reason.get("Code") == "ConditionalCheckFailed":
                    return step.meaning(reason.get("Item", {}))
            codes = [reason.get("Code") for reason in reasons]
            if _THROTTLES.intersection(codes):
                raise Throttled from error
            if _CONFLICT not in codes:
                raise
            contested = steps[codes.index(_CONFLICT)].contested
        else:
            return None
    raise contested()


def lost(_: Item) -> None:
    """The meaning of a condition on what was read: it is no longer so.

    Raises:
        RaceLost: always.
    """
    raise RaceLost


def _write(client: "DynamoDBClient", steps: Sequence[Step]) -> None:
    match steps:
        case [Step(write={"Put": single})]:
            client.put_item(**single)
        case _:
            client.transact_write_items(TransactItems=[step.write for step in steps])


def _reasons(error: ClientError) -> list[Reason]:
    """Why each step failed; a single write has its one reason in the error itself."""
    match error.response["Error"]["Code"]:
        case "TransactionCanceledException":
            return cast("list[Reason]", error.response["CancellationReasons"])
        case "ConditionalCheckFailedException":
            item = cast("Item", error.response.get("Item", {}))
            return [{"Code": "ConditionalCheckFailed", "Item": item}]
        case "TransactionConflictException":
            return [{"Code": _CONFLICT}]
        case _:
            return []

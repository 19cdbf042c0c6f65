"""The one DynamoDB client of a function, every call it makes, and the translation of its errors.

A function has the client of `store/http`; what runs elsewhere, and a function whose environment
says so in `DYNAMODB_CLIENT`, has botocore's. Calls go through `send`, which retries within the
deadline of the request. The SDK's own retries are off, because they have no deadline: three
attempts could take longer than the function may. Other settings follow the SDK's advice for Lambda:
short timeouts, a connection kept alive between invocations, no parameter validation (the items are
built here and nowhere else). No other module knows the errors of either client.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from registry.domain import deadline
from registry.domain.errors import Throttled, Unavailable
from registry.domain.immutable import dataclass
from registry.store.http.client import client_from_environment
from registry.store.http.connection import Timeouts
from registry.store.http.errors import MissingCredentials, NoResponse, Refused
from registry.store.retry_quota import retry_quota

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef, QueryInputTypeDef

    from registry.store.items import Item

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

# Set in every function.
_IN_LAMBDA = "AWS_LAMBDA_FUNCTION_NAME"

_ATTEMPTS = 3
_PAUSE_SECONDS = 0.1
# DynamoDB responds within milliseconds. The read timeout counts from one packet to the next.
_CONNECT_SECONDS, _READ_SECONDS = 0.5, 1.5
# What a call without response costs. No attempt begins unless it fits before the deadline: two of
# them fit into the 5 seconds of the authorizer, four into the 10 of an endpoint.
ATTEMPT_SECONDS = _CONNECT_SECONDS + _READ_SECONDS

_THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ThrottlingException",
    },
)
_FAULTS = frozenset({"InternalServerError", "ServiceUnavailable", "TransactionInProgressException"})
_SERVER_ERROR = 500


class Outcome(Enum):
    """The outcome of one write of a request that was refused as a whole."""

    NOT_TO_BLAME = "not to blame"
    CONDITION_FAILED = "condition failed"
    CONFLICT = "conflict with another transaction"
    THROTTLED = "throttled"
    OTHER = "other"


# Cancellation reasons of TransactWriteItems, by their code.
# Source: "TransactionCanceledException", Amazon DynamoDB API Reference.
_OUTCOMES = {
    "None": Outcome.NOT_TO_BLAME,
    "ConditionalCheckFailed": Outcome.CONDITION_FAILED,
    "TransactionConflict": Outcome.CONFLICT,
    "ThrottlingError": Outcome.THROTTLED,
    "ProvisionedThroughputExceeded": Outcome.THROTTLED,
}


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The outcome of one write, with the item that failed its condition if DynamoDB returned it."""

    outcome: Outcome
    item: "dict[str, AttributeValueTypeDef]" = field(default_factory=dict)


class WriteRefused(Exception):
    """DynamoDB refused a write or a transaction as a whole; nothing of it was carried out.

    Attributes:
        results: one for each write of the request, in its order.
    """

    def __init__(self, results: Sequence[WriteResult]) -> None:
        super().__init__(", ".join(result.outcome.value for result in results))
        self.results = tuple(results)


@cache
def dynamodb_client() -> "DynamoDBClient":
    """The client of this process; region, endpoint and credentials come from its environment.

    `DYNAMODB_CLIENT` chooses between `own`, the client of `store/http`, and `botocore`. Without it
    a function has the first, and every other program the second.

    Raises:
        ValueError: `DYNAMODB_CLIENT` has another value.
    """
    default = "own" if _IN_LAMBDA in os.environ else "botocore"
    match os.environ.get("DYNAMODB_CLIENT", default):
        case "own":
            timeouts = Timeouts(_CONNECT_SECONDS, _READ_SECONDS)
            return cast("DynamoDBClient", client_from_environment(timeouts))
        case "botocore":
            return _botocore_client()
        case other:
            raise ValueError(f"DYNAMODB_CLIENT is neither own nor botocore: {other}")


def _botocore_client() -> "DynamoDBClient":
    """A client of botocore: boto3 would add its resources and S3 transfers to a cold start."""
    import botocore.session  # noqa: PLC0415 - as slow to load as all the rest of a function
    from botocore.config import Config  # noqa: PLC0415

    client = botocore.session.get_session().create_client(
        "dynamodb",
        config=Config(
            retries={"mode": "standard", "total_max_attempts": 1},
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            tcp_keepalive=True,
            parameter_validation=False,
        ),
    )
    return cast("DynamoDBClient", client)


def table_name(variable: str) -> str:
    """The table named by an environment variable of the function, such as `CLIENTS_TABLE`."""
    return os.environ[variable]


def send(
    operation: Callable[Parameters, Result],
    *args: Parameters.args,
    **request: Parameters.kwargs,
) -> Result:
    """Call DynamoDB, and again a few times after throttling, a fault, or no response.

    All calls of the process share a quota of retries. A write that is sent again may have been
    carried out before: see `transaction.transact`.

    Args:
        operation: a method of the client, such as `client.get_item`.
        args: none; the client's methods take names only.
        request: its parameters.

    Raises:
        Throttled: the table or the account is at its limit.
        Unavailable: no response in time, or a fault of the service.
        WriteRefused: a condition failed, or another transaction was under way.
    """
    quota = retry_quota()
    attempt = 0
    while True:
        attempt += 1
        deadline.require(ATTEMPT_SECONDS)
        try:
            with translate_errors():
                result = operation(*args, **request)
        except Unavailable:
            if attempt == _ATTEMPTS or not quota.take():
                raise
            deadline.pause(_PAUSE_SECONDS * 2**attempt)
        else:
            quota.succeeded(retried=attempt > 1)
            return result


def query(client: "DynamoDBClient", request: "QueryInputTypeDef") -> "Iterator[Item]":
    """All items of a query; a page is read when the iterator reaches it.

    Raises:
        Throttled, Unavailable: as `send`.
    """
    for page in pages(client, request):
        yield from page.items


@dataclass(frozen=True, slots=True)
class QueryPage:
    """What one call of a query returned, and whether no more follows."""

    items: "Sequence[Item]"
    last: bool


def pages(client: "DynamoDBClient", request: "QueryInputTypeDef") -> Iterator[QueryPage]:
    """The pages of a query, a call each; at least one.

    Raises:
        Throttled, Unavailable: as `send`.
    """
    while True:
        response = send(client.query, **request)
        last_key = response.get("LastEvaluatedKey")
        yield QueryPage(response["Items"], not last_key)
        if not last_key:
            return
        request = {**request, "ExclusiveStartKey": last_key}


class translate_errors:  # noqa: N801 - used as a function is, in `with translate_errors()`
    """Turn a client's errors into those of the domain and the store; let mistakes of ours pass.

    Raises:
        Throttled: the table or the account is at its limit.
        Unavailable: no response in time, or a fault of the service.
        WriteRefused: a condition failed, or another transaction was under way.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        """Begin to look out for errors."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Raise what an error means."""
        if error is not None and (meaning := _meaning(error)) is not None:
            raise meaning from error


def _meaning(error: BaseException) -> Exception | None:
    """The error of the domain or the store that a client's error is; None for a mistake of ours."""
    if isinstance(error, _no_response()):
        return Unavailable()
    if not isinstance(error, _refused()):
        return None
    response = cast("Refused", error).response
    code = response["Error"]["Code"]
    if code in _THROTTLES:
        return Throttled()
    if code in _FAULTS or response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
        return Unavailable()
    results = _results(code, response)
    return WriteRefused(results) if results else None


def is_fault(error: Exception) -> bool:
    """Whether an error of a call is due to AWS or to the deployment, and not to the items in it.

    The same items may be written later. Only a ValidationException, as for an item that is too
    large, comes again with the same items.
    """
    if isinstance(error, _refused()):
        code: str = cast("Refused", error).response["Error"]["Code"]
        return code != "ValidationException"
    return isinstance(error, Unavailable | MissingCredentials)


# Only a program that has loaded botocore can meet its errors; loading it to name them would cost
# what the client of `store/http` saves.
def _no_response() -> tuple[type[Exception], ...]:
    """The errors that say that no response came."""
    botocore = sys.modules.get("botocore.exceptions")
    theirs = (botocore.ConnectionError, botocore.HTTPClientError) if botocore else ()
    return (NoResponse, *theirs)


def _refused() -> tuple[type[Exception], ...]:
    """The errors that hold DynamoDB's; all have the attribute `response` of botocore's."""
    botocore = sys.modules.get("botocore.exceptions")
    return (Refused, botocore.ClientError) if botocore else (Refused,)


def _results(code: str, response: dict[str, Any]) -> list[WriteResult]:
    """The result of each write; a single write has its result in the error itself."""
    match code:
        case "TransactionCanceledException":
            return [
                WriteResult(
                    _OUTCOMES.get(reason.get("Code", "None"), Outcome.OTHER),
                    reason.get("Item", {}),
                )
                for reason in response["CancellationReasons"]
            ]
        case "ConditionalCheckFailedException":
            return [WriteResult(Outcome.CONDITION_FAILED, response.get("Item", {}))]
        case "TransactionConflictException":
            return [WriteResult(Outcome.CONFLICT)]
        case _:
            return []


# In Lambda the client is made while the module loads: before the snapshot that a function with
# SnapStart starts from, and at the full processor that other functions have while they start.
if _IN_LAMBDA in os.environ:
    dynamodb_client()

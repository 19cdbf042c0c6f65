"""The connection to DynamoDB, with faults at chosen requests: on moto and on an engine alike.

The wire takes the place of the transport below the SDK, so the retries of `dynamodb.send` are part
of what is tested. A fault "before" keeps the request from DynamoDB; a fault "after" lets DynamoDB
carry it out and loses the response.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError

from tests import dynamodb

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

SECRET = "what DynamoDB said"
"""Part of every message of a fault: no caller may see it, and no log."""

TIMEOUT_SECONDS = 2.0
"""What a request without response costs: the read timeout of the functions' client."""

_WRITES = frozenset({"DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"})


class Fault(StrEnum):
    """What happens to a request."""

    THROTTLED = "throttled"
    THROTTLED_WITHIN = "throttled within a transaction"
    TIMEOUT_BEFORE = "timeout before"
    TIMEOUT_AFTER = "response lost after"
    ERROR_BEFORE = "500 before"
    ERROR_AFTER = "500 after"
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    CONFLICT = "conflict"
    UNPROCESSED = "unprocessed keys"
    REFUSED = "refused"

    @property
    def is_carried_out(self) -> bool:
        """Whether DynamoDB carries out the request, so that it matters which one it is."""
        return self in {Fault.TIMEOUT_AFTER, Fault.ERROR_AFTER, Fault.KILLED_AFTER}

    def can_meet(self, action: str) -> bool:
        """Whether DynamoDB can do this to a request for the action."""
        match self:
            case Fault.UNPROCESSED:
                return action == "BatchGetItem"
            case Fault.CONFLICT:
                return action in _WRITES
            case Fault.THROTTLED_WITHIN:
                return action == "TransactWriteItems"
            case _:
                return True


class Killed(BaseException):
    """Lambda ended the process. No code of ours runs after that, so nothing may catch it."""


class Clock:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.waited = 0.0

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.waited += seconds


class Wire:
    """Carries requests to DynamoDB.

    Attributes:
        actions: what was asked of DynamoDB, an element for each request.
    """

    def __init__(self, clock: Clock) -> None:
        self.actions: list[str] = []
        self._clock = clock
        self._fault: Fault | tuple[int, dict[str, Any]] | Exception | None = None
        self._disturbed = range(0)

    def disturb(
        self,
        fault: Fault | tuple[int, dict[str, Any]] | Exception,
        requests: range = range(1_000_000),
    ) -> None:
        """Put a fault in; requests are counted from here, beginning with 0.

        Args:
            fault: the fault; or the status and body of DynamoDB's response; or what the transport
                raises.
            requests: which ones it meets, where it can.
        """
        self.actions.clear()
        self._fault, self._disturbed = fault, requests

    def mend(self) -> None:
        """Take the fault out."""
        self.actions.clear()
        self._fault = None

    def send(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        """Carry a request, or do what the fault says."""
        target: Any = request.headers["X-Amz-Target"]
        action: str = target.decode().partition(".")[2]
        self.actions.append(action)
        disturbed = len(self.actions) - 1 in self._disturbed
        match self._fault:
            case Fault() as fault if disturbed and fault.can_meet(action):
                return self._meet(fault, action, request)
            case Exception() as error if disturbed:
                raise error
            case (int() as status, dict() as body) if disturbed:
                return dynamodb.response(request, status, body)
            case _:
                return dynamodb.send(request)

    def _meet(self, fault: Fault, action: str, request: AWSPreparedRequest) -> AWSResponse:
        if fault.is_carried_out:
            dynamodb.send(request)
        if fault in {Fault.KILLED_BEFORE, Fault.KILLED_AFTER}:
            raise Killed
        if fault in {Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER}:
            self._clock.sleep(TIMEOUT_SECONDS)
            raise ReadTimeoutError(endpoint_url=SECRET)
        return dynamodb.response(
            request, *_responds(fault, action, json.loads(dynamodb.content(request)))
        )


def refusal(name: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """Status and body with which DynamoDB refuses a request."""
    return 400, {
        "__type": f"com.amazonaws.dynamodb.v20120810#{name}",
        "message": SECRET,
        **more,
    }


def cancelled(*codes: str) -> tuple[int, dict[str, Any]]:
    """Status and body of a transaction that DynamoDB cancelled, with a reason for each write."""
    reasons = [{"Code": code} for code in codes]
    return refusal("TransactionCanceledException", CancellationReasons=reasons)


@contextmanager
def wired(client: "DynamoDBClient", clock: Clock) -> Iterator[Wire]:
    """A client whose requests go over a wire, for as long as the context lasts."""
    wire = Wire(clock)
    events: Any = client.meta.events
    events.unregister(*dynamodb.HANDLER)
    events.register("before-send.dynamodb", wire.send)
    yield wire
    events.unregister("before-send.dynamodb", wire.send)
    events.register(*dynamodb.HANDLER)


def _responds(fault: Fault, action: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and body of a fault that DynamoDB tells about."""
    match fault, action:
        case Fault.UNPROCESSED, _:
            return 200, {"Responses": {}, "UnprocessedKeys": asked["RequestItems"]}
        case Fault.THROTTLED, _:
            return refusal("ProvisionedThroughputExceededException")
        case Fault.REFUSED, _:
            return refusal("AccessDeniedException")
        case Fault.CONFLICT | Fault.THROTTLED_WITHIN, "TransactWriteItems":
            # The last write is to blame: what stands before it must not matter.
            code = "TransactionConflict" if fault is Fault.CONFLICT else "ThrottlingError"
            return cancelled(*["None"] * (len(asked["TransactItems"]) - 1), code)
        case Fault.CONFLICT, _:
            return refusal("TransactionConflictException")
        case _:
            return 500, {"__type": "InternalServerError", "message": SECRET}

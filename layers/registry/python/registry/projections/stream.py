"""Functions on the change stream of the Clients table.

A batch may come twice, or half: what is written from it is written on condition that it is not
there. Records of one client come in the order of its versions; records of different clients in any.

A record that a function cannot take is parked with both its images, and the rest goes on. A fault
of AWS is raised, and Lambda sends the batch again. Nothing else is raised: Lambda would send a
batch with a record that always fails until the stream drops it, with everything behind it.

Source: "Using AWS Lambda with Amazon DynamoDB", AWS Lambda Developer Guide.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from registry.domain import deadline
from registry.domain.change import Author
from registry.domain.client import Client
from registry.domain.immutable import dataclass, replace
from registry.domain.payment_method import PaymentMethod
from registry.domain.tenant import Tenant
from registry.gateway.loading import loaded
from registry.gateway.logger import FunctionLogger, function_logger
from registry.gateway.time_left import time_left
from registry.store import items
from registry.store.dynamodb import is_fault
from registry.store.parked import ParkedStore
from registry.store.payment_methods import author_of_item, read_payment_method

_REMOVED = "REMOVE"
# Source: "StreamRecord", Amazon DynamoDB API Reference: a sequence number has 21 to 40 digits.
_DIGITS = 40


@dataclass(frozen=True, slots=True)
class ClientChange:
    """A change of a client, as the stream shows it.

    Attributes:
        tenant: the tenant of the client.
        before: the client before; None for a new one.
        after: the client afterwards.
        live: whether callers may see it afterwards; False once it is absorbed or erased.
    """

    tenant: Tenant
    before: Client | None
    after: Client
    live: bool


@dataclass(frozen=True, slots=True)
class PaymentMethodChange:
    """A payment method that was attached to a client, or removed from it.

    Attributes:
        tenant: the tenant of the client.
        method: the payment method, without its token.
        removed: whether it was removed.
        author: who did it, and when.
    """

    tenant: Tenant
    method: PaymentMethod
    removed: bool
    author: Author


StreamChange = ClientChange | PaymentMethodChange
_Change = TypeVar("_Change")


@dataclass(frozen=True, slots=True)
class _Failure:
    """A record that a projection cannot take, and why."""

    record: Mapping[str, Any]
    error: Exception

    @property
    def key(self) -> str:
        """The number that orders the record in its shard, with as many digits as any has."""
        return str(self.record["dynamodb"]["SequenceNumber"]).zfill(_DIGITS)


# Takes changes in their order, and may be given the same ones again.
Projection = Callable[[Sequence[StreamChange]], None]
Lambda = Callable[[Mapping[str, Any], object], None]


def stream_function(
    name: str,
    projection: Callable[[], Projection],
    parked: Callable[[], ParkedStore],
) -> Lambda:
    """Make a Lambda function of a projection.

    Args:
        name: the projection, in logs, metrics and the keys of parked records.
        projection: makes the projection; called for every batch.
        parked: makes the store for records that it cannot take.
    """

    def function(event: Mapping[str, Any], context: object) -> None:
        with deadline.within(time_left(context)):
            _run(name, event["Records"], projection(), parked())

    loaded()
    return function


def in_turn(
    *projections: Callable[[Sequence[_Change]], None],
) -> Callable[[Sequence[_Change]], None]:
    """One projection of several, which take the same changes one after the other."""

    def take(changes: Sequence[_Change]) -> None:
        for projection in projections:
            projection(changes)

    return take


def of_clients(projection: Callable[[Sequence[ClientChange]], None]) -> Projection:
    """The projection of a stream of which only the changes of clients matter."""

    def take(changes: Sequence[StreamChange]) -> None:
        projection([change for change in changes if isinstance(change, ClientChange)])

    return take


def read_change(record: Mapping[str, Any]) -> StreamChange | None:
    """The change in a stream record.

    Returns:
        None where it shows neither a new version of a client, nor a payment method that was
        attached or removed.

    Raises:
        Exception: any; the images are not those of a client or a payment method.
    """
    images = record["dynamodb"]
    workspace_id, mode = images["Keys"]["pk"]["S"].split("#")
    tenant, key = Tenant(workspace_id, mode), images["Keys"]["sk"]["S"]
    if key.startswith(items.CLIENT) and record["eventName"] != _REMOVED:
        return _client_change(tenant, images)
    if key.startswith(items.PAYMENT_METHOD):
        return _payment_method_change(tenant, images)
    return None


def _client_change(tenant: Tenant, images: Mapping[str, Any]) -> ClientChange | None:
    """The change of a client; None where its version is the same."""
    before = items.read_client(images["OldImage"]) if "OldImage" in images else None
    after = items.read_client(images["NewImage"])
    if before is not None and before.version == after.version:
        return None
    return ClientChange(tenant, before, after, items.is_live(images["NewImage"]))


def _payment_method_change(tenant: Tenant, images: Mapping[str, Any]) -> PaymentMethodChange | None:
    """The attachment or removal of a payment method; None for a change of its details.

    An item of before authors were kept has the record's instant, which is rounded down to the
    second. Source: "StreamRecord", Amazon DynamoDB API Reference.
    """
    if "OldImage" in images and "NewImage" in images:
        return None
    removed = "OldImage" in images
    image = images["OldImage" if removed else "NewImage"]
    at = datetime.fromtimestamp(int(images["ApproximateCreationDateTime"]), UTC)
    method = replace(read_payment_method(image), token=None)
    return PaymentMethodChange(tenant, method, removed, author_of_item(image, at))


def _run(
    name: str,
    records: Sequence[Mapping[str, Any]],
    projection: Projection,
    parked: ParkedStore,
) -> None:
    """Take a batch whole; where that fails, record by record, and park those that fail.

    Raises:
        Exception: a fault of AWS or of the deployment, see `is_fault`.
    """
    failures: list[_Failure] = []
    changes: list[tuple[Mapping[str, Any], StreamChange]] = []
    for record in records:
        try:
            change = read_change(record)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is parked
            failures.append(_Failure(record, error))
        else:
            if change is not None:
                changes.append((record, change))
    if _error(projection, [change for _, change in changes]) is not None:
        for record, change in changes:
            refusal = _error(projection, [change])
            if refusal is not None:
                failures.append(_Failure(record, refusal))
    for failure in failures:
        parked.park(name, failure.key, failure.record, failure.error)
    _report(name, len(records), failures)


def _error(projection: Projection, changes: Sequence[StreamChange]) -> Exception | None:
    """The error with which a projection refuses changes; None when it took them.

    Raises:
        Exception: a fault of AWS or of the deployment.
    """
    try:
        projection(changes)
    except Exception as error:
        if is_fault(error):
            raise
        return error
    return None


def _report(name: str, records: int, failures: Sequence[_Failure]) -> None:
    """Count a batch, and log the records that were parked: class of error and key, no values."""
    metrics = EphemeralMetrics()
    metrics.add_dimension(name="projection", value=name)
    metrics.add_metric(name="StreamRecords", unit=MetricUnit.Count, value=records)
    if failures:
        metrics.add_metric(name="ParkedRecords", unit=MetricUnit.Count, value=len(failures))
    metrics.flush_metrics()
    for failure in failures:
        _logger().error(
            "record parked",
            projection=name,
            sequence_number=failure.key,
            error=type(failure.error).__name__,
        )


@cache
def _logger() -> FunctionLogger:
    return function_logger()

"""The function that carries erasures out.

It is on the stream of the Events table, where the event of each tombstone appears when it is
written: every earlier event of the client is there by then. Every hour it also looks for jobs that
are not done, because a stream keeps its records for a day only.

A fault of AWS is raised, and Lambda sends the batch again. Any other error fails its job alone, and
the alarm rises; the job is tried again every hour.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from registry.domain import deadline
from registry.domain.erasure import Erasure
from registry.domain.errors import NotFound
from registry.domain.event import EventType
from registry.domain.tenant import Tenant
from registry.gateway.loading import loaded
from registry.gateway.logger import FunctionLogger, function_logger
from registry.gateway.time_left import time_left
from registry.services.clearing import Clearing, NotFollowed
from registry.store.dynamodb import is_fault

NAME = "erase"

Lambda = Callable[[Mapping[str, Any], object], None]


def erase_function(clearing: Callable[[], Clearing]) -> Lambda:
    """Make the Lambda function.

    Args:
        clearing: makes what carries erasures out; called for every invocation.
    """

    def function(event: Mapping[str, Any], context: object) -> None:
        with deadline.within(time_left(context)):
            if "Records" in event:
                _follow(clearing(), event["Records"])
            else:
                _look(clearing())

    loaded()
    return function


def erased_clients(records: "list[Mapping[str, Any]]") -> Iterator[tuple[Tenant, str]]:
    """The clients whose erasure is told by records of the Events table's stream."""
    for record in records:
        image = record["dynamodb"].get("NewImage", {})
        if image.get("type", {}).get("S") != EventType.ERASED or "changed" not in image:
            continue
        workspace_id, mode, client_id = image["pk"]["S"].split("#")
        yield Tenant(workspace_id, mode), client_id


def _follow(clearing: Clearing, records: "list[Mapping[str, Any]]") -> None:
    """Carry out the erasures whose events were written.

    Raises:
        Exception: a fault of AWS, or views that are behind.
    """
    jobs: dict[str, tuple[Tenant, Erasure]] = {}
    for tenant, client_id in erased_clients(records):
        try:
            erasure = clearing.erasures.of_client(tenant, client_id)
        except NotFound:
            # A restore from a backup has taken the tombstone, or the job, back.
            continue
        jobs[erasure.id] = tenant, erasure
    for tenant, erasure in jobs.values():
        _carry_out(clearing, tenant, erasure)


def _look(clearing: Clearing) -> None:
    """Carry out the erasures that are not done. One that cannot be yet is left for the next hour.

    Raises:
        Exception: a fault of AWS.
    """
    for tenant, erasure in list(clearing.erasures.unfinished()):
        try:
            _carry_out(clearing, tenant, erasure)
        except NotFollowed:
            continue


def _carry_out(clearing: Clearing, tenant: Tenant, erasure: Erasure) -> None:
    """Carry an erasure out; where that fails, write so and go on.

    Raises:
        Exception: a fault of AWS, or views that are behind.
    """
    try:
        ended = clearing.carry_out(tenant, erasure)
    except Exception as error:
        if is_fault(error):
            raise
        clearing.erasures.fail(tenant, erasure)
        _report("ErasuresFailed")
        _logger().error("erasure failed", erasure_id=erasure.id, error=type(error).__name__)
    else:
        _report("Erasures")
        _logger().info("erasure", erasure_id=erasure.id, ended=ended.value)


def _report(metric: str) -> None:
    metrics = EphemeralMetrics()
    metrics.add_dimension(name="projection", value=NAME)
    metrics.add_metric(name=metric, unit=MetricUnit.Count, value=1)
    metrics.flush_metrics()


@cache
def _logger() -> FunctionLogger:
    return function_logger()

"""Functions on the queue of deliveries, and the schedule beside it.

Source: "Using Lambda with Amazon SQS", AWS Lambda Developer Guide: a message whose item is reported
as failed stays in the queue, and comes again when its visibility timeout ends, which `Deliver` has
set. After an error it comes again when the timeout of the queue ends.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from registry.domain import deadline
from registry.domain.errors import NotFound
from registry.domain.identifiers import instant, now
from registry.domain.tenant import Tenant
from registry.domain.webhook import Attempt, Cause, DeliveryState, Endpoint
from registry.gateway.loading import loaded
from registry.gateway.logger import FunctionLogger, function_logger
from registry.gateway.time_left import time_left
from registry.gateway.webhook_url import loopback_allowed
from registry.projections.breaker import Breaker
from registry.projections.catch_up import CatchUp
from registry.projections.deliver import NAME, Deliver
from registry.projections.posting import Poster
from registry.projections.telling import Formats, Telling
from registry.store.clients import client_store
from registry.store.deliveries import delivery_store
from registry.store.events import event_store
from registry.store.sealing import sealer
from registry.store.webhook_queue import (
    Errand,
    Message,
    WebhookQueue,
    read_message,
    webhook_queue,
)
from registry.store.webhooks import WebhookStore, webhook_store

Errands = Callable[[Mapping[str, Any], object], dict[str, Any]]
Scheduled = Callable[[Mapping[str, Any], object], None]


def queue_function(deliver: Callable[[], Deliver]) -> Errands:
    """Make a Lambda function of what does the errands in the queue; it is made for every batch."""

    def function(event: Mapping[str, Any], context: object) -> dict[str, Any]:
        with deadline.within(time_left(context)):
            doing = deliver()
            return {
                "batchItemFailures": [
                    {"itemIdentifier": record["messageId"]}
                    for record in event["Records"]
                    if not doing(read_message(record["body"]), record["receiptHandle"])
                ]
            }

    loaded()
    return function


def deliver(formats: Formats) -> Deliver:
    """What does the errands, over the stores of this process.

    Args:
        formats: gives the format of a contract.
    """
    webhooks, deliveries, events, queue = (
        webhook_store(),
        delivery_store(),
        event_store(),
        webhook_queue(),
    )
    telling = Telling(client_store(), sealer(), formats, _poster())
    return Deliver(
        webhooks,
        deliveries,
        events,
        queue,
        telling,
        Breaker(webhooks, deliveries, events, queue, telling, disabled),
        CatchUp(webhooks, deliveries, events, queue),
        observe=observe,
    )


def schedule_function(
    webhooks: Callable[[], WebhookStore],
    queue: Callable[[], WebhookQueue],
) -> Scheduled:
    """Make a Lambda function that has open endpoints probed when they are due."""

    def function(_event: Mapping[str, Any], context: object) -> None:
        with deadline.within(time_left(context)):
            _count("WebhooksOpen", probe_due(webhooks(), queue()))

    loaded()
    return function


def probe_due(
    webhooks: WebhookStore,
    queue: WebhookQueue,
    clock: Callable[[], datetime] = now,
) -> int:
    """Queue a probe for each endpoint that is open and due; the number of those that are open."""
    number = 0
    for tenant, endpoint_id in webhooks.opened():
        try:
            endpoint = webhooks.get(tenant, endpoint_id)
        except NotFound:
            continue
        number += endpoint.open
        if endpoint.open and endpoint.probe_at is not None and endpoint.probe_at <= clock():
            queue.put([_probe(tenant, endpoint)])
    return number


def observe(attempt: Attempt) -> None:
    """Count an attempt, and log it: no address, and nothing of the event but its id."""
    delivered = attempt.state is DeliveryState.DELIVERED
    _count("WebhooksDelivered" if delivered else "WebhookAttemptsFailed", 1)
    _logger().info(
        "webhook attempted",
        endpoint_id=attempt.endpoint_id,
        event_id=attempt.event_id,
        attempt=attempt.number,
        state=attempt.state,
        status=attempt.status,
        error=attempt.error,
    )


def disabled(_: Tenant, endpoint: Endpoint) -> None:
    """Count and log that an endpoint was disabled."""
    _count("WebhooksDisabled", 1)
    _logger().warning("webhook disabled", endpoint_id=endpoint.id, reason=endpoint.disabled_reason)


@cache
def _poster() -> Poster:
    """What sends requests; the local stack may reach this machine itself."""
    return Poster(loopback=loopback_allowed())


def _probe(tenant: Tenant, endpoint: Endpoint) -> Message:
    """The message that has an open endpoint probed; the same until it was."""
    opened_at = instant(endpoint.opened_at) if endpoint.opened_at is not None else ""
    return Message(
        errand=Errand.PROBE,
        tenant=tenant,
        endpoint_id=endpoint.id,
        cause=Cause.RETRY,
        counter=f"{opened_at} {endpoint.probes}",
    )


def _count(name: str, value: int) -> None:
    metrics = EphemeralMetrics()
    metrics.add_dimension(name="projection", value=NAME)
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    metrics.flush_metrics()


@cache
def _logger() -> FunctionLogger:
    return function_logger()

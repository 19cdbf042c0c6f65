"""Webhooks and what was delivered to them, as the registry's own contract shows them."""

from typing import Literal, cast

from registry.contracts.registry_api.webhooks.wire import (
    DeliveryObject,
    WebhookObject,
    WebhookWithSecret,
)
from registry.domain.identifiers import instant
from registry.domain.webhook import Attempt, DeliveryState, Endpoint


def show(endpoint: Endpoint) -> WebhookObject:
    """A webhook without its secret."""
    return WebhookObject(
        id=endpoint.id,
        url=endpoint.url,
        types=list(endpoint.types),
        enabled=endpoint.enabled,
        disabled_reason=endpoint.disabled_reason,
        created_at=instant(endpoint.created_at),
    )


def show_secret(endpoint: Endpoint, secret: str | None) -> WebhookWithSecret:
    """A webhook with its secret; None for an answer that is kept, to be repeated."""
    return WebhookWithSecret(**show(endpoint).model_dump(), secret=secret)


def show_attempt(attempt: Attempt) -> DeliveryObject:
    """An attempt; an event that was skipped was given up."""
    state = attempt.state if attempt.state is not DeliveryState.SKIPPED else DeliveryState.FAILED
    next_at = attempt.next_attempt_at
    return DeliveryObject(
        event_id=attempt.event_id,
        type=attempt.type,
        client=attempt.client_id,
        attempt=attempt.number,
        cause=attempt.cause,
        state=cast("Literal['delivered', 'waiting', 'failed']", state.value),
        status=attempt.status,
        error=attempt.error,
        at=instant(attempt.at),
        next_attempt_at=instant(next_at) if next_at is not None else None,
    )

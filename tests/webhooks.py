"""Webhook endpoints, and attempts to tell them of events, as tests need them in the tables."""

from typing import Any

from registry.domain.identifiers import now
from registry.domain.webhook import Attempt, Cause, DeliveryState, Endpoint, new_endpoint_id
from registry.domain.workspace import Contract


def endpoint_of(contract: Contract, **fields: Any) -> Endpoint:
    """An endpoint of a contract that is told of everything, but for these fields."""
    at = now()
    values: dict[str, Any] = {
        "id": new_endpoint_id(),
        "contract": contract,
        "url": "https://hooks.acme.com/",
        "types": ("*",),
        "sources": ("*",),
        "enabled": True,
        "created_at": at,
        "updated_at": at,
        "secret": "sealed",
        "secret_end": "aled",
    }
    return Endpoint(**values | fields)


def attempt_at(endpoint_id: str, event_id: str, **fields: Any) -> Attempt:
    """A first attempt, which failed and waits for the next one, but for these fields.

    The event is that of a change of the client whose id it begins with.
    """
    at = now()
    values: dict[str, Any] = {
        "endpoint_id": endpoint_id,
        "event_id": event_id,
        "type": "client.created",
        "client_id": event_id.partition(".")[0],
        "number": 1,
        "cause": Cause.CHANGE,
        "state": DeliveryState.WAITING,
        "status": 500,
        "error": None,
        "at": at,
        "next_attempt_at": at,
    }
    return Attempt(**values | fields)

"""What `registry webhook` prints: JSON, or text for people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ops.cli.output import list_records, show_record
from ops.cli.webhooks import MadeEndpoint
from registry.domain.identifiers import instant
from registry.domain.webhook import Attempt, Endpoint

Json = dict[str, Any]


def endpoint_json(endpoint: Endpoint) -> Json:
    """A webhook without its secret."""
    return {
        "id": endpoint.id,
        "contract": endpoint.contract.value,
        "url": endpoint.url,
        "types": list(endpoint.types),
        "enabled": endpoint.enabled,
        "disabled_reason": endpoint.disabled_reason,
        "failing_since": _instant(endpoint.failing_since),
        "open": endpoint.open,
        "created_at": instant(endpoint.created_at),
    }


def attempt_json(attempt: Attempt) -> Json:
    """An attempt, under the names of the registry's own contract."""
    return {
        "event_id": attempt.event_id,
        "type": attempt.type,
        "client": attempt.client_id,
        "attempt": attempt.number,
        "cause": attempt.cause,
        "state": attempt.state,
        "status": attempt.status,
        "error": attempt.error,
        "at": instant(attempt.at),
        "next_attempt_at": _instant(attempt.next_attempt_at),
    }


def show_made(made: MadeEndpoint, *, as_json: bool) -> None:
    """Print a webhook with its secret."""
    show_record(endpoint_json(made.endpoint) | {"secret": made.secret}, as_json=as_json)


def show_endpoint(endpoint: Endpoint, *, as_json: bool) -> None:
    """Print a webhook."""
    show_record(endpoint_json(endpoint), as_json=as_json)


def list_endpoints(endpoints: Sequence[Endpoint], *, as_json: bool) -> None:
    """Print webhooks."""
    columns = ("id", "contract", "url", "types", "enabled", "open")
    list_records([endpoint_json(each) for each in endpoints], columns, as_json=as_json)


def list_attempts(attempts: Sequence[Attempt], *, as_json: bool) -> None:
    """Print attempts."""
    columns = ("at", "event_id", "type", "attempt", "cause", "state", "status", "error")
    list_records([attempt_json(each) for each in attempts], columns, as_json=as_json)


def show_queued(event_id: str, *, as_json: bool) -> None:
    """Print what will be sent."""
    show_record({"event_id": event_id, "queued": True}, as_json=as_json)


def show_skipped(event_id: str, *, as_json: bool) -> None:
    """Print what will not be sent."""
    show_record({"event_id": event_id, "skipped": True}, as_json=as_json)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)

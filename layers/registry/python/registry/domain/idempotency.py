"""Idempotency keys and the responses recorded under them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

RETENTION = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Idempotency:
    """An idempotency key in its scope, and the fingerprint of the request that carries it.

    Attributes:
        key: workspace, mode, contract and the caller's key, joined: the key of one record.
        fingerprint: SHA-256, in hexadecimal, of method, path, query and parsed body.
    """

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class RecordedResponse:
    """The response recorded under an idempotency key until the record expires.

    Attributes:
        status: the HTTP status, always 2xx.
        body: the body, byte for byte.
        expires_at: when the key is free again.
    """

    idempotency: Idempotency
    status: int
    body: str
    expires_at: datetime


def recorded(
    idempotency: Idempotency | None,
    status: int,
    body: str,
    at: datetime,
) -> RecordedResponse | None:
    """The response to record at an instant; None where the request has no key."""
    if idempotency is None:
        return None
    return RecordedResponse(idempotency, status, body, at + RETENTION)

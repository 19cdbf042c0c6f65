"""What is remembered of a request that carries an idempotency key."""

from dataclasses import dataclass
from datetime import datetime, timedelta

RETENTION = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Idempotency:
    """An idempotency key in its scope, and what the request with it is.

    Attributes:
        key: workspace, mode, contract and the caller's key, joined: one text for one memory.
        fingerprint: SHA-256, in hexadecimal, of method, path and parsed body.
    """

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class RecordedResponse:
    """The answer a key stands for from now on.

    Attributes:
        status: the HTTP status, always 2xx.
        body: the body to the byte.
        expires_at: when the key is free again.
    """

    idempotency: Idempotency
    status: int
    body: str
    expires_at: datetime

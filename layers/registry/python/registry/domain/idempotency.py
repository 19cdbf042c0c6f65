"""Idempotency keys and the responses recorded under them."""

from datetime import datetime, timedelta

from registry.domain.immutable import dataclass

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
        client_ids: the clients that the request or its response names, so that the record is found
            when one of them is erased.
    """

    idempotency: Idempotency
    status: int
    body: str
    expires_at: datetime
    client_ids: tuple[str, ...] = ()


def recorded(
    idempotency: Idempotency | None,
    status: int,
    body: str,
    at: datetime,
    *client_ids: str,
) -> RecordedResponse | None:
    """The response to record at an instant; None where the request has no key.

    Args:
        idempotency: the key of the request.
        status: the HTTP status of the response.
        body: its body.
        at: the instant.
        client_ids: the clients that the request's path or body, or the response, names; each may
            stand here several times.
    """
    if idempotency is None:
        return None
    named = tuple(dict.fromkeys(client_ids))
    return RecordedResponse(idempotency, status, body, at + RETENTION, named)

"""Erasing a person: the job, what a client leaves behind, and the receipt.

A client that is erased becomes a tombstone: its id stays, so that no import can make it again, with
the end of its ledger, so that the chain of evidence still ends where it did. Nothing else of it
stays. The receipt says what was removed from each store, what cannot be removed at once, and until
when that is gone. See `docs/privacy.md`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from registry.domain.change import Author, stamp_after
from registry.domain.client import Client
from registry.domain.identifiers import instant
from registry.domain.immutable import dataclass
from registry.domain.tenant import Tenant

MAX_REASON = 500
"""The longest reason, in characters."""


class State(StrEnum):
    """How far an erasure is. One that failed is tried again every hour."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """The erasure of a client and of all that it had absorbed.

    Attributes:
        id: UUIDv7.
        client_id: the client.
        absorbed: the clients that it had absorbed, which are erased with it.
        state: how far it is.
        reason: why, as whoever asked for it wrote it; removed with everything else.
        requested_at: when the clients became tombstones.
        credential_id, contract, operator: who asked for it, as `Event` has them.
        look_up_keys: how many values the clients were found by.
        counts: how much there was to remove, by store; None before it was counted.
        completed_at: when everything was removed.
        receipt: the receipt as JSON, with its digest; None before it is done.
    """

    id: str
    client_id: str
    absorbed: tuple[str, ...]
    state: State
    reason: str | None
    requested_at: datetime
    credential_id: str | None
    contract: str | None
    operator: str | None
    look_up_keys: int
    counts: Mapping[str, int] | None = None
    completed_at: datetime | None = None
    receipt: Mapping[str, Any] | None = None

    @property
    def client_ids(self) -> tuple[str, ...]:
        """Every client that is erased."""
        return (self.client_id, *self.absorbed)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom an erasure is about.

    Attributes:
        tenant: the tenant of the clients.
        client_ids: the clients.
        consent_key, id_key: the workspace's keys, with which hashes stand in place of addresses and
            of vendors' ids. Counting needs neither.
    """

    tenant: Tenant
    client_ids: tuple[str, ...]
    consent_key: bytes = field(default=b"", repr=False)
    id_key: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Expiry:
    """What cannot be removed at once.

    Attributes:
        count: how much it is; None where nobody can count it.
        by: when it is gone at the latest.
    """

    count: int | None
    by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """What an erasure removes from a store.

    Attributes:
        store: the name of the store, see `docs/privacy.md`.
        deleted: the number of items that are deleted.
        redacted: the number of items that stay without what was personal in them.
        expires: what stays for a while.
    """

    store: str
    deleted: int = 0
    redacted: int = 0
    expires: Expiry | None = None


def tombstone(client: Client, author: Author, version: int | None = None) -> Client:
    """What stays of a client in the table.

    Args:
        client: the client, live or absorbed.
        author: who has it erased.
        version: the version that the tombstone gets; None for the one after the client's.
    """
    at = stamp_after(client, author)
    return Client(
        id=client.id,
        version=version if version is not None else client.version + 1,
        created_at=client.created_at,
        updated_at=at,
        erased_at=at,
        changed_by=author.packed(),
        evidence_count=client.evidence_count,
        ledger_head=client.ledger_head,
    )


def receipt(
    tenant: Tenant, erasure: Erasure, cleared: tuple[Cleared, ...], completed_at: datetime
) -> dict[str, Any]:
    """The receipt of an erasure as JSON, with its digest.

    Source: `docs/registry.md`, "Erasing a person".
    """
    body: dict[str, Any] = {
        "id": erasure.id,
        "client": erasure.client_id,
        "absorbed": list(erasure.absorbed),
        "workspace": tenant.workspace_id,
        "mode": str(tenant.mode),
        "completed_at": instant(completed_at),
        "stores": list(map(_cleared_json, cleared)),
    }
    return {**body, "digest": digest_of(body)}


def job_json(erasure: Erasure) -> dict[str, Any]:
    """A job as JSON. Source: `docs/registry.md`, "Erasing a person"."""
    done = erasure.completed_at
    return {
        "id": erasure.id,
        "client": erasure.client_id,
        "absorbed": list(erasure.absorbed),
        "state": erasure.state.value,
        "reason": erasure.reason,
        "requested_at": instant(erasure.requested_at),
        "requested_by": {
            "credential_id": erasure.credential_id,
            "contract": erasure.contract,
            "operator": erasure.operator,
        },
        "completed_at": instant(done) if done is not None else None,
        "receipt": erasure.receipt,
    }


def digest_of(body: Mapping[str, Any]) -> str:
    """SHA-256 of a receipt without its digest, in lower-case hexadecimal.

    The text that is hashed is RFC 8785 JSON. Its values are texts, whole numbers and nulls, and its
    names are ASCII; of these Python's own encoder writes that form.
    """
    covered = {name: value for name, value in body.items() if name != "digest"}
    text = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _cleared_json(cleared: Cleared) -> dict[str, Any]:
    expires = None
    if cleared.expires is not None:
        expires = {"count": cleared.expires.count, "by": instant(cleared.expires.by)}
    return {
        "store": cleared.store,
        "deleted": cleared.deleted,
        "redacted": cleared.redacted,
        "expires": expires,
    }

"""The ledger of consent: one entry for each grant and withdrawal, each chained to the one before.

An entry carries the hash of the entry before it, and the client carries the hash of the last one,
so that an entry that was changed, or is missing, is noticed. The hash covers a keyed hash of the
address in place of the address, so that the chain still holds when the address is erased.

Entries of before there were chains, and those of a workspace that has no secret yet, have no
hashes. They come before the chain, which starts with the first entry that has one.

Source: `docs/data-model.md`, "The chain of evidence".
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from registry.domain.client import Channel
from registry.domain.email_address import email_key
from registry.domain.identifiers import instant

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


class Withdrawal(StrEnum):
    """Why consent ended."""

    STATED = "stated"
    CONTACT_POINT_CHANGED = "contact_point_changed"


class Source(StrEnum):
    """How an entry came about.

    An integration attested the consent, or a caller of the registry's own API; or it came with its
    address from a client that was merged, or went with it when the merge was undone.
    """

    IMPORTED = "imported"
    ATTESTED = "attested"
    MERGE = "merge"
    UNMERGE = "unmerge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One grant or withdrawal of consent, kept for ever.

    Attributes:
        id: UUIDv7.
        contact_point: the e-mail address, or the number in E.164, that the consent is for.
        source: how it came about.
        withdrawal: why it ended; None for a grant.
        at: the instant of the change, `updated_at` of the record after it.
        credential_id: whose call it was; None for an operator's command.
        contact_point_hash: see `hash_of_contact_point`; None for an entry before the chain.
        previous_hash: the hash of the client's entry before; None for the first of the chain.
        hash: see `hash_of_entry`; None for an entry before the chain.
    """

    id: str
    client_id: str
    channel: Channel
    contact_point: str
    granted: bool
    source: Source
    withdrawal: Withdrawal | None
    at: datetime
    credential_id: str | None
    contact_point_hash: str | None = None
    previous_hash: str | None = None
    hash: str | None = None


def normalised(channel: Channel, contact_point: str) -> str:
    """The one spelling of an address or number: e-mail as `email_key` says, a number in E.164."""
    return email_key(contact_point) if channel is Channel.EMAIL else contact_point


def hash_of_contact_point(key: bytes, channel: Channel, contact_point: str) -> str:
    """HMAC-SHA256 of a normalised address or number, in lower-case hexadecimal.

    Args:
        key: the workspace's key for consent.
        channel: the channel that the address or number belongs to.
        contact_point: any spelling.
    """
    text = normalised(channel, contact_point).encode()
    return hmac.digest(key, text, "sha256").hex()


def hash_of_entry(entry: Evidence) -> str:
    """SHA-256 of the entry without its address, in lower-case hexadecimal.

    The text that is hashed is RFC 8785 JSON. Its values are texts, flags and nulls, and its names
    are ASCII; of these Python's own encoder writes that form.
    """
    return _hash_of(entry, entry.contact_point_hash, entry.previous_hash)


def _hash_of(entry: Evidence, contact_point_hash: str | None, previous_hash: str | None) -> str:
    """The hash of an entry that is to have these hashes."""
    covered = {  # in the order of RFC 8785
        "at": instant(entry.at),
        "channel": entry.channel,
        "client_id": entry.client_id,
        "contact_point_hash": contact_point_hash,
        "credential_id": entry.credential_id,
        "granted": entry.granted,
        "id": entry.id,
        "previous_hash": previous_hash,
        "source": entry.source,
        "withdrawal": entry.withdrawal,
    }
    return hashlib.sha256(_encode(covered).encode()).hexdigest()


def chained(entries: Iterable[Evidence], head: str | None, key: bytes) -> tuple[Evidence, ...]:
    """New entries of a client, in their order, behind the entry whose hash is `head`.

    Without a key, as in a workspace that has no secret yet, the entries stay without hashes.
    """
    if not key:
        return tuple(entries)
    chain = []
    for entry in entries:
        hidden = hash_of_contact_point(key, entry.channel, entry.contact_point)
        own = _hash_of(entry, hidden, head)
        chain.append(replace(entry, contact_point_hash=hidden, previous_hash=head, hash=own))
        head = own
    return tuple(chain)

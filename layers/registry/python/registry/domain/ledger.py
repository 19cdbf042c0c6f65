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
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from registry.domain.client import Channel
from registry.domain.email_address import email_key
from registry.domain.identifiers import instant
from registry.domain.immutable import dataclass, replace
from registry.domain.json_encoder import encoder

_encode = encoder(ensure_ascii=False)


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
        contact_point: the e-mail address, or the number in E.164, that the consent is for; None
            once the person was erased.
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
    contact_point: str | None
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
        point = _hidden_point(entry, key)
        own = _hash_of(entry, point, head)
        chain.append(replace(entry, contact_point_hash=point, previous_hash=head, hash=own))
        head = own
    return tuple(chain)


def hidden(entry: Evidence, key: bytes) -> Evidence:
    """The entry with the keyed hash of its address; unchanged without an address or a key."""
    if entry.contact_point is None or not key:
        return entry
    return replace(entry, contact_point_hash=_hidden_point(entry, key))


def _hidden_point(entry: Evidence, key: bytes) -> str | None:
    """The keyed hash of an entry's address; without an address the one that is there."""
    if entry.contact_point is None:
        return entry.contact_point_hash
    return hash_of_contact_point(key, entry.channel, entry.contact_point)


class Fault(StrEnum):
    """What is wrong with an entry of a ledger."""

    CHANGED = "changed"
    MISSING = "missing"
    OUT_OF_ORDER = "out_of_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The first place at which a client's ledger does not hold.

    Attributes:
        fault: what is wrong.
        entry_id: the entry; of a missing one the entry that should come after it, None where the
            newest is missing.
        hash: of a missing entry, where it is known.
    """

    fault: Fault
    entry_id: str | None
    hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The ledger of one client, and what the client says of it.

    Attributes:
        client_id: the client.
        head: the hash of its newest entry, from the client; None where no entry has a hash.
        count: how many entries the client has left at least, from the client.
        erased: whether the client was erased, so that no entry has an address.
        entries: oldest first.
    """

    client_id: str
    head: str | None
    count: int
    erased: bool
    entries: Sequence[Evidence]

    def first_break(self, key: bytes) -> Break | None:
        """The first entry that was changed, is missing, or is out of order; None where all hold.

        Args:
            key: the workspace's key for consent; without one, addresses cannot be checked.
        """
        found = self._first_broken(key)
        if found is None and len(self.entries) < self.count:
            first = self.entries[0].id if self.entries else None
            return Break(fault=Fault.MISSING, entry_id=first)
        return found

    def _first_broken(self, key: bytes) -> Break | None:
        """The first break of the chain. Entries without a hash come before it."""
        hashes = {entry.hash for entry in self.entries}
        previous: str | None = None
        for entry in self.entries:
            if previous is not None and previous == self.head:
                return Break(fault=Fault.OUT_OF_ORDER, entry_id=entry.id)
            if entry.hash is None and previous is None:
                continue
            if not self._is_intact(entry, key):
                return Break(fault=Fault.CHANGED, entry_id=entry.id)
            if entry.previous_hash != previous:
                return _misplaced(entry, hashes)
            previous = entry.hash
        if previous != self.head:
            return Break(fault=Fault.MISSING, entry_id=None, hash=self.head)
        return None

    def _is_intact(self, entry: Evidence, key: bytes) -> bool:
        """Whether an entry has its hash still, and its address that of the entry."""
        if entry.hash is None or entry.hash != hash_of_entry(entry):
            return False
        if entry.contact_point is None:
            return self.erased
        return not key or hidden(entry, key) == entry


def _misplaced(entry: Evidence, hashes: Iterable[str | None]) -> Break:
    """The break before an entry that does not follow the one in front of it."""
    if entry.previous_hash is None or entry.previous_hash in hashes:
        return Break(fault=Fault.OUT_OF_ORDER, entry_id=entry.id)
    return Break(fault=Fault.MISSING, entry_id=entry.id, hash=entry.previous_hash)

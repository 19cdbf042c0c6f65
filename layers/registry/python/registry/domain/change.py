"""How a client changes: a new record, and the evidence of consent that the change made.

Consent belongs to an address or a number, not to a client: it is attested for one, ends with it,
and every grant and withdrawal leaves an entry that says why.

A change has one instant, which is later than the record's last change even where the clock is
behind. Its evidence carries that instant and ascending ids, so that a client's evidence in order of
key always ends in the consent that the client shows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Unpack

from registry.domain.client import Channel, Client, Fields
from registry.domain.email_address import email_key
from registry.domain.errors import Conflict
from registry.domain.identifiers import LAST_INSTANT, ascending_ids, new_id

# The most entries of evidence of one client, less two: both consents can still be withdrawn.
# Source: `docs/data-model.md`, "Limits per client".
MAX_EVIDENCE = 10_000

_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Withdrawal(StrEnum):
    """Why consent ended."""

    STATED = "stated"
    CONTACT_POINT_CHANGED = "contact_point_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One grant or withdrawal of consent, kept for ever.

    Attributes:
        id: UUIDv7.
        contact_point: the e-mail address, or the number in E.164, that the consent is for.
        source: how it came about; consent attested by an integration is `imported`.
        withdrawal: why it ended; None for a grant.
        at: the instant of the change, `updated_at` of the record after it.
        credential_id: whose call it was; None for an operator's command.
    """

    id: str
    client_id: str
    channel: Channel
    contact_point: str
    granted: bool
    source: str
    withdrawal: Withdrawal | None
    at: datetime
    credential_id: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """A record after a change, with the evidence the change made."""

    client: Client
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a change, and the instant of the change.

    Attributes:
        credential_id: the credential of the caller; None for an operator's command.
        at: the instant of the change.
        contract: the contract through which the caller came.
        request_id: API Gateway's id of the request, which the log lines carry as well.
        operator: the AWS identity that ran an operator's command.
    """

    credential_id: str | None
    at: datetime
    contract: str | None = None
    request_id: str | None = None
    operator: str | None = None

    def packed(self) -> str:
        """The author in one short text, without the instant: `Client.changed_by`."""
        return "|".join(
            text or ""
            for text in (self.credential_id, self.contract, self.request_id, self.operator)
        )


def author_of(client: Client) -> Author:
    """The author of a client's last change: the inverse of `Author.packed`.

    Nobody is named for a change that was made before authors were kept.
    """
    parts = client.changed_by.split("|", 3) if client.changed_by is not None else [""] * 4
    credential_id, contract, request_id, operator = (part or None for part in parts)
    return Author(credential_id, client.updated_at, contract, request_id, operator)


def create(
    author: Author,
    consents: Mapping[Channel, bool] | None = None,
    *,
    claims_external_id: bool = False,
    **fields: Unpack[Fields],
) -> Change:
    """A new record with these fields, created at `author.at`.

    `consents` is the consent that the caller attests per channel. A consent without an address or
    number is ignored.
    """
    blank = Client(
        id=new_id(author.at),
        version=1,
        created_at=author.at,
        updated_at=author.at,
        changed_by=author.packed(),
    )
    client = replace(blank, claims_external_id=claims_external_id, **fields)
    return _with_consent(blank, client, author, consents or {})


def move_in(client: Client, author: Author) -> Change:
    """A new record as its vendor shows it, with the evidence of the consent that came along.

    The evidence is dated by the vendor: it carries the record's `updated_at`.

    Args:
        client: version 1, as `VendorClient.as_client` makes it.
        author: who moves it in.
    """
    blank = Client(id=client.id, version=1, created_at=client.created_at, updated_at=_EPOCH)
    evidence = tuple(_evidence(blank, client, replace(author, at=client.updated_at)))
    stamped = replace(client, evidence_count=len(evidence), changed_by=author.packed())
    return Change(stamped, evidence)


def follow(before: Client, after: Client, author: Author, updated_at: datetime | None) -> Change:
    """The record after its vendor's changes came in; the same record where nothing differs.

    Consent is what the vendor shows: nothing is inferred from a changed address, as `update` does.

    Args:
        before: the record.
        after: the record with what came in, still with the version of `before`.
        author: who moves it in.
        updated_at: the vendor's instant, for a record that nobody changed here; None for others.

    Raises:
        Conflict: it would grant consent, and `MAX_EVIDENCE` would be passed.
    """
    if after == before:
        return Change(before)
    stamp = _stamp(before, author)
    if updated_at is not None and updated_at >= before.updated_at:
        stamp = updated_at
    dated = replace(author, at=max(stamp, _stamp(before, replace(author, at=stamp))))
    evidence = _counted(before, after, dated)
    stamped = replace(
        after,
        version=before.version + 1,
        updated_at=stamp,
        changed_by=author.packed(),
        evidence_count=before.evidence_count + len(evidence),
    )
    return Change(stamped, evidence)


def update(
    client: Client,
    author: Author,
    consents: Mapping[Channel, bool] | None = None,
    *,
    archived: bool | None = None,
    **fields: Unpack[Fields],
) -> Change:
    """The record with these fields written; the same record where no field of it would differ.

    `archived` archives (True) or restores (False) it in the same change.

    Consent belongs to an address or a number: when that changes, it ends, unless `consents` attests
    it anew in the same call. An e-mail address that `email_key` says is the same stays the same.
    The claim on an external id is of that id alone: another id written later is not claimed.

    Raises:
        Conflict: it would grant consent, and `MAX_EVIDENCE` would be passed. What withdraws consent
            is never refused.
    """
    author = replace(author, at=_stamp(client, author))
    after = replace(client, **fields)
    after = replace(
        after,
        archived_at=_archived_at(client, author, archived),
        claims_external_id=client.claims_external_id and after.external_id == client.external_id,
    )
    change = _with_consent(client, after, author, consents or {})
    if change.client == client:
        return Change(client)
    stamped = replace(
        change.client,
        version=client.version + 1,
        updated_at=author.at,
        changed_by=author.packed(),
    )
    return replace(change, client=stamped)


def archive(client: Client, author: Author) -> Change:
    """The record, archived; an archived record unchanged."""
    return update(client, author, archived=True)


def restore(client: Client, author: Author) -> Change:
    """The record, active again; an active record unchanged."""
    return update(client, author, archived=False)


def can_archive(client: Client) -> bool:  # noqa: ARG001 - a rule about clients
    """Whether the client can be archived because nothing depends on it.

    Projects and invoices would depend on it; this registry has neither, so every client can be.
    """
    return True


def same_contact_point(channel: Channel, one: str | None, other: str | None) -> bool:
    """Whether two addresses or numbers are the same to a consent: e-mail as `email_key` says."""
    if channel is Channel.EMAIL and one is not None and other is not None:
        return email_key(one) == email_key(other)
    return one == other


def _archived_at(client: Client, author: Author, archived: bool | None) -> datetime | None:  # noqa: FBT001 - three-valued
    """`archived_at` after the change; archiving an archived record keeps the first instant."""
    if archived is None:
        return client.archived_at
    return (client.archived_at or author.at) if archived else None


def _stamp(before: Client, author: Author) -> datetime:
    """The instant of a change: the author's clock, or a moment after the last change if later.

    A client that moved in may carry the end of all time as its vendor's instant; it stays there.
    """
    if before.updated_at >= LAST_INSTANT:
        return LAST_INSTANT
    return max(author.at, before.updated_at + _MILLISECOND)


def _with_consent(
    before: Client,
    after: Client,
    author: Author,
    consents: Mapping[Channel, bool],
) -> Change:
    """The record with its consent after the change, and the evidence of what changed."""
    consent = {
        channel: _consent(before, after, channel, consents.get(channel)) for channel in Channel
    }
    client = replace(after, email_consent=consent[Channel.EMAIL], sms_consent=consent[Channel.SMS])
    evidence = _counted(before, client, author)
    count = before.evidence_count + len(evidence)
    return Change(replace(client, evidence_count=count), evidence)


def _counted(before: Client, after: Client, author: Author) -> tuple[Evidence, ...]:
    """The entries of a change, within the limit.

    Raises:
        Conflict: one of them grants consent, and `MAX_EVIDENCE` would be passed.
    """
    evidence = tuple(_evidence(before, after, author))
    count = before.evidence_count + len(evidence)
    if count > MAX_EVIDENCE and any(entry.granted for entry in evidence):
        raise Conflict(
            f"Consent has changed too often ({MAX_EVIDENCE} entries of evidence are kept); "
            "it can be withdrawn, but not granted."
        )
    return evidence


def _consent(before: Client, after: Client, channel: Channel, attested: bool | None) -> bool:  # noqa: FBT001 - three-valued
    """Whether there is consent after the change: attested, or kept with the same address."""
    if after.contact_point(channel) is None:
        return False
    if attested is not None:
        return attested
    return before.consents(channel) and same_contact_point(
        channel,
        before.contact_point(channel),
        after.contact_point(channel),
    )


def _evidence(before: Client, after: Client, author: Author) -> Iterator[Evidence]:
    """The entries of a change, in order: of each channel, the withdrawal first."""
    ids = ascending_ids(author.at)
    for channel in Channel:
        old, new = before.contact_point(channel), after.contact_point(channel)
        moved = not same_contact_point(channel, old, new)
        had, has = before.consents(channel), after.consents(channel)
        if had and old is not None and (moved or not has):
            why = Withdrawal.CONTACT_POINT_CHANGED if moved else Withdrawal.STATED
            yield _entry(next(ids), after, author, channel=channel, ended=why, contact_point=old)
        if has and new is not None and (moved or not had):
            yield _entry(next(ids), after, author, channel=channel, ended=None, contact_point=new)


def _entry(  # noqa: PLR0913 - one parameter per part of an entry
    entry_id: str,
    client: Client,
    author: Author,
    *,
    channel: Channel,
    contact_point: str,
    ended: Withdrawal | None,
) -> Evidence:
    return Evidence(
        id=entry_id,
        client_id=client.id,
        channel=channel,
        contact_point=contact_point,
        granted=ended is None,
        source="imported",
        withdrawal=ended,
        at=author.at,
        credential_id=author.credential_id,
    )

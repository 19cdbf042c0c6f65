"""How a client changes: a new record, and the evidence of consent that the change made.

Consent belongs to an address or a number, not to a client: it is attested for one, ends with it,
and every grant and withdrawal leaves an entry that says why.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Unpack

from registry.domain.client import Channel, Client, Fields
from registry.domain.email_address import email_key
from registry.domain.identifiers import new_id

_MILLISECOND = timedelta(milliseconds=1)


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
        credential_id: whose call it was.
    """

    id: str
    client_id: str
    channel: Channel
    contact_point: str
    granted: bool
    source: str
    withdrawal: Withdrawal | None
    at: datetime
    credential_id: str


@dataclass(frozen=True, slots=True)
class Change:
    """A record after a change, with the evidence the change made."""

    client: Client
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Author:
    """The credential that makes a change, and the instant of the change."""

    credential_id: str
    at: datetime


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
    blank = Client(id=new_id(author.at), version=1, created_at=author.at, updated_at=author.at)
    client = replace(blank, claims_external_id=claims_external_id, **fields)
    return _with_consent(blank, client, author, consents or {})


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
    """
    after = replace(client, **fields)
    after = replace(
        after,
        archived_at=_archived_at(client, author, archived),
        claims_external_id=client.claims_external_id and after.external_id == client.external_id,
    )
    return _stamped(client, _with_consent(client, after, author, consents or {}), author)


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


def _stamped(before: Client, change: Change, author: Author) -> Change:
    if change.client == before:
        return Change(before)
    updated_at = max(author.at, before.updated_at + _MILLISECOND)
    client = replace(change.client, version=before.version + 1, updated_at=updated_at)
    return replace(change, client=client)


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
    return Change(client, tuple(_evidence(before, client, author)))


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
    for channel in Channel:
        old, new = before.contact_point(channel), after.contact_point(channel)
        moved = not same_contact_point(channel, old, new)
        had, has = before.consents(channel), after.consents(channel)
        if had and old is not None and (moved or not has):
            why = Withdrawal.CONTACT_POINT_CHANGED if moved else Withdrawal.STATED
            yield _entry(after, channel, old, author, why)
        if has and new is not None and (moved or not had):
            yield _entry(after, channel, new, author, None)


def _entry(
    client: Client,
    channel: Channel,
    contact_point: str,
    author: Author,
    withdrawal: Withdrawal | None,
) -> Evidence:
    return Evidence(
        id=new_id(author.at),
        client_id=client.id,
        channel=channel,
        contact_point=contact_point,
        granted=withdrawal is None,
        source="imported",
        withdrawal=withdrawal,
        at=author.at,
        credential_id=author.credential_id,
    )

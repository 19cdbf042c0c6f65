"""How a client changes: a new record, and the evidence of consent that the change made.

Consent belongs to an address or a number, not to a client: it is attested for one, ends with it,
and every grant and withdrawal leaves an entry that says why.

A change has one instant, which is later than the record's last change even where the clock is
behind. Its evidence carries that instant and ascending ids, so that a client's evidence in order of
key always ends in the consent that the client shows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import UTC, datetime, timedelta
from typing import Unpack

from registry.domain.client import Channel, Client, Fields
from registry.domain.errors import Conflict
from registry.domain.identifiers import LAST_INSTANT, ascending_ids, new_id
from registry.domain.immutable import dataclass, replace
from registry.domain.ledger import Evidence, Source, Withdrawal, chained, normalised

# The most entries of evidence of one client, less two: both consents can still be withdrawn.
# Source: `docs/data-model.md`, "Limits per client".
MAX_EVIDENCE = 10_000

# What the author of a move's changes has in place of an API request's id: webhooks are not told.
QUIET_REQUEST = "move"

_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
        consent_key: the workspace's key for consent, with which new evidence is chained; empty
            where the workspace has no secret yet.
        merge: the merge that is made or undone by the change; None for any other change.
    """

    credential_id: str | None
    at: datetime
    contract: str | None = None
    request_id: str | None = None
    operator: str | None = None
    consent_key: bytes = field(default=b"", repr=False)
    merge: str | None = None

    def packed(self) -> str:
        """The author in one short text, without the instant: `Client.changed_by`."""
        parts = [self.credential_id, self.contract, self.request_id, self.operator]
        if self.merge is not None:
            parts.append(self.merge)
        return "|".join(text or "" for text in parts)


def author_of(client: Client) -> Author:
    """The author of a client's last change: the inverse of `Author.packed`."""
    return unpacked(client.changed_by, client.updated_at)


def unpacked(packed: str | None, at: datetime) -> Author:
    """The author in a text that `Author.packed` made, of a change at an instant.

    Nobody is named for a change that was made before authors were kept.
    """
    parts = packed.split("|") if packed is not None else [""] * 4
    credential_id, contract, request_id, operator, *merge = (part or None for part in parts)
    return Author(
        credential_id, at, contract, request_id, operator, merge=merge[0] if merge else None
    )


def create(
    author: Author,
    consents: Mapping[Channel, bool] | None = None,
    *,
    claims_external_id: bool = False,
    source: Source = Source.IMPORTED,
    **fields: Unpack[Fields],
) -> Change:
    """A new record with these fields, created at `author.at`.

    `consents` is the consent that the caller attests per channel, and `source` what its evidence
    says of it. A consent without an address or number is ignored.
    """
    client_id, ids = new_id(author.at), ascending_ids(author.at)
    phone = fields.get("phone")
    contact_points = {
        Channel.EMAIL: fields.get("email"),
        Channel.SMS: None if phone is None else phone.e164,
    }
    evidence = {
        channel: _entry(
            next(ids),
            client_id,
            author,
            source,
            channel=channel,
            ended=None,
            contact_point=contact_point,
        )
        for channel, contact_point in contact_points.items()
        if contact_point is not None and consents and consents.get(channel)
    }
    chain = chained(evidence.values(), None, author.consent_key)
    client = Client(
        id=client_id,
        version=1,
        created_at=author.at,
        updated_at=author.at,
        changed_by=author.packed(),
        claims_external_id=claims_external_id,
        email_consent=Channel.EMAIL in evidence,
        sms_consent=Channel.SMS in evidence,
        evidence_count=len(evidence),
        ledger_head=chain[-1].hash if chain else None,
        **fields,
    )
    return Change(client, chain)


def move_in(client: Client, author: Author) -> Change:
    """A new record as its vendor shows it, with the evidence of the consent that came along.

    The evidence is dated by the vendor: it carries the record's `updated_at`.

    Args:
        client: version 1, as `VendorClient.as_client` makes it.
        author: who moves it in.
    """
    blank = Client(id=client.id, version=1, created_at=client.created_at, updated_at=_EPOCH)
    evidence = _counted(blank, client, replace(author, at=client.updated_at))
    fresh = replace(client, evidence_count=0)
    return Change(_ledgered(fresh, client, evidence, author), evidence)


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
    stamp = stamp_after(before, author)
    if updated_at is not None and updated_at >= before.updated_at:
        stamp = updated_at
    dated = replace(author, at=max(stamp, stamp_after(before, replace(author, at=stamp))))
    evidence = _counted(before, after, dated)
    stamped = replace(after, version=before.version + 1, updated_at=stamp)
    return Change(_ledgered(before, stamped, evidence, author), evidence)


def _ledgered(
    before: Client, after: Client, evidence: tuple[Evidence, ...], author: Author
) -> Client:
    """The record with the count and the head of its ledger, and who changed it."""
    return replace(
        after,
        changed_by=author.packed(),
        evidence_count=before.evidence_count + len(evidence),
        ledger_head=evidence[-1].hash if evidence else before.ledger_head,
    )


def _counted(before: Client, after: Client, author: Author) -> tuple[Evidence, ...]:
    """The chained entries of a vendor's change, within the limit.

    Raises:
        Conflict: one of them grants consent, and `MAX_EVIDENCE` would be passed.
    """
    consent = {channel: after.consents(channel) for channel in Channel}
    entries = _evidence(before, after, consent, author, Source.IMPORTED)
    evidence = chained(entries, before.ledger_head, author.consent_key)
    if before.evidence_count + len(evidence) > MAX_EVIDENCE and any(
        entry.granted for entry in evidence
    ):
        raise Conflict(
            f"Consent has changed too often ({MAX_EVIDENCE} entries of evidence are kept); "
            "it can be withdrawn, but not granted."
        )
    return evidence


def update(
    client: Client,
    author: Author,
    consents: Mapping[Channel, bool] | None = None,
    *,
    archived: bool | None = None,
    source: Source = Source.IMPORTED,
    **fields: Unpack[Fields],
) -> Change:
    """The record with these fields written; the same record where no field of it would differ.

    `archived` archives (True) or restores (False) it in the same change; `source` is what the
    evidence of the change says of it.

    Consent belongs to an address or a number: when that changes, it ends, unless `consents` attests
    it anew in the same call. An e-mail address that `email_key` says is the same stays the same.
    The claim on an external id is of that id alone: another id written later is not claimed.

    Raises:
        Conflict: it would grant consent, and `MAX_EVIDENCE` would be passed. What withdraws consent
            is never refused.
    """
    author = replace(author, at=stamp_after(client, author))
    after = replace(client, **fields)
    after = replace(
        after,
        archived_at=_archived_at(client, author, archived),
        claims_external_id=client.claims_external_id and after.external_id == client.external_id,
    )
    change = with_consent(client, after, author, consents or {}, source)
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
    if one is None or other is None:
        return one is other
    return normalised(channel, one) == normalised(channel, other)


def _archived_at(client: Client, author: Author, archived: bool | None) -> datetime | None:  # noqa: FBT001 - three-valued
    """`archived_at` after the change; archiving an archived record keeps the first instant."""
    if archived is None:
        return client.archived_at
    return (client.archived_at or author.at) if archived else None


def stamp_after(before: Client, author: Author) -> datetime:
    """The instant of a change: the author's clock, or a moment after the last change if later.

    A client that moved in may carry the end of all time as its vendor's instant; it stays there.
    """
    if before.updated_at >= LAST_INSTANT:
        return LAST_INSTANT
    return max(author.at, before.updated_at + _MILLISECOND)


def with_consent(
    before: Client,
    after: Client,
    author: Author,
    consents: Mapping[Channel, bool],
    source: Source,
) -> Change:
    """The record with its consent after the change, and the evidence of what changed.

    Args:
        before: the record.
        after: the record with what else is written.
        author: who makes the change.
        consents: the consent that is attested per channel.
        source: what the evidence says of it.

    Raises:
        Conflict: it would grant consent, and `MAX_EVIDENCE` would be passed.
    """
    consent = {
        channel: _consent(before, after, channel, consents.get(channel)) for channel in Channel
    }
    entries = _evidence(before, after, consent, author, source)
    evidence = chained(entries, before.ledger_head, author.consent_key)
    count = before.evidence_count + len(evidence)
    if count > MAX_EVIDENCE and any(entry.granted for entry in evidence):
        raise Conflict(
            f"Consent has changed too often ({MAX_EVIDENCE} entries of evidence are kept); "
            "it can be withdrawn, but not granted."
        )
    client = replace(
        after,
        email_consent=consent[Channel.EMAIL],
        sms_consent=consent[Channel.SMS],
        evidence_count=count,
        ledger_head=evidence[-1].hash if evidence else before.ledger_head,
    )
    return Change(client, evidence)


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


def _evidence(
    before: Client,
    after: Client,
    consent: Mapping[Channel, bool],
    author: Author,
    source: Source,
) -> Iterator[Evidence]:
    """The entries of a change, in order: of each channel, the withdrawal first.

    `consent` is what there is after the change.
    """
    ids = ascending_ids(author.at)
    for channel in Channel:
        old, new = before.contact_point(channel), after.contact_point(channel)
        moved = not same_contact_point(channel, old, new)
        had, has = before.consents(channel), consent[channel]
        if had and old is not None and (moved or not has):
            why = Withdrawal.CONTACT_POINT_CHANGED if moved else Withdrawal.STATED
            yield _entry(
                next(ids),
                after.id,
                author,
                source,
                channel=channel,
                ended=why,
                contact_point=old,
            )
        if has and new is not None and (moved or not had):
            yield _entry(
                next(ids),
                after.id,
                author,
                source,
                channel=channel,
                ended=None,
                contact_point=new,
            )


def _entry(  # noqa: PLR0913 - one parameter per part of an entry
    entry_id: str,
    client_id: str,
    author: Author,
    source: Source,
    *,
    channel: Channel,
    contact_point: str,
    ended: Withdrawal | None,
) -> Evidence:
    return Evidence(
        id=entry_id,
        client_id=client_id,
        channel=channel,
        contact_point=contact_point,
        granted=ended is None,
        source=source,
        withdrawal=ended,
        at=author.at,
        credential_id=author.credential_id,
    )

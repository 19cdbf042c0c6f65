"""What becomes of a client that its vendor and someone here may both have changed.

Three pictures of it are compared, field by field: what the vendor showed when it was moved in (the
base), what the vendor shows now, and what the record holds now. The vendor's changes come in, ours
stay, both to the same value is no conflict, and both to different ones is one.

Fields that say one thing together are compared together: a unit, as a contract names them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from registry.domain.change import Author, Change, follow, same_contact_point
from registry.domain.client import Channel, Client, Phone
from registry.domain.immutable import dataclass, replace
from registry.domain.moving import Fact, Facts, VendorClient, consent_name

_CONSENTS = {consent_name(channel): channel for channel in Channel}
_DEFAULTS: Mapping[str, Fact] = {
    each.name: each.default
    for each in fields(Client)
    if isinstance(each.default, str | bool | int | None)
} | {"archived": False}


class OnConflict(StrEnum):
    """Who wins where both changed a field to different values."""

    THEIRS = "theirs"
    OURS = "ours"


@dataclass(slots=True)
class Settlement:
    """What the comparison of three pictures comes to.

    Attributes:
        base: what counts as moved in from now on.
        taken: the vendor's values that come in.
        conflicts: the record's names of the fields that both changed to different values.
    """

    base: dict[str, Fact]
    taken: dict[str, Fact] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)


def facts_of(client: Client, names: Sequence[str]) -> dict[str, Fact]:
    """What a record holds, in the form of a vendor's facts."""
    return {name: getattr(client, name) for name in names}


def settle(
    base: Facts,
    theirs: Facts,
    ours: Client,
    units: Sequence[tuple[str, ...]] = (),
    on_conflict: OnConflict | None = None,
) -> Settlement:
    """Compare the three pictures of a client.

    Args:
        base: what was moved in; a field that it lacks was as a new record has it.
        theirs: what the vendor shows now; a field that it lacks is not spoken of.
        ours: the record.
        units: names of fields that are compared together.
        on_conflict: who wins a conflict; None leaves it open.
    """
    settled = Settlement(dict(base))
    together = {name: unit for unit in units for name in unit}
    done: set[str] = set()
    for name in theirs:
        if name in done or name in _CONSENTS:
            continue
        unit = tuple(each for each in together.get(name, (name,)) if each in theirs)
        done.update(unit)
        _settle_unit(settled, unit, theirs, ours, on_conflict)
    for name, channel in _CONSENTS.items():
        if name in theirs:
            _settle_consent(settled, channel, theirs, ours, on_conflict)
    return settled


def _settle_unit(
    settled: Settlement,
    unit: tuple[str, ...],
    theirs: Facts,
    ours: Client,
    on_conflict: OnConflict | None,
) -> None:
    """Compare the pictures of one unit."""
    now = {name: theirs[name] for name in unit}
    was = {name: settled.base.get(name, _DEFAULTS.get(name)) for name in unit}
    here = facts_of(ours, unit)
    if now == here:
        settled.base |= now
    elif here == was or (now != was and on_conflict is OnConflict.THEIRS):
        settled.base |= now
        settled.taken |= now
    elif now != was and on_conflict is OnConflict.OURS:
        settled.base |= now
    elif now != was:
        settled.conflicts += [name for name in unit if now[name] != here[name]]


def _settle_consent(
    settled: Settlement,
    channel: Channel,
    theirs: Facts,
    ours: Client,
    on_conflict: OnConflict | None,
) -> None:
    """Compare the pictures of a consent, which is about one address and ends with it."""
    name = consent_name(channel)
    now, was, here = theirs[name], settled.base.get(name, False), ours.consents(channel)
    follows = _contact_point_taken(settled, channel)
    same = follows or _is_about_ours(theirs, ours, channel)
    if now == here:
        settled.base[name] = now
    elif now == was:
        # Consent that was given here was for the address before.
        if (
            follows
            and here
            and not same_contact_point(
                channel, ours.contact_point(channel), _contact_point(settled.taken, channel)
            )
        ):
            settled.taken[name] = False
    elif same or on_conflict is OnConflict.THEIRS:
        settled.base[name] = now
        settled.taken[name] = now
    elif on_conflict is OnConflict.OURS:
        settled.base[name] = now
    else:
        settled.conflicts.append(name)


def _contact_point_taken(settled: Settlement, channel: Channel) -> bool:
    return ("email" if channel is Channel.EMAIL else "phone") in settled.taken


def _is_about_ours(theirs: Facts, ours: Client, channel: Channel) -> bool:
    """Whether the vendor's consent is about the address that the record has."""
    name = "email" if channel is Channel.EMAIL else "phone"
    if name not in theirs:
        return True
    return same_contact_point(channel, _contact_point(theirs, channel), ours.contact_point(channel))


def _contact_point(facts: Facts, channel: Channel) -> str | None:
    if channel is Channel.EMAIL:
        email = facts.get("email")
        return email if isinstance(email, str) else None
    phone = facts.get("phone")
    return phone.e164 if isinstance(phone, Phone) else None


def taken_in(
    client: Client,
    settled: Settlement,
    vendor: VendorClient,
    author: Author,
    *,
    untouched: bool,
) -> Change:
    """The record after a settlement.

    Args:
        client: the record.
        settled: what comes in.
        vendor: the vendor's picture.
        author: who moves it in.
        untouched: whether nobody changed the record here, so that it carries the vendor's
            instants.

    Raises:
        Conflict: consent has changed too often.
    """
    taken: dict[str, Any] = dict(settled.taken)
    archived = taken.pop("archived", client.archived)
    after = replace(client, **taken)
    after = replace(
        after,
        archived_at=_archived_at(client, vendor, author.at) if archived else None,
        claims_external_id=_claims(client, after, taken, vendor),
        **_ended_consents(client, after, vendor),
    )
    return follow(client, after, author, vendor.updated_at if untouched else None)


def _archived_at(client: Client, vendor: VendorClient, at: datetime) -> datetime:
    return client.archived_at or vendor.archived_at or vendor.updated_at or at


def _ended_consents(client: Client, after: Client, vendor: VendorClient) -> dict[str, Any]:
    """The consents that end with their addresses, where the vendor's contract shows no consent."""
    return {
        consent_name(channel): False
        for channel in Channel
        if channel not in vendor.consents
        and client.consents(channel)
        and not same_contact_point(
            channel, client.contact_point(channel), after.contact_point(channel)
        )
    }


def _claims(client: Client, after: Client, taken: Facts, vendor: VendorClient) -> bool:
    """Whether the record claims its external id after the change."""
    if "external_id" in taken:
        return vendor.claims_external_id
    return client.claims_external_id and after.external_id == client.external_id

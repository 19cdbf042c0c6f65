"""One client out of two: which value of each field counts, and what an undo gives back.

Nothing is read or written here. A preview and a merge are the same function, so that the one shows
what the other does.

A field goes over as a whole with those that mean nothing without it: an address with its country, a
first name with the last name. Consent goes with its address or number, and a withdrawal on either
side beats a grant. Source: `docs/one-record.md`.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from registry.domain import document
from registry.domain.change import (
    Author,
    Change,
    same_contact_point,
    stamp_after,
    with_consent,
)
from registry.domain.client import Channel, Client
from registry.domain.errors import Conflict
from registry.domain.identifiers import created_at, instant
from registry.domain.immutable import dataclass, replace
from registry.domain.ledger import Evidence, Source, Withdrawal, normalised
from registry.domain.representation import is_empty, represented

MAX_ABSORBED = 20
"""How many clients one may have absorbed, all together."""

_PERSON = ("first_name", "last_name")
_UNITS: Final[Mapping[str, tuple[str, ...]]] = {
    "first_name": _PERSON,
    "last_name": _PERSON,
    "address": ("line1", "line2", "city", "region", "postal_code", "country"),
}
_SINGLE: Final = (
    "name",
    "company",
    "contact_name",
    "legal_name",
    "email",
    "billing_email",
    "phone",
    "website",
    "external_id",
    "usage_type",
    "member_type",
    "billing_address",
    "ein",
    "tax_number",
    "currency",
    "default_rate",
    "default_tax_rate",
    "payment_terms",
    "require_po_number",
    "timezone",
    "notes",
    "metadata",
    "default_payment_method_id",
    "integration_id",
)
# The fields that go over, by the names of `represented`: each with the record's fields of its unit.
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    **{name: (name,) for name in _SINGLE},
    **_UNITS,
}
FIELD_NAMES: Final = frozenset(_FIELDS)
"""The fields of which a caller may choose the absorbed client's value."""

_DEFAULT_METHOD: Final = "default_payment_method_id"


class Side(StrEnum):
    """One of the two clients of a merge."""

    SURVIVOR = "survivor"
    ABSORBED = "absorbed"


class Why(StrEnum):
    """Why a value counts: the caller chose it, both have one, or only one client has any."""

    CHOSEN = "chosen"
    SURVIVOR_FIRST = "survivor_first"
    ONLY_VALUE = "only_value"


@dataclass(frozen=True, slots=True)
class Kept:
    """Whose value of a field counts, and why."""

    side: Side
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A merge of two clients, made or undone.

    Attributes:
        id: UUIDv7, which says when it was made.
        survivor, absorbed: the two clients as they were before.
        client: the survivor as the merge left it, or as its undo did.
        kept: of each field that differs, whose value counts, by the names of `represented`.
        undone_at: when it was undone.
        stayed: the fields that an undo left as they were, since they had been edited meanwhile.
    """

    id: str
    survivor: Client
    absorbed: Client
    client: Client
    kept: Mapping[str, Kept]
    undone_at: datetime | None = None
    stayed: tuple[str, ...] = ()

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return created_at(self.id)

    @property
    def family(self) -> tuple[str, ...]:
        """The absorbed client, and those that it had absorbed before."""
        return (self.absorbed.id, *self.absorbed.absorbed)


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge writes: the survivor with its evidence, the redirect, and the merge itself."""

    merge: Merge
    survivor: Change
    redirect: Client


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo writes: both clients with their evidence, and the merge itself."""

    merge: Merge
    survivor: Change
    absorbed: Change


def merge(  # noqa: PLR0913 - one parameter per part of a merge
    survivor: Client,
    absorbed: Client,
    author: Author,
    *,
    merge_id: str,
    chosen: Collection[str] = frozenset(),
    evidence: Iterable[Evidence] = (),
) -> Merged:
    """Merge a client into another one.

    Args:
        survivor: the client that stays.
        absorbed: the client that becomes a redirect to it.
        author: who merges them.
        merge_id: the id of the merge.
        chosen: names among `FIELD_NAMES` of which the absorbed client's value counts.
        evidence: the ledgers of both, and of those that they had absorbed.

    Raises:
        Conflict: these two cannot be merged, or the evidence of the survivor would be too much.
    """
    _check(survivor, absorbed)
    author = replace(author, merge=merge_id)
    at = max(stamp_after(survivor, author), stamp_after(absorbed, author))
    author = replace(author, at=at)
    kept = _kept(survivor, absorbed, chosen)
    taken = _taken(absorbed, [name for name, each in kept.items() if each.side is Side.ABSORBED])
    after = replace(
        survivor,
        **taken,
        ids={**absorbed.ids, **survivor.ids},
        absorbed=(*survivor.absorbed, absorbed.id, *absorbed.absorbed),
        version=survivor.version + 1,
        updated_at=at,
        changed_by=author.packed(),
    )
    after = replace(
        after,
        claims_external_id=survivor.claims_external_id
        and after.external_id == survivor.external_id,
    )
    ledgers = list(evidence)
    consents = {
        channel: _has_consent(after, channel, (survivor, absorbed), ledgers) for channel in Channel
    }
    change = with_consent(survivor, after, author, consents, Source.MERGE)
    redirect = replace(
        absorbed,
        absorbed_into=survivor.id,
        version=absorbed.version + 1,
        updated_at=at,
        changed_by=author.packed(),
    )
    made = Merge(id=merge_id, survivor=survivor, absorbed=absorbed, client=change.client, kept=kept)
    return Merged(made, change, redirect)


def undo(  # noqa: PLR0913 - one parameter per part of an undo
    made: Merge,
    survivor: Client,
    redirect: Client,
    author: Author,
    *,
    ledger: Iterable[Evidence] = (),
    methods: Collection[str] = (),
    reclaiming: bool = True,
) -> Undone:
    """Undo the last merge of a client.

    The absorbed client comes back as it was. Of the survivor, each field that is still as the merge
    left it goes back, and one that was edited since stays. A consent that was withdrawn since stays
    withdrawn for both.

    Args:
        made: the merge.
        survivor: the survivor at present.
        redirect: the absorbed client at present.
        author: who undoes it.
        ledger: the survivor's.
        methods: the ids of the payment methods of the absorbed client and of those it had absorbed;
            none of them can stay the survivor's default.
        reclaiming: whether an external id that goes back is claimed as before; another client may
            have claimed it meanwhile.

    Raises:
        Conflict: the evidence of one of them would be too much.
    """
    author = replace(author, merge=made.id)
    at = max(stamp_after(survivor, author), stamp_after(redirect, author))
    author = replace(author, at=at)
    withdrawn = _withdrawals(entry for entry in ledger if entry.at > made.client.updated_at)
    restored, stayed = _given_back(made, survivor, methods)
    after = replace(
        survivor,
        **restored,
        ids={
            contract: vendor_id
            for contract, vendor_id in survivor.ids.items()
            if made.survivor.ids.get(contract) == vendor_id
            or made.client.ids.get(contract) != vendor_id
        },
        absorbed=tuple(each for each in survivor.absorbed if each not in made.family),
        version=survivor.version + 1,
        updated_at=at,
        changed_by=author.packed(),
    )
    goes_back = after.external_id != survivor.external_id
    claimed = reclaiming and made.survivor.claims_external_id
    after = replace(after, claims_external_id=claimed if goes_back else survivor.claims_external_id)
    consents = {}
    for channel in Channel:
        consents[channel], edited = _consent_given_back(made, survivor, after, channel, withdrawn)
        if edited:
            stayed.append("consents")
    back = replace(
        made.absorbed,
        version=redirect.version + 1,
        updated_at=at,
        changed_by=author.packed(),
        evidence_count=redirect.evidence_count,
        ledger_head=redirect.ledger_head,
    )
    its_consents = {
        channel: back.consents(channel) and not _is_withdrawn(back, channel, withdrawn)
        for channel in Channel
    }
    change = with_consent(survivor, after, author, consents, Source.UNMERGE)
    undone = replace(
        made,
        client=change.client,
        undone_at=at,
        stayed=tuple(dict.fromkeys(stayed)),
    )
    returned = with_consent(redirect, back, author, its_consents, Source.UNMERGE)
    return Undone(undone, change, returned)


def _check(survivor: Client, absorbed: Client) -> None:
    """Refuse a pair that cannot be merged.

    Raises:
        Conflict: with the reason.
    """
    if survivor.id == absorbed.id:
        raise Conflict("A client cannot be merged with itself.")
    for client in (survivor, absorbed):
        if client.absorbed_into is not None:
            raise Conflict(f"The client {client.id} was merged into {client.absorbed_into} before.")
    if survivor.archived and not absorbed.archived:
        raise Conflict("An active client cannot be merged into an archived one.")
    if len(survivor.absorbed) + 1 + len(absorbed.absorbed) > MAX_ABSORBED:
        raise Conflict(f"A client can absorb {MAX_ABSORBED} others at most.")


def _kept(survivor: Client, absorbed: Client, chosen: Collection[str]) -> dict[str, Kept]:
    """Of each field that differs, whose value counts: chosen, the survivor's, or the only one."""
    ours, theirs = represented(survivor), represented(absorbed)
    units = {_FIELDS[name] for name in chosen}
    kept = {}
    for name, unit in _FIELDS.items():
        if _same(ours[name], theirs[name]):
            continue
        if unit in units:
            kept[name] = Kept(Side.ABSORBED, Why.CHOSEN)
        elif _is_empty(survivor, unit):
            kept[name] = Kept(Side.ABSORBED, Why.ONLY_VALUE)
        elif _is_empty(absorbed, unit):
            kept[name] = Kept(Side.SURVIVOR, Why.ONLY_VALUE)
        else:
            kept[name] = Kept(Side.SURVIVOR, Why.SURVIVOR_FIRST)
    return kept


def _is_empty(client: Client, unit: tuple[str, ...]) -> bool:
    """Whether a client has no value of a unit."""
    shown = represented(client)
    return all(is_empty(name, shown[name]) for name, of in _FIELDS.items() if of == unit)


def _same(one: object, other: object) -> bool:
    """Whether two values of `represented` are the same text; `1` and `1.0` are equal numbers."""
    return document.render(one) == document.render(other)


def _taken(client: Client, names: Iterable[str]) -> dict[str, Any]:
    """The record's fields of these units, with a client's values."""
    return {each: getattr(client, each) for name in names for each in _FIELDS[name]}


def _has_consent(
    after: Client,
    channel: Channel,
    clients: Iterable[Client],
    ledgers: Iterable[Evidence],
) -> bool:
    """Whether the address of a merged client has the consent of one, and no one's withdrawal."""
    point = after.contact_point(channel)
    granted = any(
        client.consents(channel)
        and same_contact_point(channel, client.contact_point(channel), point)
        for client in clients
    )
    return granted and not _is_withdrawn(after, channel, _withdrawals(ledgers))


def _withdrawals(ledgers: Iterable[Evidence]) -> list[Evidence]:
    """The entries with which somebody withdrew a consent and left it at that.

    Of each client and address the last entry counts. An entry that ends a consent because the
    client's address changed is nobody's word about the address.
    """
    last: dict[tuple[str, Channel, str], Evidence] = {}
    for entry in sorted(ledgers, key=lambda entry: entry.id):
        spelled = normalised(entry.channel, entry.contact_point or "")
        last[entry.client_id, entry.channel, spelled] = entry
    return [entry for entry in last.values() if entry.withdrawal is Withdrawal.STATED]


def _is_withdrawn(client: Client, channel: Channel, withdrawals: Iterable[Evidence]) -> bool:
    """Whether a client's address is one of which consent was withdrawn."""
    point = client.contact_point(channel)
    return any(
        entry.channel is channel and same_contact_point(channel, entry.contact_point, point)
        for entry in withdrawals
    )


def _given_back(
    made: Merge, survivor: Client, methods: Collection[str]
) -> tuple[dict[str, Any], list[str]]:
    """The fields that go back to what they were, and the names of those that stay as edited.

    A default payment method that is one of the absorbed client's, `methods`, cannot stay.
    """
    before, merged, present = map(represented, (made.survivor, made.client, survivor))
    edited = {unit for name, unit in _FIELDS.items() if not _same(merged[name], present[name])}
    foreign = present[_DEFAULT_METHOD] in methods
    if foreign:
        edited.discard(_FIELDS[_DEFAULT_METHOD])
    changed = [name for name in _FIELDS if not _same(before[name], merged[name])]
    back = [name for name in changed if _FIELDS[name] not in edited]
    if foreign:
        back.append(_DEFAULT_METHOD)
    stayed = [
        name
        for name in changed
        if _FIELDS[name] in edited and not _same(before[name], present[name])
    ]
    return _taken(made.survivor, back), stayed


def _consent_given_back(
    made: Merge,
    survivor: Client,
    after: Client,
    channel: Channel,
    withdrawn: Iterable[Evidence],
) -> tuple[bool, bool]:
    """The survivor's consent after an undo, and whether it stays because it was stated since.

    `after` has its address or number already: the one from before the merge, or one edited since.
    """
    point = after.contact_point(channel)
    before = made.survivor.consents(channel) and not _is_withdrawn(after, channel, withdrawn)
    if not same_contact_point(channel, point, survivor.contact_point(channel)):
        return before, False
    merged, present = made.client.consents(channel), survivor.consents(channel)
    if not same_contact_point(channel, point, made.client.contact_point(channel)):
        return present, False
    if present != merged:
        return present, present != made.survivor.consents(channel)
    return before, False


def represented_merge(made: Merge) -> dict[str, Any]:
    """A merge as the registry's own contract names its parts, as `document.render` takes it."""
    survivor, absorbed = represented(made.survivor), represented(made.absorbed)
    return {
        "id": made.id,
        "survivor": made.survivor.id,
        "absorbed": made.absorbed.id,
        "fields": {
            name: {
                "survivor": survivor[name],
                "absorbed": absorbed[name],
                "kept": kept.side.value,
                "why": kept.why.value,
            }
            for name, kept in made.kept.items()
        },
        "client": represented(made.client),
        "created_at": instant(made.created_at),
        "undone_at": instant(made.undone_at) if made.undone_at is not None else None,
        "stayed": list(made.stayed),
    }


def represented_preview(made: Merge) -> dict[str, Any]:
    """A merge that was not made: it has no id, and no time."""
    return {**represented_merge(made), "id": None, "created_at": None}

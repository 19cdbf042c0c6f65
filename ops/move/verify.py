"""Compare what our door would answer with what the vendor answers, field by field.

Three objects are compared in the contract's wire shape: the vendor's, what our door shows of the
record, and what it would show of the vendor's object, had it come in just now. The last two differ
where the record is another one than the vendor's. The first and the last differ where this door
cannot show what came in; the warnings of the report name those fields.

Source: `docs/moving-in.md`, "Options and answers".
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

from pydantic import BaseModel

from ops.move.documents import render
from ops.move.feed import VendorFeed, ahead
from ops.move.journal import Entry, Journal
from ops.move.meaning import meaning_of, read_payment_method, read_user
from ops.move.merged import merges_of
from ops.move.run import Stores, has_parts
from ops.move.vendor import Vendor
from registry.contracts.alternative_payments.mapping import show_payment_method, show_user
from registry.domain import document
from registry.domain.client import Client
from registry.domain.identifiers import created_at, now
from registry.domain.moving import Refused, VendorClient, instant_as_shown
from registry.domain.payment_method import PaymentMethod
from registry.domain.tenant import Tenant
from registry.domain.text import blank_is_none
from registry.domain.user import User
from registry.domain.workspace import (
    DEFAULT_TIMEZONE,
    Contract,
    Mode,
    Workspace,
)
from registry.gateway.principal import Principal
from registry.services.moving import Outcome, Row
from registry.services.standing import Standing, standings
from registry.store.sources import Known, Source

Shown = Mapping[str, Any]
Differences = dict[str, dict[str, Any]]

_AT_ONCE = 100
# Of this registry, not of the vendor.
_OURS = frozenset({"orgId", "id", "object"})
_INSTANTS = frozenset({"createdAt", "updatedAt", "deletedAt", "created_at"})
_UPDATED = "updatedAt"
# Only Hoursmith and Alternative Payments list active clients alone.
_LISTS_ACTIVE_ONLY = frozenset({Contract.HOURSMITH, Contract.ALTERNATIVE_PAYMENTS})


@dataclass(slots=True)
class Verdict:
    """What a verification found.

    Attributes:
        vendor, ours: how many clients the vendor lists, and how many are linked to it here.
        compared: how many were compared.
        missing: the vendor's ids that are not here.
        extra: those that are here and not at the vendor.
        explained: differences that are right, each with the merge or the event that explains it, or
            with neither where this door cannot show a value.
        different: the others.
    """

    vendor: int = 0
    ours: int = 0
    compared: int = 0
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    explained: list[dict[str, object]] = field(default_factory=list)
    different: list[dict[str, object]] = field(default_factory=list)

    @property
    def green(self) -> bool:
        """Whether nothing differs but what is explained."""
        return not (self.missing or self.extra or self.different)

    def json(self) -> dict[str, object]:
        """`{"vendor", "ours", "compared", "missing", "extra", "explained", "different"}`."""
        return {
            "vendor": self.vendor,
            "ours": self.ours,
            "compared": self.compared,
            "missing": self.missing,
            "extra": self.extra,
            "explained": self.explained,
            "different": self.different,
        }


class Verification:
    """One verification of a vendor's clients."""

    def __init__(
        self, workspace: Workspace, mode: Mode, contract: Contract, stores: Stores, vendor: Vendor
    ) -> None:
        """Read nothing yet."""
        self._tenant = Tenant(workspace.id, mode)
        self._contract = contract
        self._stores = stores
        self._vendor = vendor
        self._meaning = meaning_of(contract, workspace.region)
        self._door = Door(contract, _principal(workspace, mode, contract))
        self._verdict = Verdict()

    def all(self) -> Verdict:
        """Compare everybody."""
        verdict = self._verdict
        with Journal(None) as seen:
            for batch in ahead(lambda: VendorFeed(self._vendor).batches(None)):
                fresh = [
                    each for each in map(self._read, batch.objects) if self._is_new(seen, each)
                ]
                verdict.vendor += len(fresh)
                self._compare(fresh, listed=True)
                seen.keep([Entry(_key(each), _SEEN) for each in fresh], {})
            self._compare_unlisted(seen)
        return verdict

    def sample(self, count: int) -> Verdict:
        """Compare some of those who are here, drawn at random."""
        verdict = self._verdict
        drawn: list[str] = []
        for vendor_id, _ in self._stores.links.all(self._tenant, self._contract):
            verdict.ours += 1
            if len(drawn) < count:
                drawn.append(vendor_id)
            elif (place := random.randrange(verdict.ours)) < count:  # noqa: S311 - no secret
                drawn[place] = vendor_id
        for vendor_id in drawn:
            value = self._vendor.fetch(vendor_id)
            if value is None:
                self._absent([vendor_id])
            else:
                verdict.vendor += 1
                self._compare([self._read(value)], listed=None)
        return verdict

    def _compare_unlisted(self, seen: Journal) -> None:
        """Compare those who are linked here and are not on the vendor's list."""
        for vendor_id, _ in self._stores.links.all(self._tenant, self._contract):
            self._verdict.ours += 1
            if seen.has(f"id {vendor_id}"):
                continue
            value = self._vendor.fetch(vendor_id)
            if value is None:
                self._absent([vendor_id])
            else:
                self._compare([self._read(value)], listed=False)

    def _absent(self, vendor_ids: Sequence[str]) -> None:
        """Note those whom the vendor does not have; a list of ours that hides them is right."""
        for vendor_id, (standing, _) in self._found(vendor_ids).items():
            hidden = standing.client.archived and self._contract in _LISTS_ACTIVE_ONLY
            # A list shows a client once, under one of the ids that the vendor gave it.
            if not hidden and not standing.is_alias(self._contract, vendor_id):
                self._verdict.extra.append(vendor_id)

    def _found(self, vendor_ids: Sequence[str]) -> dict[str, tuple[Standing, Known]]:
        known = self._stores.sources.known(self._tenant, self._contract, vendor_ids)
        ids = [each.client_id for each in known.values() if each.client_id is not None]
        found = standings(self._stores.clients, self._tenant, ids)
        return {
            vendor_id: (found[kept.client_id], kept)
            for vendor_id, kept in known.items()
            if kept.client_id is not None and kept.client_id in found
        }

    def _read(self, value: object) -> "_Object":
        try:
            return _Object(value, self._meaning.read(value))
        except Refused as refused:
            return _Object(value, None, refused.vendor_id)

    def _is_new(self, seen: Journal, each: "_Object") -> bool:
        return not seen.has(_key(each))

    def _compare(self, objects: "Sequence[_Object]", *, listed: bool | None) -> None:
        """Compare objects of the vendor with the records.

        Args:
            objects: of different clients.
            listed: whether they are on the vendor's list; None where that is not known.
        """
        readable = {each.vendor.vendor_id: each for each in objects if each.vendor is not None}
        found = self._found(list(readable))
        for one in objects:
            if one.vendor is None:
                self._verdict.missing.append(one.vendor_id or "")
        for vendor_id, each in readable.items():
            if vendor_id not in found:
                self._verdict.missing.append(vendor_id)
                continue
            standing, known = found[vendor_id]
            self._verdict.compared += 1
            self._compare_one(each, standing, known.source, listed=listed)

    def _compare_one(
        self, each: "_Object", standing: Standing, source: Source | None, *, listed: bool | None
    ) -> None:
        vendor, client = each.vendor, standing.client
        assert vendor is not None  # noqa: S101 - only readable ones are compared
        if self._contract is Contract.HOURSMITH and vendor.archived and client.archived:
            return
        raw = each.value
        assert isinstance(raw, dict)  # noqa: S101 - nothing else can be read
        fresh = self._door.shown(vendor.as_client(vendor.vendor_id, _creation(vendor, client)))
        ours = self._door.shown(replace(client, id=vendor.vendor_id))
        merges = self._merges_of(standing)
        # The record by itself, before any merge.
        alone = merges[0].before if merges else client
        base = self._door.shown(_as_moved_in(alone, source)) if source is not None else None
        theirs = _flat(raw)
        if self._contract is Contract.ALTERNATIVE_PAYMENTS and listed is not None:
            # Its objects do not say it; only whether they are listed does.
            theirs["archived"] = fresh["archived"] = not listed
            ours["archived"] = client.archived
            if base is not None and source is not None:
                base["archived"] = source.facts.get("archived", not listed)
        if source is None or standing.is_touched(source) or source.version != client.version:
            for shown in (theirs, fresh, ours):
                shown.pop(_UPDATED, None)
        self._judge(vendor, client, source, _Pictures(theirs, fresh, ours, base), merges)
        if has_parts(self._contract):
            self._compare_parts(vendor.vendor_id, standing)

    def _merges_of(self, standing: Standing) -> "list[_Merged]":
        """The merges that made a record what it is, oldest first. None for one that is alone."""
        if not standing.client.absorbed:
            return []
        line = merges_of(self._stores.merges, self._tenant, standing.linked.id)
        return [
            _Merged(made.id, made.survivor, made.client)
            if survived
            else _Merged(made.id, made.absorbed, made.client)
            for made, survived in line
        ]

    def _decided(
        self, vendor_id: str, seen: "_Pictures", merges: "Sequence[_Merged]", names: Sequence[str]
    ) -> list[str]:
        """Note which fields merges decided, each by the last one; the names that are left."""
        left = list(names)
        for made in reversed(merges):
            before, after = (
                self._door.shown(replace(client, id=vendor_id))
                for client in (made.before, made.after)
            )
            fields = [
                name
                for name in left
                if not _same(name, before.get(name), after.get(name))
                and _same(name, after.get(name), seen.ours.get(name))
            ]
            if fields:
                self._verdict.explained.append(
                    {"vendor_id": vendor_id, "merge": made.id, "fields": fields}
                )
            left = [name for name in left if name not in fields]
        return left

    def _judge(
        self,
        vendor: VendorClient,
        client: Client,
        source: Source | None,
        seen: "_Pictures",
        merges: "Sequence[_Merged]",
    ) -> None:
        """Sort the differences of a client."""
        warned = {warning.field for warning in vendor.warnings}
        unshown, changed = [], []
        different: Differences = {}
        for name in sorted(seen.names()):
            theirs, fresh, ours, base = (picture.get(name) for picture in seen.all())
            if _same(name, ours, fresh):
                if not _same(name, theirs, fresh):
                    if name in warned or _is_default(theirs):
                        unshown.append(name)
                    else:
                        different[name] = {"vendor": theirs, "ours": ours}
            elif seen.base is not None and _same(name, base, fresh):
                changed.append(name)
            else:
                different[name] = {"vendor": theirs, "ours": ours}
        identifier = vendor.vendor_id
        changed = self._decided(identifier, seen, merges, changed)
        if unshown:
            self._verdict.explained.append({"vendor_id": identifier, "fields": unshown})
        if changed:
            event = self._event(client, source)
            self._verdict.explained.append(
                {"vendor_id": identifier, "event": event, "fields": changed}
            )
        if different:
            self._verdict.different.append({"vendor_id": identifier, "fields": different})

    def _event(self, client: Client, source: Source | None) -> str:
        """The id of the latest event since the client was moved in that no move made."""
        since = source.version if source is not None else 0
        for event in self._stores.events.of(self._tenant, client.id):
            if event.version <= since:
                break
            return event.id
        return f"{client.id}.{client.version}"

    def _compare_parts(self, vendor_id: str, standing: Standing) -> None:
        """Compare a customer's users and payment methods.

        Those of an absorbed client stay with it, so that they are compared with its vendor's alone;
        which method is the default is the survivor's word.
        """
        client, linked = standing.client, standing.linked
        users = {
            user.vendor_id or user.id: _plain(show_user(user))
            for user in self._stores.users.of(self._tenant, linked.id)
            if user.vendor_id is not None
        }
        methods = {
            method.id: _plain(show_payment_method(method, client))
            for method in self._stores.methods.of(self._tenant, linked.id)
            if method.token is None
        }
        theirs_users = _by_id(self._vendor.users(vendor_id))
        theirs_methods = _by_id(self._vendor.payment_methods(vendor_id))
        different: Differences = {}
        for part, theirs, ours, fresh in (
            ("users", theirs_users, users, _fresh_user),
            ("payment_methods", theirs_methods, methods, _fresh_method),
        ):
            for identifier in theirs.keys() | ours.keys():
                one, other = theirs.get(identifier), ours.get(identifier)
                if one is None or other is None:
                    different[f"{part}.{identifier}"] = {"vendor": one, "ours": other}
                    continue
                expected = fresh(one, client)
                names = [
                    name
                    for name in other
                    # A creation that the vendor does not show is that of the first move.
                    if not (name == "created_at" and one.get(name) is None)
                    and not (name == "is_default" and client.absorbed)
                    and (expected is None or not _same(name, expected.get(name), other[name]))
                ]
                for name in names:
                    key = f"{part}.{identifier}.{name}"
                    different[key] = {"vendor": one.get(name), "ours": other[name]}
        if different:
            self._verdict.different.append({"vendor_id": vendor_id, "fields": different})


@dataclass(frozen=True, slots=True)
class _Object:
    """An object of the vendor's, and what it means; None where it cannot be stored."""

    value: object
    vendor: VendorClient | None
    vendor_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Merged:
    """A merge, with the record that was compared before it and the one after it."""

    id: str
    before: Client
    after: Client


@dataclass(frozen=True, slots=True)
class _Pictures:
    """What the vendor shows, what our door would show of that, what it shows, and what it did."""

    theirs: Shown
    fresh: Shown
    ours: Shown
    base: Shown | None

    def all(self) -> tuple[Shown, Shown, Shown, Shown]:
        """The four."""
        return self.theirs, self.fresh, self.ours, self.base or {}

    def names(self) -> set[str]:
        """The names that our door shows, which the vendor's other ones are no part of."""
        return set(self.ours) - _OURS


class Door:
    """A contract's door, as a caller with a credential of a workspace sees it."""

    def __init__(self, contract: Contract, caller: Principal) -> None:
        """Keep the contract's own way to show a client."""
        mapping = import_module(f"registry.contracts.{contract}.mapping")
        self._show = getattr(mapping, "show_object", mapping.show)
        self._caller = caller

    def show(self, client: Client) -> dict[str, Any]:
        """The object that the door answers, as it is rendered."""
        model: BaseModel = self._show(client, self._caller)
        return model.model_dump(by_alias=True)

    def shown(self, client: Client) -> dict[str, Any]:
        """The same as a caller parses it, nested members dotted."""
        return _flat(_parsed(self.show(client)))


def _principal(workspace: Workspace, mode: Mode, contract: Contract) -> Principal:
    """A caller of a contract who may do everything."""
    return Principal(
        workspace_id=workspace.id,
        workspace_name=workspace.name,
        region=workspace.region,
        timezone=workspace.timezone or DEFAULT_TIMEZONE,
        plan=workspace.plan,
        subscription=workspace.subscription,
        credential_id="",
        user_id="",
        contract=contract,
        mode=mode,
        role="",
        scopes=frozenset({"*"}),
        token_prefix="",
        expires_at=None,
        request_id=None,
        consent_key=b"",
        cursor_key=b"",
    )


def door_of(workspace: Workspace, mode: Mode, contract: Contract) -> Door:
    """A contract's door to a workspace."""
    return Door(contract, _principal(workspace, mode, contract))


def _as_moved_in(client: Client, source: Source | None) -> Client:
    """The record as it was when its vendor's values had come in."""
    facts: dict[str, Any] = dict(source.facts if source is not None else {})
    archived = facts.pop("archived", client.archived)
    at = client.archived_at or client.updated_at
    return replace(client, **facts, archived_at=at if archived else None)


_SEEN = Row(vendor_id=None, outcome=Outcome.UNCHANGED)


def _key(each: _Object) -> str:
    if each.vendor is not None:
        return f"id {each.vendor.vendor_id}"
    return f"id {each.vendor_id}" if each.vendor_id is not None else f"row {each.value!r}"


def _creation(vendor: VendorClient, client: Client) -> Any:  # noqa: ANN401 - an instant
    return vendor.created_at or created_at(client.id)


def _parsed(shown: Shown) -> dict[str, Any]:
    """An object as a caller parses it."""
    value = document.parse(document.render(shown))
    assert isinstance(value, dict)  # noqa: S101 - what was rendered is an object
    return value


def _plain(model: BaseModel) -> dict[str, Any]:
    return _parsed(model.model_dump(by_alias=True))


def _flat(value: Shown) -> dict[str, Any]:
    """Nested objects dotted; the caller's own `metadata` stays whole."""
    flat: dict[str, Any] = {}
    for name, member in value.items():
        if isinstance(member, dict) and name != "metadata":
            flat |= {f"{name}.{inner}": each for inner, each in member.items()}
        else:
            flat[name] = member
    return flat


def _same(name: str, one: object, other: object) -> bool:
    """Whether two values of a field are the same: instants to the millisecond, blank is null."""
    one, other = blank_is_none(one), blank_is_none(other)
    if name in _INSTANTS and isinstance(one, str) and isinstance(other, str):
        return instant_as_shown(one)[0] == instant_as_shown(other)[0]
    if one is None or other is None:
        return one is other
    return render(one) == render(other)


def _is_default(theirs: object) -> bool:
    """Whether a vendor shows nothing where our door shows a default."""
    return blank_is_none(theirs) is None


def _by_id(objects: Iterable[object]) -> dict[str, dict[str, Any]]:
    return {
        str(value["id"]): value
        for value in objects
        if isinstance(value, dict) and isinstance(value.get("id"), str)
    }


def _fresh_user(raw: Mapping[str, Any], client: Client) -> dict[str, Any] | None:
    """What our door would show of a vendor's user, had it come in just now."""
    try:
        one = read_user(raw)
    except Refused:
        return None
    user = User(
        id=client.id,
        client_id=client.id,
        vendor_id=one.vendor_id,
        email=one.email,
        first_name=one.first_name,
        last_name=one.last_name,
    )
    shown = _plain(show_user(user))
    return shown | {"created_at": raw.get("created_at")}


def _fresh_method(raw: Mapping[str, Any], client: Client) -> dict[str, Any] | None:
    """The same of a payment method; whether it is the default, the vendor says."""
    try:
        one = read_payment_method(raw)
    except Refused:
        return None
    method = PaymentMethod(
        id=one.vendor_id,
        client_id=client.id,
        type=one.type,
        attached_at=one.created_at or now(),
        brand=one.brand,
        bank_name=one.bank_name,
        last4=one.last4,
        exp_month=one.exp_month,
        exp_year=one.exp_year,
        holder_name=one.holder_name,
    )
    return _plain(show_payment_method(method, client)) | {"is_default": one.is_default}

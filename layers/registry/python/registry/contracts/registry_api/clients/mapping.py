"""Both ways between the registry's own wire models and the record.

The record is shown under the names of `registry.domain.representation`, which events have, too.
"""

from collections.abc import Collection, Mapping
from typing import Any, cast

from registry.contracts.registry_api.clients.wire import (
    ClientFields,
    ClientObject,
    ConsentFields,
    EventObject,
    EvidenceObject,
    typed_text,
)
from registry.domain import document
from registry.domain.client import Channel, Client, Country, Fields, MemberType, Phone, UsageType
from registry.domain.event import AnyEvent, cloud_event
from registry.domain.identifiers import instant
from registry.domain.ledger import Evidence
from registry.domain.phone import phone_fields
from registry.domain.places import country
from registry.domain.representation import represented
from registry.domain.tenant import Tenant
from registry.domain.text import blank_is_none, trimmed
from registry.gateway.principal import Principal
from registry.gateway.repeated import Shown

Raw = Mapping[str, object]

# Fields whose values are the same in a body and in the record.
_SAME = frozenset(
    {
        "name",
        "first_name",
        "last_name",
        "company",
        "contact_name",
        "legal_name",
        "email",
        "billing_email",
        "website",
        "external_id",
        "billing_address",
        "ein",
        "tax_number",
        "currency",
        "default_rate",
        "default_tax_rate",
        "payment_terms",
        "timezone",
        "notes",
    }
)
_ADDRESS = ("line1", "line2", "city", "region", "postal_code", "country")


def show(client: Client, _: Principal) -> ClientObject:
    """The client whole."""
    return ClientObject(**represented(client))


def show_event(event: AnyEvent, tenant: Tenant) -> EventObject:
    """An event of a tenant's client."""
    return EventObject(**cloud_event(tenant, event))


def show_evidence(entry: Evidence) -> EvidenceObject:
    """An entry of the ledger of consent."""
    return EvidenceObject(
        id=entry.id,
        client_id=entry.client_id,
        channel=entry.channel,
        contact_point=entry.contact_point,
        contact_point_hash=entry.contact_point_hash,
        granted=entry.granted,
        source=entry.source,
        withdrawal=entry.withdrawal,
        at=instant(entry.at),
        credential_id=entry.credential_id,
        previous_hash=entry.previous_hash,
        hash=entry.hash,
    )


def shown(client: Client) -> Shown:
    """The client as it is shown, for comparison with a change.

    A phone and a country are compared as texts, like `with_texts` puts them into the body. The
    consents are statements: a flag that repeats the record still attests the consent to another
    address in the same body.
    """
    values = with_texts(represented(client))
    return Shown(values, merged=("address",), statements=("consents",))


def with_texts(raw: Raw) -> dict[str, object]:
    """A body whose phone and country are the typed texts, where they are objects as shown."""
    changed = dict(raw)
    if "phone" in raw:
        changed["phone"] = typed_text(raw["phone"], "e164")
    address = raw.get("address")
    if isinstance(address, Mapping) and "country" in address:
        changed["address"] = {**address, "country": typed_text(address["country"], "code")}
    return changed


def country_after(raw: Raw, client: Client | None) -> Country | None:
    """The country that the client has after a call with this body."""
    if "address" in raw and blank_is_none(raw["address"]) is None:
        return None
    address = raw.get("address")
    if isinstance(address, Mapping) and "country" in address:
        text = trimmed(address["country"])
        return country(text) if isinstance(text, str) else None
    return client.country if client is not None else None


def phone_after(
    raw: Raw,
    client: Client | None,
    caller: Principal,
    repeated: Collection[str] = (),
) -> Phone | None:
    """The phone that the client has after a call with this body.

    A number is read in the country of the client after the call. One that the body repeats is read
    again where the country changes.
    """
    typed = trimmed(raw.get("phone"))
    written = {"phone": typed if isinstance(typed, str) else None} if "phone" in raw else {}
    place = country_after(raw, client)
    fields = phone_fields(written, repeated, client, place, caller.region)
    before = client.phone if client is not None else None
    return fields.get("phone", before)


def to_record(body: ClientFields, phone: Phone | None, repeated: Collection[str] = ()) -> Fields:
    """The fields of the record that a validated body writes: only fields that the body names.

    Args:
        body: the body.
        phone: `phone_after` of the same body.
        repeated: names that the body repeats; a repeated phone may have been read again.
    """
    wire = body.model_dump(exclude_unset=True)
    fields: dict[str, Any] = {name: wire[name] for name in wire.keys() & _SAME}
    if "phone" in wire or "phone" in repeated:
        fields["phone"] = phone
    if "address" in wire:
        members = dict.fromkeys(_ADDRESS) if wire["address"] is None else wire["address"]
        fields |= members
        typed: str | None = members.get("country")
        if typed is not None:
            fields["country"] = country(typed)
    if "usage_type" in wire:
        fields["usage_type"] = UsageType(body.usage_type) if body.usage_type else None
    if "member_type" in wire:
        fields["member_type"] = MemberType(body.member_type) if body.member_type else None
    if "require_po_number" in wire:
        fields["require_po_number"] = bool(body.require_po_number)
    if "metadata" in wire:
        fields["metadata"] = document.render(body.metadata) if body.metadata else None
    return cast("Fields", fields)


def consents(body: ClientFields) -> dict[Channel, bool]:
    """The consent that a validated body states per channel; null withdraws it."""
    if "consents" not in body.model_fields_set:
        return {}
    stated = body.consents
    if stated is None:
        stated = ConsentFields(email=False, sms=False)
    return {Channel(name): bool(getattr(stated, name)) for name in stated.model_fields_set}

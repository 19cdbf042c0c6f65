"""Conversion between Paytrum's wire models and the record, as in `docs/mapping.md`."""

from collections.abc import Mapping
from typing import cast

from registry.contracts.paytrum.wire import Address, ClientFields, ClientObject
from registry.domain.client import Client, Country, Fields, Phone
from registry.domain.identifiers import instant
from registry.gateway.principal import Principal
from registry.gateway.repeated import Shown

# Wire names, and the record's names, of the fields whose values are the same in both.
TEXTS = {
    "name": "name",
    "company": "company",
    "email": "email",
    "timezone": "timezone",
    "notes": "notes",
}
ADDRESS = {
    "line1": "line1",
    "line2": "line2",
    "city": "city",
    "state": "region",
    "postalCode": "postal_code",
    "country": "country",
}


def to_record(body: ClientFields, phone: Phone | None) -> Fields:
    """The fields of the record that a validated body writes: only fields that the body names.

    Args:
        body: the body.
        phone: the body's phone, already read; ignored where the body names none.
    """
    wire = body.model_dump(by_alias=True, exclude_unset=True)
    fields: dict[str, object] = {TEXTS[name]: wire[name] for name in wire.keys() & TEXTS}
    if "phone" in wire:
        fields["phone"] = phone
    if "address" in wire:
        fields |= _address(wire["address"])
    return cast("Fields", fields)


def shown(client: Client, caller: Principal) -> Shown:
    """The client as Paytrum shows it, for comparison with a change.

    The consent flags are statements: a flag that repeats the record still attests the consent to
    another address in the same body.
    """
    return Shown(
        show(client, caller).model_dump(by_alias=True),
        merged=("address",),
        statements=("emailConsent", "smsConsent"),
    )


def _address(address: Mapping[str, str | None] | None) -> dict[str, object]:
    """The record's fields of an address; a null address clears them all."""
    members = dict.fromkeys(ADDRESS) if address is None else address
    fields: dict[str, object] = {ADDRESS[name]: value for name, value in members.items()}
    code = members.get("country")
    if code is not None:
        fields["country"] = Country(code, code)
    return fields


def show(client: Client, caller: Principal) -> ClientObject:
    """The client as Paytrum shows it; a missing time zone is the workspace's."""
    return ClientObject(
        id=client.id,
        name=client.display_name,
        company=client.company,
        email=client.email,
        phone=client.phone.e164 if client.phone else None,
        usage_type=client.shown_usage_type,
        status="inactive" if client.archived else "active",
        address=Address(
            line1=client.line1,
            line2=client.line2,
            city=client.city,
            state=client.region,
            postal_code=client.postal_code,
            country=client.country.code if client.country else None,
        ),
        timezone=client.timezone or caller.timezone,
        notes=client.notes,
        email_consent=client.email_consent,
        sms_consent=client.sms_consent,
        created_at=instant(client.created_at),
        updated_at=instant(client.updated_at),
    )

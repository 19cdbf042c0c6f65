"""Conversion between Hoursmith's wire models and the record, as in `docs/mapping.md`."""

from collections.abc import Collection
from typing import cast

from registry.contracts.hoursmith.wire import ClientFields, ClientObject, ClientResponse, Member
from registry.domain.client import Client, Fields
from registry.domain.identifiers import instant
from registry.domain.phone import phone_fields
from registry.domain.places import country
from registry.domain.workspace import Role
from registry.gateway.principal import Principal

# Wire names, and the record's names, of the fields whose values are the same in both.
FIELDS = {
    "name": "name",
    "contactName": "contact_name",
    "email": "email",
    "website": "website",
    "currency": "currency",
    "notes": "notes",
    "billingAddress": "billing_address",
    "billingLine1": "line1",
    "billingLine2": "line2",
    "billingCity": "city",
    "billingRegion": "region",
    "billingPostalCode": "postal_code",
    "taxNumber": "tax_number",
    "defaultRate": "default_rate",
    "defaultPaymentTerms": "payment_terms",
    "defaultTaxRate": "default_tax_rate",
    "requirePoNumber": "require_po_number",
    "billingEmail": "billing_email",
}


def to_record(
    body: ClientFields,
    client: Client | None,
    caller: Principal,
    repeated: Collection[str] = (),
) -> Fields:
    """The fields of the record that a validated body writes: only fields that the body names.

    Args:
        body: the body.
        client: the record it changes; None for a new one.
        caller: the caller, in whose region a phone is read where the client has no country.
        repeated: names that the body repeats; a repeated phone is read again in another country.
    """
    wire = body.model_dump(by_alias=True, exclude_unset=True)
    fields: dict[str, object] = {FIELDS[name]: wire[name] for name in wire.keys() & FIELDS}
    place = client.country if client is not None else None
    if "billingCountry" in wire:
        typed = wire["billingCountry"]
        place = country(typed) if typed is not None else None
        fields["country"] = place
    fields |= phone_fields(wire, repeated, client, place, caller.region)
    return cast("Fields", fields)


def show(client: Client, caller: Principal) -> ClientResponse:
    """The client in its envelope."""
    return ClientResponse(data=show_object(client, caller))


def show_object(client: Client, caller: Principal) -> ClientObject:
    """The client as Hoursmith shows it to a caller."""
    return show_in(client, caller.workspace_id)


def show_in(client: Client, workspace_id: str) -> ClientObject:
    """The client of a workspace as Hoursmith shows it; one without any name has the name `""`."""
    return ClientObject(
        id=client.id,
        org_id=workspace_id,
        name=client.display_name or "",
        contact_name=client.contact_name,
        email=client.email,
        phone=client.phone.typed if client.phone else None,
        website=client.website,
        currency=client.currency,
        notes=client.notes,
        billing_address=client.billing_address,
        billing_line1=client.line1,
        billing_line2=client.line2,
        billing_city=client.city,
        billing_region=client.region,
        billing_postal_code=client.postal_code,
        billing_country=client.country.typed if client.country else None,
        tax_number=client.tax_number,
        default_rate=client.default_rate,
        default_payment_terms=client.payment_terms,
        default_tax_rate=client.default_tax_rate,
        require_po_number=client.require_po_number,
        billing_email=client.billing_email,
        created_at=instant(client.created_at),
        updated_at=instant(client.updated_at),
        deleted_at=instant(client.archived_at) if client.archived_at else None,
    )


def show_member(caller: Principal) -> Member:
    """The member and the workspace that a token acts for."""
    return Member(
        user_id=caller.user_id,
        org_id=caller.workspace_id,
        org_name=caller.workspace_name,
        role=Role(caller.role),
        plan=caller.plan,
        scopes=sorted(caller.scopes),
        token_prefix=caller.token_prefix,
        env=caller.mode,
    )

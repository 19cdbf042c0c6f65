"""Conversion between Athenty's wire models and the record, as in `docs/mapping.md`.

Athenty has three names and no display name ("Rule 1"). Writing one of the three computes the
display name from all three; a record that only has a display name shows it in one of them.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any, cast

from registry.contracts.athenty.wire import ClientFields, ClientObject
from registry.domain import document
from registry.domain.client import Client, Country, Fields, MemberType
from registry.domain.identifiers import instant
from registry.domain.immutable import dataclass, replace
from registry.domain.phone import phone_fields
from registry.gateway.principal import Principal

# Wire names, and the record's names, of the fields whose values are the same in both.
TEXTS = {
    "email": "email",
    "externalId": "external_id",
    "addressLine1": "line1",
    "addressLine2": "line2",
    "city": "city",
    "region": "region",
    "postalCode": "postal_code",
}


@dataclass(frozen=True, slots=True)
class Names:
    """Athenty's names of a client; the attributes are the wire names, in snake case."""

    name_first: str | None = None
    name_last: str | None = None
    business_name: str | None = None

    @property
    def display(self) -> str | None:
        """The display name of these names: the business's, else the person's."""
        person = " ".join(part for part in (self.name_first, self.name_last) if part)
        return self.business_name or person or None


_NAMES = frozenset(asdict(Names()))


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
    fields: dict[str, object] = {TEXTS[name]: wire[name] for name in wire.keys() & TEXTS}
    fields |= written_names(client, body.model_dump(include=set(_NAMES), exclude_unset=True))
    if "memberType" in wire:
        fields["member_type"] = MemberType(body.member_type) if body.member_type else None
    place = client.country if client is not None else None
    if "country" in wire:
        place = Country(body.country, body.country) if body.country else None
        fields["country"] = place
    fields |= phone_fields(wire, repeated, client, place, caller.region)
    if "metadata" in wire:
        fields["metadata"] = None if body.metadata is None else document.render(body.metadata)
    return cast("Fields", fields)


def show(client: Client, caller: Principal) -> ClientObject:
    """The client as Athenty shows it to a caller."""
    return show_in(client, caller.workspace_id)


def show_in(client: Client, workspace_id: str) -> ClientObject:
    """The client of a workspace as Athenty shows it."""
    names = shown_names(client)
    return ClientObject(
        id=client.id,
        org_id=workspace_id,
        name_first=names.name_first,
        name_last=names.name_last,
        business_name=names.business_name,
        email=client.email,
        phone=client.phone.typed if client.phone else None,
        external_id=client.external_id,
        member_type=client.shown_member_type,
        address_line1=client.line1,
        address_line2=client.line2,
        city=client.city,
        region=client.region,
        postal_code=client.postal_code,
        country=client.country.code if client.country else None,
        metadata=cast("dict[str, Any]", document.parse(client.metadata or "{}")),
        active=not client.archived,
        request_count=client.request_count,
        created_at=instant(client.created_at),
        updated_at=instant(client.updated_at),
    )


def shown_names(client: Client) -> Names:
    """The names of a record; a display name without parts is shown whole, in one of them."""
    names = Names(client.first_name, client.last_name, client.company)
    whole = client.name or client.legal_name
    if names.display is not None or whole is None:
        return names
    if client.shown_member_type is MemberType.BUSINESS:
        return Names(business_name=whole)
    return Names(name_last=whole)


def written_names(client: Client | None, written: Mapping[str, str | None]) -> Fields:
    """The fields of the record after a write of some of its names; no fields for no names.

    A name that is not written stays as it is shown, so that a display name which another contract
    wrote, and which Athenty shows in one of its names, is kept in that name.
    """
    if not written:
        return Fields()
    names = replace(shown_names(client) if client is not None else Names(), **written)
    return Fields(
        name=names.display,
        first_name=names.name_first,
        last_name=names.name_last,
        company=names.business_name,
    )

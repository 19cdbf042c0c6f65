"""The record's fields that an Athenty body stands for, and what is asked beyond single fields."""

from collections.abc import Iterator, Mapping
from typing import cast

from registry.contracts.athenty.metadata import broken_limits
from registry.contracts.athenty.names import NAMES, written_names
from registry.contracts.athenty.wire import ClientFields
from registry.domain import document
from registry.domain.client import Client, Country, Fields, MemberType, Phone
from registry.domain.errors import FieldError
from registry.domain.phone import resent_phone
from registry.gateway.principal import Principal

# Texts that are kept as they are: wire name, in snake case, and the record's name.
_TEXTS = {
    "email": "email",
    "external_id": "external_id",
    "address_line1": "line1",
    "address_line2": "line2",
    "city": "city",
    "region": "region",
    "postal_code": "postal_code",
}


def check(given: Mapping[str, object]) -> Iterator[FieldError]:
    """What is wrong with a body beyond the types of its fields."""
    metadata = given.get("metadata")
    if isinstance(metadata, dict):
        yield from broken_limits(metadata)


def to_record(body: ClientFields, client: Client | None, caller: Principal) -> Fields:
    """The record's fields that an accepted body writes; only what the body names."""
    sent = body.model_fields_set
    texts = body.model_dump(include=set(_TEXTS), exclude_unset=True)
    fields = cast("Fields", {_TEXTS[name]: text for name, text in texts.items()})
    fields |= written_names(client, body.model_dump(include=set(NAMES), exclude_unset=True))
    if "phone" in sent:
        fields["phone"] = _phone(body, client, caller)
    if "member_type" in sent:
        fields["member_type"] = MemberType(body.member_type) if body.member_type else None
    if "country" in sent:
        fields["country"] = Country(body.country, body.country) if body.country else None
    if "metadata" in sent:
        fields["metadata"] = document.render(body.metadata) if body.metadata is not None else None
    return fields


def default_member_type(body: ClientFields) -> MemberType:
    """What a new client is when the body does not say: a business when it names one alone."""
    alone = body.business_name is not None and not (body.name_first or body.name_last)
    return MemberType.BUSINESS if alone else MemberType.INDIVIDUAL


def _phone(body: ClientFields, client: Client | None, caller: Principal) -> Phone | None:
    """The number as typed, read in the country the client has after the call."""
    if body.phone is None:
        return None
    country = client.country if client is not None else None
    if "country" in body.model_fields_set:
        country = Country(body.country, body.country) if body.country else None
    return resent_phone(body.phone, client, country, caller.region)

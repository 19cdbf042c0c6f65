"""The record's fields that a body of Hoursmith's stands for."""

from typing import cast

from registry.contracts.hoursmith.wire import ClientFields
from registry.domain.client import Client, Fields
from registry.domain.phone import resent_phone
from registry.domain.places import country
from registry.gateway.principal import Principal

# The rest is called on the wire as it is in the record.
_RECORD_NAMES = {
    "billing_line1": "line1",
    "billing_line2": "line2",
    "billing_city": "city",
    "billing_region": "region",
    "billing_postal_code": "postal_code",
    "billing_country": "country",
    "default_payment_terms": "payment_terms",
}


def to_record(body: ClientFields, client: Client | None, caller: Principal) -> Fields:
    """The record's fields that an accepted body writes; only what the body names.

    Args:
        body: the body.
        client: the record it changes; None for a new one.
        caller: in whose region a phone number is read where the client has no country.
    """
    sent = body.model_dump(exclude_unset=True)
    fields = cast("Fields", {_RECORD_NAMES.get(name, name): sent[name] for name in sent})
    named, number = body.billing_country, body.phone
    if named is not None:
        fields["country"] = country(named)
    if number is not None:
        place = fields.get("country", client.country if client else None)
        fields["phone"] = resent_phone(number, client, place, caller.region)
    return fields

"""The whole record as JSON, under the names of the registry's own contract.

Events say what changed in these names, and the registry's own contract shows the record in them.
"""

from typing import Any

from registry.domain import document
from registry.domain.client import Channel, Client, Country, Phone
from registry.domain.identifiers import instant


def represented(client: Client) -> dict[str, Any]:
    """The record with all its names, null where nothing is set.

    The values are those that `document.render` takes; numbers inside `metadata` keep their text.
    """
    return {
        "id": client.id,
        "ids": dict(client.ids),
        "absorbed": list(client.absorbed),
        "version": client.version,
        "status": "archived" if client.archived else "active",
        "name": client.name,
        "display_name": client.display_name,
        "first_name": client.first_name,
        "last_name": client.last_name,
        "company": client.company,
        "contact_name": client.contact_name,
        "legal_name": client.legal_name,
        "email": client.email,
        "billing_email": client.billing_email,
        "phone": _phone(client.phone),
        "website": client.website,
        "external_id": client.external_id,
        "usage_type": client.usage_type,
        "member_type": client.member_type,
        "address": {
            "line1": client.line1,
            "line2": client.line2,
            "city": client.city,
            "region": client.region,
            "postal_code": client.postal_code,
            "country": _country(client.country),
        },
        "billing_address": client.billing_address,
        "ein": client.ein,
        "tax_number": client.tax_number,
        "currency": client.currency,
        "default_rate": client.default_rate,
        "default_tax_rate": client.default_tax_rate,
        "payment_terms": client.payment_terms,
        "require_po_number": client.require_po_number,
        "timezone": client.timezone,
        "notes": client.notes,
        "metadata": document.parse(client.metadata or "{}"),
        "request_count": client.request_count,
        "default_payment_method_id": client.default_payment_method_id,
        "integration_id": client.integration_id,
        "consents": {channel.value: client.consents(channel) for channel in Channel},
        "created_at": instant(client.created_at),
        "updated_at": instant(client.updated_at),
        "archived_at": instant(client.archived_at) if client.archived_at else None,
    }


def is_empty(name: str, value: object) -> bool:
    """Whether a field of `represented` has no value: null, false, zero, or only such members.

    The caller's own `metadata` is empty without members alone.
    """
    if isinstance(value, dict) and name != "metadata":
        return not any(value.values())
    return not value


def _phone(phone: Phone | None) -> dict[str, str | None] | None:
    return None if phone is None else {"typed": phone.typed, "e164": phone.e164}


def _country(country: Country | None) -> dict[str, str | None] | None:
    return None if country is None else {"typed": country.typed, "code": country.code}

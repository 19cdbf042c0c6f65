"""Rules beyond single fields: the limits of metadata, and consent that has something to be about.

They read the raw body, so that their errors are reported together with those of single fields.
"""

from collections.abc import Iterator, Mapping

from registry.contracts.registry_api.clients.mapping import Raw
from registry.domain import metadata
from registry.domain.client import Client, Phone
from registry.domain.errors import FieldError
from registry.domain.text import trimmed


def check(raw: Raw, client: Client | None, phone: Phone | None) -> Iterator[FieldError]:
    """The errors of a body that creates a client (`client` is None) or changes one.

    Args:
        raw: the body, without what repeats the client.
        client: the client before the call.
        phone: the phone that the client has after the call.
    """
    yield from metadata.check(raw)
    stated = raw.get("consents")
    if not isinstance(stated, Mapping):
        return
    before = client.email if client is not None else None
    email = trimmed(raw["email"]) if "email" in raw else before
    number = phone.e164 if phone is not None else None
    for name, field, contact_point in (("email", "email", email), ("sms", "phone", number)):
        if stated.get(name) is True and contact_point is None:
            yield FieldError(("consents", name), "consent_without_channel", {"field": field})

"""Values that a client can be looked up by, each in the one spelling that equal values share."""

from enum import StrEnum

from pydantic_core import PydanticCustomError

from registry.domain.client import Client
from registry.domain.ein import ein
from registry.domain.email_address import email_key
from registry.domain.immutable import dataclass


class KeyKind(StrEnum):
    """What kind of value a key is of.

    Clients are looked up by the first three. The others bring together clients that may be one and
    the same (`registry.matching.keys`).
    """

    EMAIL = "email"
    PHONE = "phone"
    TAX_ID = "tax_id"
    EXTERNAL_ID = "external_id"
    EMAIL_LOCAL = "email_local"
    COMPANY = "company"
    PHONETIC = "phonetic"
    NAME_POSTCODE = "name_postcode"
    HOUSE = "house"


@dataclass(frozen=True, slots=True)
class LookUpKey:
    """A value of a client, in the spelling by which it is found."""

    kind: KeyKind
    value: str


def email_look_up(text: str) -> LookUpKey:
    """The key of an e-mail address in any spelling."""
    return LookUpKey(KeyKind.EMAIL, email_key(text))


def phone_look_up(e164: str) -> LookUpKey:
    """The key of a phone number."""
    return LookUpKey(KeyKind.PHONE, e164)


def tax_id_look_up(text: str) -> LookUpKey:
    """The key of an EIN, with or without its dash, or of another tax number as it is written."""
    try:
        return LookUpKey(KeyKind.TAX_ID, ein(text))
    except PydanticCustomError:
        return LookUpKey(KeyKind.TAX_ID, text)


def sought_keys(
    *, tax_id: str | None = None, email: str | None = None, e164: str | None = None
) -> tuple[LookUpKey, ...]:
    """The keys of values that a client has to have; first the kind that fewest clients share."""
    keys = (
        tax_id_look_up(tax_id) if tax_id is not None else None,
        email_look_up(email) if email is not None else None,
        phone_look_up(e164) if e164 is not None else None,
    )
    return tuple(key for key in keys if key is not None)


def keys_of(client: Client) -> frozenset[LookUpKey]:
    """The keys under which a client is found."""
    keys = set()
    if client.email is not None:
        keys.add(email_look_up(client.email))
    if client.phone is not None and client.phone.e164 is not None:
        keys.add(phone_look_up(client.phone.e164))
    keys |= {tax_id_look_up(text) for text in (client.ein, client.tax_number) if text is not None}
    return frozenset(keys)

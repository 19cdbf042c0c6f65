"""What a client means to the record, as Paytrum's own API shows it."""

from typing import cast

from pydantic_core import PydanticCustomError

from registry.contracts.paytrum.mapping import ADDRESS, TEXTS
from registry.contracts.paytrum.rules import PhoneField, check
from registry.contracts.paytrum.wire import ClientObject, CreateClient
from registry.contracts.vendor_objects import VendorObject, vendor_object
from registry.domain.client import Channel, Country, Fields, Phone, UsageType
from registry.domain.errors import FieldError
from registry.domain.moving import VendorClient, country_as_shown, is_e164, phone_as_shown
from registry.domain.phone import valid_phone

# Of a caller an address without its consent is refused; a client whose consent ended is shown so.
_NORMAL = frozenset({"consent_required"})
_FLAGS = {Channel.EMAIL: "emailConsent", Channel.SMS: "smsConsent"}

# The wire names of the record's names, in a report.
WIRE_NAMES = {
    **{record: wire for wire, record in TEXTS.items()},
    **{record: f"address.{wire}" for wire, record in ADDRESS.items()},
    **{f"{channel}_consent": wire for channel, wire in _FLAGS.items()},
    "phone": "phone",
    "usage_type": "usageType",
    "archived": "status",
}
# What is compared together: nothing.
UNITS: tuple[tuple[str, ...], ...] = ()


def read_client(raw: object, region: str) -> VendorClient:
    """The client in an object of Paytrum's API.

    Args:
        raw: the JSON object.
        region: of the workspace, in which a number is read where the client has no country.

    Raises:
        Refused: it cannot be stored.
    """
    shown = vendor_object(raw, ClientObject)
    fields: dict[str, object] = shown.texts(TEXTS)
    place = None
    if "address" in shown:
        address = shown.nested("address")
        fields |= address.texts(ADDRESS)
        code = address.text("country")
        place = country_as_shown(code) if code is not None else None
        if "country" in address:
            fields["country"] = place
    phone = _phone(shown, place, region)
    if "phone" in shown:
        fields["phone"] = phone.number
    if "usageType" in shown:
        usage = shown.text("usageType")
        fields["usage_type"] = UsageType(usage) if usage in set(UsageType) else None
    shown.check(CreateClient)
    shown.warn_of(check(shown.members, phone, None), but=_NORMAL)
    return VendorClient(
        vendor_id=shown.vendor_id,
        created_at=shown.creation("createdAt"),
        updated_at=shown.instant("updatedAt"),
        archived=_archived(shown),
        consents={
            channel: bool(shown.flag(name)) for channel, name in _FLAGS.items() if name in shown
        },
        fields=cast("Fields", fields),
        warnings=shown.warnings,
    )


def _phone(shown: VendorObject, place: Country | None, region: str) -> PhoneField:
    """The number, and what Paytrum would refuse of it.

    Paytrum shows E.164. Another text is kept as typed, and read as a number where it is one.
    """
    text = shown.text("phone")
    if text is None:
        return PhoneField()
    shown.warn_of_number("phone")
    number: Phone = phone_as_shown(text, place, region)
    if is_e164(text):
        return PhoneField(text, number)
    try:
        valid_phone(text, place, region)
    except PydanticCustomError as error:
        return PhoneField(text, number, FieldError(("phone",), error.type))
    return PhoneField(text, number, FieldError(("phone",), "phone_format"))


def _archived(shown: VendorObject) -> bool | None:
    """Whether the status says that the client is archived; None where there is no status."""
    status = shown.text("status")
    if status is None:
        return None
    if status not in {"active", "inactive"}:
        shown.warn("status", "literal_error")
    return status == "inactive"

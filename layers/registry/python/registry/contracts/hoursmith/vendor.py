"""What a client means to the record, as Hoursmith's own API shows it."""

from typing import TYPE_CHECKING, cast

from registry.contracts.hoursmith.mapping import FIELDS
from registry.contracts.hoursmith.wire import ClientObject, CreateClient
from registry.contracts.vendor_objects import vendor_object
from registry.domain.moving import VendorClient, phone_as_shown
from registry.domain.places import country

if TYPE_CHECKING:
    from registry.domain.client import Fields

_DECIMALS = ("defaultRate", "defaultTaxRate")
_FLAG = "requirePoNumber"
_TEXTS = {wire: name for wire, name in FIELDS.items() if wire not in {*_DECIMALS, _FLAG}}

# The wire names of the record's names, in a report.
WIRE_NAMES = {
    **{record: wire for wire, record in FIELDS.items()},
    "country": "billingCountry",
    "phone": "phone",
    "archived": "deletedAt",
}
# What is compared together: nothing.
UNITS: tuple[tuple[str, ...], ...] = ()


def read_client(raw: object, region: str) -> VendorClient:
    """The client in an object of Hoursmith's API.

    Args:
        raw: the JSON object, without the envelope around it.
        region: of the workspace, in which a number is read where the client has no country.

    Raises:
        Refused: it cannot be stored.
    """
    shown = vendor_object(raw, ClientObject)
    fields: dict[str, object] = shown.texts(_TEXTS)
    fields |= {FIELDS[name]: shown.decimal(name) for name in _DECIMALS if name in shown}
    if _FLAG in shown:
        fields[FIELDS[_FLAG]] = bool(shown.flag(_FLAG))
    place = None
    if "billingCountry" in shown:
        typed = shown.text("billingCountry")
        place = country(typed) if typed is not None else None
        fields["country"] = place
    if "phone" in shown:
        number = shown.text("phone")
        fields["phone"] = phone_as_shown(number, place, region) if number is not None else None
        shown.warn_of_number("phone")
    shown.check(CreateClient)
    return VendorClient(
        vendor_id=shown.vendor_id,
        created_at=shown.creation("createdAt"),
        updated_at=shown.instant("updatedAt"),
        archived=shown.text("deletedAt") is not None if "deletedAt" in shown else None,
        archived_at=shown.instant("deletedAt"),
        fields=cast("Fields", fields),
        warnings=shown.warnings,
    )

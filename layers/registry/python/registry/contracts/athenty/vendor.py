"""What a client means to the record, as Athenty's own API shows it."""

from typing import cast

from registry.contracts.athenty.mapping import TEXTS, written_names
from registry.contracts.athenty.wire import ClientObject, CreateClient
from registry.contracts.vendor_objects import vendor_object
from registry.domain import document
from registry.domain.client import Fields, MemberType
from registry.domain.metadata import check
from registry.domain.moving import VendorClient, country_as_shown, phone_as_shown

_NAMES = {
    "nameFirst": "name_first",
    "nameLast": "name_last",
    "businessName": "business_name",
}

# The wire names of the record's names, in a report.
WIRE_NAMES = {
    **{record: wire for wire, record in TEXTS.items()},
    "name": "businessName",
    "first_name": "nameFirst",
    "last_name": "nameLast",
    "company": "businessName",
    "country": "country",
    "phone": "phone",
    "member_type": "memberType",
    "metadata": "metadata",
    "archived": "active",
    "request_count": "requestCount",
}
# What is compared together: the display name is made of the others.
UNITS = (("name", "first_name", "last_name", "company"),)


def read_client(raw: object, region: str) -> VendorClient:
    """The client in an object of Athenty's API.

    Args:
        raw: the JSON object.
        region: of the workspace, in which a number is read where the client has no country.

    Raises:
        Refused: it cannot be stored.
    """
    shown = vendor_object(raw, ClientObject)
    fields: dict[str, object] = shown.texts(TEXTS)
    fields |= written_names(
        None, {name: shown.text(wire) for wire, name in _NAMES.items() if wire in shown}
    )
    place = None
    if "country" in shown:
        code = shown.text("country")
        place = country_as_shown(code) if code is not None else None
        fields["country"] = place
    if "phone" in shown:
        number = shown.text("phone")
        fields["phone"] = phone_as_shown(number, place, region) if number is not None else None
        shown.warn_of_number("phone")
    if "memberType" in shown:
        member = shown.text("memberType")
        fields["member_type"] = MemberType(member) if member in set(MemberType) else None
    if "metadata" in shown:
        metadata = shown.members["metadata"]
        fields["metadata"] = document.render(metadata) if isinstance(metadata, dict) else None
    active = shown.flag("active")
    shown.check(CreateClient)
    shown.warn_of(check(shown.members))
    return VendorClient(
        vendor_id=shown.vendor_id,
        created_at=shown.creation("createdAt"),
        updated_at=shown.instant("updatedAt"),
        archived=None if active is None else not active,
        request_count=shown.whole("requestCount"),
        fields=cast("Fields", fields),
        warnings=shown.warnings,
    )

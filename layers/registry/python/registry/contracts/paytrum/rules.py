"""What Paytrum asks of a body beyond its single fields, and the record's fields it stands for.

The rules look at the body as it was sent, so that they can speak beside the errors of its fields;
what an update leaves out is taken from the client it will change.
"""

from collections.abc import Iterator, Mapping
from typing import cast

from pydantic_core import PydanticCustomError

from registry.contracts.paytrum.wire import AddressFields, ClientFields
from registry.domain.change import same_contact_point
from registry.domain.client import Channel, Client, Country, Fields, Phone
from registry.domain.errors import FieldError
from registry.domain.phone import valid_phone
from registry.domain.places import country, region_exists
from registry.domain.text import blank_is_none, trimmed
from registry.gateway.principal import Principal

Given = Mapping[str, object]

# The wire names of a channel's address or number, and of the flag that attests consent to it.
_CHANNELS = {Channel.EMAIL: ("email", "emailConsent"), Channel.SMS: ("phone", "smsConsent")}
_STATE_LENGTH = 2


def check(given: Given, client: Client | None, caller: Principal) -> Iterator[FieldError]:
    """What is wrong with a body that creates a client (`client` is None) or changes one."""
    phone = _text(given, "phone")
    number = None
    if phone is not None:
        try:
            number = _read_phone(phone, given, client, caller)
        except PydanticCustomError as error:
            yield FieldError(("phone",), error.type, error.context or {})
    contact_points = {
        Channel.EMAIL: _text(given, "email"),
        Channel.SMS: number.e164 if number else phone,
    }
    for channel, (name, flag) in _CHANNELS.items():
        yield from _consent(
            channel, contact_points[channel], name in given, given.get(flag), client
        )
    yield from _state(given, client)
    yield from _usage_type(given, client)


def to_record(body: ClientFields, client: Client | None, caller: Principal) -> Fields:
    """The record's fields that an accepted body writes; only what the body names."""
    sent = body.model_fields_set
    fields: Fields = {}
    if "email" in sent:
        fields["email"] = body.email
    if "phone" in sent:
        given = body.model_dump(include={"address"}, exclude_unset=True)
        fields["phone"] = _read_phone(body.phone, given, client, caller) if body.phone else None
    if "company" in sent:
        fields["company"] = body.company
    if "timezone" in sent:
        fields["timezone"] = body.timezone
    if "notes" in sent:
        fields["notes"] = body.notes
    if "address" in sent:
        fields |= _address_fields(body.address)
    return fields


def consents(body: ClientFields) -> dict[Channel, bool]:
    """What an accepted body attests per channel; a flag set to null withdraws."""
    flags = {Channel.EMAIL: body.email_consent, Channel.SMS: body.sms_consent}
    named = {Channel.EMAIL: "email_consent", Channel.SMS: "sms_consent"}
    return {
        channel: bool(flag)
        for channel, flag in flags.items()
        if named[channel] in body.model_fields_set
    }


def _read_phone(text: str, given: Given, client: Client | None, caller: Principal) -> Phone:
    """The number, read in the country the client has after the call.

    Raises:
        PydanticCustomError: it is not a valid number, or has an extension.
    """
    return valid_phone(text, _country(given, client), caller.region)


def _consent(
    channel: Channel,
    contact_point: str | None,
    named: bool,  # noqa: FBT001 - whether the body names the channel at all
    attested: object,
    client: Client | None,
) -> Iterator[FieldError]:
    name, flag = _CHANNELS[channel]
    before = client.contact_point(channel) if client is not None else None
    after = contact_point if named else before
    moved = after is not None and not same_contact_point(channel, before, after)
    if moved and attested is not True:
        yield FieldError((flag,), "consent_required", {"field": name})
    if after is None and attested is True:
        yield FieldError((flag,), "consent_without_channel", {"field": name})


def _state(given: Given, client: Client | None) -> Iterator[FieldError]:
    """A state has to be one of its country, whichever of the two the body names."""
    address = _address(given)
    if not address.keys() & {"state", "country"}:
        return
    place = _country(given, client)
    code = place.code if place is not None else None
    state = _text(address, "state") if "state" in address else (client.region if client else None)
    if code is None or state is None or len(state) != _STATE_LENGTH:
        return
    if not region_exists(code, state.upper()):
        yield FieldError(("address", "state"), "region_unknown", {"country": code})


def _usage_type(given: Given, client: Client | None) -> Iterator[FieldError]:
    if client is None or "usageType" not in given:
        return
    if given["usageType"] != client.shown_usage_type:
        yield FieldError(("usageType",), "usage_type_fixed")


def _country(given: Given, client: Client | None) -> Country | None:
    """The country after the body: as sent, none where it is cleared, or as it was."""
    if "address" in given and blank_is_none(given["address"]) is None:
        return None
    address = _address(given)
    if "country" in address:
        sent = _text(address, "country")
        return country(sent) if sent else None
    return client.country if client is not None else None


def _address(given: Given) -> Given:
    address = given.get("address")
    return cast("Given", address) if isinstance(address, dict) else {}


def _text(given: Given, name: str) -> str | None:
    """The trimmed text under a name; None when there is none, or something else than text."""
    value = trimmed(given.get(name))
    return value if isinstance(value, str) else None


def _address_fields(address: AddressFields | None) -> Fields:
    if address is None:
        return Fields(
            line1=None,
            line2=None,
            city=None,
            region=None,
            postal_code=None,
            country=None,
        )
    sent = address.model_dump(exclude_unset=True)
    if "state" in sent:
        sent["region"] = sent.pop("state")
    if sent.get("country") is not None:
        sent["country"] = Country(sent["country"], sent["country"])
    return cast("Fields", sent)

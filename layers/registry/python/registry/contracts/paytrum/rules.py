"""Paytrum's rules beyond single fields.

They read the raw body by its wire names, so that their errors are reported together with those of
single fields. A field that an update leaves out is taken from the client that it changes.
"""

from collections.abc import Iterator, Mapping
from typing import cast

from pydantic_core import PydanticCustomError

from registry.contracts.paytrum.wire import ClientFields
from registry.domain.change import same_contact_point
from registry.domain.client import Channel, Client, Country, Phone
from registry.domain.errors import FieldError
from registry.domain.immutable import dataclass
from registry.domain.phone import valid_phone
from registry.domain.places import country, region_exists
from registry.domain.text import blank_is_none, trimmed
from registry.gateway.principal import Principal

Raw = Mapping[str, object]

# The wire names of a channel's contact point, and of the flag that attests consent to it.
_CHANNELS = {Channel.EMAIL: ("email", "emailConsent"), Channel.SMS: ("phone", "smsConsent")}
_STATE_LENGTH = 2


@dataclass(frozen=True, slots=True)
class PhoneField:
    """The phone number that a body names.

    Attributes:
        text: as typed; None where the body names none.
        number: the number in that text; None where the text is not a valid number.
        error: why the text is not a valid number.
    """

    text: str | None = None
    number: Phone | None = None
    error: FieldError | None = None


def read_phone_field(raw: Raw, client: Client | None, caller: Principal) -> PhoneField:
    """Read the body's number in the country that the client has after the call."""
    text = _text(raw, "phone")
    if text is None:
        return PhoneField()
    try:
        return PhoneField(text, valid_phone(text, _country(raw, client), caller.region))
    except PydanticCustomError as error:
        return PhoneField(text, error=FieldError(("phone",), error.type, error.context or {}))


def check(raw: Raw, phone: PhoneField, client: Client | None) -> Iterator[FieldError]:
    """The errors of a body that creates a client (`client` is None) or changes one."""
    if phone.error is not None:
        yield phone.error
    contact_points = {
        Channel.EMAIL: _text(raw, "email"),
        Channel.SMS: phone.number.e164 if phone.number else phone.text,
    }
    for channel, contact_point in contact_points.items():
        yield from _consent(raw, channel, contact_point, client)
    yield from _state(raw, client)
    yield from _usage_type(raw, client)


def consents(body: ClientFields) -> dict[Channel, bool]:
    """The consent that a validated body attests per channel; a flag of null withdraws it."""
    flags = {Channel.EMAIL: body.email_consent, Channel.SMS: body.sms_consent}
    named = {Channel.EMAIL: "email_consent", Channel.SMS: "sms_consent"}
    return {
        channel: bool(flag)
        for channel, flag in flags.items()
        if named[channel] in body.model_fields_set
    }


def _consent(
    raw: Raw,
    channel: Channel,
    contact_point: str | None,
    client: Client | None,
) -> Iterator[FieldError]:
    """Another contact point needs its consent; consent needs a contact point."""
    name, flag = _CHANNELS[channel]
    before = client.contact_point(channel) if client is not None else None
    after = contact_point if name in raw else before
    moved = after is not None and not same_contact_point(channel, before, after)
    if moved and raw.get(flag) is not True:
        yield FieldError((flag,), "consent_required", {"field": name})
    if after is None and raw.get(flag) is True:
        yield FieldError((flag,), "consent_without_channel", {"field": name})


def _state(raw: Raw, client: Client | None) -> Iterator[FieldError]:
    """A state has to be one of its country; the body may name either of the two or both."""
    address = _address(raw)
    if not address.keys() & {"state", "country"}:
        return
    place = _country(raw, client)
    code = place.code if place is not None else None
    state = _text(address, "state") if "state" in address else (client.region if client else None)
    if code is None or state is None or len(state) != _STATE_LENGTH:
        return
    if not region_exists(code, state.upper()):
        yield FieldError(("address", "state"), "region_unknown", {"country": code})


def _usage_type(raw: Raw, client: Client | None) -> Iterator[FieldError]:
    """The usage type is set at creation; a body may only repeat it."""
    if client is None or "usageType" not in raw:
        return
    if raw["usageType"] != client.shown_usage_type:
        yield FieldError(("usageType",), "usage_type_fixed")


def _country(raw: Raw, client: Client | None) -> Country | None:
    """The country of the client after the call: the body's, or the client's own if it has none.

    None where the body clears it.
    """
    if "address" in raw and blank_is_none(raw["address"]) is None:
        return None
    address = _address(raw)
    if "country" in address:
        text = _text(address, "country")
        return country(text) if text else None
    return client.country if client is not None else None


def _address(raw: Raw) -> Raw:
    """The address in a raw body; an empty one for none, or for a value of another type."""
    address = raw.get("address")
    return cast("Raw", address) if isinstance(address, dict) else {}


def _text(raw: Raw, name: str) -> str | None:
    """The trimmed text under a name; None when there is none, or a value of another type."""
    value = trimmed(raw.get(name))
    return value if isinstance(value, str) else None

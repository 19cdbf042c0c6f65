"""Paytrum's wire models of requests and responses, in camelCase; unknown fields are refused."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StrictBool
from pydantic_core import PydanticCustomError

from registry.domain.client import UsageType
from registry.domain.places import CountryCode, RegionCode, Timezone
from registry.domain.text import Blank, EmailText, Plain, Visible, blank_is_none, limited
from registry.gateway.wire import (
    E164,
    Alpha2,
    Id,
    Instant,
    NotNull,
    RequestModel,
    ResponseModel,
    Whole,
)


def _not_cleared(value: object) -> object:
    """Refuse null and blank text, since a client cannot lose its name."""
    if blank_is_none(value) is None:
        raise PydanticCustomError("not_clearable", "must not be cleared")
    return value


_Text = Annotated[str, limited(200), Plain]
_Name = Annotated[str, limited(200, at_least=1), Plain, Visible]
_State = Annotated[str, limited(200), RegionCode]
_Country = Annotated[str, limited(200), CountryCode]
_Timezone = Annotated[str, limited(200), Timezone]
_Notes = Annotated[str, limited(5000), Plain]
_Phone = Annotated[str, limited(200), Plain, Field(json_schema_extra={"format": "phone-number"})]
_Usage = Literal["consumer", "commercial"]


class AddressFields(RequestModel):
    """An address in a request: every key may be left out."""

    line1: Annotated[_Text | None, Blank] = None
    line2: Annotated[_Text | None, Blank] = None
    city: Annotated[_Text | None, Blank] = None
    state: Annotated[_State | None, Blank] = None
    postal_code: Annotated[_Text | None, Blank] = None
    country: Annotated[_Country | None, Blank] = None


class ClientFields(RequestModel):
    """The fields of a client that a caller may write, beside its name."""

    email: Annotated[EmailText | None, Blank] = None
    phone: Annotated[_Phone | None, Blank] = None
    company: Annotated[_Text | None, Blank] = None
    usage_type: Annotated[_Usage | None, Blank] = None
    address: Annotated[AddressFields | None, Blank] = None
    timezone: Annotated[_Timezone | None, Blank] = None
    notes: Annotated[_Notes | None, Blank] = None
    email_consent: Annotated[StrictBool | None, Blank] = None
    sms_consent: Annotated[StrictBool | None, Blank] = None


class CreateClient(ClientFields):
    """A new client.

    An e-mail address needs `emailConsent: true` and a phone number `smsConsent: true`; consent
    without its address or number is refused. Null and blank text are the same as leaving a key out.
    """

    name: _Name


class UpdateClient(ClientFields):
    """A change of a client: a key that is left out is unchanged, null or blank text clears.

    The address is merged key by key. Another e-mail address or phone number needs its consent in
    the same call, and `usageType` cannot change.
    """

    name: Annotated[_Name | None, BeforeValidator(_not_cleared), NotNull()] = None
    # A body may repeat the client's usage type; the rule refuses a blank one like any other value.
    usage_type: Annotated[_Usage | None, BeforeValidator(blank_is_none), NotNull()] = None


class ListClients(RequestModel):
    """The query of a page of clients."""

    limit: Annotated[Whole, Field(ge=1, le=100)] = 25
    starting_after: str | None = None
    ending_before: str | None = None
    status: Literal["active", "inactive"] | None = None


class Address(ResponseModel):
    """An address in a response: all six keys, always."""

    line1: str | None
    line2: str | None
    city: str | None
    state: str | None
    postal_code: str | None
    country: Alpha2 | None


class ClientObject(ResponseModel):
    """A client."""

    object: Literal["client"] = "client"
    id: Id
    name: str | None
    company: str | None
    email: str | None
    phone: E164 | None
    usage_type: UsageType
    status: Literal["active", "inactive"]
    address: Address
    timezone: str
    notes: str | None
    email_consent: bool
    sms_consent: bool
    created_at: Instant
    updated_at: Instant


class ClientList(ResponseModel):
    """A page of clients, newest first."""

    object: Literal["list"] = "list"
    data: list[ClientObject]
    has_more: bool

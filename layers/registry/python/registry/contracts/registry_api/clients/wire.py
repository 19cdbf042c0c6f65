"""The registry's own wire models, in snake_case; unknown fields and parameters are refused.

The rules of a field are the widest that any of the vendors' contracts has for it.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StrictBool,
)
from pydantic_core import CoreSchema, PydanticCustomError

from registry.domain.client import Channel, MemberType, UsageType
from registry.domain.ein import Ein
from registry.domain.event import EventType
from registry.domain.instants import Moment
from registry.domain.ledger import Source, Withdrawal
from registry.domain.metadata import MAX_KEY_LENGTH, MAX_KEYS
from registry.domain.money import Currency, PaymentTerms, Rate, TaxRate
from registry.domain.payment_method import PaymentMethodType
from registry.domain.places import Timezone
from registry.domain.text import Blank, Check, EmailText, Plain, limited, word
from registry.domain.website import MAX_WEBSITE, website
from registry.domain.workspace import Contract
from registry.gateway.wire import E164, Alpha2, Id, Instant, Whole


class Typed(BeforeValidator):
    """Reads a value that is shown as text and what the text is read as: the text, or the object.

    What the text is read as is not taken from a body.
    """

    def __get_pydantic_json_schema__(
        self,
        core: CoreSchema,
        handler: GetJsonSchemaHandler,
    ) -> dict[str, Any]:
        """The schema of the text, of null, and of the object as it is shown."""
        shown = {
            "type": "object",
            "properties": {"typed": {"type": "string"}, self.derived: {"type": ["string", "null"]}},
            "required": ["typed"],
            "additionalProperties": False,
        }
        return {"anyOf": [handler(core), shown]}

    @property
    def derived(self) -> str:
        """The name of the member that says what the text is read as."""
        return _DERIVED[self.func]


def typed_text(value: object, derived: str) -> object:
    """The text of an object as it is shown; any other value itself.

    Args:
        value: the value of `phone` or of `country` in a body.
        derived: the name of the object's other member.
    """
    if not isinstance(value, Mapping) or not value.keys() <= {"typed", derived}:
        return value
    text, read_as = value.get("typed"), value.get(derived)
    if not isinstance(text, str) or not isinstance(read_as, str | None):
        return value
    return text


def _phone_text(value: object) -> object:
    return _text_of(value, "e164")


def _country_text(value: object) -> object:
    return _text_of(value, "code")


def _text_of(value: object, derived: str) -> object:
    """As `typed_text`.

    Raises:
        PydanticCustomError: kind `typed_text`; the object is not as one is shown.
    """
    text = typed_text(value, derived)
    if isinstance(text, Mapping):
        raise PydanticCustomError("typed_text", "must be text or an object with it")
    return text


_DERIVED: Mapping[object, str] = {_phone_text: "e164", _country_text: "code"}

_Text = Annotated[str, limited(200), Plain]
_Street = Annotated[str, limited(300), Plain]
_Phone = Annotated[str, limited(200), Plain]
_ExternalId = Annotated[str, limited(128), Plain]
_Website = Annotated[str, limited(MAX_WEBSITE), Plain, Check(website)]
_Address = Annotated[str, limited(1000), Plain]
_TaxNumber = Annotated[str, limited(64), Plain]
_Notes = Annotated[str, limited(5000), Plain]
_Ein = Annotated[str, limited(200), Ein]
_Timezone = Annotated[str, limited(200), Timezone]
_Usage = Annotated[Literal["consumer", "commercial"], BeforeValidator(word)]
_Member = Annotated[Literal["individual", "business"], BeforeValidator(word)]
_Metadata = Annotated[
    dict[str, Any],
    Field(
        json_schema_extra={
            "maxProperties": MAX_KEYS,
            "propertyNames": {"maxLength": MAX_KEY_LENGTH},
        },
    ),
]
_Sought = Annotated[str, limited(1000, at_least=1), Plain]


class _RequestModel(BaseModel):
    """A body or a query whose undeclared names are refused."""

    model_config = ConfigDict(extra="forbid")


class AddressFields(_RequestModel):
    """An address in a request: every key may be left out; null and `""` mean no value."""

    line1: Annotated[_Street | None, Blank] = None
    line2: Annotated[_Text | None, Blank] = None
    city: Annotated[_Text | None, Blank] = None
    region: Annotated[_Text | None, Blank] = None
    postal_code: Annotated[_Text | None, Blank] = None
    country: Annotated[_Text | None, Blank, Typed(_country_text)] = None


class ConsentFields(_RequestModel):
    """Consent in a request, per channel; null withdraws it."""

    email: StrictBool | None = None
    sms: StrictBool | None = None


class ClientFields(_RequestModel):
    """The fields of a client that a caller may write: null and `""` mean no value."""

    name: Annotated[_Text | None, Blank] = None
    first_name: Annotated[_Text | None, Blank] = None
    last_name: Annotated[_Text | None, Blank] = None
    company: Annotated[_Text | None, Blank] = None
    contact_name: Annotated[_Text | None, Blank] = None
    legal_name: Annotated[_Text | None, Blank] = None
    email: Annotated[EmailText | None, Blank] = None
    billing_email: Annotated[EmailText | None, Blank] = None
    phone: Annotated[_Phone | None, Blank, Typed(_phone_text)] = None
    website: Annotated[_Website | None, Blank] = None
    external_id: Annotated[_ExternalId | None, Blank] = None
    usage_type: Annotated[_Usage | None, Blank] = None
    member_type: Annotated[_Member | None, Blank] = None
    address: Annotated[AddressFields | None, Blank] = None
    billing_address: Annotated[_Address | None, Blank] = None
    ein: Annotated[_Ein | None, Blank] = None
    tax_number: Annotated[_TaxNumber | None, Blank] = None
    currency: Annotated[Currency | None, Blank] = None
    default_rate: Annotated[Rate | None, Blank] = None
    default_tax_rate: Annotated[TaxRate | None, Blank] = None
    payment_terms: Annotated[PaymentTerms | None, Blank] = None
    require_po_number: Annotated[StrictBool | None, Blank] = None
    timezone: Annotated[_Timezone | None, Blank] = None
    notes: Annotated[_Notes | None, Blank] = None
    metadata: Annotated[_Metadata | None, Blank] = None
    consents: Annotated[ConsentFields | None, Blank] = None


class CreateClient(ClientFields):
    """The body of `POST /v1/clients`: nothing is required."""


class UpdateClient(ClientFields):
    """The body of `PATCH /v1/clients/{id}`, a JSON Merge Patch (RFC 7396): null clears.

    The address and the consents are merged key by key. The metadata is replaced whole.
    """


class PageQuery(_RequestModel):
    """The query of a page; `after` is the `next` of the page before."""

    limit: Annotated[Whole, Field(ge=1, le=100)] = 50
    after: str | None = None


class ListClients(PageQuery):
    """The query of `GET /v1/clients`; all values given have to hold."""

    email: _Sought | None = None
    phone: _Sought | None = None
    external_id: _Sought | None = None
    tax_id: _Sought | None = None
    contract: Contract | None = None
    vendor_id: Annotated[str, limited(255, at_least=1), Plain] | None = None
    status: Literal["active", "archived"] | None = None
    created_since: Moment | None = None
    updated_since: Moment | None = None

    def filters(self) -> dict[str, str | None]:
        """The filters that a cursor is bound to, equal filters spelled alike."""
        chosen = self.model_dump(mode="json", exclude={"limit", "after"})
        return {name: value for name, value in chosen.items() if value is not None}


class ListEvents(PageQuery):
    """The query of `GET /v1/events`."""

    type: EventType | None = None


class PhoneObject(BaseModel):
    """A phone number: as typed, and in E.164 where the text is a number."""

    typed: str
    e164: E164 | None


class CountryObject(BaseModel):
    """A country: as typed, and its ISO 3166-1 alpha-2 code where a list has the text."""

    typed: str
    code: Alpha2 | None


class AddressObject(BaseModel):
    """An address: all six keys, always."""

    line1: str | None
    line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: CountryObject | None


class ConsentsObject(BaseModel):
    """The consent on file, per channel."""

    email: bool
    sms: bool


class ClientObject(BaseModel):
    """A client, whole: all keys, always."""

    id: Id
    ids: dict[str, str]
    absorbed: list[Id]
    version: int
    status: Literal["active", "archived"]
    name: str | None
    display_name: str | None
    first_name: str | None
    last_name: str | None
    company: str | None
    contact_name: str | None
    legal_name: str | None
    email: str | None
    billing_email: str | None
    phone: PhoneObject | None
    website: str | None
    external_id: str | None
    usage_type: UsageType | None
    member_type: MemberType | None
    address: AddressObject
    billing_address: str | None
    ein: str | None
    tax_number: str | None
    currency: str | None
    default_rate: str | None
    default_tax_rate: str | None
    payment_terms: str | None
    require_po_number: bool
    timezone: str | None
    notes: str | None
    metadata: dict[str, Any]
    request_count: int
    default_payment_method_id: str | None
    integration_id: str | None
    consents: ConsentsObject
    created_at: Instant
    updated_at: Instant
    archived_at: Instant | None


class ClientList(BaseModel):
    """A page of clients; `next` is null at the end of the list."""

    data: list[ClientObject]
    next: str | None


class AuthorObject(BaseModel):
    """Who made a change: a credential of a contract, or an operator at the command line."""

    credential_id: str | None
    contract: str | None
    operator: str | None


class ChangeObject(BaseModel):
    """What a change did: the version it made, and of each field the value before and after."""

    version: int
    changed: dict[str, list[Any]]
    by: AuthorObject


class PaymentMethodData(BaseModel):
    """A payment method that was attached or removed: what may be shown of it."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[
        str,
        Field(
            description="Id of the payment method.",
            examples=["019ead58-1c40-7a02-b1c3-5d6e7f809102"],
        ),
    ]
    type: Annotated[
        PaymentMethodType, Field(description="A card or a bank account.", examples=["card"])
    ]
    brand: Annotated[str | None, Field(description="Brand of a card.", examples=["visa"])]
    bank_name: Annotated[
        str | None, Field(description="Bank of an account.", examples=["First Bank"])
    ]
    last4: Annotated[
        str | None, Field(description="Last four digits of its number.", examples=["4242"])
    ]
    exp_month: Annotated[
        int | None, Field(description="Last month in which a card is valid.", examples=[12])
    ]
    exp_year: Annotated[
        int | None, Field(description="Year of the last month of a card.", examples=[2030])
    ]
    holder_name: Annotated[
        str | None, Field(description="Name on the card or account.", examples=["Acme Co"])
    ]
    created_at: Annotated[
        Instant,
        Field(description="When it was attached.", examples=["2026-06-09T17:04:21.000Z"]),
    ]


class MergeChangeObject(ChangeObject):
    """What a merge, or its undo, did to one of its two clients."""

    merge: Id = Field(description="The merge.", examples=["019eb100-7c3d-7a10-9b2f-0c1d2e3f4a5b"])


class IntoObject(MergeChangeObject):
    """What a merge did to the client that was absorbed, or its undo to the one that came back."""

    into: Id = Field(description="The survivor.", examples=["019ead57-9e08-7d21-9c4e-66f1a2b3c4d5"])


class AbsorbedObject(MergeChangeObject):
    """What a merge, or its undo, did to the survivor."""

    absorbed: Id = Field(
        description="The absorbed client.", examples=["019ead58-2b11-7f05-8a3c-1d2e3f4a5b6c"]
    )


class EventObject(BaseModel):
    """An event, under the names of CloudEvents 1.0."""

    specversion: Literal["1.0"]
    id: str
    source: str
    type: EventType
    time: Instant
    subject: str
    data: IntoObject | AbsorbedObject | ChangeObject | PaymentMethodData


class History(BaseModel):
    """A page of a client's events, newest first; `next` is null at the end."""

    data: list[EventObject]
    next: str | None


class Feed(BaseModel):
    """A page of the workspace's events, oldest first; `next` is where to go on, at any time."""

    data: list[EventObject]
    next: str


class EvidenceObject(BaseModel):
    """An entry of the ledger of consent; one of before there was a chain has no hashes."""

    id: Id
    client_id: Id
    channel: Channel
    contact_point: str | None
    contact_point_hash: str | None
    granted: bool
    source: Source
    withdrawal: Withdrawal | None
    at: Instant
    credential_id: str | None
    previous_hash: str | None
    hash: str | None


class EvidenceList(BaseModel):
    """A page of a client's ledger, newest first; `next` is null at the end."""

    data: list[EvidenceObject]
    next: str | None

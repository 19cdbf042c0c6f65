"""Hoursmith's wire models of requests and responses, in camelCase; unknown fields are refused."""

from datetime import date, datetime, time
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from registry.domain.folding import folded
from registry.domain.instants import read_iso_8601
from registry.domain.money import Currency, PaymentTerms, Rate, TaxRate
from registry.domain.text import Blank, Check, EmailText, Plain, Visible, blank_is_none, limited
from registry.domain.website import MAX_WEBSITE, website
from registry.domain.workspace import Mode, Plan, Role
from registry.gateway.cursor import claimed_place
from registry.gateway.wire import NotNull, RequestModel, ResponseModel, Whole
from registry.store.listing import Order

_ORDERS = {
    "createdAt": Order.CREATED,
    "id": Order.CREATED,  # ids are in order of creation
    "name": Order.NAME,
    "updatedAt": Order.UPDATED,
}


def first_moment(text: object) -> object:
    """The instant of an ISO timestamp, UTC where it names no zone; a bare date is its midnight.

    Raises:
        PydanticCustomError: kind `instant`.
    """
    return _moment(text, time.min)


def last_moment(text: object) -> object:
    """As `first_moment`, but a bare date is the last instant of its day.

    Raises:
        PydanticCustomError: kind `instant`.
    """
    return _moment(text, time.max)


def _cursor(text: str) -> str:
    """Refuse a text that is no cursor of any list, together with the other bad parameters."""
    claimed_place(text)
    return text


def _moment(text: object, of_a_date: time) -> object:
    """The instant of a text, `of_a_date` being the time of a bare date; other values unchanged."""
    if not isinstance(text, str):
        return text
    try:
        return read_iso_8601(text, of_a_date)
    except ValueError as error:
        raise PydanticCustomError("instant", "must be a date or an ISO timestamp") from error


def _filled(value: object) -> object:
    """Refuse null and blank text as a missing value, since a client cannot lose its name."""
    if blank_is_none(value) is None:
        raise PydanticCustomError("missing", "is required")
    return value


_Text = Annotated[str, limited(200), Plain]
_Name = Annotated[str, limited(200, at_least=1), Plain, Visible]
_Phone = Annotated[str, limited(40), Plain]
_Website = Annotated[str, limited(MAX_WEBSITE), Plain, Check(website)]
_Notes = Annotated[str, limited(5000), Plain]
_Address = Annotated[str, limited(1000), Plain]
_TaxNumber = Annotated[str, limited(64), Plain]
_Cursor = Annotated[str, AfterValidator(_cursor)]
_Search = Annotated[str, limited(200), Plain]
_From = Annotated[datetime, BeforeValidator(first_moment, json_schema_input_type=date | datetime)]
_To = Annotated[datetime, BeforeValidator(last_moment, json_schema_input_type=date | datetime)]
_Sort = Literal[
    "createdAt",
    "-createdAt",
    "id",
    "-id",
    "name",
    "-name",
    "updatedAt",
    "-updatedAt",
]


class ClientFields(RequestModel):
    """The fields of a client that a caller may write, beside its name: null and `""` clear."""

    contact_name: Annotated[_Text | None, Blank] = None
    email: Annotated[EmailText | None, Blank] = None
    phone: Annotated[_Phone | None, Blank] = None
    website: Annotated[_Website | None, Blank] = None
    currency: Annotated[Currency | None, Blank] = None
    notes: Annotated[_Notes | None, Blank] = None
    billing_address: Annotated[_Address | None, Blank] = None
    billing_line1: Annotated[_Text | None, Blank] = None
    billing_line2: Annotated[_Text | None, Blank] = None
    billing_city: Annotated[_Text | None, Blank] = None
    billing_region: Annotated[_Text | None, Blank] = None
    billing_postal_code: Annotated[_Text | None, Blank] = None
    billing_country: Annotated[_Text | None, Blank] = None
    tax_number: Annotated[_TaxNumber | None, Blank] = None
    default_rate: Annotated[Rate | None, Blank] = None
    default_payment_terms: Annotated[PaymentTerms | None, Blank] = None
    default_tax_rate: Annotated[TaxRate | None, Blank] = None
    require_po_number: StrictBool = False
    billing_email: Annotated[EmailText | None, Blank] = None


class CreateClient(ClientFields):
    """The body of `POST /api/v1/clients`."""

    name: Annotated[_Name, BeforeValidator(_filled)]


class UpdateClient(ClientFields):
    """The body of `PATCH /api/v1/clients/{id}`: a field that is left out stays unchanged."""

    name: Annotated[_Name | None, BeforeValidator(_filled), NotNull()] = None


class ListClients(RequestModel):
    """The query of `GET /api/v1/clients`."""

    cursor: _Cursor | None = None
    limit: Annotated[Whole, Field(ge=1, le=200)] = 50
    sort: _Sort = "-createdAt"
    search: Annotated[_Search | None, Blank] = None
    created_at_from: _From | None = None
    created_at_to: _To | None = None
    updated_at_from: _From | None = None
    updated_at_to: _To | None = None

    @field_validator("created_at_to", "updated_at_to")
    @classmethod
    def _after_start(cls, end: datetime | None, info: ValidationInfo) -> datetime | None:
        """Refuse an end before the start of the same filter."""
        start = info.data.get(f"{str(info.field_name).removesuffix('_to')}_from")
        if start is not None and end is not None and end < start:
            raise PydanticCustomError("before_start", "must not be before the start")
        return end

    @property
    def order(self) -> Order:
        """The order of the list."""
        return _ORDERS[self.sort.removeprefix("-")]

    @property
    def descending(self) -> bool:
        """Whether the order is descending."""
        return self.sort.startswith("-")

    def filters(self) -> dict[str, str | None]:
        """The sort order and filters that a cursor is bound to, equal filters spelled alike."""
        names = ("created_at_from", "created_at_to", "updated_at_from", "updated_at_to")
        bounds: dict[str, datetime | None] = {name: getattr(self, name) for name in names}
        return {
            "sort": self.sort,
            "search": folded(self.search) if self.search else None,
            **{name: at.isoformat() if at else None for name, at in bounds.items()},
        }


class ClientObject(ResponseModel):
    """A client: all 25 keys, always."""

    id: str
    org_id: str
    name: str
    contact_name: str | None
    email: str | None
    phone: str | None
    website: str | None
    currency: str | None
    notes: str | None
    billing_address: str | None
    billing_line1: str | None
    billing_line2: str | None
    billing_city: str | None
    billing_region: str | None
    billing_postal_code: str | None
    billing_country: str | None
    tax_number: str | None
    default_rate: str | None
    default_payment_terms: str | None
    default_tax_rate: str | None
    require_po_number: bool
    billing_email: str | None
    created_at: str
    updated_at: str
    deleted_at: str | None


class ClientResponse(ResponseModel):
    """One client."""

    data: ClientObject


class Pagination(ResponseModel):
    """The cursor of the next page; `nextCursor` is null at the end of the list."""

    next_cursor: str | None
    limit: int


class ClientList(ResponseModel):
    """A page of clients."""

    data: list[ClientObject]
    pagination: Pagination


class Member(ResponseModel):
    """The member and the workspace of a token, and the token's permissions."""

    user_id: str
    org_id: str
    org_name: str
    role: Role
    plan: Plan
    scopes: list[str]
    token_prefix: str
    env: Mode


class MemberResponse(ResponseModel):
    """The caller."""

    data: Member

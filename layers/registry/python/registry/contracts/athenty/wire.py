"""Athenty's wire models of requests and responses, in camelCase; unknown keys are refused."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool, StringConstraints
from pydantic_core import PydanticCustomError

from registry.domain.client import MemberType
from registry.domain.metadata import MAX_KEY_LENGTH, MAX_KEYS
from registry.domain.places import CountryCode
from registry.domain.text import Blank, EmailText, Plain, limited
from registry.gateway.wire import Alpha2, Id, Instant, NotNull, RequestModel, ResponseModel, Whole

_Text = Annotated[str, limited(200), Plain]
_Phone = Annotated[str, limited(40), Plain]
_ExternalId = Annotated[str, limited(128), Plain]
_PostalCode = Annotated[str, limited(20), Plain]
_Country = Annotated[str, limited(200), CountryCode]
_Metadata = Annotated[
    dict[str, Any],
    Field(
        json_schema_extra={
            "maxProperties": MAX_KEYS,
            "propertyNames": {"maxLength": MAX_KEY_LENGTH},
        },
    ),
]
_Sought = Annotated[str, StringConstraints(strip_whitespace=True)]


def _not_null(value: object) -> object:
    """Refuse null as a value of the wrong type: a client is active or it is not."""
    if value is None:
        raise PydanticCustomError("bool_type", "must be true or false")
    return value


def _string(value: object) -> object:
    """Refuse other types than text as types, not as values outside the enumeration."""
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "must be a string")
    return value


_Member = Annotated[Literal["individual", "business"], BeforeValidator(_string)]


class ClientFields(RequestModel):
    """The fields of a client that a caller may write; null and `""` mean no value."""

    name_first: Annotated[_Text | None, Blank] = None
    name_last: Annotated[_Text | None, Blank] = None
    business_name: Annotated[_Text | None, Blank] = None
    email: Annotated[EmailText | None, Blank] = None
    phone: Annotated[_Phone | None, Blank] = None
    external_id: Annotated[_ExternalId | None, Blank] = None
    member_type: Annotated[_Member | None, Blank] = None
    address_line1: Annotated[_Text | None, Blank] = None
    address_line2: Annotated[_Text | None, Blank] = None
    city: Annotated[_Text | None, Blank] = None
    region: Annotated[_Text | None, Blank] = None
    postal_code: Annotated[_PostalCode | None, Blank] = None
    country: Annotated[_Country | None, Blank] = None
    metadata: Annotated[_Metadata | None, Blank] = None


class CreateClient(ClientFields):
    """The body of `POST /v2/api/clients`: nothing is required."""


class UpdateClient(ClientFields):
    """The body of `PATCH /v2/api/clients/{id}`: absent changes nothing, null or `""` clears."""

    active: Annotated[StrictBool | None, BeforeValidator(_not_null), NotNull()] = None


class ListClients(RequestModel):
    """The query of `GET /v2/api/clients`."""

    search: _Sought = ""
    member_type: _Member | None = None
    active: Literal["true", "false"] | None = None
    external_id: Annotated[_Sought | None, Blank] = None
    sort: Literal["name", "created_at", "request_count"] = "created_at"
    order: Literal["asc", "desc"] | None = None
    page: Annotated[Whole, Field(ge=1)] = 1
    limit: Annotated[Whole, Field(ge=1, le=100)] = 20


class ClientObject(ResponseModel):
    """A client."""

    id: Id
    org_id: Id
    name_first: str | None
    name_last: str | None
    business_name: str | None
    email: str | None
    phone: str | None
    external_id: str | None
    member_type: MemberType
    address_line1: str | None
    address_line2: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: Alpha2 | None
    metadata: dict[str, Any]
    active: bool
    request_count: int
    created_at: Instant
    updated_at: Instant


class Pagination(ResponseModel):
    """The number of a page, and the size of its list; `total` counts all clients in the list."""

    page: int
    limit: int
    total: int
    total_pages: int
    has_next: bool
    has_prev: bool


class ClientList(ResponseModel):
    """A page of clients."""

    data: list[ClientObject]
    pagination: Pagination

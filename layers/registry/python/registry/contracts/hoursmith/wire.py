"""Hoursmith's wire models: what is sent and what is shown, in camelCase, unknown fields refused."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, StrictBool, WithJsonSchema
from pydantic_core import PydanticCustomError

from registry.domain.client import Client
from registry.domain.identifiers import instant
from registry.domain.money import DECIMAL, amount, currency_code, percentage
from registry.domain.text import Blank, Check, EmailText, Plain, Visible, blank_is_none, limited
from registry.domain.website import MAX_WEBSITE, website
from registry.domain.workspace import Mode, Plan, Role
from registry.gateway.principal import Principal
from registry.gateway.wire import NotNull, RequestModel, ResponseModel


def _filled(value: object) -> object:
    if blank_is_none(value) is None:
        raise PydanticCustomError("missing", "is required")
    return value


def _word(value: object) -> object:
    """Trimmed like all text; a number is the wrong type before it is the wrong word."""
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "must be a string")
    return value.strip()


def _decimal(bounds: dict[str, int]) -> WithJsonSchema:
    """A decimal as it is sent: a JSON number, or the text of one."""
    text = {"type": "string", "pattern": rf"^\s*{DECIMAL}\s*$"}
    return WithJsonSchema({"anyOf": [{"type": "number", **bounds}, text]}, mode="validation")


_Text = Annotated[str, limited(200), Plain]
_Name = Annotated[str, limited(200, at_least=1), Plain, Visible]
_Phone = Annotated[str, limited(40), Plain]
_Website = Annotated[str, limited(MAX_WEBSITE), Plain, Check(website)]
_Currency = Annotated[str, limited(200), Check(currency_code, {"pattern": "^[A-Za-z]{3}$"})]
_Notes = Annotated[str, limited(5000), Plain]
_Address = Annotated[str, limited(1000), Plain]
_TaxNumber = Annotated[str, limited(64), Plain]
_Rate = Annotated[
    str, BeforeValidator(amount), _decimal({"minimum": 0, "exclusiveMaximum": 10**12})
]
_TaxRate = Annotated[str, BeforeValidator(percentage), _decimal({"minimum": 0, "maximum": 100})]
_Terms = Annotated[
    Literal["due_on_receipt", "net_7", "net_14", "net_15", "net_30", "net_60"],
    BeforeValidator(_word),
]


class ClientFields(RequestModel):
    """What a caller may say of a client, beside its name: null and `""` clear."""

    contact_name: Annotated[_Text | None, Blank] = None
    email: Annotated[EmailText | None, Blank] = None
    phone: Annotated[_Phone | None, Blank] = None
    website: Annotated[_Website | None, Blank] = None
    currency: Annotated[_Currency | None, Blank] = None
    notes: Annotated[_Notes | None, Blank] = None
    billing_address: Annotated[_Address | None, Blank] = None
    billing_line1: Annotated[_Text | None, Blank] = None
    billing_line2: Annotated[_Text | None, Blank] = None
    billing_city: Annotated[_Text | None, Blank] = None
    billing_region: Annotated[_Text | None, Blank] = None
    billing_postal_code: Annotated[_Text | None, Blank] = None
    billing_country: Annotated[_Text | None, Blank] = None
    tax_number: Annotated[_TaxNumber | None, Blank] = None
    default_rate: Annotated[_Rate | None, Blank] = None
    default_payment_terms: Annotated[_Terms | None, Blank] = None
    default_tax_rate: Annotated[_TaxRate | None, Blank] = None
    require_po_number: StrictBool = False
    billing_email: Annotated[EmailText | None, Blank] = None


class CreateClient(ClientFields):
    """The body of `POST /api/v1/clients`."""

    name: Annotated[_Name, BeforeValidator(_filled)]


class UpdateClient(ClientFields):
    """The body of `PATCH /api/v1/clients/{id}`: what is left out stays as it is."""

    name: Annotated[_Name | None, BeforeValidator(_filled), NotNull()] = None


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

    @classmethod
    def of(cls, client: Client, caller: Principal) -> Self:
        """The client as Hoursmith shows it; one without any name has the name `""`."""
        return cls(
            id=client.id,
            org_id=caller.workspace_id,
            name=client.display_name or "",
            contact_name=client.contact_name,
            email=client.email,
            phone=client.phone.typed if client.phone else None,
            website=client.website,
            currency=client.currency,
            notes=client.notes,
            billing_address=client.billing_address,
            billing_line1=client.line1,
            billing_line2=client.line2,
            billing_city=client.city,
            billing_region=client.region,
            billing_postal_code=client.postal_code,
            billing_country=client.country.typed if client.country else None,
            tax_number=client.tax_number,
            default_rate=client.default_rate,
            default_payment_terms=client.payment_terms,
            default_tax_rate=client.default_tax_rate,
            require_po_number=client.require_po_number,
            billing_email=client.billing_email,
            created_at=instant(client.created_at),
            updated_at=instant(client.updated_at),
            deleted_at=instant(client.archived_at) if client.archived_at else None,
        )


class ClientResponse(ResponseModel):
    """One client."""

    data: ClientObject

    @classmethod
    def of(cls, client: Client, caller: Principal) -> Self:
        """The client in its envelope."""
        return cls(data=ClientObject.of(client, caller))


class Pagination(ResponseModel):
    """Where the list goes on; `nextCursor` is null at its end."""

    next_cursor: str | None
    limit: int


class ClientList(ResponseModel):
    """A page of clients."""

    data: list[ClientObject]
    pagination: Pagination


class Member(ResponseModel):
    """Whom a token speaks for, and what it may do."""

    user_id: str
    org_id: str
    org_name: str
    role: Role
    plan: Plan
    scopes: list[str]
    token_prefix: str
    env: Mode

    @classmethod
    def of(cls, caller: Principal) -> Self:
        """The member and workspace of a caller."""
        return cls(
            user_id=caller.user_id,
            org_id=caller.workspace_id,
            org_name=caller.workspace_name,
            role=Role(caller.role),
            plan=caller.plan,
            scopes=sorted(caller.scopes),
            token_prefix=caller.token_prefix,
            env=caller.mode,
        )


class MemberResponse(ResponseModel):
    """The caller."""

    data: Member

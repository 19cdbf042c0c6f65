"""Alternative Payments' wire models: snake_case, unknown fields refused, every key always shown."""

from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from registry.domain.client import Client
from registry.domain.ein import Ein
from registry.domain.identifiers import instant, now
from registry.domain.payment_method import PaymentMethod, PaymentMethodType
from registry.domain.places import KnownCountry
from registry.domain.text import Blank, EmailText, Plain, limited
from registry.domain.user import User
from registry.gateway.wire import Id, Instant

_Text = Annotated[str, limited(200), Plain]
_Street = Annotated[str, limited(300), Plain]
_ExternalId = Annotated[str, limited(128), Plain]
_Ein = Annotated[str, limited(200), Ein]
_Country = Annotated[str, limited(200), Plain, Field(json_schema_extra={"format": "country"})]
_KnownCountry = Annotated[str, limited(200), Plain, KnownCountry]
ResponseModel = TypeVar("ResponseModel", bound=BaseModel)
_Fixed = Annotated[str, StringConstraints(strict=True, strip_whitespace=True)]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CustomerFields(_Sent):
    """What a caller may say of a customer at any time; null and `""` stand for no value."""

    name: Annotated[_Text | None, Blank] = None
    legal_name: Annotated[_Text | None, Blank] = None
    ein: Annotated[_Ein | None, Blank] = None
    street_address: Annotated[_Street | None, Blank] = None
    sub_premise: Annotated[_Text | None, Blank] = None
    city: Annotated[_Text | None, Blank] = None
    state: Annotated[_Text | None, Blank] = None
    postal_code: Annotated[_Text | None, Blank] = None
    country: Annotated[_Country | None, Blank] = None


class CreateCustomer(CustomerFields):
    """The body of `POST /customers`."""

    country: Annotated[_KnownCountry | None, Blank] = None
    email: Annotated[EmailText | None, Blank] = None
    external_id: Annotated[_ExternalId | None, Blank] = None


class UpdateCustomer(CustomerFields):
    """The body of `PATCH /customers/{id}`: absent is unchanged, null or `""` clears.

    `email` and `external_id` are set when the customer is created; what they are is accepted here,
    and so is the country as it is: another contract may have kept one that no list knows.
    """

    email: Annotated[_Fixed | None, Blank] = None
    external_id: Annotated[_Fixed | None, Blank] = None


class CreateUser(_Sent):
    """The body of `POST /customers/{id}/users`."""

    email: Annotated[EmailText | None, Blank] = None
    first_name: Annotated[_Text | None, Blank] = None
    last_name: Annotated[_Text | None, Blank] = None


class Customer(BaseModel):
    """A customer: all fifteen keys, always."""

    id: Id
    name: str | None
    email: str | None
    external_id: str | None
    legal_name: str | None
    ein: str | None
    street_address: str | None
    sub_premise: str | None
    city: str | None
    state: str | None
    postal_code: str | None
    country: str | None
    created_at: Instant
    default_payment_method_id: str | None
    customer_integration_id: str | None

    @classmethod
    def of(cls, client: Client) -> Self:
        """The client as Alternative Payments shows it; archived or not looks the same."""
        return cls(
            id=client.id,
            name=client.display_name,
            email=client.email,
            external_id=client.external_id,
            legal_name=client.legal_name,
            ein=client.ein,
            street_address=client.line1,
            sub_premise=client.line2,
            city=client.city,
            state=client.region,
            postal_code=client.postal_code,
            country=client.country.typed if client.country else None,
            created_at=instant(client.created_at),
            default_payment_method_id=client.default_payment_method_id,
            customer_integration_id=client.integration_id,
        )


class CustomerUser(BaseModel):
    """A user of a customer."""

    id: Id
    email: str | None
    first_name: str | None
    last_name: str | None
    created_at: Instant

    @classmethod
    def of(cls, user: User) -> Self:
        """The user as shown."""
        return cls(
            id=user.id,
            email=user.email,
            first_name=user.first_name,
            last_name=user.last_name,
            created_at=instant(user.created_at),
        )


class _Page(BaseModel, Generic[ResponseModel]):
    """A page of a list; the cursors are null where it is empty."""

    data: list[ResponseModel]
    start_cursor: str | None
    end_cursor: str | None
    has_next_page: bool
    has_previous_page: bool


class CustomerList(_Page[Customer]):
    """A page of customers, newest first."""


class UserList(_Page[CustomerUser]):
    """A page of a customer's users, newest first."""


class PaymentMethodObject(BaseModel):
    """A payment method: what may be shown of it."""

    id: Id
    type: PaymentMethodType
    brand: str | None
    bank_name: str | None
    last4: str | None
    exp_month: int | None
    exp_year: int | None
    holder_name: str | None
    is_default: bool
    status: Literal["active", "expired"]
    created_at: Instant

    @classmethod
    def of(cls, method: PaymentMethod, client: Client) -> Self:
        """The payment method as shown; the client says whether it is the default."""
        return cls(
            id=method.id,
            type=method.type,
            brand=method.brand,
            bank_name=method.bank_name,
            last4=method.last4,
            exp_month=method.exp_month,
            exp_year=method.exp_year,
            holder_name=method.holder_name,
            is_default=method.id == client.default_payment_method_id,
            status="expired" if method.expired(now()) else "active",
            created_at=instant(method.created_at),
        )


class PaymentMethodList(BaseModel):
    """All payment methods of a customer, newest first."""

    data: list[PaymentMethodObject]


class TokenRequest(BaseModel):
    """The body of `POST /oauth/token`, as a form or as JSON.

    The client may name itself here or by HTTP Basic. What is not known is ignored, as RFC 6749,
    section 3.2, has it.
    """

    grant_type: Annotated[str, Field(json_schema_extra={"enum": ["client_credentials"]})]
    client_id: str | None = None
    client_secret: str | None = None
    scope: str | None = None


class Token(BaseModel):
    """An access token; `expires_in` is in seconds, `scope` is separated by spaces."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - how it is sent, not what it is
    expires_in: int
    scope: str

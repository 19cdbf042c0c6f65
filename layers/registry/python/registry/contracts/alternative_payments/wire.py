"""Alternative Payments' wire models, in snake_case; unknown fields of a request are refused."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from registry.domain.ein import Ein
from registry.domain.errors import FieldError, Invalid
from registry.domain.folding import folded
from registry.domain.identifiers import is_id
from registry.domain.instants import Moment
from registry.domain.payment_method import PaymentMethodType
from registry.domain.places import KnownCountry
from registry.domain.text import Blank, EmailText, Plain, limited, word
from registry.gateway.cursor import Cursors
from registry.gateway.wire import Id, Instant, Whole, WireModel

_Text = Annotated[str, limited(200), Plain]
_Street = Annotated[str, limited(300), Plain]
_ExternalId = Annotated[str, limited(128), Plain]
_Ein = Annotated[str, limited(200), Ein]
_Country = Annotated[str, limited(200), Plain, Field(json_schema_extra={"format": "country"})]
_KnownCountry = Annotated[str, limited(200), Plain, KnownCountry]
# Source: `docs/alternative-payments.md`, "Webhooks".
_MAX_URL = 2_048
# It is sent as a bearer token. Its last four characters are shown, so it has far more.
_SecretKey = Annotated[str, StringConstraints(strict=True, pattern=r"^[!-~]{12,255}$")]
Record = TypeVar("Record", bound=BaseModel)
_Fixed = Annotated[str, StringConstraints(strict=True, strip_whitespace=True)]


class _RequestBody(WireModel):
    """A body whose undeclared names are refused."""

    model_config = ConfigDict(extra="forbid")


class CustomerFields(_RequestBody):
    """The fields of a customer that a caller may write at any time; null and `""` mean no value."""

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
    """The body of `PATCH /customers/{id}`: an absent key changes nothing, null or `""` clears.

    `email` and `external_id` are set when the customer is created; only their present values are
    accepted here. The present country is accepted too, even one that no list of countries has,
    because another contract may have written it.
    """

    email: Annotated[_Fixed | None, Blank] = None
    external_id: Annotated[_Fixed | None, Blank] = None


class CreateUser(_RequestBody):
    """The body of `POST /customers/{id}/users`."""

    email: Annotated[EmailText | None, Blank] = None
    first_name: Annotated[_Text | None, Blank] = None
    last_name: Annotated[_Text | None, Blank] = None


_Sought = Annotated[str, limited(128, at_least=1), Plain]


class PageQuery(WireModel):
    """The query of a page; an empty cursor is the same as no cursor."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[Whole, Field(ge=1, le=100)] = 100
    after: Annotated[str | None, Blank] = None
    before: Annotated[str | None, Blank] = None

    @field_validator("before")
    @classmethod
    def _one_direction(cls, before: str | None, info: ValidationInfo) -> str | None:
        """Refuse `before` beside `after`."""
        if before is not None and info.data.get("after") is not None:
            raise PydanticCustomError("exclusive", "one or the other", {"other": "after"})
        return before

    @property
    def backwards(self) -> bool:
        """Whether the page is the one before a cursor."""
        return self.before is not None

    def start(self, issued: Cursors) -> str | None:
        """The id of the record that the page begins after, or ends before; None for the first page.

        Raises:
            Invalid: the cursor was not issued for this list.
        """
        name, cursor = ("after", self.after) if self.before is None else ("before", self.before)
        if cursor is None:
            return None
        match issued.read(cursor, name):
            case (identifier,) if is_id(identifier):
                return identifier
        raise Invalid(parameters=(FieldError((name,), "cursor"),))


class ListCustomers(PageQuery):
    """The query of `GET /customers`; `external_id` is an addition to the vendor's."""

    created_at_start: Moment | None = None
    created_at_end: Moment | None = None
    company_name: Annotated[_Text | None, Blank] = None
    external_id: _Sought | None = None

    @field_validator("created_at_end")
    @classmethod
    def _after_start(cls, end: datetime | None, info: ValidationInfo) -> datetime | None:
        """Refuse an end before the start."""
        start = info.data.get("created_at_start")
        if start is not None and end is not None and end < start:
            facts = {"start": "created_at_start"}
            raise PydanticCustomError("before_start", "not before the start", facts)
        return end

    def filters(self) -> dict[str, str | None]:
        """The filters that a cursor is bound to, equal filters spelled alike."""
        start, end = self.created_at_start, self.created_at_end
        return {
            "created_at_start": start.isoformat() if start else None,
            "created_at_end": end.isoformat() if end else None,
            "company_name": folded(self.company_name) if self.company_name else None,
            "external_id": self.external_id,
        }


class Customer(WireModel):
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


class CustomerUser(WireModel):
    """A user of a customer."""

    id: Id
    email: str | None
    first_name: str | None
    last_name: str | None
    created_at: Instant


class _Page(WireModel, Generic[Record]):
    """A page of a list; the cursors are null where it is empty."""

    data: list[Record]
    start_cursor: str | None
    end_cursor: str | None
    has_next_page: bool
    has_previous_page: bool


class CustomerList(_Page[Customer]):
    """A page of customers, newest first."""


class UserList(_Page[CustomerUser]):
    """A page of a customer's users, newest first."""


class PaymentMethodObject(WireModel):
    """A payment method, without its token at the payment processor."""

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


class PaymentMethodList(WireModel):
    """All payment methods of a customer, newest first."""

    data: list[PaymentMethodObject]


class Topic(StrEnum):
    """What a webhook can be told of."""

    CUSTOMER_CREATED = "customer_created"
    CUSTOMER_UPDATED = "customer_updated"
    CUSTOMER_ARCHIVED = "customer_archived"
    PAYMENT_METHOD_ADDED = "payment_method_added"
    DEFAULT_PAYMENT_METHOD_CHANGED = "default_payment_method_changed"
    PAYMENT_METHOD_DELETED = "payment_method_deleted"


_Topic = Annotated[Topic, BeforeValidator(word)]


class CreateWebhook(_RequestBody):
    """The body of `POST /webhooks`."""

    endpoint_url: Annotated[
        str,
        limited(_MAX_URL, at_least=1),
        Field(
            description="Where deliveries are sent: an https URL.",
            examples=["https://example.com/hooks"],
        ),
    ]
    topic: Annotated[
        _Topic, Field(description="What the webhook is told of.", examples=["customer_created"])
    ]
    secret_key: Annotated[
        _SecretKey | None,
        Blank,
        Field(
            description="The bearer token of deliveries; one is made where none is sent.",
            examples=["correct-horse-battery-staple"],
        ),
    ] = None


class ListWebhooks(PageQuery):
    """The query of `GET /webhooks`."""

    topic: Annotated[_Topic | None, Field(description="Only webhooks of this topic.")] = None
    is_active: Annotated[
        Literal["true", "false"] | None,
        Field(description="Only webhooks that are active, or only those that are not."),
    ] = None

    def filters(self) -> dict[str, str | None]:
        """The filters that a cursor is bound to."""
        return {"topic": self.topic, "is_active": self.is_active}


class Webhook(WireModel):
    """A subscription: one topic, told to one address."""

    id: Annotated[
        Id,
        Field(description="Id of the webhook.", examples=["019eb0f3-5a2c-7d14-8f6b-2c3d4e5f6a7b"]),
    ]
    endpoint_url: Annotated[
        str,
        Field(description="Where deliveries are sent.", examples=["https://example.com/hooks"]),
    ]
    topic: Annotated[
        Topic, Field(description="What the webhook is told of.", examples=["customer_created"])
    ]
    is_active: Annotated[
        bool, Field(description="Whether deliveries are sent at present.", examples=[True])
    ]
    partner_id: Annotated[
        Id,
        Field(
            description="The workspace of the webhook.",
            examples=["0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"],
        ),
    ]
    secret_last_4_digits: Annotated[
        str,
        Field(description="The last four characters of the secret.", examples=["aple"]),
    ]
    created_at: Annotated[
        Instant,
        Field(description="When the webhook was made.", examples=["2026-06-09T17:04:21.000Z"]),
    ]
    updated_at: Annotated[
        Instant,
        Field(
            description="When the webhook was changed last.",
            examples=["2026-06-09T17:04:21.000Z"],
        ),
    ]


class CreatedWebhook(Webhook):
    """A new subscription, with the secret that was made for it."""

    secret_key: Annotated[
        str | None,
        Field(
            description=(
                "The secret that was made; null where the caller sent one, and in a replay."
            ),
            examples=["5f2b0c6d8e1a4b7c9d3e6f0a1b2c4d5e5f2b0c6d8e1a4b7c9d3e6f0a1b2c4d5e"],
        ),
    ]


class WebhookList(_Page[Webhook]):
    """A page of webhooks, newest first."""


class TopicList(WireModel):
    """The topics that a webhook can have."""

    data: Annotated[list[Topic], Field(description="The topics.", examples=[["customer_created"]])]


class TokenRequest(WireModel):
    """The body of `POST /oauth/token`, as a form or as JSON.

    The client may name itself here or by HTTP Basic. Unknown parameters are ignored, as RFC 6749,
    section 3.2, requires.
    """

    grant_type: Annotated[str, Field(json_schema_extra={"enum": ["client_credentials"]})]
    client_id: str | None = None
    client_secret: str | None = None
    scope: str | None = None


class Token(WireModel):
    """An access token; `expires_in` is in seconds, `scope` is separated by spaces."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a type, not a token
    expires_in: int
    scope: str

"""The registry's own wire models of webhooks."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from registry.contracts.registry_api.clients.wire import PageQuery
from registry.contracts.registry_api.webhooks.webhooks import FORMAT
from registry.domain.text import Plain, limited
from registry.domain.webhook import ANY_TYPE, Cause, DisabledReason
from registry.gateway.webhook_url import MAX_URL
from registry.gateway.wire import Id, Instant

_WEBHOOK = "019ead59-2b50-7e13-a2d4-7f8091021324"
_CLIENT = "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5"
_EVENT = f"{_CLIENT}.3"
_URL = "https://hooks.acme.com/registry"
_SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

_Url = Annotated[
    str,
    limited(MAX_URL, at_least=1),
    Plain,
    Field(
        description="Where requests go: https at port 443, to a name.",
        examples=[_URL],
    ),
]
_Type = Literal[(ANY_TYPE, *FORMAT.sources)]  # type: ignore[valid-type]
_Types = Annotated[
    list[_Type],
    Field(
        min_length=1,
        max_length=len(FORMAT.sources) + 1,
        description="The types of events that it is told of; `*` for all of them.",
        examples=[["client.created", "client.updated"]],
    ),
]


class _RequestModel(BaseModel):
    """A body or a query whose undeclared names are refused."""

    model_config = ConfigDict(extra="forbid")


class CreateWebhook(_RequestModel):
    """The body of `POST /v1/webhooks`."""

    url: _Url
    types: _Types


class UpdateWebhook(_RequestModel):
    """The body of `PATCH /v1/webhooks/{id}`: what it leaves out stays as it is."""

    url: _Url = ""
    types: _Types = Field(default_factory=list)
    enabled: StrictBool = Field(
        default=False,
        description="Whether it is told of anything. One that is enabled again is told of what it "
        "missed, of the last 30 days.",
        examples=[True],
    )


class ListDeliveries(PageQuery):
    """The query of `GET /v1/webhooks/{id}/deliveries`."""


class WebhookObject(BaseModel):
    """A webhook: an address that is told of events."""

    id: Id = Field(description="The webhook's id.", examples=[_WEBHOOK])
    url: str = Field(description="Where requests go.", examples=[_URL])
    types: list[str] = Field(
        description="The types of events that it is told of; `*` for all of them.",
        examples=[["client.created", "client.updated"]],
    )
    enabled: bool = Field(description="Whether it is told of anything.", examples=[True])
    disabled_reason: DisabledReason | None = Field(
        description="Why the registry disabled it: it answered 410 (`gone`), or failed for five "
        "days (`failing`); null where it did not.",
        examples=[None],
    )
    created_at: Instant = Field(
        description="When it was made.", examples=["2026-06-10T08:30:00.000Z"]
    )


class WebhookWithSecret(WebhookObject):
    """A webhook with its secret, as it is shown once."""

    secret: str | None = Field(
        description="The secret with which requests are signed. It is shown in this answer only; "
        "null when the answer is repeated.",
        examples=[_SECRET],
    )


class WebhookList(BaseModel):
    """The webhooks of the workspace, oldest first; there are at most 20."""

    data: list[WebhookObject] = Field(description="The webhooks.")
    next: None = Field(
        default=None, description="Always null: the list has one page.", examples=[None]
    )


class Queued(BaseModel):
    """What will be sent."""

    event_id: str = Field(
        description="The id of the event, which the request has as `webhook-id`.",
        examples=[_EVENT],
    )


class Deleted(BaseModel):
    """A webhook that was deleted."""

    id: Id = Field(description="The id that it had.", examples=[_WEBHOOK])
    deleted: Literal[True] = Field(description="That it was deleted.", examples=[True])


class DeliveryObject(BaseModel):
    """An attempt to tell a webhook of an event, or an event that waits behind a failing one."""

    event_id: str = Field(description="The event.", examples=[_EVENT])
    type: str = Field(description="The type of the event.", examples=["client.updated"])
    client: Id | None = Field(
        description="The client that the event is about; null for a test.", examples=[_CLIENT]
    )
    attempt: int = Field(
        description="The number of the attempt; 0 for an event that waits for its first.",
        examples=[1],
    )
    cause: Cause = Field(description="Why the attempt was made.", examples=["change"])
    state: Literal["delivered", "waiting", "failed"] = Field(
        description="What became of the event by it: it was taken, is attempted again, or was "
        "given up.",
        examples=["delivered"],
    )
    status: int | None = Field(
        description="The HTTP status of the response; null where none came.", examples=[200]
    )
    error: str | None = Field(
        description="A word for what went wrong where no response came, such as `timeout`.",
        examples=[None],
    )
    at: Instant = Field(
        description="When the attempt was made.", examples=["2026-06-10T08:30:01.000Z"]
    )
    next_attempt_at: Instant | None = Field(
        description="When the next attempt is due; null where none is.", examples=[None]
    )


class DeliveryList(BaseModel):
    """A page of attempts, newest first; `next` is null at the end."""

    data: list[DeliveryObject] = Field(description="The attempts of the page.")
    next: str | None = Field(
        description="The cursor of the next page; null at the end.", examples=[None]
    )

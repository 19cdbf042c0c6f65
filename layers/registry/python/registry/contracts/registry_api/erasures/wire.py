"""The registry's own wire models of erasures."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from registry.contracts.registry_api.clients.wire import AuthorObject
from registry.domain.erasure import MAX_REASON, State
from registry.domain.text import Plain, limited
from registry.domain.workspace import Mode
from registry.gateway.wire import Id, Instant

_CLIENT = "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5"
_ABSORBED = "019ead58-2b11-7f05-8a3c-1d2e3f4a5b6c"
_ERASURE = "019eb100-7c3d-7a10-9b2f-0c1d2e3f4a5b"
_WORKSPACE = "0192f0c1-2f3a-7cc0-9d2e-6a4b8f0e1d2c"
_AT = "2026-06-10T08:30:00.000Z"
_DIGEST = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"

_ClientId = Annotated[str, limited(64, at_least=1), Plain]
_Reason = Annotated[str, limited(MAX_REASON, at_least=1), Plain]


class _RequestModel(BaseModel):
    """A body or a query whose undeclared names are refused."""

    model_config = ConfigDict(extra="forbid")


class CreateErasure(_RequestModel):
    """The body of `POST /v1/erasures`."""

    client: _ClientId = Field(
        description="The id of the client to erase, or of one that it absorbed; the client that "
        "absorbed it is erased too.",
        examples=[_CLIENT],
    )
    reason: _Reason = Field(
        description="Why, for whoever looks at the job while it runs. It is removed at the end.",
        examples=["Request of 9 June, ticket 4711"],
    )


class ErasureQuery(_RequestModel):
    """The query of `POST /v1/erasures`."""

    preview: Literal["true", "false"] = Field(
        default="false",
        description="With `true` the answer is 200 with the receipt as it would be, and nothing is "
        "done.",
        examples=["true"],
    )


class ExpiryObject(BaseModel):
    """What cannot be removed at once."""

    count: int | None = Field(
        description="How many items it is; null where they cannot be counted.", examples=[2]
    )
    by: Instant = Field(description="When it is gone at the latest.", examples=[_AT])


class ClearedObject(BaseModel):
    """What an erasure removes from one store."""

    store: str = Field(
        description="The name of the store; the page on privacy describes each.",
        examples=["events"],
    )
    deleted: int = Field(description="How many items are deleted.", examples=[0])
    redacted: int = Field(
        description="How many items stay without what was personal in them.", examples=[7]
    )
    expires: ExpiryObject | None = Field(
        description="What stays for a while; null where nothing does.", examples=[None]
    )


class ReceiptObject(BaseModel):
    """The receipt of an erasure."""

    id: Id = Field(description="The id of the erasure.", examples=[_ERASURE])
    client: Id = Field(description="The client that was erased.", examples=[_CLIENT])
    absorbed: list[Id] = Field(
        description="The clients that it had absorbed, which were erased with it.",
        examples=[[_ABSORBED]],
    )
    workspace: Id = Field(description="The workspace of the client.", examples=[_WORKSPACE])
    mode: Mode = Field(description="The set of records: live or test.", examples=["live"])
    completed_at: Instant = Field(
        description="When everything was removed that can be removed at once.", examples=[_AT]
    )
    stores: list[ClearedObject] = Field(
        description="What was removed from each store.",
        examples=[[{"store": "events", "deleted": 0, "redacted": 7, "expires": None}]],
    )
    digest: str = Field(
        description="SHA-256 of the RFC 8785 JSON of the receipt without its digest, in lower-case "
        "hexadecimal.",
        examples=[_DIGEST],
    )


class ErasureObject(BaseModel):
    """An erasure: the job, and its receipt when it is done."""

    id: Id = Field(description="The id of the erasure.", examples=[_ERASURE])
    client: Id = Field(description="The client that is erased.", examples=[_CLIENT])
    absorbed: list[Id] = Field(
        description="The clients that it had absorbed, which are erased with it.",
        examples=[[_ABSORBED]],
    )
    state: State = Field(
        description="How far it is. One that failed is tried again every hour.",
        examples=["running"],
    )
    reason: str | None = Field(
        description="Why, as it was asked for; null when the erasure is done, and in a replay.",
        examples=["Request of 9 June, ticket 4711"],
    )
    requested_at: Instant = Field(
        description="Since when the client is found by nobody.", examples=[_AT]
    )
    requested_by: AuthorObject = Field(
        description="Who asked for it.",
        examples=[{"credential_id": _ERASURE, "contract": "registry", "operator": None}],
    )
    completed_at: Instant | None = Field(
        description="When everything was removed that can be removed at once; null before.",
        examples=[None],
    )
    receipt: ReceiptObject | None = Field(
        description="What was removed; null before the erasure is done.", examples=[None]
    )


class ErasureAnswer(RootModel[ErasureObject | ReceiptObject]):
    """The job; of a preview, the receipt as it would be."""

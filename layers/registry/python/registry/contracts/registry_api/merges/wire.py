"""The registry's own wire models of merges."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from registry.contracts.registry_api.clients.wire import ClientObject, PageQuery
from registry.domain.merging import FIELD_NAMES, Side, Why
from registry.domain.text import Plain, limited
from registry.gateway.wire import Id, Instant

_SURVIVOR = "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5"
_ABSORBED = "019ead58-2b11-7f05-8a3c-1d2e3f4a5b6c"
_MERGE = "019eb100-7c3d-7a10-9b2f-0c1d2e3f4a5b"

_ClientId = Annotated[str, limited(64, at_least=1), Plain]


class _RequestModel(BaseModel):
    """A body or a query whose undeclared names are refused."""

    model_config = ConfigDict(extra="forbid")


_Chosen = Annotated[
    Literal["absorbed"],
    Field(
        default=None,
        description="The absorbed client's value counts, also where it has none.",
        examples=["absorbed"],
    ),
]
_CHOICES: dict[str, Any] = dict.fromkeys(sorted(FIELD_NAMES), _Chosen)
ChosenFields = create_model(
    "ChosenFields",
    __base__=_RequestModel,
    __doc__="The fields of which the absorbed client's value counts.",
    **_CHOICES,
)


class MergeClients(_RequestModel):
    """The body of `POST /v1/merges`."""

    survivor: _ClientId = Field(
        description="The id of the client that stays.", examples=[_SURVIVOR]
    )
    absorbed: _ClientId = Field(
        description="The id of the client that is merged into the other one.",
        examples=[_ABSORBED],
    )
    fields: ChosenFields = Field(
        default_factory=ChosenFields,
        description="The fields of which the absorbed client's value counts; else the survivor's "
        "does where it has one. First and last name go together, and so does an address.",
        examples=[{"email": "absorbed"}],
    )


class MergeQuery(_RequestModel):
    """The query of `POST /v1/merges`."""

    preview: Literal["true", "false"] = Field(
        default="false",
        description="With `true` the answer is 200 with the merge as it would be, and nothing is "
        "written.",
        examples=["true"],
    )


class ListMerges(PageQuery):
    """The query of `GET /v1/merges`."""


class MergedField(BaseModel):
    """A field that differed: both values, which one counts, and why."""

    survivor: Any = Field(
        description="The survivor's value before the merge.", examples=["ar@acme.com"]
    )
    absorbed: Any = Field(
        description="The absorbed client's value before the merge.", examples=["billing@acme.com"]
    )
    kept: Side = Field(description="Whose value counts.", examples=["survivor"])
    why: Why = Field(
        description="Why it counts: it was chosen, both clients have a value, or only one has.",
        examples=["survivor_first"],
    )


class MergeObject(BaseModel):
    """A merge of two clients, as it was made, or as its undo left it."""

    id: Id | None = Field(description="The merge's id; null in a preview.", examples=[_MERGE])
    survivor: Id = Field(description="The id of the client that stays.", examples=[_SURVIVOR])
    absorbed: Id = Field(
        description="The id of the client that was merged into it.", examples=[_ABSORBED]
    )
    fields: dict[str, MergedField] = Field(
        description="The fields that differed, by their names.",
        examples=[
            {
                "email": {
                    "survivor": "ar@acme.com",
                    "absorbed": "billing@acme.com",
                    "kept": "survivor",
                    "why": "survivor_first",
                }
            }
        ],
    )
    client: ClientObject = Field(
        description="The survivor as the merge left it; after an undo, as that left it."
    )
    created_at: Instant | None = Field(
        description="When the clients were merged; null in a preview.",
        examples=["2026-06-10T08:30:00.000Z"],
    )
    undone_at: Instant | None = Field(
        description="When the merge was undone; null while it holds.", examples=[None]
    )
    stayed: list[str] = Field(
        description="The fields that an undo left as they were, since they had been edited after "
        "the merge.",
        examples=[[]],
    )


class MergeList(BaseModel):
    """A page of merges, newest first; `next` is null at the end."""

    data: list[MergeObject] = Field(description="The merges of the page.")
    next: str | None = Field(
        description="The cursor of the next page; null at the end.", examples=[None]
    )

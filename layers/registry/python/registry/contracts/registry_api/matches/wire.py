"""The registry's own wire models of pairs."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from registry.contracts.registry_api.clients.wire import PageQuery
from registry.domain.pair import Level, Verdict
from registry.gateway.wire import Id, Instant

_OLDER = "019ead57-9e08-7d21-9c4e-66f1a2b3c4d5"
_NEWER = "019ead58-2b11-7f05-8a3c-1d2e3f4a5b6c"


class ListMatches(PageQuery):
    """The query of `GET /v1/matches`."""

    verdict: Literal["sure", "possible", "dismissed"] | None = Field(
        default=None,
        description="Only pairs with this verdict; without it, sure and possible ones.",
        examples=["sure"],
    )


class JudgeMatch(BaseModel):
    """The body of `PUT /v1/matches/{id}`."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["dismissed", "open"] = Field(
        description="`dismissed` where they are two clients; `open` takes that back, so that the "
        "score decides.",
        examples=["dismissed"],
    )


class ReasonObject(BaseModel):
    """What one field says about a pair."""

    field: str = Field(description="The field that both clients have.", examples=["email"])
    level: Level = Field(description="How far its values agree.", examples=["exact"])
    weight: float = Field(
        description="What it adds to the score: negative where it speaks against the pair.",
        examples=[16.0],
    )


class PairObject(BaseModel):
    """Two clients that may be one and the same."""

    id: str = Field(
        description="The ids of both clients, joined by a dot.", examples=[f"{_OLDER}.{_NEWER}"]
    )
    clients: list[Id] = Field(
        description="The ids of both clients, the older one first.", examples=[[_OLDER, _NEWER]]
    )
    verdict: Verdict = Field(
        description="What the pair is taken for, by its score or by a person.", examples=["sure"]
    )
    score: float = Field(description="The sum of the weights, in bits.", examples=[31.58])
    reasons: list[ReasonObject] = Field(
        description="What each field says that both clients have.",
        examples=[[{"field": "email", "level": "exact", "weight": 16.0}]],
    )
    judged_by: str = Field(
        description="The id of the credential by which a person judged the pair, or `machine`.",
        examples=["machine"],
    )
    at: Instant = Field(
        description="When the verdict was reached.", examples=["2026-06-10T08:30:00.000Z"]
    )


class PairList(BaseModel):
    """A page of pairs, newest first."""

    data: list[PairObject] = Field(description="The pairs of the page.")
    next: str | None = Field(
        description="The cursor of the next page; null at the end.", examples=[None]
    )

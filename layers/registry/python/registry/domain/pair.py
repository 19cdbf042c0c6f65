"""Two clients that may be one and the same, and what was decided about them.

The function `index` finds and scores pairs. What a person says of one lasts: it is kept apart from
the pair, which is made again whenever one of its clients changes.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any

from registry.domain.client import Client
from registry.domain.errors import NotFound
from registry.domain.identifiers import instant, is_id
from registry.domain.immutable import dataclass, replace

MACHINE = "machine"
"""What `Pair.judged_by` says where no person's judgement counts."""


class Verdict(StrEnum):
    """What a pair is taken for."""

    SURE = "sure"
    POSSIBLE = "possible"
    DISMISSED = "dismissed"


class Level(StrEnum):
    """How far the values of a field agree."""

    EXACT = "exact"
    CLOSE = "close"
    NEAR = "near"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Reason:
    """What one field says about a pair.

    Attributes:
        field: the name of the field in the record, such as `email`.
        level: how far its values agree.
        weight: the base-2 logarithm of how much more often two records of one client agree that far
            than records of two; negative where it speaks against the pair.
    """

    field: str
    level: Level
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two clients that may be one and the same.

    Attributes:
        clients: their ids, the older one first.
        score: the sum of the weights.
        reasons: of each field that both clients have, in the order in which they are compared.
        judged_by: the id of the credential whose judgement counts, or `machine`.
        at: when the verdict was reached.
        machine: what the machine takes the pair for; None where it would not be one.
        revision: 1 for a new pair, one more with every write. A write is made on condition of it.
    """

    clients: tuple[str, str]
    verdict: Verdict
    score: float
    reasons: tuple[Reason, ...]
    judged_by: str = MACHINE
    at: datetime
    machine: Verdict | None
    revision: int = 1

    @property
    def id(self) -> str:
        """The ids of its clients, joined by a dot."""
        return ".".join(self.clients)

    @property
    def judged(self) -> bool:
        """Whether a person's judgement counts."""
        return self.judged_by != MACHINE

    def other(self, client_id: str) -> str:
        """The id of the client that is not this one."""
        older, newer = self.clients
        return newer if client_id == older else older


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person said about a pair.

    Attributes:
        clients: the ids of the pair's clients, the older one first.
        dismissed: whether they are two clients. False leaves it open: the pair is what the machine
            takes it for, and `possible` where the machine takes it for nothing.
        by: the id of the credential, or the operator's name for a command.
        at: when it was said.
    """

    clients: tuple[str, str]
    dismissed: bool
    by: str
    at: datetime

    def of(self, pair: Pair) -> Pair:
        """The pair as it is judged."""
        verdict = Verdict.DISMISSED if self.dismissed else pair.machine or Verdict.POSSIBLE
        return replace(pair, verdict=verdict, judged_by=self.by, at=self.at)


def in_order(one: str, other: str) -> tuple[str, str]:
    """The ids of two clients, the older one first: ids are ordered by creation."""
    return (one, other) if one < other else (other, one)


def pair_id(one: str, other: str) -> str:
    """The id of the pair of two clients, `<older id>.<newer id>`."""
    return ".".join(in_order(one, other))


def clients_of(text: str) -> tuple[str, str]:
    """The ids of the clients of a pair, from its id.

    Raises:
        NotFound: the text is the id of no pair.
    """
    older, _, newer = text.partition(".")
    if not (is_id(older) and is_id(newer) and older < newer):
        raise NotFound
    return older, newer


def represented_pair(pair: Pair) -> dict[str, Any]:
    """The pair as JSON, under the names of the registry's own contract."""
    return {
        "id": pair.id,
        "clients": list(pair.clients),
        "verdict": pair.verdict,
        "score": pair.score,
        "reasons": [asdict(each) for each in pair.reasons],
        "judged_by": pair.judged_by,
        "at": instant(pair.at),
    }


def decisive(judgements: Iterable[Judgement], one: Client, other: Client) -> Judgement | None:
    """The judgement that counts for a pair: the last one; None where nobody judged it.

    What was said about a client that was absorbed since counts for the one that absorbed it.
    """
    ones, others = {one.id, *one.absorbed}, {other.id, *other.absorbed}
    about = (
        each
        for each in judgements
        if (each.clients[0] in ones and each.clients[1] in others)
        or (each.clients[1] in ones and each.clients[0] in others)
    )
    return max(about, key=lambda each: (each.at, each.clients), default=None)

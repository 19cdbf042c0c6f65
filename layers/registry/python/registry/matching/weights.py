"""The weights by which fields count, from the file that ships beside this module.

A weight is log2(m/u): how much more often two records of one client agree so far in a field (m)
than records of two clients (u). Source: I. P. Fellegi and A. B. Sunter, "A Theory for Record
Linkage", Journal of the American Statistical Association 64 (1969), pages 1183-1210.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from registry.domain.immutable import dataclass
from registry.domain.pair import Level

FILE = "weights.json"
PERSON, ORGANISATION = "person", "organisation"

# Of each field, the weight of each level that it has.
FieldWeights = Mapping[str, Mapping[Level, float]]


@dataclass(frozen=True, slots=True)
class Weights:
    """What pairs are scored by.

    Attributes:
        possible: the score from which two clients are a pair.
        sure: the score from which they may be surely one client.
        person: for two clients with the names of persons.
        organisation: for any other two clients.
    """

    possible: float
    sure: float
    person: FieldWeights
    organisation: FieldWeights


@cache
def weights_in_force() -> Weights:
    """The weights that ship."""
    return read_weights(resources.files(__package__).joinpath(FILE).read_text("utf-8"))


def read_weights(text: str) -> Weights:
    """The weights of a file."""
    read: dict[str, Any] = json.loads(text)
    return Weights(
        possible=read["possible"],
        sure=read["sure"],
        person=_field_weights(read[PERSON]),
        organisation=_field_weights(read[ORGANISATION]),
    )


def _field_weights(read: Mapping[str, Mapping[str, float]]) -> FieldWeights:
    return {
        field: {Level(level): weight for level, weight in levels.items()}
        for field, levels in read.items()
    }

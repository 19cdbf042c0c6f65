"""How well pairs are found in a labelled file, with the weights in force."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ops.match.labelled import Labelled
from registry.domain.pair import Verdict
from registry.matching.blocking import candidates
from registry.matching.features import features_of
from registry.matching.scoring import scored
from registry.matching.weights import weights_in_force

Places = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Quality:
    """How many of the pairs that were found are true, and how many of the true ones were found.

    Each is between 0 and 1; 0 where there is nothing to divide by.
    """

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was found in a labelled file.

    Attributes:
        records: how many there are.
        true_pairs: pairs of records with the same truth.
        candidate_pairs: pairs that were compared.
        all: of all pairs that were found.
        sure: of the surely equal ones.
    """

    records: int
    true_pairs: int
    candidate_pairs: int
    all: Quality
    sure: Quality


def evaluated(records: Sequence[Labelled]) -> Evaluation:
    """Find the pairs of a file, and compare them with its truth."""
    truth = [record.truth for record in records]
    verdicts, compared = found(records)
    true_pairs = sum(count * (count - 1) // 2 for count in Counter(truth).values())
    sure = [pair for pair, verdict in verdicts.items() if verdict is Verdict.SURE]
    return Evaluation(
        records=len(records),
        true_pairs=true_pairs,
        candidate_pairs=compared,
        all=quality(verdicts, truth, true_pairs),
        sure=quality(sure, truth, true_pairs),
    )


def found(records: Sequence[Labelled]) -> tuple[dict[Places, Verdict], int]:
    """The pairs of a file by the places of their records, and how many pairs were compared."""
    features = [features_of(record.client) for record in records]
    compared = candidates(features)
    weights = weights_in_force()
    results = {
        (one, other): scored(features[one], features[other], weights, compared.common)
        for one, other in compared.pairs
    }
    verdicts = {pair: each.verdict for pair, each in results.items() if each.verdict is not None}
    return verdicts, len(compared.pairs)


def quality(pairs: Collection[Places], truth: Sequence[str], true_pairs: int) -> Quality:
    """Precision and recall of pairs."""
    right = sum(truth[one] == truth[other] for one, other in pairs)
    return Quality(
        precision=right / len(pairs) if pairs else 0.0,
        recall=right / true_pairs if true_pairs else 0.0,
    )

"""Weights are fitted without labels: agreement counts for, disagreement against, a pair."""

import json
from pathlib import Path

import pytest

from ops.match.labelled import read_labelled
from registry.domain.pair import Level
from registry.matching.features import features_of
from registry.matching.weights import weights_in_force
from tools.match_train import fitting
from tools.match_train.__main__ import main

CUT = Path(__file__).parents[1] / "ops/match/data/febrl3-cut.csv"
COLUMNS = {"given_name": "first_name", "surname": "last_name", "suburb": "address.city",
           "postcode": "address.postal_code"}  # fmt: skip


def test_rare_agreement_counts_for_a_pair_and_disagreement_against_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fitting, "_RANDOM_PAIRS", 20_000)
    records = read_labelled(CUT, "true_id", COLUMNS, "AU")
    features = [features_of(record.client) for record in records]

    weights = fitting.fitted(features)

    assert weights.keys() == {"first_name", "last_name", "city", "postal_code"}
    for levels in weights.values():
        assert levels[Level.EXACT] > 5
        assert levels[Level.DIFFERS] < -1
    assert fitting.fitted(features) == weights


def test_the_command_prints_the_weights_of_the_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fitting, "_RANDOM_PAIRS", 5_000)
    shipped = weights_in_force()

    main([str(CUT), "--kind", "person", "--id", "rec_id", "--column", "surname=last_name",
          "--column", "postcode=address.postal_code"])  # fmt: skip

    assert json.loads(capsys.readouterr().out).keys() == {"last_name", "postal_code"}
    weights_in_force.cache_clear()
    assert weights_in_force() == shipped


def test_a_file_without_anything_in_common_is_refused() -> None:
    with pytest.raises(SystemExit):
        main([str(CUT), "--kind", "person", "--id", "rec_id", "--column", "state=address.region"])

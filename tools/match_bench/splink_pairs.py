"""Find the pairs of a CSV file with Splink 5; run by the Python of Splink's own environment.

A plain set-up as Splink's tutorial has it: name, Jaro-Winkler and exact comparisons, weights by
expectation maximisation, no look at the truth. The settings are a JSON object of `columns` (a
comparison for each), `blocks` , `train` (the blocks for
training) and `threshold`. Pairs go to standard output, one of two row numbers a line.
"""

import json
import sys

import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

_COMPARISONS = {
    "name": compare.NameComparison,
    "near": lambda column: compare.JaroWinklerAtThresholds(column, [0.9, 0.7]),
    "slip": lambda column: compare.DamerauLevenshteinAtThresholds(column, [1, 2]),
    "exact": compare.ExactMatch,
}


def main(path: str, text: str) -> None:
    """Print the pairs of a file."""
    settings = json.loads(text)
    database = DuckDBAPI()
    database.duckdb_con.execute(
        "CREATE TABLE records AS SELECT row_number() OVER () - 1 AS unique_id, "
        "nullif(lower(trim(COLUMNS(*))), '') "
        "FROM read_csv(?, header = true, all_varchar = true)",
        [path],
    )
    linker = Linker(
        database.register("records"),
        SettingsCreator(
            link_type="dedupe_only",
            comparisons=[
                _COMPARISONS[kind](column) for column, kind in settings["columns"].items()
            ],
            blocking_rules_to_generate_predictions=[
                block_on(*columns) for columns in settings["blocks"]
            ],
        ),
        log_level=40,
    )
    training = linker.training
    rules = [block_on(*columns) for columns in settings["blocks"]]
    training.estimate_probability_two_random_records_match(rules, recall=0.8)
    training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for columns in settings["train"]:
        training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    found = linker.inference.predict(threshold_match_probability=settings["threshold"])
    rows = found.as_duckdbpyrelation().select("unique_id_l, unique_id_r").fetchall()
    for one, other in rows:
        print(min(one, other), max(one, other))


if __name__ == "__main__":
    main(*sys.argv[1:])

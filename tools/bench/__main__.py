"""`python -m tools.bench`: what a create costs, as a ratio to a bare boto3 handler's.

All contestants run in turns of a few requests, each in fresh processes, so that whatever else the
machine does meets all of them. The figures are medians over the runs.
"""

import statistics
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from tools.bench.contestants import FLOOR, Run, contestants, run
from tools.bench.sites import build

_MILLISECONDS: Final = 1000


def main(
    runs: Annotated[int, typer.Option(help="Fresh processes for each contestant.")] = 7,
    invocations: Annotated[int, typer.Option(help="Creates, and replays, in each of them.")] = 200,
) -> None:
    """Measure a create of ours beside the floor and the peers."""
    with TemporaryDirectory() as name:
        sites = build(Path(name))
        measured: dict[str, list[Run]] = {}
        for _ in range(runs):
            several = contestants(sites)
            for contestant, result in zip(several, run(several, sites, invocations), strict=True):
                measured.setdefault(contestant.name, []).append(result)
    Console().print(table(measured))


def table(measured: dict[str, list[Run]]) -> Table:
    """The figures of all contestants; processor time as a ratio to the floor's."""
    columns = ("x floor", "cold", "create", "replay", "left, CPU-ms", "calls", "modules", "MB")
    printed = Table(*columns, title="Processor time of a create, as a ratio to the floor's")
    floor = measured[FLOOR]
    for name, each in measured.items():
        printed.add_row(
            name,
            *(f"{_median(each, of) / _median(floor, of):.2f}" for of in (_cold, _create, _replay)),
            f"{_median(each, _first) * _MILLISECONDS:.1f}",
            " + ".join(f"{calls:g}" for calls in each[0].calls),
            str(each[0].modules),
            f"{_median(each, lambda one: one.megabytes):.0f}",
        )
    return printed


def _median(each: list[Run], of: Callable[[Run], float]) -> float:
    return statistics.median(map(of, each))


def _cold(one: Run) -> float:
    return one.cold


def _first(one: Run) -> float:
    return one.first


def _create(one: Run) -> float:
    return statistics.median(one.creates)


def _replay(one: Run) -> float:
    return statistics.median(one.replays)


if __name__ == "__main__":
    typer.run(main)

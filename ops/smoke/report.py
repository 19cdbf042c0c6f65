"""The report of a run: a table of its checks, those left out, and the differences."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ops.smoke.findings import Findings


def print_report(findings: Findings, console: Console) -> None:
    """Print a table of all checks, and below it the checks left out and the differences.

    A test of this project holds the local stack to the same expectations, so a difference from them
    is a difference from the local stack.
    """
    table = Table(box=None, pad_edge=False)
    for column in ("", "looked at", "expected", "seen", "measured"):
        table.add_column(column, no_wrap=True)
    for each in findings.made:
        mark = "[red]differs[/red]" if each.differs else "[green]ok[/green]"
        words = (each.subject, each.expected, each.seen, each.measured)
        table.add_row(mark, *map(escape, words))
    unbounded = console.options.update(max_width=10_000)
    console.width = max(console.width, console.measure(table, options=unbounded).maximum)
    console.print(table)
    for left_out in findings.unchecked:
        console.print(f"not checked here: {escape(left_out.subject)}: {escape(left_out.reason)}")
    if not findings.differing:
        console.print(f"\nAll {len(findings.made)} as expected, and as on the local stack.")
        return
    console.print(f"\n{len(findings.differing)} of {len(findings.made)} differ:")
    for each in findings.differing:
        console.print(f"  {escape(each.subject)}")
        console.print(f"    expected, and so on the local stack: {escape(each.expected)}")
        console.print(f"    here: {escape(each.seen)}")

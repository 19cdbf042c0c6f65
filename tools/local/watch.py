"""What a terminal shows of a stack that serves: its log, and which sources were edited."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import typer

from tools.local.deploy import sources
from tools.local.process import find

_PAUSE_SECONDS: Final = 0.5
_MOST_NAMED: Final = 3

Stamps = dict[Path, tuple[int, int]]


def watch(directory: Path, root: Path, edited: Callable[[str], None]) -> None:
    """Print what is added to the log of a directory's stack, until the stack ends.

    Args:
        directory: where the stack has its log.
        root: the source tree that is deployed on it.
        edited: called with the names of the sources that were edited, added or deleted, once an
            editor has stopped to write them.
    """
    deployed = latest = stamps(root)
    for added in _additions(directory / "emulator.log"):
        if added:
            typer.echo(added, nl=False)
        now = stamps(root)
        if now == latest != deployed:
            edited(named(root, deployed, now))
            deployed = now
        latest = now
        if find(directory) is None:
            return
        time.sleep(_PAUSE_SECONDS)


def show(directory: Path) -> None:
    """Print the log of a directory's stack as far as it goes."""
    typer.echo(next(_additions(directory / "emulator.log", from_start=True)), nl=False)


def stamps(root: Path) -> Stamps:
    """When each source was changed last, in nanoseconds, and its length in bytes."""
    found = {}
    for path in sources(root):
        try:
            state = path.stat()
        except FileNotFoundError:  # an editor is replacing it
            continue
        found[path] = state.st_mtime_ns, state.st_size
    return found


def named(root: Path, before: Stamps, after: Stamps) -> str:
    """The sources that differ, by their paths in the tree: the first three, and how many more."""
    changed = sorted({path for path, _ in before.items() ^ after.items()})
    names = [str(path.relative_to(root)) for path in changed[:_MOST_NAMED]]
    more = len(changed) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _additions(log: Path, *, from_start: bool = False) -> Iterator[str]:
    """What was added to a log since the last look, empty when nothing was."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        if not from_start:
            lines.seek(0, 2)
        while True:
            yield lines.read()

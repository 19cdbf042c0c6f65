"""How far a move is, on standard error: a bar in a terminal, plain lines elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_LINE_EVERY_SECONDS = 5.0


class MoveProgress:
    """Tells rows, rate and time left; a context manager that takes its bar away."""

    def __init__(self, title: str) -> None:
        """Begin to count."""
        self._title = title
        self._began = time.monotonic()
        self._first: int | None = None
        self._line_at = self._began
        self._said = ""
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task(title, total=None, rate="")

    def __enter__(self) -> Self:
        """Show the bar, where there is a terminal."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self._bar.stop()

    def rows(self, done: int, total: int | None) -> None:
        """So many rows are done, of so many where that is known."""
        if self._first is None:
            # What an earlier run did is no part of this one's rate.
            self._first = done
            return
        seconds = time.monotonic() - self._began
        rate = (done - self._first) / seconds if seconds > 0 else 0.0
        if self._console.is_terminal:
            self._bar.update(self._task, completed=done, total=total, rate=f"{rate:.0f}/s")
            return
        left = f", {(total - done) / rate:.0f} s left" if total is not None and rate > 0 else ""
        of = f" of {total}" if total is not None else ""
        self._line(f"{self._title}: {done}{of} clients, {rate:.0f} a second{left}")

    def say(self, sentence: str) -> None:
        """Something that takes a while, once."""
        if self._console.is_terminal:
            self._bar.update(self._task, description=sentence)
        elif sentence != self._said:
            self._line(sentence)
            self._said = sentence

    def _line(self, text: str) -> None:
        """A plain line, not more often than every few seconds."""
        now = time.monotonic()
        if now >= self._line_at:
            self._line_at = now + _LINE_EVERY_SECONDS
            print(text, file=sys.stderr, flush=True)

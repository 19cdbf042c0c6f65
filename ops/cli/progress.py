"""Progress on standard error: a line that moves on a terminal, plain lines elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

# Without a terminal, one line for so many things: a log is read, not watched.
_PLAIN_EVERY = 50_000


@contextmanager
def counting(noun: str) -> Iterator[Callable[[int], None]]:
    """A function that shows how many of something are done.

    Args:
        noun: what is counted, such as `clients`.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain(console, noun)
        return
    columns = (SpinnerColumn(), TextColumn("{task.completed:,} {task.description}"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task(noun, total=None)
        yield lambda done: progress.update(task, completed=done)


def _plain(console: Console, noun: str) -> Callable[[int], None]:
    """Shows a line whenever another round number is passed."""
    shown = 0

    def show(done: int) -> None:
        nonlocal shown
        if done // _PLAIN_EVERY > shown:
            shown = done // _PLAIN_EVERY
            console.print(f"{done} {noun}", highlight=False)

    return show

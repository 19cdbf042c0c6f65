"""The steps of a command with the time that each took, for somebody who waits for them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer


@contextmanager
def step(name: str) -> Iterator[None]:
    """Print what is being done, and, once it is, how long it took."""
    began = time.monotonic()
    typer.echo(f"{name} …", nl=False)
    try:
        yield
    except BaseException:
        typer.echo("")
        raise
    typer.echo(f" {time.monotonic() - began:.1f} s")

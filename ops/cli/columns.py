"""The option `--column COLUMN=FIELD`: which field a column of a CSV file holds."""

from collections.abc import Sequence

import typer


def renamed(columns: Sequence[str]) -> dict[str, str]:
    """The fields of renamed columns; empty ones are left out.

    Raises:
        typer.BadParameter: a text has no equals sign.
    """
    for column in columns:
        if "=" not in column:
            raise typer.BadParameter(f"--column takes COLUMN=FIELD, not {column}.")
    parted = (column.rpartition("=") for column in columns)
    return {name: field for name, _, field in parted}

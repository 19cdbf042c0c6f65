"""Where `make docs` puts the reference site."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[2] / ".local" / "docs"

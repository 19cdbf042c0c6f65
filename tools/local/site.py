"""What the local stack serves to a browser: its first page at `/`, the reference site at `/docs`.

Both come from the address that serves the contracts, so that a page may call them without CORS. The
emulator answers a program's `GET /` for S3; a browser's asks for HTML and has no signature.

The demo credentials are in `access.json`, for these pages alone: another site's page cannot read
it, and one that reaches this machine by a name of its own (DNS rebinding) is told nothing.
"""

import json
import mimetypes
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hypercorn.typing import ASGISendCallable, HTTPScope

from registry.domain.workspace import CONTRACTS, Contract

_ROOT: Final = Path(__file__).parents[2]
_BUILT: Final = _ROOT / ".local" / "docs"
_ASSETS: Final = _ROOT / "tools" / "site" / "assets"
_HERE: Final = frozenset({"localhost", "127.0.0.1"})
# Nothing is loaded from another host, whatever a library would like to.
_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; frame-ancestors 'none'"
)
_NOT_BUILT: Final = "The reference is not built yet: `make docs` builds it.\n"


@dataclass(frozen=True, slots=True)
class Page:
    """A response to a browser."""

    status: int
    content_type: str
    body: bytes


def page(scope: HTTPScope) -> Page | None:
    """The page that a request asks for; None for a request that is not for the site."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    if scope["method"] not in {"GET", "HEAD"} or b"authorization" in headers:
        return None
    match scope["path"].split("/", 2)[1:]:
        case [""] if "text/html" in headers.get(b"accept", ""):
            return _file(_ASSETS, "landing.html")
        case ["docs"]:
            return Page(301, "text/html", b"")
        case ["docs", name]:
            return _of_site(name or "index.html", headers.get(b"host", ""))
    return None


def _of_site(name: str, host: str) -> Page:
    """A page of the reference site; what has a credential in it is for a host of this machine."""
    if name == "access.json" or name.startswith("collections/"):
        if host.rpartition(":")[0] in _HERE:
            return _with_credentials(name)
        return Page(403, "text/plain", b"Only pages of this machine are told the credentials.\n")
    return _file(_BUILT, name) or _asset(name) or Page(404, "text/plain", _NOT_BUILT.encode())


async def send_page(answer: Page, scope: HTTPScope, send: ASGISendCallable) -> None:
    """Send a page."""
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", b"%d" % len(answer.body)),
        (b"cache-control", b"no-cache"),
        (b"content-security-policy", _POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    if answer.status == 301:  # noqa: PLR2004 - Moved Permanently
        headers.append((b"location", b"/docs/"))
    body = b"" if scope["method"] == "HEAD" else answer.body
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _asset(name: str) -> Page | None:
    """A file that every page needs, also before the site is built."""
    folder, _, rest = name.partition("/")
    return _file(_ASSETS, rest) if folder == "assets" else None


def _file(folder: Path, name: str) -> Page | None:
    """A file in a folder; None where there is none, or where the name leads out of it."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        return None
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") or kind.endswith("javascript") else ""
    return Page(200, kind + charset, path.read_bytes())


def _with_credentials(name: str) -> Page:
    """`access.json`, or a contract's collection with the demo credential in it."""
    contracts = {contract: _told(contract, access) for contract, access in _stack().items()}
    if name == "access.json":
        return _json({"contracts": contracts})
    # Imported here: a stack starts without what the documents are made of.
    from tools.openapi.collection import collection, filled  # noqa: PLC0415

    contract = name.removeprefix("collections/").removesuffix(".json")
    if contract not in contracts:
        return Page(404, "text/plain", b"There is no such contract.\n")
    access = contracts[contract]
    return _json(filled(collection(Contract(contract)), access["base_url"], access))


def _told(contract: str, access: Mapping[str, Any]) -> dict[str, Any]:
    """What a page is told of a contract."""
    title = CONTRACTS[Contract(contract)].title
    return {**access, "title": title, "collection": f"/docs/collections/{contract}.json"}


def _json(content: object) -> Page:
    return Page(200, "application/json", json.dumps(content, indent=2).encode())


def _stack() -> dict[str, Any]:
    """The contracts of `stack.json`, which is beside the emulator's state; else none."""
    path = Path(os.environ["STATE_DIR"]).parent / "stack.json"
    if not path.exists():
        return {}
    contracts: dict[str, Any] = json.loads(path.read_text("utf-8"))["contracts"]
    return contracts

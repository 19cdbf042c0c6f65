"""The pages of the site, from one frame."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

from registry.domain.workspace import CONTRACTS, Contract
from tools.site.guides import Guide

_FRAME: Final = (Path(__file__).parent / "frame.html").read_text("utf-8")
_TITLE: Final = "Client Registry"


def index_page(guides: Sequence[Guide]) -> str:
    """The first page: the contracts, and the guides."""
    doors = "".join(
        f'<a class="door" href="reference/{contract}.html"><strong>{escape(profile.title)}</strong>'
        f"<span>Reference</span></a>"
        for contract, profile in CONTRACTS.items()
    )
    pages = "".join(
        f'<li><a href="guides/{guide.page}">{escape(guide.title)}</a></li>'
        for guide in guides
        if guide.depth == 0
    )
    content = (
        "<h1>Reference</h1><p>One record of each client, served through five contracts. "
        "Search finds operations, fields and guides.</p>"
        f'<div class="doors">{doors}</div><h2>Guides</h2><ul class="guides">{pages}</ul>'
    )
    return _framed("Reference", f'<main class="text">{content}</main>', 0)


def guide_page(guide: Guide, guides: Sequence[Guide]) -> str:
    """A page of docs/, with the list of the others beside it."""
    depth = guide.depth + 1
    up = "../" * depth
    others = "".join(
        f'<li><a href="{up}guides/{other.page}"'
        f"{' aria-current=page' if other.page == guide.page else ''}>{escape(other.title)}</a></li>"
        for other in guides
        if other.depth == 0
    )
    content = (
        f'<div class="columns"><nav class="side"><ul>{others}</ul></nav>'
        f'<main class="text">{guide.html}</main></div>'
    )
    return _framed(guide.title, content, depth)


def reference_page(contract: Contract) -> str:
    """The page of a contract, which `reference.js` fills."""
    content = (
        f'<div id="reference" data-contract="{contract}"></div>'
        '<script src="../assets/scalar.js"></script><script src="../assets/reference.js"></script>'
    )
    return _framed(CONTRACTS[contract].title, content, 1)


def _framed(title: str, content: str, depth: int) -> str:
    """A page in the frame; `depth` is how many folders it is below the site's root."""
    up = "../" * depth
    contracts = "".join(
        f'<a href="{up}reference/{contract}.html">{escape(profile.title)}</a>'
        for contract, profile in CONTRACTS.items()
    )
    filled = {
        "title": f"{escape(title)} · {_TITLE}",
        "up": up,
        "contracts": contracts,
        "content": content,
    }
    page = _FRAME
    for name, text in filled.items():
        page = page.replace(f"{{{{{name}}}}}", text)
    return page

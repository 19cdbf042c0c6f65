"""The guides: the Markdown pages of docs/, as HTML with anchors as GitHub makes them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from registry.domain.workspace import CONTRACTS

_FIRST: Final = ("architecture", "mapping", "moving-in", "operations", "data-model")
_LINK: Final = re.compile(r"^(?!https?:|#)(?P<path>[^#]*?)(?P<anchor>#.*)?$")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the text below it, up to the next heading."""

    anchor: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Guide:
    """A page of docs/.

    Attributes:
        page: its path in the site, below `guides`, such as `decisions/0001-….html`.
        title: its first heading.
        html: its content.
        sections: what search looks through.
    """

    page: str
    title: str
    html: str
    sections: tuple[Section, ...]

    @property
    def depth(self) -> int:
        """How many folders the page is below `guides`."""
        return self.page.count("/")


def guides(docs: Path) -> list[Guide]:
    """The pages of a folder: those of contracts first, then the others, decisions last."""
    contracts = [Path(profile.docs_page).stem for profile in CONTRACTS.values()]
    first = [*contracts, *_FIRST]

    def rank(path: Path) -> tuple[bool, int, str]:
        known = first.index(path.stem) if path.stem in first else len(first)
        return path.parent != docs, known, str(path)

    return [_guide(docs, path) for path in sorted(docs.rglob("*.md"), key=rank)]


def _guide(docs: Path, path: Path) -> Guide:
    reader = MarkdownIt("commonmark").enable("table")
    tokens = reader.parse(path.read_text("utf-8"))
    sections = tuple(_sections(tokens))
    for token in _all(tokens):
        if token.type == "link_open":
            token.attrSet("href", _target(str(token.attrGet("href"))))
    page = path.relative_to(docs).with_suffix(".html").as_posix()
    html = reader.renderer.render(tokens, reader.options, {})
    return Guide(page, sections[0].title, html, sections)


def _sections(tokens: list[Token]) -> Iterator[Section]:
    """The sections of a page; gives each heading its anchor."""
    anchor, title, words = "", "", list[str]()
    taken: set[str] = set()
    heading: Token | None = None
    for token in tokens:
        if token.type == "heading_open":
            if title:
                yield Section(anchor, title, " ".join(words))
            heading, words = token, []
        elif token.type == "inline" and heading is not None:
            title = _plain(token)
            anchor = _anchor(title, taken)
            heading.attrSet("id", anchor)
            heading = None
        elif token.type in {"inline", "fence"}:
            words.append(_plain(token) if token.type == "inline" else token.content)
    yield Section(anchor, title, " ".join(words))


def _plain(token: Token) -> str:
    """The text of a line without its markup."""
    return "".join(
        "\n" if child.type == "softbreak" else child.content for child in token.children or ()
    )


def _anchor(title: str, taken: set[str]) -> str:
    """A heading's anchor: its words in lower case, joined by dashes, numbered where one repeats."""
    plain = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
    anchor, number = plain, 0
    while anchor in taken:
        number += 1
        anchor = f"{plain}-{number}"
    taken.add(anchor)
    return anchor


def _target(link: str) -> str:
    """A link between pages of docs/ as one between pages of the site; any other as it is."""
    found = _LINK.match(link)
    if found is None:
        return link
    path, anchor = found["path"], found["anchor"] or ""
    if path.endswith(".md"):
        return f"{path.removesuffix('.md')}.html{anchor}"
    if path.startswith("openapi/") and path.endswith(".json"):
        return f"../reference/{Path(path).stem}.html"
    if path.startswith("collections/"):
        return f"../collections/{Path(path).name.removesuffix('.postman_collection.json')}.json"
    return link


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])

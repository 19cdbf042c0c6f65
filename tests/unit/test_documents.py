"""What code, tests and documents cite exists in the repository.

A citation is a relative link of a Markdown document, with its anchor, or a document named in any
text, with the section or the table that is named after it: `docs/x.md`, "Section".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from posixpath import normpath
from urllib.parse import urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
FOLDERS = (".ci", ".github", "docs", "events", "functions", "layers", "ops", "tests", "tools")
SUFFIXES = frozenset({".json", ".md", ".py", ".toml", ".yaml", ".yml"})
PICTURES = frozenset({".png"})
NAMES = frozenset({"CODEOWNERS", "LICENSE", "Makefile", "run"})
DECISIONS = PurePosixPath("docs/decisions")

# A Markdown or OpenAPI document, its anchor, and the sections or tables named after it. A path
# that goes on to the left of it, as in a web address, is not of this repository.
MENTION = re.compile(
    r"(?<![\w/:.<>}-])(?P<path>(?:\.\./)*[\w.-]+(?:/[\w.-]+)*\.md\b|docs/[\w./-]+\.json\b)"
    r"(?:#(?P<anchor>[\w-]+))?`*"
    r"(?P<parts>(?:(?:,| and) (?:table )?\"[^\"]+\")*)",
)
PART = re.compile(r"(?P<table>table )?\"(?P<title>[^\"]+)\"")
# These say what a page is about and not where it is.
NAMELESS = re.compile(r"\b(?:architecture|contract|design|mapping) (?:page|table)\b", re.IGNORECASE)
# A sentence goes on in the next line, in code behind the sign of a comment.
LINE_END = re.compile(r"[ \t]*\n[ \t]*(?:#+[ \t]+)?")
LINK_TARGETS = {"link_open": "href", "image": "src"}
MARKDOWN = MarkdownIt().enable("table")

Files = Mapping[PurePosixPath, str]


@dataclass(frozen=True)
class Citation:
    """A place that a text names.

    Attributes:
        path: as it is written; empty for the text's own document.
        anchor: what follows `#`.
        section: the title of a section, or its part before a colon.
        table: whether the section has to hold a table.
    """

    path: str
    anchor: str = ""
    section: str = ""
    table: bool = False

    def __str__(self) -> str:
        """The citation as a text would write it."""
        place = f"{self.path}#{self.anchor}" if self.anchor else self.path
        part = f'{"table " if self.table else ""}"{self.section}"' if self.section else ""
        return f"{place}, {part}" if part else place


@dataclass(frozen=True)
class Section:
    """A heading of a Markdown document, and whether a table stands below it or its subheadings."""

    title: str
    anchor: str
    has_table: bool


def test_every_document_section_and_table_that_is_cited_exists() -> None:
    files = repository()

    assert [line for path, text in files.items() for line in broken(path, text, files)] == []


def test_the_repository_has_citations_of_every_kind() -> None:
    cited = [citation for path, text in repository().items() for citation in citations(path, text)]

    assert any(citation.anchor for citation in cited)
    assert any(citation.section and not citation.table for citation in cited)
    assert any(citation.table for citation in cited)


DOCUMENTS = {
    PurePosixPath("README.md"): "# Registry\n",
    PurePosixPath("docs/lists.md"): (
        "# Lists\n\n## Pages of a list\n\nThey end.\n\n## Orders: two `of` them\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n### Rule 1: Ids come last\n\nYes.\n"
    ),
    PurePosixPath("docs/decisions/0001-a.md"): "# 0001: A\n",
}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/a.md", "[gone](gone.md)"),
        ("docs/a.md", "[above](../lists.md)"),
        ("docs/a.md", "[part](lists.md#page-of-a-list)"),
        ("docs/a.md", "[own part](#nowhere)"),
        ("docs/a.md", "| [in a table](gone.md) |\n|---|\n"),
        ("docs/a.md", "[`code`][1]\n\n[1]: gone.md"),
        ("docs/a.md", "![picture](gone.png)"),
        ("docs/a.md", "See `gone.md`."),
        ("docs/a.md", 'See `docs/lists.md`, "Pages".'),
        ("functions/a.py", '"""See docs/gone.md."""'),
        ("functions/a.py", '"""See `contracts/README.md`, "Common to all contracts"."""'),
        ("functions/a.py", '"""See `docs/lists.md`, "Pages"."""'),
        ("functions/a.py", '"""See `docs/lists.md`,\n    "Pages"."""'),
        ("functions/a.py", '# See docs/lists.md, "Pages of\n# a book".'),
        ("functions/a.py", '"""See `docs/lists.md`, table "Pages of a list"."""'),
        ("functions/a.py", '"""See `docs/lists.md`, "Rule 2"."""'),
        ("functions/a.py", '"""See docs/lists.md#rule-1."""'),
        ("functions/a.py", '"""See lists.md."""'),
        ("functions/a.py", "# As the mapping table has it."),
        ("functions/a.py", '"""As the architecture\n    page says."""'),
        ("template.yaml", "# docs/openapi/gone.json"),
    ],
)
def test_a_citation_of_what_is_not_there_is_found(path: str, text: str) -> None:
    assert len(broken(PurePosixPath(path), text, DOCUMENTS)) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/a.md", "[lists](lists.md), [registry](../README.md)"),
        ("docs/a.md", "[part](lists.md#pages-of-a-list), [orders](lists.md#orders-two-of-them)"),
        ("docs/a.md", "## Here\n\n[own part](#here)"),
        ("docs/a.md", "## Here\n\n## Here\n\n[second](#here-1)"),
        ("docs/a.md", "[folder](decisions/)"),
        ("docs/a.md", "[elsewhere](https://example.com/gone.md#part)"),
        ("docs/a.md", "```\n[in a code block](gone.html)\n```"),
        ("functions/a.py", '"""See `docs/lists.md`, "Pages of a list"."""'),
        ("functions/a.py", '# See docs/lists.md, "Pages of\n# a list".'),
        ("functions/a.py", '"""See `docs/lists.md`, table "Orders: two of them"."""'),
        ("functions/a.py", '"""See `docs/lists.md`, "Rule 1"."""'),
        ("functions/a.py", '"""See docs/lists.md#rule-1-ids-come-last."""'),
        ("functions/a.py", '"""See https://example.com/docs/gone.md."""'),
        ("functions/a.py", 'path = f"docs/openapi/{contract}.json"'),
    ],
)
def test_a_citation_of_what_is_there_is_accepted(path: str, text: str) -> None:
    assert broken(PurePosixPath(path), text, DOCUMENTS) == []


def test_decisions_are_numbered_by_date_and_have_every_section() -> None:
    files = repository()
    decisions = sorted(path for path in files if path.match("docs/decisions/[0-9]*.md"))
    numbers = [path.name.partition("-")[0] for path in decisions]
    date = re.compile(r"^Date: (\d{4}-\d\d-\d\d)$", re.MULTILINE)
    dates = [date.findall(files[path]) for path in decisions]

    assert numbers == [f"{number:04}" for number in range(1, len(decisions) + 1)]
    assert all(len(found) == 1 for found in dates)
    assert dates == sorted(dates)
    for path, number in zip(decisions, numbers, strict=True):
        title, *others = [section.title for section in sections(files[path])]
        assert title.startswith(f"{number}: ")
        assert others == ["Context", "Decision", "Alternatives", "Consequences"]


def test_the_index_of_decisions_lists_each_under_its_title_and_date() -> None:
    files = repository()
    index = files[DECISIONS / "README.md"]
    rows = re.findall(r"^\| \[(\d{4})\]\((\S+)\) \| (\S+) \| (.+) \|$", index, re.MULTILINE)

    listed = [(DECISIONS / file, date, f"{number}: {title}") for number, file, date, title in rows]

    assert listed == [
        (
            path,
            files[path].partition("Date: ")[2].partition("\n")[0],
            sections(files[path])[0].title,
        )
        for path in sorted(files)
        if path.match("docs/decisions/[0-9]*.md")
    ]


def test_the_readme_has_the_figures_of_the_page_on_performance() -> None:
    files = repository()
    row = re.compile(r"^\| (?:floor|ours|Powertools|pydantic)[^|]* \| [0-9].*\|$", re.MULTILINE)
    shown, measured = (
        row.findall(files[PurePosixPath(name)]) for name in ("README.md", "docs/performance.md")
    )

    assert len(shown) == 4
    assert shown == measured


def repository() -> Files:
    """Return the text of every file that cites or is cited, by its path in the repository.

    This module is left out, since it plants broken citations. A picture has no text.
    """
    paths = [*ROOT.glob("*"), *(path for name in FOLDERS for path in (ROOT / name).rglob("*"))]
    return {
        PurePosixPath(path.relative_to(ROOT)): (
            "" if path.suffix in PICTURES else path.read_text("utf-8")
        )
        for path in paths
        if path.is_file()
        and (path.suffix in SUFFIXES | PICTURES or path.name in NAMES)
        and path != Path(__file__)
    }


def broken(path: PurePosixPath, text: str, files: Files) -> list[str]:
    """Return one line for each citation in the text that leads nowhere.

    Args:
        path: where the text is, from the root of the repository.
        text: source code, a template, or a Markdown document.
        files: the files of the repository; for the text's own path the text counts.
    """
    files = {**files, path: text}
    nowhere = [
        f"{path} cites {citation}, which does not exist"
        for citation in dict.fromkeys(citations(path, text))
        if not exists(citation, path, files)
    ]
    nameless = [] if path.suffix == ".md" else NAMELESS.findall(LINE_END.sub(" ", text))
    return nowhere + [f"{path} does not say where its {name} is" for name in nameless]


def citations(path: PurePosixPath, text: str) -> Iterator[Citation]:
    """Yield what a text cites: a Markdown document by its links, any text by naming documents."""
    if path.suffix == ".md":
        yield from links(text)
        # A link's target counts once, as a link.
        text = re.sub(r"\]\([^)]*\)|^\[[^]]+\]: .*$", "]", text, flags=re.MULTILINE)
    for mention in MENTION.finditer(LINE_END.sub(" ", text)):
        if not mention["parts"]:
            yield Citation(mention["path"], anchor=mention["anchor"] or "")
        for part in PART.finditer(mention["parts"]):
            yield Citation(mention["path"], section=part["title"], table=bool(part["table"]))


def links(markdown: str) -> Iterator[Citation]:
    """Yield the targets of a document's links and images, apart from web addresses."""
    for token in MARKDOWN.parse(markdown):
        for part in token.children or ():
            if part.type in LINK_TARGETS:
                target = urlsplit(str(part.attrs[LINK_TARGETS[part.type]]))
                if not target.scheme and not target.netloc:
                    yield Citation(target.path, anchor=target.fragment)


def exists(citation: Citation, path: PurePosixPath, files: Files) -> bool:
    """Return whether a citation in the file at this path leads somewhere.

    A path is read from the file's own folder, and from the root of the repository too, as prose
    and code name documents.
    """
    found = {
        PurePosixPath(normpath(folder / citation.path)) for folder in (path.parent, PurePosixPath())
    }
    if not citation.path:
        found = {path}
    document = next((place for place in found if place in files), None)
    if document is None:
        return any(place in file.parents for place in found for file in files)
    if not citation.anchor and not citation.section:
        return True
    return any(
        section.has_table >= citation.table
        and (citation.anchor in {"", section.anchor})
        and (f"{section.title}:".startswith(f"{citation.section}:") or not citation.section)
        for section in sections(files[document])
    )


def sections(markdown: str) -> list[Section]:
    """Return the sections of a Markdown document in their order, with the anchors GitHub gives."""
    tokens = MARKDOWN.parse(markdown)
    found: list[Section] = []
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            title = plain_text(tokens[index + 1])
            anchor = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
            repeated = sum(section.title == title for section in found)
            found.append(
                Section(
                    title,
                    f"{anchor}-{repeated}" if repeated else anchor,
                    holds_table(tokens[index + 1 :], token.tag),
                ),
            )
    return found


def plain_text(heading: Token) -> str:
    """Return the text of a heading without its marks."""
    return "".join(part.content for part in heading.children or ())


def holds_table(tokens: list[Token], tag: str) -> bool:
    """Return whether a table comes before the next heading of this level (`h2`) or a higher one."""
    for token in tokens:
        if token.type == "heading_open" and token.tag <= tag:
            return False
        if token.type == "table_open":
            return True
    return False

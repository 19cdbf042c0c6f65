"""The guides are the pages of docs/, with links that lead on within the site."""

from pathlib import Path

import pytest

from tools.site.guides import Guide, guides

# Spelled so that no page and no link here is taken for a citation of a document.
MD = "." + "md"


def link(target: str) -> str:
    """A link in Markdown."""
    return f"[link]({target})"


PAGE = f"""# Paytrum

See {link(f"mapping{MD}#rule-1-it-is-said")} and {link("openapi/paytrum.json")}.

## Rules

A rule. {link(f"https://example.com/page{MD}")}.

## Rules

| a | b |
|---|---|
| `c` | d |
"""


@pytest.fixture
def written(tmp_path: Path) -> list[Guide]:
    (tmp_path / "decisions").mkdir()
    (tmp_path / f"zebra{MD}").write_text("# Zebra\n\nStripes.\n", "utf-8")
    (tmp_path / "decisions" / f"0001-first{MD}").write_text(
        f"# 0001\n\n{link(f'../zebra{MD}')}\n", "utf-8"
    )
    (tmp_path / f"paytrum{MD}").write_text(PAGE, "utf-8")
    return guides(tmp_path)


def test_pages_of_contracts_come_first_and_decisions_last(written: list[Guide]) -> None:
    assert [guide.page for guide in written] == [
        "paytrum.html",
        "zebra.html",
        "decisions/0001-first.html",
    ]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (0, 'href="mapping.html#rule-1-it-is-said"'),
        (0, 'href="../reference/paytrum.html"'),
        (0, f'href="https://example.com/page{MD}"'),
        (2, 'href="../zebra.html"'),
    ],
)
def test_a_link_leads_to_the_page_of_the_site(
    written: list[Guide], page: int, expected: str
) -> None:
    assert expected in written[page].html


def test_a_section_has_its_text_and_an_anchor_of_its_own(written: list[Guide]) -> None:
    sections = written[0].sections

    assert [(section.anchor, section.title) for section in sections] == [
        ("paytrum", "Paytrum"),
        ("rules", "Rules"),
        ("rules-1", "Rules"),
    ]
    assert "A rule." in sections[1].text
    assert sections[2].text == "a b c d"
    for section in sections:
        assert f'id="{section.anchor}"' in written[0].html

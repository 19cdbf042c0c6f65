"""The guides are the pages of docs/, with links that lead on within the site."""

from pathlib import Path

import pytest

from tools.site.guides import Guide, guides

PAGE = """# Paytrum

See [the mapping](mapping.md#rule-1-it-is-said) and [the document](openapi/paytrum.json).

## Rules

A rule. [Elsewhere](https://example.com/page.md).

## Rules

| a | b |
|---|---|
| `c` | d |
"""


@pytest.fixture
def written(tmp_path: Path) -> list[Guide]:
    (tmp_path / "decisions").mkdir()
    (tmp_path / "zebra.md").write_text("# Zebra\n\nStripes.\n", "utf-8")
    (tmp_path / "decisions" / "0001-first.md").write_text("# 0001\n\n[Up](../zebra.md)\n", "utf-8")
    (tmp_path / "paytrum.md").write_text(PAGE, "utf-8")
    return guides(tmp_path)


def test_pages_of_contracts_come_first_and_decisions_last(written: list[Guide]) -> None:
    assert [guide.page for guide in written] == [
        "paytrum.html",
        "zebra.html",
        "decisions/0001-first.html",
    ]


@pytest.mark.parametrize(
    ("page", "link"),
    [
        (0, 'href="mapping.html#rule-1-it-is-said"'),
        (0, 'href="../reference/paytrum.html"'),
        (0, 'href="https://example.com/page.md"'),
        (2, 'href="../zebra.html"'),
    ],
)
def test_a_link_leads_to_the_page_of_the_site(written: list[Guide], page: int, link: str) -> None:
    assert link in written[page].html


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

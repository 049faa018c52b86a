"""The report's numbers and how they read."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from dedupe.report.report import RELATIONS, Copy, PortalNumbers, RepeatedLine, RepeatedStory, build_report
from dedupe.report.terminal import render, sums

COUNTS = st.integers(0, 10**6)


@st.composite
def portal_rows(draw: st.DrawFn) -> PortalNumbers:
    duplicates = draw(st.dictionaries(st.sampled_from(RELATIONS), COUNTS))
    return PortalNumbers(
        portal=draw(st.text(max_size=5)),
        article_pages=sum(duplicates.values()) + draw(COUNTS),
        listings=draw(COUNTS),
        failures=draw(COUNTS),
        duplicates=duplicates,
    )


@given(st.lists(portal_rows(), max_size=5))
def test_totals_add_up(rows: list[PortalNumbers]) -> None:
    """The total is the sum of the rows, and its two equations hold."""
    total = build_report(rows).total
    assert total.fetched == sum(row.fetched for row in rows)
    assert total.distinct == sum(row.distinct for row in rows)
    assert total.article_pages == total.distinct + total.duplicate_pages
    assert total.fetched == total.article_pages + total.listings + total.not_articles + total.failures


def test_more_duplicates_than_articles_is_refused() -> None:
    """Rows that cannot add up raise and name the portal."""
    with pytest.raises(ValueError, match="vov: 2 duplicates among 1 article pages"):
        build_report([PortalNumbers(portal="vov", article_pages=1, duplicates={"near": 2})])


def shown(report_rows: list[PortalNumbers], stories: list[RepeatedStory], lines: list[RepeatedLine]) -> str:
    console = Console(file=io.StringIO(), width=160, force_terminal=False)
    console.print(render(build_report(report_rows, stories, lines)))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_view_shows_sums_stories_and_lines() -> None:
    """Every part of the report is on the screen, page text with square brackets unharmed."""
    story = RepeatedStory(
        copies=(
            Copy(url="https://a.example/1", portal="a", title="[bold]Giá điện[/bold] tăng"),
            Copy(
                url="https://b.example/2",
                portal="b",
                title="Điện tăng giá",
                relation="near",
                score=0.913,
                role="update",
            ),
        )
    )
    line = RepeatedLine(text="Mời quý độc giả theo dõi [link]", portal="a", pages=12, verdict="promo")
    row = PortalNumbers(portal="a", article_pages=3, failures=1, duplicates={"near": 1})
    text = shown([row], [story], [line])
    for expected in (*sums(row), "[bold]Giá điện[/bold] tăng", "update, near 0.91", "[link]", "promo"):
        assert expected in text


def test_pages_that_claim_another_story_are_counted_by_portal() -> None:
    rows = [PortalNumbers(portal=name, article_pages=3, contradicted=count) for name, count in (("a", 2), ("b", 0))]
    text = shown(rows, [], [])
    assert "canonical contradicts text on 2 pages of a" in text
    assert "pages of b" not in text


def test_notices_are_reported_by_portal() -> None:
    rows = [PortalNumbers(portal=name, article_pages=9, notices=count) for name, count in (("a", 4), ("b", 0))]
    assert "a short text stands under many titles on 4 pages of a: a notice, no story" in shown(rows, [], [])


def test_empty_store_says_what_to_do() -> None:
    """An empty report points to the next command."""
    assert "storykin crawl" in shown([], [], [])


def test_stories_and_lines_are_cut_to_the_top() -> None:
    """The most repeated come first and the rest is left out."""
    lines = [RepeatedLine(text=f"line {n}", portal="a", pages=n, verdict="promo") for n in range(20)]
    report = build_report([], [], lines, top=3)
    assert [line.pages for line in report.lines] == [19, 18, 17]

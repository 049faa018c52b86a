"""How the dedupe report looks on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dedupe.report import RELATIONS, RULE, PortalNumbers, RepeatedLine, RepeatedStory, Report

COLUMNS = ("pages", "articles", "distinct", *RELATIONS, "listings", "not articles", "failures")


def render(report: Report) -> Group:
    """Return the report for ``rich.console.Console.print``: sums, causes by portal, stories, lines, the rule."""
    return Group(*_blocks(report))


def _blocks(report: Report) -> Iterator[RenderableType]:
    if not report.portals:
        yield Text("Nothing is stored yet: storykin crawl PORTAL, or storykin demo.")
        return
    yield _portal_table(report)
    yield Text()
    yield from (Text(line) for line in sums(report.total))
    if report.stories:
        yield Text("\nMost repeated stories", style="bold")
        for story in report.stories:
            yield from _story(story)
    if report.lines:
        yield Text("\nMost repeated lines, kept out of the texts", style="bold")
        yield _line_table(report.lines)
    yield Text("\n" + RULE, style="dim")


def sums(total: PortalNumbers) -> tuple[str, ...]:
    """Return the sentences whose numbers must add up.

    >>> for line in sums(PortalNumbers(portal="all", article_pages=3, listings=1, duplicates={"near": 1})): print(line)
    4 pages fetched = 3 articles + 1 listing + 0 not articles + 0 failures
    3 articles = 2 distinct + 1 duplicate (0 same url, 0 exact, 1 near, 0 contained)
    0 repeated entries inside pages, 0 related stories, 0 of 0 characters saved
    """
    causes = ", ".join(f"{total.duplicates.get(name, 0):,} {name}" for name in RELATIONS)
    share = f" ({total.characters_saved / total.characters:.1%})" if total.characters else ""
    return (
        f"{_count(total.fetched, 'page')} fetched = {_count(total.article_pages, 'article')} + "
        f"{_count(total.listings, 'listing')} + {total.not_articles:,} not articles + "
        f"{_count(total.failures, 'failure')}",
        f"{_count(total.article_pages, 'article')} = {total.distinct:,} distinct + "
        f"{_count(total.duplicate_pages, 'duplicate')} ({causes})",
        f"{total.repeated_entries:,} repeated entries inside pages, {total.related_stories:,} related stories, "
        f"{total.characters_saved:,} of {total.characters:,} characters saved{share}",
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _portal_table(report: Report) -> Table:
    table = Table(title="What was fetched, and what was repeated", title_justify="left", title_style="bold")
    table.add_column("portal")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    for row in report.portals:
        table.add_row(*_cells(row))
    if len(report.portals) > 1:
        table.add_section()
        table.add_row(*_cells(report.total), style="bold")
    return table


def _cells(row: PortalNumbers) -> list[str]:
    counts = (
        row.fetched,
        row.article_pages,
        row.distinct,
        *(row.duplicates.get(name, 0) for name in RELATIONS),
        row.listings,
        row.not_articles,
        row.failures,
    )
    return [row.portal, *(f"{count:,}" for count in counts)]


def _story(story: RepeatedStory) -> Iterator[Text]:
    first, *copies = story.copies
    yield Text.assemble("  ", (first.title or first.url, "bold"), f"  [{first.portal}]")
    yield Text(f"      {first.url}", style="dim")
    for copy in copies:
        yield Text(f"    {copy.title or copy.url}  [{copy.portal}]")
        yield Text(f"      {copy.url}", style="dim")
        yield Text(f"      {copy.relation} {copy.score:.2f}" + (f": {copy.reason}" if copy.reason else ""), style="dim")


def _line_table(lines: tuple[RepeatedLine, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("  pages", justify="right")
    table.add_column("as")
    table.add_column("portal")
    table.add_column("line", overflow="ellipsis", no_wrap=True)
    for line in lines:
        table.add_row(f"{line.pages:,}", line.verdict, line.portal, Text(line.text))
    return table

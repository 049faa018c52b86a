"""How the dedupe report looks on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dedupe.printable import in_place, printable
from dedupe.report.between_runs import RunComparison
from dedupe.report.report import RELATIONS, RULE, Card, Copy, PortalNumbers, RepeatedLine, RepeatedStory, Report
from dedupe.report.scores import SCORE_BINS, SCORED, THRESHOLD, Histogram

FETCHED = ("pages", "articles", "listings", "not articles", "failures")
CAUSES = ("articles", "distinct", *RELATIONS, "agency", "other portal", "in page", "versions", "share")
_NAMES = {"different": "kept apart"}
_NARROW = 135  # columns below which the causes of each portal stand under its name
_APART = 3  # pairs
_PORTALS = 20  # rows
_COPIES = 3  # of a story; the rest is counted
_DIFFERENCES = 2  # of a copy
_BAR = 30  # columns of the longest bar


def render(report: Report, compare: RunComparison | None = None) -> Group:
    """Return the report for ``rich.console.Console.print``: sums, causes by portal, similarities, stories, lines."""
    return Group(*_blocks(report, compare))


def _blocks(report: Report, compare: RunComparison | None) -> Iterator[RenderableType]:
    if not report.portals:
        yield Text(_nothing(report))
        return
    yield Text.assemble(("Dedupe report", "bold"), f"  {report.scope}\n")
    yield from (Text(line) for line in sentences(report))
    if report.checks:
        yield Text("\nCheck these", style="bold")
        yield Group(*(_check(number, card) for number, card in enumerate(report.checks, start=1)))
    yield Text()
    yield _Causes(report)
    if compare:
        yield Text(f"\nCompared with {compare.run}", style="bold")
        yield _comparison(compare)
    if any(map(sum, report.scores.values())):
        yield Text("\nSimilarity of the duplicates, and of the most alike pairs kept apart", style="bold")
        yield from _bars(report.scores)
    if report.stories:
        yield Text("\nMost repeated stories", style="bold")
        yield Group(*(_story(story) for story in report.stories))
    if report.kept_apart:
        yield Text("\nAlike and kept apart, the closest decisions", style="bold")
        yield Group(*(_story(story) for story in report.kept_apart[:_APART]))
    if report.lines:
        yield Text("\nMost repeated lines, kept out of the texts", style="bold")
        yield _line_table(report.lines)
    yield Text("\n" + RULE, style="dim")


def _nothing(report: Report) -> str:
    scope = report.scope
    if scope.portal or scope.since or scope.run:
        return f"Nothing is stored for this: {scope}."
    return "Nothing is stored yet: storykin crawl PORTAL, or storykin demo."


def sums(total: PortalNumbers) -> tuple[str, ...]:
    """Return the sentences whose numbers must add up.

    >>> for line in sums(PortalNumbers(portal="all", article_pages=3, listings=1, duplicates={"near": 1})): print(line)
    4 pages fetched = 3 articles + 1 listing + 0 not articles + 0 failures
    3 articles = 2 distinct + 1 duplicate (0 same url, 0 exact, 1 near, 0 contained, 0 by hand)
    0 repeated entries inside pages, 0 related stories, 0 of 0 characters saved
    """
    causes = ", ".join(f"{total.duplicates.get(name, 0):,} {name}" for name in RELATIONS)
    lost = sum(total.lost.values())
    by_cause = ", ".join(f"{number:,} {cause}" for cause, number in total.lost.items() if number)
    share = f" ({total.characters_saved / total.characters:.1%})" if total.characters else ""
    kinds = ", ".join(f"{number:,} {kind}" for kind, number in sorted(total.related_kinds.items(), key=_largest_first))
    return (
        f"{_count(total.fetched, 'page')} fetched = {_count(total.article_pages, 'article')} + "
        f"{_count(total.listings, 'listing')} + {total.not_articles:,} not articles + "
        f"{_count(total.failures, 'failure')}",
        f"{_count(total.article_pages, 'article')} = {total.distinct:,} distinct + "
        f"{_count(total.duplicate_pages, 'duplicate')} ({causes})",
        f"{total.repeated_entries:,} repeated entries inside pages, {total.related_stories:,} related stories"
        f"{f' ({kinds})' if kinds else ''}, {total.characters_saved:,} of {total.characters:,} characters saved{share}",
        *(
            [f"{lost:,} of {total.words:,} words stand in no kept text{f' ({by_cause})' if by_cause else ''}"]
            if total.lost
            else []
        ),
    )


def sentences(report: Report) -> tuple[str, ...]:
    """Return :func:`sums` of the whole report; files of documents tell nothing of pages that gave none."""
    claims = [
        f"canonical contradicts text on {_count(row.contradicted, 'page')} of {row.portal}"
        for row in report.portals
        if row.contradicted
    ]
    notices = [
        f"a short text stands under many titles on {_count(row.notices, 'page')} of {row.portal}: a notice, no story"
        for row in report.portals
        if row.notices
    ]
    said = ", ".join(f"{number:,} {word}" for word, number in sorted(report.total.rights.items(), key=_largest_first))
    rights = [f"what portals say of use, by articles: {said}"] if said else []
    return (*sums(report.total)[bool(report.scope.files) :], *rights, *claims, *notices)


def _largest_first(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


class _Causes:
    """Causes by portal: a row each where the terminal is wide enough, else a column each."""

    def __init__(self, report: Report) -> None:
        rows = _most_repeating(report.portals)
        self._rows = [*rows, report.total] if len(rows) > 1 else rows
        self._summed = len(rows) > 1

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wide = options.max_width >= _NARROW
        table = Table(title="Causes by portal", title_justify="left", title_style="bold")
        if wide or len(self._rows) > 4:
            self._fill(table, ("portal", *(CAUSES if wide else ("articles", "distinct", *RELATIONS))))
            if self._summed:
                table.rows[-2].end_section = True
                table.rows[-1].style = "bold"
        else:
            self._fill_turned(table)
        yield table

    def _fill(self, table: Table, heads: Sequence[str]) -> None:
        table.add_column(heads[0], overflow="fold")
        for head in heads[1:]:
            table.add_column(head, justify="right")
        for row in self._rows:
            cells = _cells(row)
            table.add_row(Text(printable(row.portal) or "unknown"), *(cells[head] for head in heads[1:]))

    def _fill_turned(self, table: Table) -> None:
        table.add_column("")
        for row in self._rows:
            table.add_column(Text(printable(row.portal) or "unknown"), justify="right", overflow="fold")
        columns = [_cells(row) for row in self._rows]
        for head in (*FETCHED, *CAUSES[1:]):
            table.add_row(head, *(cells[head] for cells in columns), end_section=head == "failures")


def _most_repeating(rows: Sequence[PortalNumbers]) -> list[PortalNumbers]:
    """Return *rows* where they are few, else those with most duplicates and the sum of the others."""
    if len(rows) <= _PORTALS:
        return list(rows)
    ranked = sorted(rows, key=lambda row: (-row.duplicate_pages, -row.article_pages, row.portal))
    others = ranked[_PORTALS - 1 :]
    return [*ranked[: _PORTALS - 1], sum(others, PortalNumbers(portal=f"{len(others)} others"))]


def _cells(row: PortalNumbers) -> dict[str, str]:
    counts = {
        "pages": row.fetched,
        "articles": row.article_pages,
        "distinct": row.distinct,
        **{name: row.duplicates.get(name, 0) for name in RELATIONS},
        "agency": row.agency,
        "other portal": row.cross_portal,
        "in page": row.repeated_entries,
        "versions": row.versions,
        "listings": row.listings,
        "not articles": row.not_articles,
        "failures": row.failures,
    }
    share = f"{row.duplicate_pages / row.article_pages:.1%}" if row.article_pages else "-"
    return {name: f"{count:,}" for name, count in counts.items()} | {"share": share}


def _comparison(compare: RunComparison) -> Table:
    table = Table()
    table.add_column("number")
    for head in ("this report", "that run", "difference"):
        table.add_column(head, justify="right")
    for name, here, there in compare.rows():
        table.add_row(name, f"{here:,}", f"{there:,}", f"{here - there:+,}" if here != there else "0")
    return table


def _bars(scores: Histogram) -> Iterator[Text]:
    """Draw a bar for every similarity that occurs, the threshold between two of them."""
    totals = [sum(scores[name][number] for name in SCORED) for number in range(SCORE_BINS)]
    lowest = min(number for number, total in enumerate(totals) if total)
    line = round(THRESHOLD * SCORE_BINS)
    for number in range(min(lowest, line - 1), SCORE_BINS):
        if number == line:
            yield Text(f"  {'─' * 9} threshold {THRESHOLD:.0%} {'─' * 20}", style="red")
        names = ", ".join(
            f"{scores[name][number]:,} {_NAMES.get(name, name)}" for name in SCORED if scores[name][number]
        )
        filled = "█" * max(bool(totals[number]), round(_BAR * totals[number] / max(totals)))
        head = f"  {number * 100 // SCORE_BINS:>3}–{f'{(number + 1) * 100 // SCORE_BINS}%':<5}"
        yield Text.assemble((head, "dim"), filled, f" {names}" if names else "")


def _check(number: int, card: Card) -> RenderableType:
    lines = [
        Text.assemble((f"{number}. {card.heading}: ", "bold"), in_place(card.title)),
        Text(in_place(card.says)),
        Text.assemble(("if it is wrong: ", "dim"), (in_place(card.command), "cyan")),
    ]
    return Padding(Group(*lines), (0, 0, 0, 2))


def _story(story: RepeatedStory) -> RenderableType:
    first, *copies = story.copies
    parts: list[RenderableType] = [Text.assemble((_title(first), "bold"), _of(first.portal))]
    parts += _address(first)
    for copy in copies[:_COPIES]:
        body: list[Text] = [
            Text.assemble(
                (f"{_named(copy)} {copy.score:.2f}  ", "cyan"),
                _title(copy),
                _of(copy.portal),
            ),
            *_address(copy),
        ]
        body += [Text(printable(copy.reason))] if copy.reason else []
        for there, here in copy.differences[:_DIFFERENCES]:
            body += [Text(f"- {printable(there)}", style="red")] if there else []
            body += [Text(f"+ {printable(here)}", style="green")] if here else []
        parts.append(Padding(Group(*body), (0, 0, 0, 2)))
    rest = story.size - 1 - len(copies[:_COPIES])
    if rest:
        parts.append(Text(f"  and {rest:,} more", style="dim"))
    return Padding(Group(*parts), (0, 0, 1, 2))


def _named(copy: Copy) -> str:
    """Return the role of a copy and how its text relates to the representative's."""
    relation = _NAMES.get(copy.relation, copy.relation)
    return f"{copy.role}, {relation}" if copy.role else relation


def _title(copy: Copy) -> str:
    return printable(copy.title or copy.url or copy.id)


def _address(copy: Copy) -> list[Text]:
    return [Text(printable(copy.url), style="dim", overflow="fold")] if copy.url else []


def _of(portal: str) -> str:
    return f"  [{printable(portal)}]" if portal else ""


def _line_table(lines: tuple[RepeatedLine, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("  pages", justify="right", no_wrap=True)
    table.add_column("as", no_wrap=True)
    table.add_column("portal", max_width=20, overflow="ellipsis", no_wrap=True)
    # The only column that may shrink, so that long lines do not squeeze the counts out; its cells are cut, not wrapped.
    table.add_column("line", overflow="ellipsis")
    for line in lines:
        table.add_row(
            f"{line.pages:,}", line.verdict, Text(printable(line.portal)), Text(printable(line.text), no_wrap=True)
        )
    return table

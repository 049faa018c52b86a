"""How an explanation looks on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crawler.review.explain import Explanation
from crawler.urls.canonical import is_http
from dedupe.printable import in_place
from storage.articles.origins import Step
from storage.records import KEPT_VERDICTS, Article, Paragraph, Teaser, utc_text

_KEPT_STYLE = {True: "", False: "dim"}


def render(explanation: Explanation) -> Group:
    """Return the explanation for ``rich.console.Console.print``: origin, facts, paragraphs, stories, duplicates."""
    return Group(*_blocks(explanation))


def _blocks(explanation: Explanation) -> Iterator[RenderableType]:
    article = explanation.article
    yield _line((article.title if article else "") or explanation.subject, "bold")
    yield _grid(explanation)
    if article is None:
        return
    yield _paragraphs(article, explanation.teasers)
    yield from _stories(explanation, article)
    yield from _duplicates(explanation)


def _grid(explanation: Explanation) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in facts(explanation):
        if value:
            table.add_row(name, _line(value))
    return table


def facts(explanation: Explanation) -> Iterator[tuple[str, str]]:
    """Yield (name, value) for what is known of the page besides paragraphs, related stories and copies; some are empty.

    A name may stand several times.
    """
    article, failure = explanation.article, explanation.failure
    yield "taken for", explanation.kind + (f": {explanation.reason}" if explanation.reason else "")
    for number, step in enumerate(explanation.found):
        yield ("linked from", _step(step, step.reason)) if number else ("found as", _step(step))
    if explanation.found and explanation.found[-1].referrer:
        yield "linked from", f"{explanation.found[-1].referrer} (how that page was found is not known)"
    yield "robots.txt", explanation.robots
    if failure:
        status = f", status {failure.status}" if failure.status else ""
        yield "failure", f"at {failure.stage}{status}, attempt {failure.attempts}: {failure.reason}"
    if article:
        yield from _article_rows(explanation, article)


def _article_rows(explanation: Explanation, article: Article) -> Iterator[tuple[str, str]]:
    unknown = "" if is_http(article.url) else "  (not known: relative links lead nowhere; name it with --url)"
    yield "address", article.url + unknown
    yield "identity", f"{article.canonical_url}  (id {article.id})"
    yield "also at", "  ".join(address for address in article.aliases if address != article.url)
    yield "extractor", f"{article.extractor}, portal file {explanation.seed}"
    yield from (("title candidate", title) for title in explanation.titles)
    yield "published", " ".join(filter(None, [_when(article.published), _quoted(article.published_raw)]))
    yield from (("date candidate", date) for date in explanation.dates)
    yield "modified", _when(article.modified)
    yield "by", ", ".join(filter(None, [*article.authors, article.news_agency and f"agency {article.news_agency}"]))
    yield from (("byline candidate", byline) for byline in explanation.bylines)
    sources = ("title", "published", "authors", "language", "section")
    named = [f"{name}: {source}" for name in sources if (source := getattr(article, f"{name}_source"))]
    yield "sources", ", ".join(named)
    yield "section", " | ".join(filter(None, [article.section, ", ".join(article.tags)]))
    yield "language", article.language
    yield "image", article.image
    yield "free access", {True: "yes", False: "no, behind a paywall", None: ""}[article.free_access]
    said = (f"{one.right} ({one.source}, read {_when(one.read)}: {_quoted(one.said)})" for one in article.rights_source)
    yield from (("rights", one) for one in said)
    yield "quality", ", ".join(article.quality)
    if explanation.version:
        seen = f"first seen {_when(explanation.first_seen)}, last {_when(explanation.last_seen)}"
        yield "stored", f"version {explanation.version}, {seen}"
    for older in explanation.older:
        changed = ", ".join(older.changed) or "nothing of its fields"
        yield (
            f"version {older.version}",
            f"fetched {_when(older.fetched)}, {older.characters} characters, {_quoted(older.title)};"
            f" replaced {_when(older.replaced)}: {changed} changed",
        )
    if explanation.withdrawn:
        taken = explanation.withdrawn
        by = {"portal": "the portal", "hand": "hand"}[taken.by]
        yield "withdrawn", f"{_when(taken.at)} by {by}: {taken.reason}"


def _step(step: Step, reason: str = "") -> str:
    ended = step.outcome or step.state
    moved = f" → {step.final_url}" if step.final_url and step.final_url != step.url else ""
    why = f" ({reason})" if reason else ""
    return f"{step.kind}, depth {step.depth}: {step.url}{moved} [{ended}{why}]"


def _paragraphs(article: Article, teasers: tuple[Teaser, ...]) -> Table:
    kept = sum(paragraph.verdict in KEPT_VERDICTS for paragraph in article.paragraphs)
    table = _table(f"Paragraphs: {kept} of {len(article.paragraphs)} kept", "", "verdict", "paragraph", "why")
    marks = {teaser.paragraph: teaser for teaser in teasers}
    for index, paragraph in enumerate(article.paragraphs):
        style = _KEPT_STYLE[paragraph.verdict in KEPT_VERDICTS]
        table.add_row(
            str(index), paragraph.verdict, _line(paragraph.text), _line(_why(paragraph, marks.get(index))), style=style
        )
    return table


def _why(paragraph: Paragraph, teaser: Teaser | None) -> str:
    mark = f"likely a teaser: {teaser.score:.0%} {teaser.part} of {teaser.of}" if teaser else ""
    return "; ".join(filter(None, [paragraph.reason, mark]))


def _stories(explanation: Explanation, article: Article) -> Iterator[RenderableType]:
    for text in explanation.kept_links:
        yield _line(f"Link kept: stands in a sentence: {text}")
    if not article.related:
        yield Text()
        yield _line(f"Related stories: {article.related_status}", "bold")
        return
    links = {link.story: link for link in explanation.links}
    table = _table(f"Related stories: {len(article.related)}", "", "found by", "place", "printed", "story")
    for story in article.related:
        link = links.get(story.url)
        stored = f"stored as {link.article}, found by its {link.linked_by}" if link else "not stored"
        printed = f"title ×{story.title_copies}" + (f"\nblurb ×{story.blurb_copies}" if story.blurb_copies else "")
        # A line each for title, address and article: whatever the width, each begins where it can be read.
        lines = [_line(story.title), _line(story.url, "dim"), *([_line(stored, "dim")] if explanation.version else [])]
        table.add_row(str(story.position), f"{story.kind}\n{story.found_by}", story.place, printed, Group(*lines))
    yield table


def _duplicates(explanation: Explanation) -> Iterator[RenderableType]:
    found = explanation.duplicate
    if found:
        where = "same portal" if found.same_portal else "another portal"
        agency = ", agency copy" if found.agency else ""
        yield Text()
        yield _line(
            f"Repeats {explanation.duplicate_url or found.of}: {found.relation} {found.score:.2f}, {where}{agency}",
            "bold",
        )
        yield _line(f"  {found.reason}")
        yield from _stretches(explanation)
    elif explanation.source == "store":
        yield Text()
        yield _line("Repeats no other stored article", "bold")
    if explanation.copies:
        yield _line(f"  Articles that repeat this story: {explanation.copies}")
    if explanation.nearest is None:
        return
    if not explanation.nearest:
        yield _line("Nearest stored articles: none shares a passage")
        return
    table = _table("Nearest stored articles", "score", "jaccard", "verdict", "article", "why")
    for one in explanation.nearest:
        table.add_row(
            f"{one.score:.2f}",
            f"{one.jaccard:.2f}",
            one.relation or "another story",
            _line(f"{one.title}  [{one.portal}] {one.url}"),
            _line(one.reason),
        )
    yield table


def _stretches(explanation: Explanation) -> Iterator[RenderableType]:
    """Yield what differs, as it stands here and there; what is the same only as its share."""
    if not explanation.stretches:
        return
    same = sum(len(one.text) for one in explanation.stretches if one.same)
    differing = [one for one in explanation.stretches if not one.same]
    yield _line(f"  {same:,} characters are the same; {len(differing) or 'no'} places differ")
    for one in differing[:_MOST_STRETCHES]:
        yield from (_line(f"  - {_cut(one.of)}", "red"),) if one.of else ()
        yield from (_line(f"  + {_cut(one.text)}", "green"),) if one.text else ()
    if len(differing) > _MOST_STRETCHES:
        yield _line(f"  … and {len(differing) - _MOST_STRETCHES} more (--json has them)")


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _STRETCH_SHOWN else f"{text[: _STRETCH_SHOWN // 2]} … {text[-_STRETCH_SHOWN // 2 :]}"


def _table(title: str, *columns: str) -> Table:
    """Return a table in which long texts end in an ellipsis; only reasons are wrapped."""
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", box=None, pad_edge=False, expand=True)
    for column in columns:
        whole = column == "why"
        table.add_column(column, no_wrap=not whole, overflow="fold" if whole else "ellipsis", ratio=_RATIOS.get(column))
    return table


_RATIOS = {"paragraph": 3, "story": 3, "article": 3, "why": 2}
"""Shares of the width that short columns leave."""


def _line(text: str, style: str = "") -> Text:
    return Text(in_place(text), style=style)


def _when(moment: datetime | None) -> str:
    return utc_text(moment) if moment else ""


def _quoted(text: str) -> str:
    return f"“{text}”" if text else ""


_MOST_STRETCHES = 12
_STRETCH_SHOWN = 160
"""Characters of a differing stretch; a cut copy lacks whole paragraphs."""

"""The ledger of a portal's sources: what each brought lately, what it usually brings. Pure: runs in, facts out.

A verdict on a whole run is an average over its sources: it hides the one that went silent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.outcome.source_counts import count_of, sources_of
from crawler.outcome.verdict import FEWEST, LEAST, LEFT, MOST, Share, compared, fallen_from

if TYPE_CHECKING:
    from storage.frontier.runs import Run

_DAY = timedelta(days=1)
_EXPECTED = 12.0
"""New stories that must have been missed: that none of twelve comes by chance happens once in 160,000 times (Poisson),
and news of a portal come in bursts."""
_LEFT_OUT = {"unread": "failed", "no article": "were judged to be no article"}
_DAYS = 14
"""Days before a silence that say what is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One start page, feed, sitemap or listing of a portal."""

    url: str
    links: int | None
    """Addresses to follow on it when it was last read anew in the last run; ``None``: not read anew."""
    usual_links: float | None
    """Median over the runs before; ``None`` where there are too few."""
    new_a_day: float
    """New stories in 24 hours, the median of the days before it fell silent."""
    last_useful: datetime | None
    """Start of the last run in which it brought a new story."""
    named: int = 0
    """Stories that a feed or sitemap named in the last run."""
    stored: int = 0
    """Those of them that are stored."""
    left_out: str = ""
    """Why the others are not, in words."""
    problem: str = ""
    """What is wrong with it, in words; empty where nothing is."""

    @property
    def name(self) -> str:
        """Path and query of its address, as people call it."""
        parts = urlsplit(self.url)
        path = parts.path.strip("/") + (f"?{parts.query}" if parts.query else "")
        return path or "front page"


def ledger(run: Run, earlier: Sequence[Run]) -> list[Source]:
    """Return the sources of a portal, those with a problem first.

    :param run: the run to judge
    :param earlier: runs of the same portal that began before it, newest first
    """
    usual = compared(run, earlier)[:MOST]
    seen: dict[str, None] = {}
    for one in (run, *usual):
        for figure in ("read", "unchanged", "failed"):
            seen.update(dict.fromkeys(sources_of(one.measures, figure)))
    found = [_source(url, run, usual, earlier) for url in seen]
    return sorted(found, key=lambda source: (not source.problem, source.url))


def _source(url: str, run: Run, usual: Sequence[Run], earlier: Sequence[Run]) -> Source:
    links = [number for one in usual if (number := _links(one, url)) is not None]
    # Runs that ended badly brought stories too.
    last, a_day, silence = _yield(url, [run, *earlier])
    source = Source(
        url=url,
        links=_links(run, url),
        usual_links=median(links) if len(links) >= LEAST else None,
        new_a_day=a_day,
        last_useful=last,
        named=count_of(run.measures, "named", url),
        stored=count_of(run.measures, "stored", url),
        left_out=_left_out(run, url),
    )
    problem = (
        _failed(source, run)
        or _fallen(source, min(links, default=0))
        or _not_stored(source, run, usual)
        or _silent(source, silence, [run, *earlier])
    )
    return replace(source, problem=f"{source.name}: {problem}") if problem else source


def _links(run: Run, url: str) -> int | None:
    read = count_of(run.measures, "read", url)
    return round(count_of(run.measures, "links", url) / read) if read else None


def _failed(source: Source, run: Run) -> str:
    read, unchanged, failed = (count_of(run.measures, name, source.url) for name in ("read", "unchanged", "failed"))
    if source.usual_links is None or read or unchanged or not failed:
        return ""
    return f"could not be read, usually {source.usual_links:.0f} links"


def _fallen(source: Source, least: int) -> str:
    if source.links is None or source.usual_links is None or source.usual_links < FEWEST:
        return ""
    if source.links < least and source.links <= LEFT * source.usual_links:
        return f"{source.links} links, usually {source.usual_links:.0f}"
    return ""


def _not_stored(source: Source, run: Run, usual: Sequence[Run]) -> str:
    """Say so where fewer of the stories it names are stored than usual."""

    def share(one: Run) -> Share:
        return Share(count_of(one.measures, "stored", source.url), count_of(one.measures, "named", source.url))

    common = fallen_from(run, usual, share)
    if common is None:
        return ""
    stored = f"{source.stored} of {source.named} stories it names are stored"
    return f"{stored}, usually {100 * common:.0f} %{source.left_out}"


def _left_out(run: Run, url: str) -> str:
    counted = {words: count_of(run.measures, figure, url) for figure, words in _LEFT_OUT.items()}
    return "".join(f", {number} {words}" for words, number in counted.items() if number)


def _silent(source: Source, silence: timedelta, history: Sequence[Run]) -> str:
    days = silence / _DAY
    if source.new_a_day * days < _EXPECTED or days < 1:
        return ""
    words = f"brought nothing for {days:.0f} day{'' if round(days) == 1 else 's'}, usually {source.new_a_day:.0f} a day"
    return words + _others(source.url, silence, history)


def _others(url: str, silence: timedelta, history: Sequence[Run]) -> str:
    """Say by which other source the portal's stories came meanwhile."""
    since, brought = history[0].read_at - silence, Counter[str]()
    for run in history:
        if run.read_at > since:
            for other in sources_of(run.measures, "new"):
                brought[other] += count_of(run.measures, "new", other)
    if not brought:
        return ""
    most = max(brought, key=lambda other: (brought[other], other))
    name = Source(url=most, links=None, usual_links=None, new_a_day=0, last_useful=None).name
    return f"; its portal's stories still come by {'the ' if name == 'front page' else ''}{name}"


def _yield(url: str, history: Sequence[Run]) -> tuple[datetime | None, float, timedelta]:
    """Return when *url* last brought a story, how many it brought a day up to then, and how long ago that is."""
    brought = [(run.read_at, count_of(run.measures, "new", url)) for run in history]
    useful = [moment for moment, number in brought if number]
    if not useful:
        return None, 0.0, timedelta()
    last, first = useful[0], brought[-1][0]
    days = min(_DAYS, int((last - first) / _DAY))
    totals = [
        sum(number for moment, number in brought if last - (back + 1) * _DAY < moment <= last - back * _DAY)
        for back in range(days)
    ]
    return last, median(totals) if len(totals) >= LEAST else 0.0, brought[0][0] - last

"""The ledger of a portal's sources: what each brought lately, what it usually brings. Pure: runs in, facts out.

A verdict on a whole run is an average over its sources: it hides the one that went silent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.outcome.source_counts import PREFIX, Figures, count_of, figures_of
from crawler.outcome.verdict import FEWEST, LEAST, LEFT, MOST, Share, compared, fallen_from

if TYPE_CHECKING:
    from storage.frontier.runs import Run

NEW = f"{PREFIX}new"
"""Group of ``Run.measures`` with the new stories by source."""
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


def ledger(run: Run, earlier: Sequence[Run], usual: Sequence[Run] | None = None) -> list[Source]:
    """Return the sources of a portal, those with a problem first.

    :param run: the run to judge
    :param earlier: runs of the same portal that began before it, newest first; of their measures :data:`NEW` is read
    :param usual: those that are compared with *run*, where *earlier* lacks measures
    """
    usual = compared(run, earlier, MOST) if usual is None else usual
    now, before = figures_of(run.measures), [figures_of(one.measures) for one in usual]
    brought = _brought([run, *earlier])
    seen = dict.fromkeys(
        url for one in (now, *before) for figure in ("read", "unchanged", "failed") for url in one.get(figure, ())
    )
    links = _links(now), [_links(one) for one in before]
    found = [_source(url, (now, before), links, brought) for url in seen]
    return sorted(found, key=lambda source: (not source.problem, source.url))


@dataclass(frozen=True, slots=True)
class _Brought:
    """The new stories of the runs that are known."""

    newest: datetime
    oldest: datetime
    """Times whose pages the first and the last of these runs read."""
    of: Mapping[str, Sequence[tuple[datetime, int]]]
    """By source: how many stories a run found on it, at which time; the newest run first, those with none left out."""


def _brought(history: Sequence[Run]) -> _Brought:
    found = defaultdict[str, list[tuple[datetime, int]]](list)
    for run in history:
        for url, number in figures_of(run.measures).get("new", {}).items():
            if number:
                found[url].append((run.read_at, number))
    return _Brought(history[0].read_at, history[-1].read_at, found)


def _source(
    url: str, figures: tuple[Figures, Sequence[Figures]], links: tuple[_Links, Sequence[_Links]], brought: _Brought
) -> Source:
    now, before = figures
    usual = [one[url] for one in links[1] if url in one]
    # Runs that ended badly brought stories too.
    last, a_day, silence = _yield(url, brought)
    source = Source(
        url=url,
        links=links[0].get(url),
        usual_links=median(usual) if len(usual) >= LEAST else None,
        new_a_day=a_day,
        last_useful=last,
        named=count_of(now, "named", url),
        stored=count_of(now, "stored", url),
        left_out=_left_out(now, url),
    )
    problem = (
        _failed(source, now)
        or _fallen(source, min(usual, default=0))
        or _not_stored(source, now, before)
        or _silent(source, silence, brought)
    )
    return replace(source, problem=f"{source.name}: {problem}") if problem else source


_Links = Mapping[str, int]


def _links(figures: Figures) -> _Links:
    """Return the links that each source had when it was read anew, a mean of several times."""
    return {url: round(count_of(figures, "links", url) / read) for url, read in figures.get("read", {}).items() if read}


def _failed(source: Source, now: Figures) -> str:
    read, unchanged, failed = (count_of(now, figure, source.url) for figure in ("read", "unchanged", "failed"))
    if source.usual_links is None or read or unchanged or not failed:
        return ""
    return f"could not be read, usually {source.usual_links:.0f} links"


def _fallen(source: Source, least: int) -> str:
    if source.links is None or source.usual_links is None or source.usual_links < FEWEST:
        return ""
    if source.links < least and source.links <= LEFT * source.usual_links:
        return f"{source.links} links, usually {source.usual_links:.0f}"
    return ""


def _not_stored(source: Source, now: Figures, before: Sequence[Figures]) -> str:
    """Say so where fewer of the stories it names are stored than usual."""

    def share(figures: Figures) -> Share:
        return Share(count_of(figures, "stored", source.url), count_of(figures, "named", source.url))

    common = fallen_from(now, before, share)
    if common is None:
        return ""
    stored = f"{source.stored} of {source.named} stories it names are stored"
    return f"{stored}, usually {100 * common:.0f} %{source.left_out}"


def _left_out(now: Figures, url: str) -> str:
    counted = {words: count_of(now, figure, url) for figure, words in _LEFT_OUT.items()}
    return "".join(f", {number} {words}" for words, number in counted.items() if number)


def _silent(source: Source, silence: timedelta, brought: _Brought) -> str:
    days = silence / _DAY
    if source.new_a_day * days < _EXPECTED or days < 1:
        return ""
    words = f"brought nothing for {days:.0f} day{'' if round(days) == 1 else 's'}, usually {source.new_a_day:.0f} a day"
    return words + _others(brought, silence)


def _others(brought: _Brought, silence: timedelta) -> str:
    """Say by which other source the portal's stories came meanwhile."""
    since = brought.newest - silence
    numbers = {other: sum(n for moment, n in found if moment > since) for other, found in brought.of.items()}
    most = max(numbers, key=lambda other: (numbers[other], other))
    if not numbers[most]:
        return ""
    name = Source(url=most, links=None, usual_links=None, new_a_day=0, last_useful=None).name
    return f"; its portal's stories still come by {'the ' if name == 'front page' else ''}{name}"


def _yield(url: str, brought: _Brought) -> tuple[datetime | None, float, timedelta]:
    """Return when *url* last brought a story, how many it brought a day up to then, and how long ago that is."""
    useful = brought.of.get(url, ())
    if not useful:
        return None, 0.0, timedelta()
    last = useful[0][0]
    days = min(_DAYS, int((last - brought.oldest) / _DAY))
    totals = [0] * days
    for moment, number in useful:
        if 0 <= (back := (last - moment) // _DAY) < days:
            totals[back] += number
    return last, median(totals) if days >= LEAST else 0.0, brought.newest - last

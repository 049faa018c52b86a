"""The verdict on a run against its portal's own last runs. Pure: runs in, reasons in words out.

Compared are shares, medians and links per listing, which do not depend on how much there was to crawl, over the last
ten comparable runs; and the number of articles, upwards as well, which does depend on it and is therefore compared
only where both runs emptied the queue, at a like time of day, with the time since the run before taken into account.
A figure is off where it is beyond every earlier one, far from their median, and further than chance explains.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, TypeVar

from crawler.outcome import length_sketch

if TYPE_CHECKING:
    from storage.frontier.runs import Run

RunT = TypeVar("RunT")

LEAST = 3
"""Comparable runs below which there is no verdict."""
MOST = 10
"""Comparable runs looked at."""
LOOK_BACK = 200
"""Runs to choose them from: a week of hourly ones."""

SIGMAS = 4.0
"""Distance from the usual in standard deviations. One false alarm in 30,000 figures if pages were independent; they
are not quite, so a figure must be beyond every earlier one and far from the median as well."""
LEFT = 0.4
"""Share of the usual at which articles or links count as fallen: clearly less than half of them."""
_LEFT_IN_A_WEEK = 0.6
"""The same for articles where the runs before cover a week: a portal publishes some two thirds at the weekend."""
SHARE_LEFT = 0.7
"""The same for a share: of articles with a date, of stories that are stored."""
FEWEST = 5
"""Links, pages or texts below which a share or a median says nothing: one more or less is a fifth of it."""
LENGTH_SIGMA = 0.75
"""Standard deviation of the logarithm of a median length, times the root of the number of texts: 1.25 times that of
one text, .6 on news portals."""
_HOURS = 3.0
"""Times of day at most so far apart are alike: a portal publishes little at night."""
_SAME = ("max_pages", "follow", "depth", "replay")
"""Arguments in which comparable runs agree, beside the start pages."""

_FIELDS = {"title": "a title", "date": "a date", "author": "an author", "lead": "a lead"}


def compared(run: Run, earlier: Sequence[Run], most: int | None = None) -> list[Run]:
    """Return the runs of *earlier* that *run* can be compared with, the newest first.

    These are runs with the same start pages and options that ended well or were accepted as the portal's new state.
    Runs before the last acceptance are left out.

    :param earlier: runs of the same portal that began before *run*, newest first
    :param most: runs to return; ``None``: all
    """
    found: list[Run] = []
    kind = _kind(run)
    for one in earlier:
        if len(found) == most:
            break
        if (one.exit_code == 0 or one.accepted) and _kind(one) == kind:
            found.append(one)
        if one.accepted:
            break
    return found


def judge_against(run: Run, earlier: Sequence[Run], *, links: bool = True) -> tuple[str, ...] | None:
    """Return in words and numbers what of *run* is worse than the portal's last runs; empty where nothing is.

    ``None`` where fewer than :data:`LEAST` runs can be compared.

    :param run: the run with its counts and measures
    :param earlier: runs of the same portal that began before it, newest first
    :param links: whether the links of all its start pages, feeds and listings together are judged
    """
    usual = compared(run, earlier)
    if len(usual) < LEAST:
        return None
    listings = (_links,) if links else ()
    checks = (
        _articles, *listings, _yield, _failures, _refused, _repeated, _related, _bodies, _missing_fields,
    )  # fmt: skip
    return tuple(reason for check in checks for reason in check(run, usual, earlier))


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; *whole* must not be 0."""
        return self.part / self.whole


def _articles(run: Run, usual: Sequence[Run], earlier: Sequence[Run]) -> list[str]:
    """Too few or too many articles, or new ones, for the time since the run before."""
    quiet = not _group(run, "listings").get("pages")  # every listing was unchanged: there is nothing new to find
    if run.helpers or run.queued or quiet:
        return []
    like = _at_a_like_time(run, [one for one in usual if not one.helpers and not one.queued])[:MOST]
    if len(like) < LEAST:
        return []
    waited = _share_of_interval(run, like, earlier)
    left = _LEFT_IN_A_WEEK if like[0].read_at - like[-1].read_at >= timedelta(days=7) else LEFT
    for key, name in (("articles", "articles"), ("new", "new articles")):
        before = [one.counts.get(key, 0) for one in like]
        now, usually = run.counts.get(key, 0), median(before)
        few, many = usually * min(waited, 1.0), usually * max(waited, 1.0)
        fell = now < min(before) and now <= left * few and few - now >= SIGMAS * math.sqrt(few)
        rose = now > max(before) and now >= 2 * many and now - many >= SIGMAS * math.sqrt(max(many, FEWEST))
        if fell or rose:
            since = f", {few:.0f} of them in the time since the last run" if fell and waited < 1 else ""
            return [f"{now} {name[:-1] if now == 1 else name}, usually {usually:.0f}{since}"]
    return []


def _links(run: Run, usual: Sequence[Run], earlier: Sequence[Run]) -> list[str]:
    """Start pages, feeds and listings that lead nowhere any more."""

    def per_page(one: Run) -> float | None:
        listings = _group(one, "listings")
        return listings.get("links", 0) / listings["pages"] if listings.get("pages") else None

    now, before = per_page(run), _figures(usual, per_page)
    if now is None or len(before) < LEAST or median(before) < FEWEST:
        return []
    if now < min(before) and now <= LEFT * median(before):
        return [f"{_number(now)} links on a start page or listing, usually {_number(median(before))}"]
    return []


def _yield(run: Run, usual: Sequence[Run], earlier: Sequence[Run]) -> list[str]:
    """Pages taken for articles that answer and are none."""

    def share(one: Run) -> Share:
        pages = _group(one, "candidates")
        return Share(pages.get("article", 0), pages.get("article", 0) + pages.get("not article", 0))

    return _fell(run, usual, share, "an article on", "of the pages that should be one")


def _failures(run: Run, usual: Sequence[Run], earlier: Sequence[Run]) -> list[str]:
    return _rose(run, usual, lambda one: Share(one.counts.get("failures", 0), one.counts.get("fetched", 0)), "failed")


def _refused(run: Run, usual: Sequence[Run], earlier: Sequence[Run]) -> list[str]:
    def share(one: Run) -> Share:
        statuses = _group(one, "statuses")
        return Share(statuses.get("403", 0) + statuses.get("429", 0), sum(statuses.values()))

    return _rose(run, usual, share, "answered 403 or 429")


def _repeated(run: Run, usual: Sequence[Run], earlier: Sequence[Run]) -> list[str]:
    """Articles that repeat others: a portal that names each story under two addresses."""

    def share(one: Run) -> Share:
        return Share(sum(_group(one, "relations").values()), sum(_group(one, "lengths").values()))

    return _rose(run, usual, share, "repeat another article")


def _related(run: Run, usual: Sequence[Run], earlier: Sequence[Run]) -> list[str]:
    return _fell(run, usual, lambda one: _with(one, "related"), "related stories on", "of the articles")


def _bodies(run: Run, usual: Sequence[Run], earlier: Sequence[Run]) -> list[str]:
    """Texts that have become shorter."""

    def typical(one: Run) -> float | None:
        lengths = _group(one, "lengths")
        return length_sketch.median(lengths) if sum(lengths.values()) >= FEWEST else None

    now, before, texts = typical(run), _figures(usual, typical), sum(_group(run, "lengths").values())
    if now is None or len(before) < LEAST:
        return []
    far = max(0.5, SIGMAS * LENGTH_SIGMA / math.sqrt(texts))
    if now < min(before) and math.log(median(before) / now) >= far:
        return [f"bodies of {now:.0f} characters (median), usually {median(before):.0f}"]
    return []


def _missing_fields(run: Run, usual: Sequence[Run], earlier: Sequence[Run]) -> list[str]:
    reasons = []
    for field, words in _FIELDS.items():
        reasons += _fell(run, usual, partial(_with, field=field), f"{words} on", "of the articles")
    return reasons


def fallen_from(run: RunT, usual: Sequence[RunT], share: Callable[[RunT], Share]) -> float | None:
    """Return the usual share, a median, if that of *run* has fallen from it; ``None`` if it has not, or too few tell.

    :param run: a run, or what *share* needs of it
    :param usual: runs that *run* can be compared with, the newest first
    """
    now = share(run)
    if now.whole < FEWEST:
        return None
    before = [one.value for one in map(share, usual) if one.whole >= FEWEST][:MOST]
    if len(before) < LEAST:
        return None
    common = median(before)
    fell = now.value < min(before) and now.value <= SHARE_LEFT * common
    return common if fell and common - now.value >= chance(common, now.whole) else None


def _fell(run: Run, usual: Sequence[Run], share: Callable[[Run], Share], before_it: str, after_it: str) -> list[str]:
    """Say so where a share has fallen."""
    common = fallen_from(run, usual, share)
    if common is None:
        return []
    return [f"{before_it} {_percent(share(run).value)} {after_it}, usually {_percent(common)}"]


def _rose(run: Run, usual: Sequence[Run], share: Callable[[Run], Share], what: str) -> list[str]:
    """Say so where at least three pages are of a bad kind, twice the usual share and 5 % of all more than it."""
    now, before = share(run), [one.value for one in map(share, usual) if one.whole >= FEWEST][:MOST]
    if now.whole < FEWEST or now.part < 3 or len(before) < LEAST:
        return []
    common = median(before)
    rise = now.value - common
    if now.value > max(before) and rise >= max(0.05, common, chance(common, now.whole)):
        return [f"{now.part} of {now.whole} pages {what} ({_percent(now.value)}), usually {_percent(common)}"]
    return []


def chance(share: float, count: int) -> float:
    """Return how far a share among *count* may be from the usual one by chance: four binomial standard deviations."""
    likely = min(max(share, 0.02), 0.98)
    return SIGMAS * math.sqrt(likely * (1 - likely) / count)


def _with(run: Run, field: str) -> Share:
    return Share(_group(run, "fields").get(field, 0), sum(_group(run, "lengths").values()))


def _group(run: Run, name: str) -> Mapping[str, int]:
    return run.measures.get(name, {})


def _figures(usual: Sequence[Run], figure: Callable[[Run], float | None]) -> list[float]:
    return [value for one in usual if (value := figure(one)) is not None][:MOST]


def _kind(run: Run) -> tuple[object, ...]:
    asked = run.arguments
    return (sorted(asked.get("start_urls", ())), *(asked.get(name) or None for name in _SAME))


def _at_a_like_time(run: Run, usual: Sequence[Run]) -> list[Run]:
    """Return the runs at a like time of day; where those are too few, all, if they cover a whole day."""

    def apart(one: Run) -> float:
        hours = abs(one.read_at - run.read_at).total_seconds() / 3600 % 24
        return min(hours, 24 - hours)

    like = [one for one in usual if apart(one) <= _HOURS]
    if len(like) >= LEAST or not usual:
        return like
    covered = (usual[0].read_at - usual[-1].read_at).total_seconds()
    return list(usual) if covered >= 86_400 else like


def _share_of_interval(run: Run, like: Sequence[Run], earlier: Sequence[Run]) -> float:
    """Return how long ago the run before was, in shares of the usual time between two."""
    looked = [one for one in earlier if _kind(one) == _kind(run) and one.exit_code in (0, 3)]
    moments = sorted({one.read_at for one in looked} | {run.read_at})
    since = {later: (later - sooner).total_seconds() for sooner, later in pairwise(moments)}
    usual = [since[one.read_at] for one in like if one.read_at in since]
    waited = since.get(run.read_at)
    if not usual or waited is None or median(usual) <= 0:
        return 1.0
    return waited / median(usual)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"

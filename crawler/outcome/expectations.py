"""What the ``[expect]`` of a seed says of its portal's articles, held against articles of today. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.outcome import length_sketch
from crawler.outcome.verdict import LENGTH_SIGMA, SIGMAS, chance

if TYPE_CHECKING:
    from crawler.portals.seed import ExpectRules
    from storage.frontier.runs import Run

_SHARES = {"date": "a date", "author": "an author", "lead": "a lead", "related": "related stories"}


def unmet(
    rules: ExpectRules, fields: Mapping[str, int], lengths: Mapping[int, int] | Mapping[str, int]
) -> list[tuple[str, str]]:
    """Return (key, sentence) for what articles fall short of, by more than chance explains in so few.

    :param fields: how many of them have each of the fields
    :param lengths: of their texts, as :mod:`crawler.outcome.length_sketch` counts them
    """
    texts, found = sum(lengths.values()), []
    for key, words in _SHARES.items():
        least, number = getattr(rules, key), fields.get(key, 0)
        if texts and least and least - number / texts >= chance(least, texts):
            found.append((key, f"{words} on {number} of {texts} articles, {100 * least:.0f} % expected"))
    typical = length_sketch.median(lengths)
    if typical and rules.characters > typical * math.exp(SIGMAS * LENGTH_SIGMA / math.sqrt(texts)):
        said = f"bodies of {typical:.0f} characters (median of {texts}), {rules.characters} expected"
        found.append(("characters", said))
    return found


def missed(run: Run, rules: ExpectRules, earlier: Sequence[Run]) -> tuple[str, ...]:
    """Return in words what of *rules* a run falls short of.

    New stories are counted over the runs of 24 hours, where the portal was crawled before that and nothing waits.

    :param earlier: runs of the same portal that began before it, newest first
    """
    found = [said for _, said in unmet(rules, run.measures.get("fields", {}), run.measures.get("lengths", {}))]
    day = run.read_at - timedelta(days=1)
    within = [one for one in earlier if one.read_at > day]
    new = sum(one.counts.get("new", 0) for one in (run, *within))
    if len(within) < len(earlier) and not run.queued and new < rules.new_per_day:
        found.append(f"{new} new stories in 24 hours, {rules.new_per_day} expected")
    return tuple(found)

"""Blocks taken for related stories that stand alike on page after page: lists, to be named in the seed. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from statistics import mean

from crawler.onboarding.promo_lines import Proposal

ALIKE = 0.8
"""Mean share of a block's stories that its next page shows in it as well. Blocks that are about the article share
some where one story follows the other."""

Blocks = Mapping[str, frozenset[str]]
"""Of one page: selector → identities of the stories in it, as ``page_views.related_blocks`` gives them."""


def standing_lists(pages: Iterable[tuple[str, Blocks]], least_pages: int) -> list[Proposal]:
    """Return the selectors of what stands alike on at least *least_pages* pages, most pages first.

    Of several selectors of one block the longest is taken, which says most.

    :param pages: (address, blocks), in the order in which they were fetched: a list of today is another tomorrow
    """
    seen: defaultdict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    count = 0
    for address, blocks in pages:
        count += 1
        for selector, stories in blocks.items():
            seen[selector].append((address, stories))
    found: dict[tuple[tuple[str, frozenset[str]], ...], Proposal] = {}
    for selector, shown in sorted(seen.items(), key=lambda item: (len(item[0]), item[0])):
        alike = [len(one & other) / min(len(one), len(other)) for (_, one), (_, other) in pairwise(shown)]
        if len(shown) >= least_pages and mean(alike) >= ALIKE:
            found[tuple(shown)] = Proposal(
                patterns=(selector,),
                text=selector,
                note=f"{mean(alike):.0%} of its stories stand on the next page too",
                pages=len(shown),
                share=len(shown) / count,
                examples=(shown[0][0],),
            )
    return sorted(found.values(), key=lambda one: (-one.pages, one.patterns))

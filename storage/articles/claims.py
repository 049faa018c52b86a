"""Pages that claim another page's identity: believed unless their text contradicts what is stored under it.

Of two pages with different texts that claim one address, the page of that address has it, else the one whose own
address comes first. The other is an article of its own, so that the same stories are stored in any order. A page that
agrees with the one that has the address, but came before it and after one that was refuted, stays an article of its
own too, and is found to repeat it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dedupe.text.shingles import shingle_hashes, word_hashes
from storage.records import article_id

CONTRADICTED = "canonical contradicts text"
"""Word of ``quality``: the page claims another page's identity, and another text is known to have it."""
MOST_SHARED = 0.2
"""Share of the shorter text's word-3-grams in the other from which on two texts tell one story: reprints that were cut
and edited have more than .4, different stories of one portal less than .1."""
FEWEST_WORDS = 30
"""A shorter text contradicts none: a page that holds a video, or only the beginning behind a paywall."""


def contradicts(page: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether two documents of different pages hold texts of different stories."""
    if _own(page) == _own(other) or page["content"] == other["content"]:
        return False
    words = word_hashes([page["text"], other["text"]])
    shingles, offsets = shingle_hashes(words, 3)
    one, two = (np.unique(shingles[offsets[at] : offsets[at + 1]]) for at in (0, 1))
    fewest = min(one.size, two.size)
    return fewest >= FEWEST_WORDS and np.intersect1d(one, two).size < MOST_SHARED * fewest


def goes_before(page: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Say whether *page*, and not *other*, has the address that both claim."""
    return (bool(page.get("own_url")), _own(page)) < (bool(other.get("own_url")), _own(other))


def apart(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return *document* as the article of its page's own address, its claim not believed."""
    own = document["own_url"]
    return {
        **document,
        "_id": article_id(own),
        "canonical_url": own,
        "own_url": "",
        "aliases": sorted({*document["aliases"]} - {own}),
        "quality": [*document["quality"], CONTRADICTED],
    }


def _own(document: Mapping[str, Any]) -> str:
    return str(document.get("own_url") or document["canonical_url"])

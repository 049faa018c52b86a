"""The kind of a page: article, listing or other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal, Protocol
from urllib.parse import urlsplit

from crawler.article.metadata.metadata import Metadata
from crawler.article.page.sentences import size
from crawler.article.page_shape import SHAPE, listing_probability, listing_threshold
from crawler.portals.seed import Seed
from crawler.urls.canonical import looks_like_article
from storage.records import Article

PageKind = Literal["article", "listing", "other"]


_LINK_SHARE = SHAPE.index("link_share")


class Link(Protocol):
    """The part of a link that decides the kind of its page."""

    @property
    def article(self) -> bool:
        """Whether its address looks like an article's."""
        ...


_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Review|og:article|Report)$")


def page_kind(
    url: str,
    metadata: Metadata,
    article: Article,
    links: Callable[[], Sequence[Link]],
    seed: Seed,
    *,
    shape: Sequence[float],
) -> tuple[PageKind, str]:
    """Return the kind of the page and the reason in words.

    Three signs are asked in this order: the URL patterns of the seed, the *shape* of the page, and the size of its text
    beside the number of its links.

    :param links: returns the links of the page; called only where the other signs leave doubt
    :param shape: what :func:`~crawler.article.page_shape.page_shape` returns
    """
    if any(re.search(pattern, url) for pattern in seed.listing_url):
        return "listing", "its address is a listing of the seed file"
    characters = size(article.text)
    if urlsplit(url).path.strip("/") != "":
        if seed.article_url and looks_like_article(url, seed) and characters > 0:
            return "article", "its address is an article's by the seed file"
        likely = listing_probability(shape)
        sure = likely >= listing_threshold(shape)
        # A listing has links: text alone, in whatever form, makes none.
        if shape[_LINK_SHARE] and sure:
            kind: PageKind = "listing" if sum(link.article for link in links()) >= FEWEST_LINKS else "other"
            return kind, f"is made like a listing: {likely:.0%}"
        declared = any(_ARTICLE_TYPE.search(name) for name in metadata.types)
        if characters >= (SHORTEST_DECLARED if declared else SHORTEST):
            alike = f"is made like an article: {1 - likely:.0%}"
            return "article", alike if not sure else "has text and no links"
    return _by_links(url, characters, sum(link.article for link in links()))


FEWEST_LINKS = 5
"""Links to articles from which a page that is no article counts as a listing."""
SHORTEST_DECLARED = 100
"""Letters of text from which a page whose metadata declare an article counts as one."""
SHORTEST = 200
"""The same of any other."""


def _by_links(url: str, characters: float, article_links: int) -> tuple[PageKind, str]:
    if urlsplit(url).path.strip("/") == "":
        return ("listing" if article_links >= FEWEST_LINKS else "other"), "the front page of a site"
    if characters >= 1000 and characters > 20 * article_links:
        return "article", "has far more text than links to articles"
    if article_links >= FEWEST_LINKS:
        return "listing", f"links to {article_links} articles and has little text of its own"
    if characters >= 500:
        return "article", "has text of its own and few links to articles"
    return "other", "has neither an article's text nor links to articles"

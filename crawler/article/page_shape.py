"""Measures of a page by which a listing, a catalogue or a front page differs from an article."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.article.body.sources import SourceMap
from crawler.article.metadata.metadata import Metadata
from crawler.article.page.sentences import size
from crawler.urls.canonical import looks_like_article

SHAPE = (
    "letters", "link_share", "runs", "prose_runs", "prose_share", "prose", "densest_share", "densest", "longest",
    "mean_prose", "long_paragraphs", "prices", "articles", "times", "headings", "linked_headings",
    "linked_heading_share", "says_article", "og_article", "article_address", "depth", "front", "says_collection",
    "dated", "title", "listing_address",
)  # fmt: skip
"""Names of the measures in their order. Counts and letters are logarithms (``log1p``), shares are 0 to 1."""

SURE_LISTING = 0.75
"""Probability from which a page is a listing. Of 1,330 articles on hosts that the training left out, 7 lie above it."""
LINKED_HEADINGS, LIKELY_LISTING = 0.8, 0.5
"""Where more than this share of the headings are links, the second is enough: 3 more listings, no article."""

_PRICE = re.compile(r"[$€£₫]\s?\d|\d\s?[$€£₫]|\d[.,]\d\d\s?(?:USD|EUR)")
_ARTICLE = re.compile(r"Article|Posting|Review|Report")
_COLLECTION = re.compile(r"Product|ItemList|Collection")
_LISTING = re.compile(
    r"/(?:categor(?:y|ies)|collections?|topics?|tags?|browse|directory|departments?|cats?|c|archives?|lists?|search|shop"
    r"|products?|sections?|genres?|brands?)(?=/|$)"
    r"|/(?:news|blog|articles|stories|videos|podcasts|magazine|reviews|all)/?$",
    re.IGNORECASE,
)
"""Paths of listings: one has a part that names a kind of list, or ends with the name of one."""
_LONG = 150
"""Letters from which a paragraph is longer than most blurbs of cards."""


def page_shape(tree: HtmlElement, sources: SourceMap, metadata: Metadata, url: str) -> tuple[float, ...]:
    """Return the measures :data:`SHAPE` of the whole page, before anything is cut from it."""
    runs = sources.sources
    letters = sum(len(run.key) for run in runs) or 1
    dense = size("".join(run.key for run in runs)) / letters  # letters of an alphabet that one character stands for
    linked = sum(run.links * len(run.key) for run in runs)
    prose = [run for run in runs if run.prose]
    mass: Counter[HtmlElement | None] = Counter()
    for run in prose:
        mass[run.home] += len(run.key)
    densest = max(mass.values(), default=0)
    headings = [run for run in runs if run.element.tag in {"h2", "h3", "h4"}]
    linked_headings = sum(run.links > 0.5 for run in headings)
    types = " ".join(name for name in metadata.types if not name.startswith("og:"))
    path = urlsplit(url).path.strip("/")
    return (
        math.log1p(dense * letters),
        linked / letters,
        math.log1p(len(runs)),
        math.log1p(len(prose)),
        sources.prose / letters,
        math.log1p(dense * sources.prose),
        densest / max(1, sources.prose),
        math.log1p(dense * densest),
        math.log1p(dense * max((len(run.key) for run in prose), default=0)),
        math.log1p(dense * sources.prose / max(1, len(prose))),
        math.log1p(sum(dense * len(run.key) > _LONG for run in prose)),
        math.log1p(sum(len(run.text) < 100 and _PRICE.search(run.text) is not None for run in runs)),
        math.log1p(sum(1 for _ in tree.iter("article"))),
        math.log1p(sum(1 for _ in tree.iter("time"))),
        math.log1p(len(headings)),
        math.log1p(linked_headings),
        linked_headings / max(1, len(headings)),
        float(_ARTICLE.search(types) is not None),
        float("og:article" in metadata.types),
        float(looks_like_article(url)),
        math.log1p(path.count("/")),
        float(not path),
        float(_COLLECTION.search(types) is not None),
        float(metadata.published is not None),
        math.log1p(size(metadata.title)),
        float(_LISTING.search(urlsplit(url).path) is not None),
    )


@cache
def _weights() -> tuple[tuple[float, ...], float]:
    model = json.loads(files("crawler.article").joinpath("page_shape.json").read_text(encoding="utf-8"))
    if model["measures"] != list(SHAPE):
        raise ValueError("page_shape.json is of other measures; run python -m benchmarks.train_page_shape")
    return tuple(model["weights"]), model["bias"]


def listing_threshold(shape: Sequence[float]) -> float:
    """Return the probability from which on a page of this *shape* is a listing."""
    return LIKELY_LISTING if shape[_LINKED] > LINKED_HEADINGS else SURE_LISTING


_LINKED = SHAPE.index("linked_heading_share")


def listing_probability(shape: Sequence[float]) -> float:
    """Return how likely a page of this *shape* is a listing: a logistic regression, its numbers in page_shape.json."""
    weights, bias = _weights()
    score = bias + sum(weight * measure for weight, measure in zip(weights, shape, strict=True))
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, score))))

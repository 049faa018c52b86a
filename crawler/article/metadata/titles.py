"""The headline of a page, without the name of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from lxml.html import HtmlElement

from crawler.article.metadata.jsonld import Node, text_of
from crawler.article.page.decode import nfc
from crawler.portals.seed import Seed

_SEPARATOR = re.compile(r"\s+[|·•»«:–—-]\s+|\s*[|｜»]\s*")
_TITLE_CLASS = re.compile(r"head(?:line|er|ing)?|title|tit(?:re|el|ulo|olo)|tieude|tde", re.IGNORECASE)


def page_title(tree: HtmlElement, node: Node, meta: dict[str, list[str]], site: str, seed: Seed) -> str:
    """Return the headline: the visible one where the page's own data agree with it, else theirs.

    *node* is the article's JSON-LD object, *meta* the meta tags, *site* the name of the portal.
    """
    for css in seed.body.title_css:
        for element in tree.cssselect(css)[:1]:
            if text := nfc(element.text_content()):
                return text
    claims = [nfc(text_of(node.get("headline"))), *(nfc(meta[name][0]) for name in _META if name in meta)]
    document = nfc(next((" ".join(title.itertext()) for title in tree.iter("title")), ""))
    claims = [claim for claim in (*claims, document) if claim]
    for heading in _headings(tree):
        if any(_agrees(heading, claim) for claim in claims):
            return heading
    stripped = [without_site(claim, site) for claim in claims]
    return next((claim for claim in stripped if len(claim) > 3), next(_headings(tree), ""))


_META = ("og:title", "headline", "twitter:title", "sailthru.title", "dc.title", "title", "hdl")


def _headings(tree: HtmlElement) -> Iterator[str]:
    """Yield the page's likely visible headlines: every h1, then up to 20 elements classed as such."""
    left = 20
    for element in chain(tree.iter("h1"), tree.iter("h2", "h3", "div", "span", "p", "td", "font", "b")):
        if left == 0:
            return
        marks = f"{element.get('class', '')} {element.get('id', '')} {element.get('itemprop', '')}"
        if element.tag == "h1" or (len(element) < 4 and (element.tag in {"h2", "h3"} or _TITLE_CLASS.search(marks))):
            left -= element.tag != "h1"
            text = nfc("".join(element.itertext()))
            if 3 < len(text) < 300:
                yield text


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def _agrees(heading: str, claim: str) -> bool:
    """Tell whether *claim* is *heading*, alone or with the site's name around it."""
    one, other = _letters(heading), _letters(claim)
    if len(one) < 6:
        return one == other
    return (
        one == other
        or (one in other and len(one) >= 0.5 * len(other))
        or (other in one and len(other) >= 0.6 * len(one))
    )


def without_site(title: str, site: str = "") -> str:
    """Return *title* without the name of the site before or after it.

    >>> without_site("Flood in Lào Cai | Politics | The Example Times", "The Example Times")
    'Flood in Lào Cai'
    """
    name = _letters(site)
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    if name:
        if name in (last := _letters(parts[-1])) or (len(last) > 3 and last in name):
            parts = parts[:-1]
        elif _letters(parts[0]) == name:
            parts = parts[1:]
    kept = max(parts, key=len)
    longest = len(kept.split())
    if longest >= 4 or len(kept) > 12:
        start = title.find(kept)
        head = [part for part in parts if len(part.split()) >= 4]
        if len(head) < 2:
            return kept
        end = title.find(head[-1], start) + len(head[-1])
        return title[title.find(head[0]) : end]
    return title

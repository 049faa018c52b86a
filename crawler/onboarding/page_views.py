"""What onboarding asks of one page, as functions that a worker process runs: no Scrapy here. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, takewhile

from lxml.html import HtmlElement

from crawler.article.dissect import PageAnatomy, dissect
from crawler.article.metadata.metadata import meta_tags
from crawler.article.page.anatomy import PageLink, anchors, page_links
from crawler.article.page.decode import parse
from crawler.article.page.page import Page
from crawler.article.related.class_names import name_verdict
from crawler.article.related.finder import find_related
from crawler.article.related.outline import Outline
from crawler.portals.seed import GENERIC, Seed
from crawler.urls.canonical import canonical_url, fetch_url, may_follow, resolve

_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_LEVELS = 3
"""Elements around a block that may name it."""
_PLAIN_CLASS = re.compile(r"[A-Za-z_][\w-]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """What a front page shows."""

    title: str
    links: tuple[PageLink, ...]
    """Within the portal."""
    feeds: tuple[str, ...]
    """Addresses of feeds that it names."""


def front_page(page: Page, seed: Seed) -> FrontPage:
    """Return the title, links and feeds of a front page.

    :raises ExtractError: if there is nothing to parse
    """
    tree, _ = parse(page)
    title = next((text for text in meta_tags(tree).get("og:site_name", []) if text.strip()), "")
    if not title:
        title = "".join(tree.xpath("string((//title)[1])"))
    links = (link for link in page_links(anchors(tree), page.url, seed) if may_follow(link.address, seed))
    return FrontPage(title=" ".join(title.split())[:100], links=tuple(links), feeds=tuple(_alternates(tree, page.url)))


def article_page(page: Page, seed: Seed) -> tuple[PageAnatomy, frozenset[str]]:
    """Return the anatomy of a page, and for each block of related stories one class that stands on no other element.

    A class whose name promises related stories is preferred to classes of the layout, such as ``d-md-block``.

    :raises ExtractError: if there is nothing to parse
    """
    found = dissect(page, seed)
    tree, _ = parse(page)
    related = find_related(tree, page.url, replace(seed, related=GENERIC.related))
    if not related.stories:
        return found, frozenset()
    inside = {element for block in related.cut for element in block.iter()}
    outside = {name for element in tree.iter() if element not in inside for name in classes(element)}
    own = (sorted(set(classes(block)) - outside) for block in related.cut)
    return found, frozenset(
        max(names, key=lambda name: (bool(name_verdict(name)), len(name))) for names in own if names
    )


def related_blocks(page: Page, seed: Seed) -> dict[str, frozenset[str]]:
    """Return selectors of what holds stories of the kind ``related`` and no text, with the stories' identities.

    :raises ExtractError: if there is nothing to parse
    """
    tree, _ = parse(page)
    found, outline = find_related(tree, page.url, seed), Outline(tree)
    stories = {canonical_url(story.url, seed) for story in found.stories if story.kind == "related"}
    names: set[str] = set()
    for block in found.cut:
        around = islice(block.iterancestors(), _LEVELS)
        for element in takewhile(lambda one: not outline.holds_body(one), (block, *around)):
            names |= {f".{name}" for name in classes(element)}
    blocks: dict[str, frozenset[str]] = {}
    for name in names:
        elements = [one for one in tree.find_class(name[1:]) if one in outline.order]
        links = {resolve(anchor.get("href", ""), page.url, seed)[1] for anchor in outline.anchors_in(elements)}
        if links & stories and not any(map(outline.holds_body, elements)):
            blocks[name] = frozenset(links & stories)
    return blocks


def _alternates(tree: HtmlElement, base: str) -> Iterator[str]:
    for link in tree.iter("link"):
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" in (link.get("rel") or "").lower().split() and kind in _FEED_TYPES:
            yield fetch_url(link.get("href") or "", base)


def classes(element: HtmlElement) -> list[str]:
    """Return the classes of an element that a selector can name as they are."""
    return [*filter(_PLAIN_CLASS.match, (element.get("class") or "").split())] if isinstance(element.tag, str) else []

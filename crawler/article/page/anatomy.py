"""The result of extraction: the article of a page and its links.

It stands apart from :mod:`crawler.article.dissect` so that its readers do not import the extractors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from lxml.html import HtmlElement

from crawler.article.page.decode import nfc
from crawler.portals.seed import GENERIC, Seed
from crawler.urls.canonical import canonical_url, fetch_url, looks_like_article, resolve
from storage.records import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """A link of the page, once per canonical address."""

    url: str
    """Canonical address, by which links are one; a server may not answer it."""
    address: str
    """The address to request."""
    text: str
    """The longest text of its anchors."""
    article: bool
    """Whether its address looks like an article's."""

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        """Pickle as a call, which takes a third of the time of a dataclass with slots: a page has a hundred links."""
        return _page_link, (self.url, self.address, self.text, self.article)


def _page_link(url: str, address: str, text: str, article: bool) -> PageLink:
    return PageLink(url=url, address=address, text=text, article=article)


@dataclass(frozen=True, slots=True)
class Anchors:
    """The anchors of a page as written: what :func:`page_links` needs of the tree."""

    base: str
    links: tuple[tuple[str, str], ...]
    """(href, text) in page order."""


def anchors(tree: HtmlElement) -> Anchors:
    """Return the anchors in *tree* without those that lead within the page, to mail, a telephone or a script."""
    base = next((href for href in (element.get("href") for element in tree.iter("base")) if href), "")
    written = ((element, (element.get("href") or "").strip()) for element in tree.iter("a"))
    links = tuple((href, text_inside(element)) for element, href in written if href and not _NO_PAGE.match(href))
    return Anchors(base, links)


def text_inside(element: HtmlElement) -> str:
    """Return the text of an element; most links hold no other, and are asked directly in half the time."""
    return "".join(element.itertext()) if len(element) else element.text or ""


_NO_PAGE = re.compile(r"#|(?:javascript|mailto|tel|data|sms|whatsapp|viber|about|blob|file):", re.IGNORECASE)


def page_links(found: Anchors, url: str, seed: Seed = GENERIC) -> tuple[PageLink, ...]:
    """Return the links of a page fetched from *url*, in page order; the page itself is left out."""
    base = fetch_url(found.base, url, seed) or url if found.base else url
    own = canonical_url(url, seed)
    targets: dict[str, tuple[str, str]] = {}
    """Identity → (address, longest text)."""
    identities: dict[str, str] = {}
    for href, text in found.links:
        key = identities.get(href)
        if key is None:
            address, key = resolve(href, base, seed)
            identities[href] = key
            targets.setdefault(key, (address, ""))
        address, longest = targets[key]
        if len(text) > len(longest):
            targets[key] = (address, text)
    return tuple(
        PageLink(url=key, address=address, text=nfc(text), article=looks_like_article(address, seed))
        for key, (address, text) in targets.items()
        if key and key != own
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnatomy:
    """The result for one page: its kind, its article if it is one, and its links."""

    kind: Literal["article", "listing", "other"]
    reason: str
    """Why it has this kind, in words."""
    article: Article | None
    """``None`` unless ``kind`` is ``article``."""
    links: tuple[PageLink, ...]

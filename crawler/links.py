"""Where a page leads: its links, once per identity."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.decode import nfc
from crawler.seeds import GENERIC, Seed
from crawler.urls import canonical_url, fetch_url, is_http, looks_like_article


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """A link of the page, once per canonical address."""

    url: str
    """Canonical: the identity, not always an address that answers."""
    address: str
    """What to request."""
    text: str
    """The longest text of its anchors."""
    article: bool
    """Whether its address looks like an article's."""


def page_links(tree: HtmlElement, url: str, seed: Seed = GENERIC) -> tuple[PageLink, ...]:
    """Return the links of the page in *tree*, fetched from *url*, in page order; the page itself is left out."""
    base = next((href for href in (element.get("href") for element in tree.iter("base")) if href), "")
    base = fetch_url(base, url, seed) or url
    own = canonical_url(url, seed)
    found: dict[str, tuple[str, str]] = {}
    seen: dict[str, str] = {}
    for anchor in tree.iter("a"):
        href = (anchor.get("href") or "").strip()
        if not href or href.startswith("#"):
            continue
        if href not in seen:
            address = fetch_url(href, base, seed)
            seen[href] = key = canonical_url(address, seed) if is_http(address) else ""
            if key and key not in found:
                found[key] = (address, "")
        key = seen[href]
        if key and key != own:
            text = nfc("".join(anchor.itertext()))
            address, longest = found[key]
            if len(text) > len(longest):
                found[key] = (address, text)
    found.pop(own, None)
    return tuple(
        PageLink(url=key, address=address, text=text, article=looks_like_article(address, seed))
        for key, (address, text) in found.items()
    )

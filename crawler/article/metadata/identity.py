"""Under which address an article is kept: its own, or the one it claims, where the claim agrees with the page."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from crawler.article.page.letters import without_marks
from crawler.article.page.page import Page
from crawler.portals.seed import Seed
from crawler.urls.canonical import canonical_url, looks_like_article, same_site

_PLACEHOLDER = re.compile(r"[{}\[\]<>$]|%7b|%5b|(?:^|/)(?:undefined|null|nan|slug|url)(?:$|/)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d{6}(?!\d))\d{5,}")
"""Numbers of an article; eight digits of a day are not, every story of that day has them."""


def identity(page: Page, claimed: str, title: str, seed: Seed) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return the article's canonical URL, its other addresses, and the doubt about what *claimed* says.

    ``rel=canonical`` names the identity where it is on the page's own site and is the page's address in another
    form, or says what its *title* says. A template's placeholder, the page's section and one address on many pages
    are not believed: else different stories would become versions of one. On another host it is an alias only: a
    syndicated copy is an article of its own, and a forged one must not take another portal's place.
    """
    own = canonical_url(page.url, seed)
    named = canonical_url(claimed, seed) if claimed else ""
    at_home = bool(named) and (same_site(claimed, page.url) or urlsplit(named).netloc == urlsplit(own).netloc)
    believed = at_home and (named == own or _is_form_of(named, own, title, seed))
    chosen = named if believed else own
    seen = [page.url, page.requested_url, *page.redirects, own, claimed if believed or not at_home else ""]
    aliases = tuple(sorted({address for address in seen if address} - {chosen}))
    return chosen, aliases, ("canonical not believed",) if at_home and not believed else ()


def _is_form_of(claimed: str, own: str, title: str, seed: Seed) -> bool:
    """Tell whether *claimed* is the page at *own* by a number, the words of its slug, or those of the title."""
    there, here = urlsplit(claimed), urlsplit(own)
    path = there.path.strip("/")
    if not path and here.path.strip("/"):
        return False
    if _PLACEHOLDER.search(unquote(f"{there.path}?{there.query}")):
        return False
    if here.path.startswith(f"{there.path.rstrip('/')}/") and not looks_like_article(claimed, seed):
        return False  # the section that the page lies in
    if there.path == here.path and there.query != here.query:
        return not there.query or bool(_numbers(claimed) & _numbers(own))
    if _numbers(own) & _numbers(claimed):
        return True
    slug, own_slug = _words(path.rpartition("/")[2]), _words(here.path.rstrip("/").rpartition("/")[2])
    return any(slug and 2 * len(slug & words) >= min(len(slug), len(words)) > 0 for words in (own_slug, _words(title)))


def _numbers(url: str) -> set[str]:
    parts = urlsplit(url)
    return set(_NUMBER.findall(f"{parts.path}?{parts.query}"))


def _words(text: str) -> set[str]:
    """Return the words of *text*, without marks on letters, as slugs write them."""
    plain = without_marks(unquote(text).casefold())
    return {word for word in re.findall(r"[^\W\d_]{2,}", plain) if word not in {"html", "htm", "php", "aspx"}}

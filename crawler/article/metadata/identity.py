"""The canonical address of an article: its own, or the one it claims if the claim agrees with the page."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from crawler.article.page.letters import without_marks
from crawler.article.page.page import Page
from crawler.portals.seed import Seed
from crawler.urls.canonical import canonical_url, looks_like_article, same_site

_PLACEHOLDER = re.compile(r"[{}\[\]<>$]|%7b|%5b|(?:^|/)(?:undefined|null|nan|slug|url)(?:$|/)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d{6}(?!\d))\d{5,}")
"""Numbers by which addresses name an article. Eight digits of a day are left out: all stories of a day have them."""


def identity(page: Page, claimed: str, title: str, seed: Seed) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return the article's canonical URL, its other addresses, and the doubts about *claimed*.

    - A claim on the page's own site is the identity if it is a form of the page's address or has the words of *title*.
    - Placeholders of templates, the page's section and addresses that many pages claim are refused: different stories
      would become versions of one.
    - A claim on another host is an alias only: a syndicated copy is an article of its own, and a forged claim must not
      replace another portal's article.

    :param claimed: ``rel=canonical`` or ``og:url`` of the page; empty if it has none
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

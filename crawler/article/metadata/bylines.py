"""Who wrote it: names out of "By Jane Roe and John Doe, Reuters"."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from crawler.article.page.decode import nfc
from crawler.portals.seed import Seed

_LEAD_IN = re.compile(
    r"^\W*(?:(?:written|reported|posted|published|story|text|words)\s+)?"
    r"(?:by|von|par|por|per|di|door|av|af|przez|автор|текст|tác giả|thực hiện|tổng hợp|theo)\s*:?\s+",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:[,;|/&•·]|\s(?:and|und|et|y|e|en|og|och|i|và|with|mit|avec|con)\s)\s*", re.IGNORECASE)
_NO_NAME = re.compile(
    r"https?:|www\.|@|\d|^(?:updated?|published|posted|admin|editor|staff|unknown|guest|none|null|author|authors)$"
    r"|\b(?:correspondent|reporter|writer|redacteur|redakteur(?:in)?|editor|contributor|bureau|share|follow)\b",
    re.IGNORECASE,
)
_AUTHOR_MARK = re.compile(
    r"(?:^|[\s_-])(?:author(?:s|-?name)?|byline(?:s|-?name)?|by-?author|tacgia|tac-gia)(?:$|[\s_-])", re.IGNORECASE
)
_CREDIT = re.compile(r"^(.{2,50}?)\s*/\s*[\w.]+$")


def split_authors(values: list[str], site: str = "") -> tuple[str, ...]:
    """Return the single names in *values*, in order, each once.

    Lead-ins ("By", "Von"), job titles, addresses and the name of the *site* are left out; the credit behind a
    slash ("Name/VOV.VN") too.

    >>> split_authors(["By Jane Roe and John Doe, Staff Writer"])
    ('Jane Roe', 'John Doe')
    """
    names: dict[str, str] = {}
    for value in values:
        text = _LEAD_IN.sub("", nfc(re.sub(r"<[^>]*>|\([^)]*\)", " ", value)))
        if re.match(r"https?://", text):
            continue
        if credit := _CREDIT.match(text):
            text = credit[1]
        for part in _SPLIT.split(text):
            name = _LEAD_IN.sub("", part).strip(" .:-–—\"'")
            if _is_name(name) and name.casefold() != site.casefold():
                names.setdefault(name.casefold(), _cased(name))
    return tuple(names.values())


def _is_name(text: str) -> bool:
    return 2 < len(text) <= 60 and len(text.split()) <= 6 and not _NO_NAME.search(text)


def _cased(name: str) -> str:
    return name.title() if name.isupper() and " " in name else name


def page_authors(tree: HtmlElement, site: str, seed: Seed) -> tuple[str, ...]:
    """Return the names in the page's visible byline, none if there is no element that is marked as one."""
    marked = [element for css in seed.body.author_css for element in tree.cssselect(css)]
    if not marked:
        marked = [
            element
            for element in tree.iter("a", "span", "div", "p", "address", "strong", "li")
            if "author" in (element.get("rel") or "").split()
            or "author" in (element.get("itemprop") or "").split()
            or _AUTHOR_MARK.search(element.get("class") or "")
        ][:8]
    for element in marked:
        text = nfc(element.text_content())
        if 3 < len(text) <= 120 and (names := split_authors([text], site)):
            return names
    return ()

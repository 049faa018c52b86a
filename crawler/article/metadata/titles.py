"""The headline of a page, without the name of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from lxml.html import HtmlElement

from crawler.article.metadata.jsonld import Node, text_of
from crawler.article.page.bordered_text import bordered_text
from crawler.article.page.decode import nfc
from crawler.article.page.letters import letters_of
from crawler.portals.seed import Seed

_SEPARATOR = re.compile(r"\s+[|·•»«:/–—-]\s+|\s*[|｜»]\s*")
_MARK = re.compile(r"\s*[|｜ㅣ·•»«–—-]")
_TITLE_CLASS = re.compile(r"head(?:line|er|ing)?|title|tit(?:re|el|ulo|olo)|tieude|tde", re.IGNORECASE)
_BRAND_CLASS = re.compile(r"(?:^|[^a-z])(?:logo|brand|site-?(?:title|name)|masthead)(?![a-z])", re.IGNORECASE)
_META = ("og:title", "headline", "twitter:title", "sailthru.title", "dc.title", "title", "hdl")


@dataclass(frozen=True, slots=True)
class Headline:
    """A page's headline, where it came from and the element that shows it."""

    text: str = ""
    source: str = ""
    element: HtmlElement | None = None
    candidates: tuple[tuple[str, str], ...] = ()
    """Each text that may be the headline, with its source, first those that the page's data state."""


def site_names(tree: HtmlElement, meta: dict[str, list[str]], site: str, url: str) -> tuple[str, ...]:
    """Return the names of the site: *site* as declared, then the texts of the links to its front page."""
    names = [
        site,
        *(value for key in ("og:site_name", "application-name", "twitter:site") for value in meta.get(key, [])),
    ]
    root = "/".join(url.split("/", 3)[:3])
    for link in tree.iter("a"):
        if (link.get("href") or "").rstrip("/") in {"", root} and link.get("href"):
            text = nfc("".join(link.itertext()))
            if 2 < len(text) <= 40 and text.casefold() not in {
                "home",
                "homepage",
                "startseite",
                "accueil",
                "trang chủ",
            }:
                names.append(text)
    return tuple(dict.fromkeys(name for name in map(nfc, names) if name))


def page_title(tree: HtmlElement, node: Node, meta: dict[str, list[str]], sites: Sequence[str], seed: Seed) -> Headline:
    """Return the headline: the visible one if the page's data agree with it, else the one of the data.

    :param node: the article's JSON-LD object
    :param sites: names of the portal
    """
    for css in seed.body.title_css:
        for element in tree.cssselect(css)[:1]:
            if text := _text(element):
                return Headline(text, "seed", element)
    document = nfc(next((" ".join(title.itertext()) for title in tree.iter("title")), ""))
    site = sites[0] if sites else ""
    claims = list(_claims(node, meta, document, sites))
    headings = list(_headings(tree, sites))
    return replace(_chosen(claims, headings, site), candidates=(*claims, *((text, "heading") for _, text in headings)))


def _chosen(claims: Sequence[tuple[str, str]], headings: Sequence[tuple[HtmlElement, str]], site: str) -> Headline:
    for element, text in headings:
        if any(_agrees(text, claim) for claim, _ in claims):
            return Headline(_without_kicker(text, claims), "heading", element)
    main = [(element, text) for element, text in headings if element.tag == "h1"]
    if len(main) == 1 and any(_shares_words(main[0][1], claim) for claim, _ in claims):
        return Headline(main[0][1], "heading", main[0][0])
    shown = main[0][0] if main else None
    for claim, source in claims:
        if any(claim.startswith(other) and _MARK.match(claim, len(other)) for other, _ in claims if len(other) > 12):
            continue  # with the section or the site behind what another source states
        if len(bare := without_site(claim, site)) > 3:
            return Headline(bare, source, shown)
    return Headline(headings[0][1], "heading", headings[0][0]) if headings else Headline()


def _claims(node: Node, meta: dict[str, list[str]], document: str, sites: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what the page's data call its title, with the source; names of the site left out where there is better."""
    named = [(nfc(text_of(node.get(key))), "json-ld") for key in ("headline", "name")]
    named += [(nfc(meta[name][0]), name) for name in _META if name in meta]
    around = (_SEPARATOR.split(document) if document else ())[1:]
    parts = {letters_of(part) for part in (*around, *sites)}
    found = [(claim, source) for claim, source in (*named, (document, "title")) if claim]
    better = [one for one in found if letters_of(one[0]) not in parts]
    yield from better or found


def _headings(tree: HtmlElement, sites: Sequence[str]) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the page's likely visible headlines: every h1, then up to 20 elements classed as such."""
    left, brands = 20, {*map(letters_of, sites)}
    named: dict[str, bool] = {}  # a page has few classes and many elements
    for element in chain(tree.iter("h1"), tree.iter("h2", "h3", "div", "span", "p", "td", "font", "b")):
        if left == 0:
            return
        marks = f"{element.get('class', '')} {element.get('id', '')} {element.get('itemprop', '')}"
        if element.tag not in _HEADINGS:
            if marks not in named:
                named[marks] = _TITLE_CLASS.search(marks) is not None
            if not named[marks]:
                continue
        if element.tag == "h1" or len(element) < 4:
            left -= element.tag != "h1"
            if len(nfc(element.text_content())) >= _TOO_LONG:  # with blanks at borders it is no shorter
                continue
            text = _text(element)
            if 3 < len(text) < _TOO_LONG and letters_of(text) not in brands and not _BRAND_CLASS.search(marks):
                yield element, text


def _without_kicker(heading: str, claims: Sequence[tuple[str, str]]) -> str:
    """Return *heading* as the page's data state it, where they state all but a kicker before it."""
    whole = letters_of(heading)
    stated = [(claim, letters_of(claim)) for claim, source in claims if source != "title"]
    if any(letters == whole for _, letters in stated):
        return heading
    return next((claim for claim, letters in stated if letters and whole.endswith(letters)), heading)


_HEADINGS = frozenset({"h1", "h2", "h3"})
_TOO_LONG = 300
"""Characters of a text that is no headline."""


def _text(element: HtmlElement) -> str:
    """Return the text of *element* with a blank where a block or a line break parts it."""
    return nfc(
        "".join(bordered_text(element, lambda one: "" if one.tag in _RUNNING or not isinstance(one.tag, str) else " "))
    )


_RUNNING = frozenset(
    {"a", "b", "i", "em", "strong", "span", "font", "u", "sup", "sub", "mark", "abbr", "wbr", "cite", "q"}
)


def _agrees(heading: str, claim: str) -> bool:
    """Tell whether *claim* is *heading*, alone or with the site's name around it."""
    one, other = letters_of(heading), letters_of(claim)
    if len(one) < 6:
        return one == other
    return (
        one == other
        or (one in other and len(one) >= 0.5 * len(other))
        or (other in one and len(other) >= 0.6 * len(one))
    )


def _shares_words(heading: str, claim: str) -> bool:
    """Tell whether a third of the longer words of *heading* stand in *claim*."""
    words = set(re.findall(r"\w{4,}", heading.casefold()))
    return len(words & set(re.findall(r"\w{4,}", claim.casefold()))) * 3 >= max(1, len(words))


def without_site(title: str, site: str = "") -> str:
    """Return *title* without the name of the site before or after it.

    >>> without_site("Flood in Lào Cai | Politics | The Example Times", "The Example Times")
    'Flood in Lào Cai'
    """
    name = letters_of(site)
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    if name:
        if name in (last := letters_of(parts[-1])) or (len(last) > 3 and last in name):
            parts = parts[:-1]
        elif letters_of(parts[0]) == name:
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

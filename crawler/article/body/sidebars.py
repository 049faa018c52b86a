"""Parts of a page beside its article: galleries, sidebars, embedded posts, notices.

They are taken out of the tree before the body is extracted. The names of their classes tell them, and their share of
the page's prose: a part that holds much of it is the article itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from lxml.html import HtmlElement

from crawler.article.body.sources import SourceMap, squeezed
from crawler.article.page.decode import nfc
from storage.records import Paragraph

MOST_PROSE = 0.3
"""Share of the page's prose. Parts of one name that hold more together are the article itself."""
MOST_OF_ALL = 0.5
"""Share of the page's prose that all parts together may hold to be removed."""

SHORTEST_ARTICLE = 400
"""Characters of prose in an ``<article>`` that make it the page's own, if its headline is the page's title."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

_NAMES: dict[str, str] = {
    "post of another network": "tweet tweets twitter instagram facebook tiktok reddit bluesky threads mastodon",
    "gallery": "gallery galleries slideshow slideshows carousel swiper slider lightbox photogallery fotostrecke"
    " bildergalerie galerie galeria diaporama",
    "notice": "copyright disclaimer disclosure legal imprint cookie cookies consent gdpr",
    "comments": "comments commenting kommentare kommentar commentaires comentarios commenti komentarze comentario"
    " disqus",
    "invitation": "newsletter newsletters subscribe subscription signup paywall regwall piano donate donation"
    " membership abo",
    "about the author": "bio bios biography authorbox authorbio authorinfo",
    "sharing tools": "share sharing shares social sociable addthis toolbar tools sharedaddy",
    "sidebar": "sidebar rail infobox factbox popover popup modal tooltip",
    "teasers": "teasers trending mostread mostpopular popular promo promos promoted sponsored sponsor outbrain"
    " taboola advert adverts advertisement advertising werbung anzeige",
    "page furniture": "breadcrumb breadcrumbs pagination pager footer noprint printonly",
}
_BY_WORD = {word: what for what, words in _NAMES.items() for word in words.split()}
_SEQUENCES = {
    ("about", "author"): "about the author",
    ("author", "bio"): "about the author",
    ("author", "box"): "about the author",
    ("author", "info"): "about the author",
    ("author", "card"): "about the author",
    ("author", "profile"): "about the author",
    ("most", "read"): "teasers",
    ("most", "popular"): "teasers",
    ("most", "viewed"): "teasers",
    ("top", "stories"): "teasers",
    ("sign", "up"): "invitation",
    ("fact", "box"): "sidebar",
    ("info", "box"): "sidebar",
    ("pop", "up"): "sidebar",
    ("load", "more"): "page furniture",
}
_FIRST = frozenset(first for first, _ in _SEQUENCES)
_STATES = frozenset({"has", "is", "no", "with", "without", "not", "enable", "enabled", "disable", "allow", "can", "js"})
"""``has-sidebar`` says what stands beside an element, not what it is."""
_HOLDERS = ("div", "section", "aside", "ul", "ol", "dl", "p", "blockquote", "table", "tr", "td", "li", "figure",
            "amp-twitter", "amp-instagram", "details", "header")  # fmt: skip


def take_asides(tree: HtmlElement, sources: SourceMap, title: str, summaries: Sequence[str] = ()) -> list[Paragraph]:
    """Remove the parts beside the article from *tree*; return their prose as paragraphs.

    Parts stay in the tree where

    - parts of their name hold more than :data:`MOST_PROSE` of the page's prose together,
    - all removed parts would hold more than :data:`MOST_OF_ALL` of it,
    - their text holds the beginning of one of the page's *summaries*.
    """
    found: dict[str, list[HtmlElement]] = {}
    taken: set[HtmlElement] = set()
    named: dict[tuple[str, str], str] = {}  # a page has few classes and many elements
    for element in tree.iter(*_HOLDERS):
        marks = element.get("class", ""), element.get("id", "")
        what = "sidebar" if element.tag == "aside" else named.get(marks)
        if what is None:
            what = named[marks] = _what(*marks)
        if what and not _holds_title(element) and taken.isdisjoint(element.iterancestors()):
            taken.add(element)
            found.setdefault(what, []).append(element)
    removed: list[Paragraph] = []
    for element in _further_articles(tree, sources, title):
        text = nfc(" ".join(element.itertext()))
        removed.append(Paragraph(text=text, verdict="related", reason="another article that the page appends"))
        element.drop_tree()
    openings = [squeezed(summary)[:OPENING] for summary in summaries if len(squeezed(summary)) >= OPENING]
    left = MOST_OF_ALL * sources.prose
    for what, elements in found.items():
        prose = sum(sources.prose_in(element) for element in elements)
        if prose > min(MOST_PROSE * sources.prose, left):
            continue
        left -= prose
        for element in elements:
            if element.getroottree().getroot() is not tree or (openings and _says(element, openings)):
                continue
            if sources.prose_in(element):
                text = nfc(" ".join(element.itertext()))
                removed.append(Paragraph(text=text, verdict="promo", reason=f"beside the article: {what}"))
            element.drop_tree()
    return removed


OPENING = 40
"""Characters without blanks: a text that has so many of a summary's beginning says the same."""


def _says(element: HtmlElement, openings: Sequence[str]) -> bool:
    text = squeezed("".join(element.itertext()))
    return any(opening in text for opening in openings)


def _further_articles(tree: HtmlElement, sources: SourceMap, title: str) -> list[HtmlElement]:
    """Return the whole articles that an endless page puts after its own: each has a headline of its own."""
    headed = {
        article: heading for article in tree.iter("article") if (heading := next(article.iter("h1"), None)) is not None
    }
    outer = [article for article in headed if not any(above in headed for above in article.iterancestors())]
    own = [article for article in outer if squeezed("".join(headed[article].itertext())) == squeezed(title)]
    if len(own) != 1 or sources.prose_in(own[0]) < SHORTEST_ARTICLE:
        return []
    return outer[outer.index(own[0]) + 1 :]


def _what(marks: str, identity: str) -> str:
    """Return the name of the part that an element is by its classes and id; empty if it is none."""
    for mark in [*marks.split()[:12], identity]:
        found = [word.lower() for word in _WORD.findall(mark)]
        if not found or found[0] in _STATES:
            continue
        if not _BY_WORD.keys().isdisjoint(found):
            return next(_BY_WORD[word] for word in found if word in _BY_WORD)
        if not _FIRST.isdisjoint(found):
            for two in pairwise(found):
                if what := _SEQUENCES.get(two):
                    return what
    return ""


def _holds_title(element: HtmlElement) -> bool:
    return next(element.iter("h1", "body", "main"), None) is not None

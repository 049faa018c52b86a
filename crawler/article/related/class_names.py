"""Class names, ids and data attributes by which portals mark related stories, and those that mark other things.

Sources: the markup of some 2,000 stored news pages and the selector lists of public scrapers.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from typing import Literal

from crawler.article.page.letters import without_marks

SILENT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "title",
        "textarea",
        "select",
        "svg",
        "iframe",
        "object",
        "button",
        "math",
    ]
)
"""Elements whose text no reader sees."""

_KEPT_NAME = 400
"""Characters of a class or id that are read."""
_KEPT_LENGTH = 500
"""Longest value of an attribute that is kept with what it says."""

NameVerdict = Literal["related", "weak", "excluded", ""]


def _names(words: str) -> re.Pattern[str]:
    """Compile a list of words and hyphenated sequences; ``~`` stands for any further letters."""
    return re.compile(f"-(?:{'|'.join(words.split()).replace('~', '[a-z]*')})-")


# One name becomes "-word-word-", so that whole words are compared: "position-relative" is not related.
_RELATED = _names(
    """
    related~ [a-tv-z][a-z]*(?<!un)(?<!cor)related~ relates? relat relationnews boxrelation relationbox
    rel(?:link|head|art|stor|news|item|box|post|cont)~ see-?also also-?see read-?also also-?read
    more-on-(?:this|topic|the|story)~ on-this-topic story-?alsos? backstory
    lien-quan ~lienquan~ tlq~ ~tlq doc-?them xem-?them cung-chu-de verwandt~ mehr-?zum-?thema zum-thema
    sur-le-meme(?:-sujet)? lire-aussi a-lire relacionad~ leia-(?:mais|tambem) saiba-mais lea-tambien
    correlat~ leggi-anche powiazan~ czytaj-(?:tez|takze) zobacz-tez gerelateerd~ lees-ook relatera~ relatert~
    terkait baca-?juga ilgili~
    """
)
_WEAK = _names(
    """
    recirc~ recommend~ recomend~ recomand~ empfehl~ onwards? similar~ more-?(?:stories|news|articles|posts|links)
    more-(?:from|about|coverage|like|on|story|to-read) read-?(?:more|next|on)~ read-?links? next-?reads?
    further-?reading you-(?:might|may)~ keep-reading weiterlesen weitere-artikel auch-interessant teaser-list
    story-?links link-?lists? cung-chuyen-muc tin-khac suggest(?:ed|ions?) explore-more inline-story
    rich-?link dig-?deeper
    """
)
# Names around a block that say what it is, whatever the block calls itself. A bare "ad" is not among them: related
# stories do stand in an "ad-container".
_CHROME = _names(
    """
    taboola~ outbrain~ ~mgid~ mgbox mgwidget nativo connatix plista media-?net revcontent ligatus dianomi popin
    zergnet adsense sponsor~ newsletters? tags tag-?list tag-?cloud trending
    most-?(?:read|popular|viewed|commented|shared|watched|emailed)
    meistgelesen~ doc-nhieu xem-nhieu terpopuler comments? kommentare? disqus livefyre binh-luan breadcrumbs? nav
    navi navbar navigation navmenu mainnav subnav topnav menus? pagination footer masthead share sharing social
    """
)
# Of these, and of lists of tags, no link is a story, whatever a block inside calls itself.
_FOREIGN = _names(
    """
    taboola~ trc outbrain~ ~mgid~ mgbox mgwidget nativo connatix plista media-?net revcontent ligatus dianomi popin
    zergnet adsense sponsor~ newsletters? tags tag-?list tag-?cloud comments? kommentare? disqus livefyre binh-luan
    breadcrumbs? pagination paywall
    """
)
_EXCLUDED = _names(
    """
    cxense~ ads? advert~ adbox adbanner promo~ partner-?(?:links|content) commercial paid signup sign-up subscri~
    paywall topics (?<!on-)(?<!same-)(?<!this-)topic keywords? themen tag trend most-?(?:discussed|recent) popular~
    lo-mas-~ mas-(?:leid|visto)~ mais-lid~ plus-lus piu-lett[aeio] najpopularniejsze breaking ticker respond
    discussion sharedaddy follow pager paging post-nav~ byline author~ bio login search cookies? consent poll quiz
    jobs? weather horoscope shopping classifieds coupons? infinite next-?article nextstory calendar archives?
    toolbar tools searches
    """
)
# States and taxonomy terms: "has-recommendations", WordPress' "tag-related-companies", "category-more-news".
_STATE = re.compile(r"-(?:has|is|no|not|with|without|hide|show|js|when|tag|category|post-tag|term|group)-[a-z]")
# Every pattern of _RELATED and _WEAK contains one of these.
_HINTS = tuple(
    """
    rel more also read backstory back-story
    lien tlq them cung khac zum lire meme leia saiba lea- leggi tez takze verwandt powiaz lees kait juga
    ilgili recirc recom empfehl onward similar weiter auch teaser-list teaserlist story-l linklist link-list
    inline-story inlinestory rich-link richlink suggest might may further keep dig
    """.split()
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[^a-z]+")


def name_words(name: str) -> str:
    """Return the words of one class name or id as ``-word-word-``, lower case, without diacritics.

    >>> name_words("boxTinLienQuan__item--large2")
    '-box-tin-lien-quan-item-large-'
    """
    words = without_marks(_CAMEL.sub("-", name).lower())
    return f"-{_SEPARATORS.sub('-', words).strip('-')}-"


@lru_cache(maxsize=1024)  # the pages of a portal bear the same names; a pure function of its text
def name_verdict(value: str) -> NameVerdict:
    """Say what a ``class``, ``id`` or ``data-*`` value promises: related stories, perhaps, or surely not.

    >>> name_verdict("article__related"), name_verdict("position-relative"), name_verdict("related-topics")
    ('related', '', 'excluded')
    """
    names = [words for words in map(name_words, value.split()) if not _STATE.match(words)]
    related = any(_RELATED.search(words) for words in names)
    if not related and not any(_WEAK.search(words) for words in names):
        return ""
    if any(_CHROME.search(words) or _EXCLUDED.search(words) for words in names):
        return "excluded"
    return "related" if related else "weak"


def promising(values: Iterable[str]) -> dict[str, NameVerdict]:
    """Return the attribute values that promise related stories, with their verdicts."""
    verdicts = {value: name_verdict(value) for value in _holding(values, _HINTS)}
    return {value: verdict for value, verdict in verdicts.items() if verdict in ("related", "weak")}


def _holding(values: Iterable[str], hints: Iterable[str]) -> list[str]:
    """Return those of *values* that hold one of *hints*.

    All values of a page are searched at once: splitting each of them into words costs fifty times as much.
    """
    listed = list(values)
    small = [value.lower() for value in listed]
    text = "\n".join(small).replace("_", "-")
    ends = list(accumulate(len(value) + 1 for value in small))
    hits: set[int] = set()
    for hint in hints:
        at = text.find(hint)
        while at >= 0:
            hit = bisect_right(ends, at)
            hits.add(hit)
            at = text.find(hint, ends[hit])
    return [listed[hit] for hit in sorted(hits)]


def spoken(names: str) -> str:
    """Return the words of class names and ids, without those of states and taxonomy terms.

    >>> spoken("boxTinLienQuan is-related")
    'box tin lien quan'
    """
    return " ".join(said for name in names.split() if len(name) < 80 and (said := _said(name)) is not None)


@lru_cache(maxsize=1024)  # as name_verdict
def _said(name: str) -> str | None:
    words = name_words(name)
    return None if _STATE.match(words) else words.strip("-").replace("-", " ")


def foreign(values: Iterable[str]) -> set[str]:
    """Return the values of classes and ids that name advertising, comments, a newsletter or tags."""
    return {value for value in _holding(values, _FOREIGN_HINTS) if _is_foreign(value)}


# Every pattern of _FOREIGN contains one of these.
_FOREIGN_HINTS = tuple(
    """
    taboola trc outbrain mgid mgbox mgwidget nativo connatix plista media revcontent ligatus dianomi popin zergnet
    adsense sponsor newsletter tag omment disqus livefyre binh breadcrumb pagination paywall
    """.split()
)


def _is_foreign(value: str) -> bool:
    names = map(name_words, value[:_KEPT_NAME].split())
    return any(_FOREIGN.search(words) and not _STATE.match(words) for words in names)


def is_chrome_name(value: str) -> bool:
    """Say whether a class or id around a block says that it is a menu, comments, advertising or the like."""
    return _is_chrome_name(value) if len(value) <= _KEPT_LENGTH else _is_chrome_name.__wrapped__(value)


@lru_cache(maxsize=1024)  # as name_verdict
def _is_chrome_name(value: str) -> bool:
    return any(
        _CHROME.search(words) and not _STATE.match(words) and not _RELATED.search(words)
        for words in map(name_words, value.split())
    )

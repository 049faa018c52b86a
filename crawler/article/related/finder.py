"""Related stories of a page: what they are, and which elements to cut before the body is read.

Without rules for single portals: the seed's selectors come first where there are any, then class names and
ids, headings, data attributes, openings such as "Đọc thêm:", and blocks of story cards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.article.related.blocks import Block, find_blocks, select
from crawler.article.related.blurbs import twin_blurbs
from crawler.article.related.cards import find_cards
from crawler.article.related.entries import Entry, group
from crawler.article.related.lines import Line, in_sentence, lines
from crawler.article.related.link_text import is_title
from crawler.article.related.outline import PROSE, Outline
from crawler.portals.seed import GENERIC, Seed
from crawler.urls.canonical import canonical_url, fetch_url, looks_like_article, resolve, site_of
from crawler.urls.shapes import is_document, is_listing_path
from storage.records import Place, RelatedStatus, RelatedStory

MAX_STORIES = 30
"""A block of more is a menu, an archive or a whole listing."""
MAX_BLOCKS = 500
"""Candidates judged on one page, so that a page made to be slow is not; real ones have below 100."""
MAX_LINKS = 1000
"""Links of the body's column that are looked at for cards, for the same reason."""

_SURE = frozenset({"selector", "related-class", "heading"})
_CONTAINERS = frozenset({"div", "section", "aside", "ul", "ol", "article", "table", "iframe", "template"})
_NOT_STORIES = frozenset(
    """
    facebook.com twitter.com x.com t.me telegram.me instagram.com youtube.com pinterest.com linkedin.com
    reddit.com whatsapp.com zalo.me google.com apple.com amazon.com amzn.to doubleclick.net taboola.com
    outbrain.com digg.com del.icio.us stumbleupon.com feedburner.com tumblr.com threads.net tiktok.com bsky.app
    disqus.com
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class RelatedBlocks:
    """What a page shows besides its own text."""

    stories: tuple[RelatedStory, ...] = ()
    cut: list[HtmlElement] = field(default_factory=list)
    """Elements without text of the article's own, none inside another; their tails belong to the page."""
    status: RelatedStatus = "none"
    kept: tuple[str, ...] = ()
    """Texts of links that a name or selector marks as related and that stand in a sentence: not cut, no stories."""


def find_related(tree: HtmlElement, url: str, seed: Seed = GENERIC) -> RelatedBlocks:
    """Find the related stories of a page and the elements that hold them. *tree* is not changed.

    :param tree: the page, parsed once by lxml.html
    :param url: address that answered, against which links are resolved
    :raises InputError: if a selector of *seed* is not valid CSS
    """
    finder = _Finder(tree, url, seed)
    for block in islice(find_blocks(finder.outline, seed), MAX_BLOCKS):
        finder.judge(block)
    finder.judge_cards()
    finder.take_twin_blurbs()
    return finder.result()


class _Finder:
    def __init__(self, tree: HtmlElement, url: str, seed: Seed) -> None:
        self.seed, self.outline = seed, Outline(tree)
        base = next((href for element in tree.iter("base") if (href := element.get("href")) is not None), None)
        self.base = url if base is None else fetch_url(base, url) or url
        self.own, self.site = canonical_url(url, seed), site_of(url)
        self.excluded = self.outline.marks()
        for element in select(self.outline, seed.related.exclude_css, seed):
            if element in self.outline.order:
                self.excluded.add(element)
        self.taken = self.outline.marks()
        self.entries: dict[str, Entry] = {}
        self.urls: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.sites: dict[str, str] = {}
        self.articles: dict[str, bool] = {}
        self.placeholder = False
        self.kept: list[str] = []
        self.singles: list[tuple[str, HtmlElement]] = []
        """(identity, element) of the blocks of one story."""

    def judge(self, block: Block) -> None:
        """Take the stories of *block*, if it is made of stories."""
        elements = [e for e in block.elements if e in self.outline.order and e not in self.taken]
        if not elements or any(self._is_barred(e, block.found_by) for e in elements):
            return
        if any(map(in_sentence, elements)):
            self.kept += [one for one in map(_text, elements) if one]
            return
        sure = block.found_by in _SURE or all(
            e.tag != "a" and self.outline.inside(e, self.outline.body) for e in elements
        )
        stories = self._stories_in(elements, block.found_by, sure and block.found_by != "cards")
        if not stories:
            self.placeholder = self.placeholder or self._is_placeholder(block, elements)
            return
        found, images = lines(elements, self.outline.lines)
        if block.found_by != "selector":
            stories = _alone(found, stories)
            if not _is_list(found, stories):
                return
        entries = group(found, images, stories, self.urls, block.found_by)
        labels = self._labels(entries)
        for key, entry in entries.items():
            if key not in labels and entry.title():
                if key in self.entries:
                    self.entries[key].merge(entry)
                else:
                    self.entries[key] = entry
        for element in elements:
            self.taken.add(element)
        if len(elements) == 1 and len(set(stories.values())) == 1:
            self.singles.append((next(iter(stories.values())), elements[0]))

    def judge_cards(self) -> None:
        """Take the blocks of story cards that nothing announces."""
        column = self.outline.column
        anchors = [a for a in self.outline.anchors_in([column]) if self.outline.link_length(a) >= 8 or len(a)]
        stories = self._stories_of(anchors[:MAX_LINKS], "cards", sure=False)
        for elements in find_cards(self.outline, stories):
            self.judge(Block(elements, "cards"))

    def take_twin_blurbs(self) -> None:
        """Add the plain paragraphs that are proved blurbs to their stories, and cut them."""
        for key, paragraph in twin_blurbs(self.outline, self.singles):
            if key in self.entries and paragraph not in self.taken:
                found, _ = lines([paragraph], self.outline.lines)
                entry, pieces = self.entries[key], [piece for line in found for piece in line.pieces]
                entry.merge(Entry(entry.url, entry.found_by, loose=pieces))
                self.taken.add(paragraph)

    def _is_barred(self, element: HtmlElement, found_by: str) -> bool:
        if element in self.excluded:
            return True
        if found_by == "selector":
            return False
        return self.outline.holds_body(element) or self.outline.is_chrome(element)

    def _stories_in(self, elements: list[HtmlElement], found_by: str, sure: bool) -> dict[HtmlElement, str]:
        return self._stories_of(self.outline.anchors_in(elements), found_by, sure)

    def _stories_of(self, anchors: list[HtmlElement], found_by: str, sure: bool) -> dict[HtmlElement, str]:
        """Return anchor → identity for the anchors that may lead to other stories."""
        found: dict[HtmlElement, str] = {}
        for anchor in anchors:
            if anchor in self.taken or (found_by != "selector" and self.outline.is_chrome(anchor)):
                continue
            key = self._identity((anchor.get("href") or "").strip())
            if key and (sure or self._is_own_article(key)):
                found[anchor] = key
        return found

    def _is_own_article(self, key: str) -> bool:
        """Say whether a link stays on the site and looks like an article's; asked once per link and host."""
        known = self.articles.get(key)
        if known is None:
            host = urlsplit(key).netloc
            if host not in self.sites:
                self.sites[host] = site_of(key)
            known = self.sites[host] == self.site and looks_like_article(self.urls[key], self.seed)
            self.articles[key] = known
        return known

    def _identity(self, href: str) -> str:
        key = self.keys.get(href)
        if key is None:
            key = self.keys[href] = self._new_identity(href)
        return key

    def _new_identity(self, href: str) -> str:
        if not href or href.startswith("#"):
            return ""
        address, key = resolve(href, self.base, self.seed)
        parts = urlsplit(key)
        if not key or key == self.own:
            return ""
        if _tells_no_stories(parts.netloc) and site_of(key) != self.site:
            return ""
        if (parts.path in ("", "/") and not parts.query) or not is_document(parts.path) or is_listing_path(parts.path):
            return ""
        self.urls.setdefault(key, address)
        return key

    def _is_placeholder(self, block: Block, elements: list[HtmlElement]) -> bool:
        if block.found_by not in ("selector", "related-class", "data"):
            return False
        if any(e.tag not in _CONTAINERS and "-" not in e.tag for e in elements):
            return False  # an icon or a button
        return not self.outline.anchors_in(elements) and all(self.outline.length(e) < 40 for e in elements)

    def result(self) -> RelatedBlocks:
        """Return what was found, in the order of the page."""
        entries = sorted(self.entries.values(), key=self._place_of)
        stories = tuple(self._record(entry, position) for position, entry in enumerate(entries))
        status: RelatedStatus = "found" if stories else "none"
        if not stories and (self.placeholder or select(self.outline, self.seed.related.script_css, self.seed)):
            status = "loaded by script"
        ordered = sorted(self.taken.elements, key=lambda e: (self.outline.order[e], -self.outline.end(e)))
        cut: list[HtmlElement] = []
        for element in ordered:
            if not cut or not self.outline.inside(element, cut[-1]):
                cut.append(element)
        return RelatedBlocks(stories, cut, status, tuple(dict.fromkeys(self.kept)))

    def _labels(self, entries: dict[str, Entry]) -> set[str]:
        """Return the identities of sections and topics that label the stories of a block: "Malaysia", "Kinh tế"."""
        articles = {key for key in entries if self._is_own_article(key)}
        if len(articles) < 2:
            return set()
        return {
            key
            for key in entries.keys() - articles
            if len(entries[key].title().split()) <= 5
            and (len(entries[key].anchors) > 1 or any(story.startswith(f"{key}/") for story in (self.own, *articles)))
        }

    def _place_of(self, entry: Entry) -> int:
        return min(self.outline.order[anchor] for anchor in entry.anchors)

    def _record(self, entry: Entry, position: int) -> RelatedStory:
        title = entry.title()
        blurb = entry.blurb(title)
        at = self._place_of(entry)
        place: Place = "before" if at < self.outline.first else "inside" if at < self.outline.last else "after"
        return RelatedStory(
            url=entry.url,
            title=title,
            blurb=blurb,
            image=entry.image(self.base),
            published=entry.published(),
            found_by=entry.found_by,
            place=place,
            position=position,
            title_copies=max(1, entry.copies(title)),
            blurb_copies=entry.copies(blurb),
        )


@lru_cache(maxsize=256)  # the links of a page lead to few hosts; a pure function of its text
def _tells_no_stories(host: str) -> bool:
    return any(f".{host}".endswith(f".{name}") for name in _NOT_STORIES)


def _text(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def _alone(found: list[Line], stories: dict[HtmlElement, str]) -> dict[HtmlElement, str]:
    """Leave out the anchors that are part of a sentence."""
    embedded = {
        piece.anchor
        for line in found
        for i, piece in enumerate(line.pieces)
        if piece.anchor is not None and line.embedded(i)
    }
    return {anchor: key for anchor, key in stories.items() if anchor not in embedded}


def _is_list(found: list[Line], stories: dict[HtmlElement, str]) -> bool:
    """Say whether a block is made of links to stories, with at most a blurb or two each, and not of prose."""
    distinct = len(set(stories.values()))
    if not 1 <= distinct <= MAX_STORIES:
        return False
    if not any(piece.anchor in stories and is_title(piece.text) for line in found for piece in line.pieces):
        return False
    # Distinct texts: many portals print every card twice, for wide and for narrow screens.
    loose = [len(text) for text in {piece.text for line in found for piece in line.pieces if piece.anchor is None}]
    long = sum(length >= PROSE for length in loose)
    return long <= 1 + 1.3 * distinct and sum(loose) <= 160 + 450 * distinct and max(loose, default=0) <= 700

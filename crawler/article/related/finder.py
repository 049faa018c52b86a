"""Related stories of a page: what they are, of which kind, and which elements to cut before the body is read.

Every link that may lead to a story stands in a group (:mod:`.groups`); a model says of which kind the group is
(:mod:`.kinds`). What the seed's selectors match is related without asking.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.html import HtmlElement

from crawler.article.page.anatomy import text_inside
from crawler.article.related import kinds
from crawler.article.related.blurbs import twin_blurbs
from crawler.article.related.entries import Entry, group_entries
from crawler.article.related.groups import INLINE, Group, elements_of, find_groups, heading_element
from crawler.article.related.kinds import Described, PageFacts, describe
from crawler.article.related.lines import Line, embedded, in_sentence, lines
from crawler.article.related.link_text import is_title, wide_characters
from crawler.article.related.outline import PROSE, Outline
from crawler.article.related.placeholders import (
    attributes,
    foreign_elements,
    is_loaded_by_script,
    named_related,
    select,
)  # fmt: skip
from crawler.portals.seed import GENERIC, Seed
from crawler.urls.canonical import canonical_url, fetch_url, looks_like_article, resolve, site_of
from crawler.urls.shapes import article_shape, is_document, is_listing_path
from storage.records import Place, RelatedKind, RelatedStatus, RelatedStory

MAX_STORIES = 30
"""A related block of more is a menu, an archive or a whole listing."""
MAX_LINKS = 1000
"""Links of a page that are looked at, so that a page made to be slow is not."""
TIED = 0.38
"""Probability from which on a group is tied to the article; chosen on hosts that the model had not seen."""
LISTED = 0.7
"""The same for a list of another kind."""

_NOT_STORIES = frozenset(
    """
    facebook.com twitter.com x.com t.me telegram.me instagram.com youtube.com pinterest.com linkedin.com
    reddit.com whatsapp.com zalo.me google.com apple.com amazon.com amzn.to doubleclick.net taboola.com
    outbrain.com digg.com del.icio.us stumbleupon.com feedburner.com tumblr.com threads.net tiktok.com bsky.app
    disqus.com
    """.split()
)


_EXTENSION = re.compile(r"\.[a-z]{2,5}\Z")
_PART = re.compile(r"(?:[/_]|[/_-](?:p|page|seite|pagina|trang)[-_/]?)\d{1,2}(?:\.\w+)?|/[a-z]+(?:\.[a-z]+)?")


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
    """Find the stories that a page shows beside its own, and the elements that hold them. *tree* is not changed.

    :param tree: the page, parsed once by lxml.html
    :param url: address that answered, against which links are resolved
    :raises InputError: if a selector of *seed* is not valid CSS
    """
    finder = _Finder(tree, url, seed)
    for found in finder.groups():
        finder.judge(found)
    finder.take_twin_blurbs()
    return finder.result()


def describe_groups(tree: HtmlElement, url: str, seed: Seed = GENERIC) -> list[tuple[list[str], Described]]:
    """Return the groups of story links of a page with the addresses they lead to: what the model is trained on."""
    finder = _Finder(tree, url, seed)
    return [(finder.addresses_of(found.group), found) for found in finder.groups()]


class _Finder:
    def __init__(self, tree: HtmlElement, url: str, seed: Seed) -> None:
        self.seed, self.outline = seed, Outline(tree)
        base = next((href for element in tree.iter("base") if (href := element.get("href")) is not None), None)
        self.base = url if base is None else fetch_url(base, url) or url
        self.own, self.site = canonical_url(url, seed), site_of(url)
        self.stem = _EXTENSION.sub("", url.partition("?")[0])
        self.is_article = looks_like_article(url, seed)
        self.described = seed if self.is_article else GENERIC
        """Whose addresses tell articles: those of *seed*, unless it describes another part of the portal."""
        self.title = _title_of(tree, self.outline)
        self.excluded, self.selected, self.listed, self.taken = (self.outline.marks() for _ in range(4))
        rules = seed.related
        for marks, selectors in (
            (self.excluded, rules.exclude_css), (self.selected, rules.css), (self.listed, rules.list_css)
        ):  # fmt: skip
            for element in select(self.outline, selectors, seed):
                if element in self.outline.order:
                    marks.add(element)
        told = attributes(self.outline)
        self.named = named_related(self.outline, told)
        self.foreign = self.outline.marks()
        for element in foreign_elements(self.outline, told):
            self.foreign.add(element)
        self._marked = self.outline.marks()
        for element in self.named:
            self._marked.add(element)
        self.entries: dict[str, Entry] = {}
        self.kinds: dict[str, RelatedKind] = {}
        self.urls: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.addresses: dict[str, str] = {}
        self.sites: dict[str, str] = {}
        self.articles: dict[str, bool] = {}
        self.kept: list[str] = []
        self.singles: list[tuple[str, HtmlElement]] = []
        """(identity, element) of the groups of one story."""
        self.stories = self._stories()

    def groups(self) -> list[Described]:
        """Return the groups of links of the page, in its order, with what the model reads of them."""
        facts = PageFacts(self.title, self.own, self._is_own_article)
        return describe(self.outline, find_groups(self.outline, self.stories), facts)

    def addresses_of(self, group: Group) -> list[str]:
        """Return the addresses to fetch of the stories of a group, each as its first link there gives it."""
        return list({card.key: self._address(card.anchors[0]) for card in reversed(group.cards)}.values())

    def _address(self, anchor: HtmlElement) -> str:
        return self.addresses[(anchor.get("href") or "").strip()]

    def judge(self, found: Described) -> None:
        """Take the stories of a group, if it is made of stories."""
        kind, found_by = self._kind(found)
        if kind is None and found.advertises:
            for elements in self._elements(found.group, {}):
                for element in elements:
                    self.taken.add(element)
        if kind is None or (kind == "related" and len(found.group.keys) > MAX_STORIES and found_by != "selector"):
            return
        anchors = {anchor: card.key for card in found.group.cards for anchor in card.anchors}
        for elements in self._elements(found.group, anchors):
            read, images = lines(elements, self.outline.lines)
            inside = _inside(self.outline, elements, anchors)
            urls = {key: self._address(one) for one, key in reversed(inside.items())}
            entries = group_entries(read, images, inside, urls, found_by)
            labels = self._labels(entries)
            for key, entry in entries.items():
                if key not in labels and entry.title():
                    self._add(key, entry, kind)
            for element in elements:
                self.taken.add(element)
            if len(elements) == 1 and len(entries) == 1:
                self.singles.append((next(iter(entries)), elements[0]))

    def _kind(self, found: Described) -> tuple[RelatedKind | None, str]:
        if any(card.element in self.listed for card in found.group.cards):
            return found.listed or "latest", "selector"
        if any(card.element in self.selected for card in found.group.cards):
            return "related", "selector"
        if kinds.tied(found.features) >= TIED:
            return "related", found.found_by
        return (found.listed if kinds.listed(found.features) >= LISTED else None), found.found_by

    def _elements(self, group: Group, anchors: dict[HtmlElement, str]) -> list[list[HtmlElement]]:
        """Return the elements to cut for *group*: one with everything, or those of the cards one by one."""
        top, alone = elements_of(self.outline, group, self.stories)
        read, _ = lines([top], self.outline.lines)
        if alone and not in_sentence(top) and _is_list(read, len(group.keys)):
            return [[top]]
        heading = heading_element(self.outline, group)
        if heading is not None and heading.tag != "a" and not in_sentence(heading) and len(group.cards) > 1:
            self.taken.add(heading)
        cards = [[card.element] for card in group.cards if not in_sentence(card.element)]
        return [card for card in cards if _is_list(lines(card, self.outline.lines)[0], 1)]

    def _add(self, key: str, entry: Entry, kind: RelatedKind) -> None:
        """Keep a story once; a block that is tied to the article says more of it than a list that stands everywhere."""
        known = self.entries.get(key)
        if known is None:
            self.entries[key], self.kinds[key] = entry, kind
            return
        if kind == "related" != self.kinds[key]:
            self.kinds[key] = kind
            known.found_by, known.url = entry.found_by, entry.url
        known.merge(entry)

    def take_twin_blurbs(self) -> None:
        """Add the plain paragraphs that are proved blurbs to their stories, and cut them."""
        for key, paragraph in twin_blurbs(self.outline, self.singles):
            if key in self.entries and paragraph not in self.taken:
                found, _ = lines([paragraph], self.outline.lines)
                entry, pieces = self.entries[key], [piece for line in found for piece in line.pieces]
                entry.merge(Entry(entry.url, entry.found_by, loose=pieces))
                self.taken.add(paragraph)

    def _stories(self) -> dict[HtmlElement, str]:
        """Return anchor → identity for the anchors that may lead to other stories."""
        found: dict[HtmlElement, str] = {}
        inline = self.outline.marks()
        for element in (*self.named, *self.selected.elements):
            if element.tag in INLINE:
                inline.add(element)
        for anchor in self.outline.anchors[:MAX_LINKS]:
            if anchor in self.excluded or (anchor in self.foreign and anchor not in self.selected):
                continue
            key = self._identity((anchor.get("href") or "").strip())
            if not key or not self._may_be_story(anchor, key):
                continue
            marked = anchor in self.selected
            if embedded(anchor) or (anchor in inline and in_sentence(anchor)):
                if marked or anchor in self._marked:
                    self.kept.append(_text(anchor))
            else:
                found[anchor] = key
        return found

    def _may_be_story(self, anchor: HtmlElement, key: str) -> bool:
        if self._is_own_article(key):
            return True
        if anchor in self.selected:
            return not (self.described.article_url and site_of(key) == self.site)
        text = _text(anchor)
        return (text.count(" ") >= 3 or wide_characters(text) >= 8) and is_title(text)

    def _is_own_article(self, key: str) -> bool:
        """Say whether a link stays on the site and looks like an article's; asked once per link and host."""
        known = self.articles.get(key)
        if known is None:
            host, _, _ = _parts(key)
            if host not in self.sites:
                self.sites[host] = site_of(key)
            known = self.sites[host] == self.site and looks_like_article(self.urls[key], self.described)
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
        if not key or key == self.own or self._is_part_of_page(address):
            return ""
        host, path, query = _parts(key)
        if _tells_no_stories(host) and site_of(key) != self.site:
            return ""
        if not (path or query) or not is_document(path) or is_listing_path(path):
            return ""
        if query and not any(map(str.isdigit, query)) and article_shape(path, ""):
            key = key.partition("?")[0]  # "?ico=in-line_link": where the reader clicked
        self.urls.setdefault(key, address)
        self.addresses[href] = address
        return key

    def _is_part_of_page(self, address: str) -> bool:
        """Say whether an address is this page's own with a number or a word behind: its next page, its comments."""
        return self.is_article and address.startswith(self.stem) and bool(_PART.fullmatch(address[len(self.stem) :]))

    def result(self) -> RelatedBlocks:
        """Return what was found, in the order of the page."""
        entries = sorted(self.entries, key=lambda key: self._place_of(self.entries[key]))
        stories = tuple(self._record(key, position) for position, key in enumerate(entries))
        status: RelatedStatus = "found" if "related" in self.kinds.values() else "none"
        if status == "none" and is_loaded_by_script(self.outline, self.named, self.seed):
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

    def _record(self, key: str, position: int) -> RelatedStory:
        entry = self.entries[key]
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
            kind=self.kinds[key],
            found_by=entry.found_by,
            place=place,
            position=position,
            title_copies=max(1, entry.copies(title)),
            blurb_copies=entry.copies(blurb),
        )


def _parts(key: str) -> tuple[str, str, str]:
    """Return host, path and query of a canonical address, which has a path and no fragment."""
    host, _, rest = key.partition("://")[2].partition("/")
    path, _, query = rest.partition("?")
    return host, path, query


@lru_cache(maxsize=256)  # the links of a page lead to few hosts; a pure function of its text
def _tells_no_stories(host: str) -> bool:
    return any(f".{host}".endswith(f".{name}") for name in _NOT_STORIES)


def _text(element: HtmlElement) -> str:
    return " ".join(text_inside(element).split())


def _title_of(tree: HtmlElement, outline: Outline) -> str:
    """Return the headline of the page: its ``h1``, with what the document calls itself."""
    heads = [_text(element) for element in outline.root.iter("h1") if element in outline.order]
    named = next((element for element in tree.iter("title")), None)
    return f"{max(heads, key=len, default='')} {_text(named) if named is not None else ''}".strip()


def _inside(
    outline: Outline, elements: Sequence[HtmlElement], anchors: dict[HtmlElement, str]
) -> dict[HtmlElement, str]:
    return {anchor: anchors[anchor] for anchor in outline.anchors_in(elements) if anchor in anchors}


def _is_list(found: list[Line], stories: int) -> bool:
    """Say whether a block is made of links to stories, with at most a blurb or two each, and not of prose."""
    # Distinct texts: many portals print every card twice, for wide and for narrow screens.
    loose = [len(text) for text in {piece.text for line in found for piece in line.pieces if piece.anchor is None}]
    long = sum(length >= PROSE for length in loose)
    return long <= 1 + 1.3 * stories and sum(loose) <= 160 + 450 * stories and max(loose, default=0) <= 700

"""Related stories of a page: what they are, and which elements to cut before the body is read.

Without rules for single portals: the seed's selectors come first where there are any, then class names and
ids, headings, data attributes, openings such as "Đọc thêm:", and blocks of story cards.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.outline import Outline
from crawler.related_blocks import MAX_LINKS, Block, find_blocks, select
from crawler.related_entries import Entry, entries, is_title, pieces
from crawler.related_words import is_button, lead_in
from crawler.seeds import GENERIC, Seed
from crawler.url_shapes import is_document, is_listing_path
from crawler.urls import canonical_url, fetch_url, looks_like_article, same_site
from storage.records import Place, RelatedStatus, RelatedStory

_NOT_STORIES = frozenset(
    "facebook.com twitter.com x.com t.me telegram.me instagram.com youtube.com pinterest.com linkedin.com reddit.com"
    " whatsapp.com zalo.me google.com apple.com amazon.com amzn.to doubleclick.net taboola.com outbrain.com digg.com"
    " del.icio.us stumbleupon.com feedburner.com tumblr.com threads.net tiktok.com bsky.app disqus.com".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class RelatedBlocks:
    """What a page shows besides its own text."""

    stories: tuple[RelatedStory, ...] = ()
    cut: list[HtmlElement] = field(default_factory=list)
    """Elements without text of the article's own; their tails belong to the body."""
    status: RelatedStatus = "none"


def find_related(tree: HtmlElement, url: str, seed: Seed = GENERIC) -> RelatedBlocks:
    """Find the related stories of a page and the elements that hold them. *tree* is not changed.

    :param tree: the page, parsed once by lxml.html
    :param url: address that answered, against which links are resolved
    :raises ValueError: if a selector of *seed* is not valid CSS
    """
    return _Finder(tree, url, seed).run()


class _Finder:
    def __init__(self, tree: HtmlElement, url: str, seed: Seed) -> None:
        self.tree, self.seed = tree, seed
        self.base = _base_url(tree, url)
        self.own = canonical_url(url, seed)
        self.outline = Outline(tree)
        self.excluded = set(select(self.outline, seed.related.exclude_css))
        self.taken: set[HtmlElement] = set()
        self.cut: list[HtmlElement] = []
        self.found: dict[str, Entry] = {}
        self.urls: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.placeholder = False

    def run(self) -> RelatedBlocks:
        for block in find_blocks(self.outline, self.seed):
            if block.widget:
                continue
            self._judge(block)
        stories = self._stories()
        status: RelatedStatus = "found" if stories else "none"
        if not stories and (self.placeholder or select(self.outline, self.seed.related.script_css)):
            status = "loaded by script"
        return RelatedBlocks(stories, self.cut, status)

    def _judge(self, block: Block) -> None:
        elements = [e for e in block.elements if not self._is_taken(e)]
        if not elements or any(self.outline.holds_body(e) for e in elements):
            return
        strong = block.found_by == "selector"
        if not strong and any(self.outline.is_chrome(e) for e in elements):
            return
        if any(self._is_excluded(e) for e in elements):
            return
        stories = self._links(elements)
        if not stories:
            self.placeholder = self.placeholder or _is_placeholder(block, elements)
            return
        distinct = len(set(stories.values()))
        if distinct > MAX_LINKS:
            return
        parts, images = pieces(elements)
        if not strong and not _is_list_of_stories(parts, stories, distinct):
            return
        for key, entry in entries(parts, images, stories, self.urls, block.found_by).items():
            if not entry.title():
                continue
            known = self.found.get(key)
            if known is None:
                entry.order = len(self.found)
                self.found[key] = entry
            else:
                known.linked += entry.linked
                known.loose += entry.loose
                known.images += entry.images
                known.anchors += entry.anchors
        for element in elements:
            self.taken.add(element)
            self.cut.append(element)

    def _is_taken(self, element: HtmlElement) -> bool:
        return element in self.taken or any(above in self.taken for above in element.iterancestors())

    def _is_excluded(self, element: HtmlElement) -> bool:
        if not self.excluded:
            return False
        return element in self.excluded or any(above in self.excluded for above in element.iterancestors())

    def _links(self, elements: list[HtmlElement]) -> dict[HtmlElement, str]:
        """Return anchor → identity for the anchors that lead to other stories."""
        found: dict[HtmlElement, str] = {}
        for element in elements:
            for anchor in element.iter("a"):
                if anchor in self.taken or self.outline.is_chrome(anchor):
                    continue
                key = self._story(anchor)
                if key:
                    found[anchor] = key
        return found

    def _story(self, anchor: HtmlElement) -> str:
        href = (anchor.get("href") or "").strip()
        if not href or href.startswith("#"):
            return ""
        key = self.keys.get(href)
        if key is None:
            key = self.keys[href] = self._identity(href)
        return key

    def _identity(self, href: str) -> str:
        address = fetch_url(href, self.base, self.seed)
        key = canonical_url(address, self.seed)
        if not key or key == self.own:
            return ""
        parts = urlsplit(key)
        if any(parts.netloc == host or parts.netloc.endswith("." + host) for host in _NOT_STORIES):
            return ""
        if parts.path in ("", "/") and not parts.query or not is_document(parts.path):
            return ""
        if is_listing_path(parts.path):
            return ""
        self.urls.setdefault(key, address)
        return key

    def _stories(self) -> tuple[RelatedStory, ...]:
        found = sorted(self.found.values(), key=lambda entry: min(self.outline.order[a] for a in entry.anchors))
        stories = []
        for entry in found:
            title = entry.title()
            blurb = entry.blurb(title)
            stories.append(
                RelatedStory(
                    url=entry.url,
                    title=title,
                    blurb=blurb,
                    image=entry.image(self.base),
                    published=entry.published(),
                    found_by=entry.found_by,
                    place=self._place(entry),
                    title_copies=max(1, entry.copies(title)),
                    blurb_copies=entry.copies(blurb),
                )
            )
        return tuple(replace(story, position=i) for i, story in enumerate(stories))

    def _place(self, entry: Entry) -> Place:
        at = min(self.outline.order[anchor] for anchor in entry.anchors)
        if at < self.outline.first:
            return "before"
        return "inside" if at < self.outline.last else "after"


def _is_list_of_stories(parts: list, stories: dict[HtmlElement, str], distinct: int) -> bool:
    """Say whether a block is made of links to stories with titles, and not of prose that holds links."""
    titles = {stories[p.anchor] for p in parts if p.anchor in stories and is_title(p.text)}
    if not titles:
        return False
    loose = [len(p.text) for p in parts if p.anchor is None]
    return sum(loose) <= 160 + 450 * distinct and max(loose, default=0) <= 700


def _is_placeholder(block: Block, elements: list[HtmlElement]) -> bool:
    if block.found_by not in ("related-class", "data", "selector"):
        return False
    return all(len("".join(e.itertext()).strip()) < 40 and e.find(".//a") is None for e in elements)


def _base_url(tree: HtmlElement, url: str) -> str:
    href = next((str(value) for value in tree.xpath("//base/@href")), "")
    return fetch_url(href, url) or url

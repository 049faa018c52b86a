"""New selectors for a portal whose layout has changed: known stories are found again in its pages of today. Pure.

What a story says is known (its title, lead, paragraphs, day, authors, related stories); where it stands now is looked
for, and what names the element there on most pages is proposed. The proof is extraction itself, before and after.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from crawler.article.dissect import anatomy
from crawler.article.metadata.metadata import meta_tags
from crawler.article.page.dates import parse_time
from crawler.article.page.decode import parse
from crawler.article.page.page import Page
from crawler.article.related.lines import in_sentence
from crawler.article.related.outline import PROSE, Outline
from crawler.onboarding.page_views import classes
from crawler.portals.seed import Seed
from crawler.urls.canonical import canonical_url, resolve
from dedupe.text.normalise import normalise
from storage.records import Article

KEYS = ("body.title_css", "body.lead_css", "body.date_css", "body.author_css", "body.css", "related.css")
"""Keys for which selectors are proposed."""
FIELDS = dict(zip(("title", "lead", "date", "author", "text", "related"), KEYS, strict=True))
"""What is compared of a story, and the key that it depends on."""
SHOWN = 10
"""Pages that are read before and after."""
WORKS = 0.8
"""Share of the pages on which the selectors that there are need to be right for a key to be left as it is."""
_LEAST = 2
"""Pages on which a selector must be right to be proposed."""
_MOST = 3
"""Selectors proposed for one key: one for each layout of a portal."""
_LEVELS = 3
_DAY = timedelta(days=1)

Rule = tuple[str, str]
"""Key of the seed file, and a selector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """Selectors for a key, best first."""

    key: str
    selectors: tuple[str, ...]
    right: int
    """Pages on which they find what the story says."""
    before: int
    """The same of the selectors that stand in the file."""
    pages: int
    """Pages that show it at all."""


Outcome = dict[str, float]
"""How much of a story extraction finds on a page, by field, from 0 to 1."""
Apart = Callable[..., list[Any]]
"""Calls a function with each of several arguments in worker processes; a page that cannot be read gives ``None``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What is proposed, and what pages give without and with it."""

    found: tuple[Proposed, ...]
    pages: int
    """Pages of known stories that were looked at."""
    shown: tuple[tuple[str, Outcome, Outcome], ...]
    """(address, before, after) of the first :data:`SHOWN`."""

    def total(self, field: str, *, after: bool) -> tuple[float, int]:
        """Return how much of *field* the pages shown give together, and how many have it."""
        outcomes = [later if after else sooner for _, sooner, later in self.shown]
        values = [one[field] for one in outcomes if field in one]
        return sum(values), len(values)


def repair(seed: Seed, pairs: Sequence[tuple[Page, Article]], apart: Apart) -> Repair:
    """Return selectors that find the stories of *pairs* in their pages; none that makes extraction worse.

    :param pairs: pages, each with the story that it shows
    :param apart: takes pages apart in worker processes
    """
    pairs = list(pairs)
    named = apart(candidates, [(page, seed, story) for page, story in pairs])
    wanted = {
        key: [*dict.fromkeys((*_standing(seed, key), *(css for one in named if one for css in one[key])))]
        for key in KEYS
    }
    judged = apart(rights, [(page, seed, story, wanted) for page, story in pairs])
    found = proposals(seed, [page for page in judged if page is not None])
    before = _outcomes(seed, pairs[:SHOWN], apart)
    found = [one for one in found if _standing(seed, one.key) or not _works(one.key, before)]
    result = Repair(found=tuple(found), pages=len(pairs), shown=())
    for _ in range(2):
        after = _outcomes(with_proposals(seed, found), pairs[:SHOWN], apart)
        shown = tuple((page.url, a, b) for (page, _), a, b in zip(pairs[:SHOWN], before, after, strict=True))
        result = replace(result, found=tuple(found), shown=shown)
        totals = {key: [result.total(name, after=after) for after in (True, False)] for name, key in FIELDS.items()}
        worse = {key for key, (later, sooner) in totals.items() if later < sooner}
        if not worse & {one.key for one in found}:
            break
        found = [one for one in found if one.key not in worse]
    return result


def _outcomes(seed: Seed, pairs: Sequence[tuple[Page, Article]], apart: Apart) -> list[Outcome]:
    return [one or {} for one in apart(outcome, [(page, seed, story) for page, story in pairs])]


def _works(key: str, outcomes: Sequence[Outcome]) -> bool:
    """Say whether extraction finds what *key* is for without a selector."""
    values = [one[name] for one in outcomes for name, of in FIELDS.items() if of == key and name in one]
    return bool(values) and sum(values) >= WORKS * len(values)


def match(pages: Sequence[Page], known: Sequence[Article], seed: Seed, apart: Apart) -> list[tuple[Page, Article]]:
    """Return the pages that show a known story, with the story: by address, else by a title of one story alone.

    :param apart: takes pages apart in worker processes
    """
    by_key = {key: story for story in known for key in (*story.aliases, story.url, story.canonical_url) if key}
    counted = Counter(normalise(story.title) for story in known)
    by_title = {title: story for story in known if counted[title := normalise(story.title)] == 1}
    pairs = []
    for page, told in zip(pages, apart(titles, [(page,) for page in pages]), strict=True):
        at = by_key.get(page.url) or by_key.get(canonical_url(page.url, seed))
        story = at or next((by_title[title] for title in sorted(told or ()) if title in by_title), None)
        if story is not None:
            pairs.append((page, story))
    return pairs


def candidates(page: Page, seed: Seed, story: Article) -> dict[str, list[str]]:
    """Return by key the selectors of the elements in which *page* shows what *story* says.

    :raises ExtractError: if there is nothing to parse
    """
    seen = _Sought(page, seed, story)
    return {key: list(dict.fromkeys(seen.names(key))) for key in KEYS}


def rights(page: Page, seed: Seed, story: Article, selectors: Mapping[str, Sequence[str]]) -> dict[Rule, float]:
    """Return how right each selector is on *page*: 1 wholly, 0 matches nothing, below 0 shows something else.

    The selector "" stands for whether the page shows what the key is for at all.

    :raises ExtractError: if there is nothing to parse
    """
    seen = _Sought(page, seed, story)
    found = {(key, css): seen.right(key, css) for key, several in selectors.items() for css in several}
    return found | {(key, ""): float(any(True for _ in seen.elements(key))) for key in KEYS}


def proposals(seed: Seed, judged: Sequence[Mapping[Rule, float]]) -> list[Proposed]:
    """Return what to add to the keys of *seed* whose selectors do not find what the pages show.

    :param judged: :func:`rights` of each page, of the selectors of *seed* among others
    """
    return [found for key in KEYS if (found := _proposed(seed, key, judged)) is not None]


def with_proposals(seed: Seed, found: Collection[Proposed]) -> Seed:
    """Return *seed* with the selectors that are proposed before its own."""
    for one in found:
        section, _, name = one.key.partition(".")
        rules = getattr(seed, section)
        changed: Any = {name: tuple(dict.fromkeys((*one.selectors, *getattr(rules, name))))}
        changed = {section: replace(rules, **changed)}
        seed = replace(seed, **changed)
    return seed


def outcome(page: Page, seed: Seed, story: Article) -> Outcome:
    """Return how much of *story* extraction finds on *page* with *seed*; fields that it lacks are left out.

    :raises ExtractError: if there is nothing to parse
    """
    seen, article = _Sought(page, seed, story), anatomy(page, seed)
    found: dict[str, float] = {"title": normalise(article.title) == normalise(story.title)}
    if story.lead:
        found["lead"] = normalise(article.lead) == normalise(story.lead)
    if story.published is not None:
        found["date"] = article.published is not None and abs(article.published - story.published) <= _DAY
    if story.authors:
        found["author"] = bool({*map(normalise, story.authors)} & {*map(normalise, article.authors)})
    if seen.paragraphs:
        text = normalise(article.text)
        found["text"] = sum(paragraph in text for paragraph in seen.paragraphs) / len(seen.paragraphs)
    if seen.links:
        keys = {one.key for one in article.related if one.kind == "related"}
        found["related"] = len(keys & {*seen.links.values()}) / len({*seen.links.values()})
    return {name: float(value) for name, value in found.items()}


class _Sought:
    """A story, and the page on which it is looked for."""

    def __init__(self, page: Page, seed: Seed, story: Article) -> None:
        self.tree, _ = parse(page)
        self.outline, self._story = Outline(self.tree), story
        self._texts: dict[HtmlElement, str] = {}
        related = {one.key for one in story.related if one.kind == "related"}
        keys = {anchor: resolve(anchor.get("href", ""), page.url, seed)[1] for anchor in self.outline.anchors}
        self.links = {anchor: key for anchor, key in keys.items() if key in related and not in_sentence(anchor)}
        """Links to what the story showed as related, which stand alone."""
        self.paragraphs = [
            text
            for part in story.paragraphs
            if part.verdict == "body" and len(text := normalise(part.text)) >= PROSE
        ]  # fmt: skip
        self._holds: dict[str, Callable[[HtmlElement], bool]] = {
            "body.title_css": lambda element: self._says(element, story.title),
            "body.lead_css": lambda element: self._says(element, story.lead),
            "body.date_css": self._dates,
            "body.author_css": self._signs,
            "body.css": self._holds_text,
        }

    def _text(self, element: HtmlElement) -> str:
        if element not in self._texts:
            self._texts[element] = normalise(element.text_content())
        return self._texts[element]

    def _says(self, element: HtmlElement, text: str) -> bool:
        near = 0.5 * len(text) <= self.outline.length(element) <= 1.5 * len(text)
        return bool(text) and near and self._text(element) == normalise(text)

    def _dates(self, element: HtmlElement) -> bool:
        if self._story.published is None or not 4 <= self.outline.length(element) <= PROSE:
            return False
        text = " ".join(element.text_content().split())
        if not any(map(str.isdigit, text)):
            return False
        found = parse_time(text, language=self._story.language, url=self._story.url)
        return found is not None and abs(found - self._story.published) <= _DAY

    def _signs(self, element: HtmlElement) -> bool:
        names = [normalise(name) for name in self._story.authors]
        most = max(map(len, names), default=0) + 30
        return 0 < self.outline.length(element) <= most and any(name in self._text(element) for name in names)

    def _holds_text(self, element: HtmlElement) -> bool:
        if not self.paragraphs or self.outline.length(element) < sum(map(len, self.paragraphs)) / 2:
            return False
        text = self._text(element)
        return sum(paragraph in text for paragraph in self.paragraphs) >= WORKS * len(self.paragraphs)

    def elements(self, key: str) -> Iterator[HtmlElement]:
        """Yield the innermost elements that show what *key* is for; of related stories those around the links."""
        if key == "related.css":
            for anchor in self.links:
                yield from islice(_below(anchor, self.outline), _LEVELS)
            return
        holds = self._holds[key]
        found = {element for element in self.outline.order if holds(element)}
        around = {above for element in found for above in element.iterancestors()}
        yield from sorted(found - around, key=self.outline.order.__getitem__)

    def names(self, key: str) -> Iterator[str]:
        """Yield the selectors that may name the elements of *key*."""
        for element in self.elements(key):
            yield from _names(element)
            above = element.getparent()
            if above is not None and key != "related.css":
                yield from (f"{name} {element.tag}" for name in _names(above))
                if len(above) == 1:  # <h1 class="head"><span>Title</span></h1>
                    yield from _names(above)

    def right(self, key: str, selector: str) -> float:
        """Return how right a selector is on this page: see :func:`rights`."""
        elements = [one for one in self.tree.cssselect(selector, translator="html") if one in self.outline.order]
        if not elements:
            return 0.0
        if key != "related.css":
            return 1.0 if self._holds[key](elements[0]) else -1.0
        inside = set(self.outline.anchors_in(elements))
        known = {key for anchor, key in self.links.items() if anchor in inside}
        if not known or any(self.outline.holds_body(one) or in_sentence(one) for one in elements):
            return -1.0
        others = len(inside - self.links.keys())
        # Of blocks that hold the same the one around them all is taken: its cards may lose their class one by one.
        return len(known) / len({*self.links.values()}) - others / 100 - len(elements) / 1000


def _below(element: HtmlElement, outline: Outline) -> Iterator[HtmlElement]:
    """Yield the elements around *element*, from the inside, that hold none of the text."""
    for above in element.iterancestors():
        if above not in outline.order or outline.holds_body(above):
            return
        yield above


def _names(element: HtmlElement) -> Iterator[str]:
    yield from (f"{element.tag}.{name}" for name in classes(element))


def _proposed(seed: Seed, key: str, judged: Sequence[Mapping[Rule, float]]) -> Proposed | None:
    standing = _standing(seed, key)
    pages = [page for page in judged if page.get((key, ""))]
    left = [page for page in pages if not _first_right(page, key, standing)]
    before = len(pages) - len(left)
    if len(pages) < _LEAST or before >= WORKS * len(pages):
        return None
    chosen: list[str] = []
    while left and len(chosen) < _MOST:
        scores: defaultdict[str, float] = defaultdict(float)
        hits: Counter[str] = Counter()
        for page in left:
            for (of, selector), right in page.items():
                if of == key and selector and selector not in standing:
                    scores[selector] += right
                    hits[selector] += right >= 0.5
        best = max(scores, key=lambda one: (round(scores[one], 3), -len(one), one), default="")
        if not best or hits[best] < max(_LEAST, len(left) / 5) or scores[best] <= 0:
            break
        chosen.append(best)
        left = [page for page in left if page.get((key, best), 0.0) < 0.5]
    right = len(pages) - len(left)
    return Proposed(key=key, selectors=tuple(chosen), right=right, before=before, pages=len(pages)) if chosen else None


def _standing(seed: Seed, key: str) -> tuple[str, ...]:
    section, _, name = key.partition(".")
    selectors: tuple[str, ...] = getattr(getattr(seed, section), name)
    return selectors


def _first_right(page: Mapping[Rule, float], key: str, selectors: Sequence[str]) -> bool:
    """Say whether the first of *selectors* that matches on a page is right there."""
    return next((value for css in selectors if (value := page.get((key, css), 0.0))), 0.0) >= 0.5


def titles(page: Page) -> frozenset[str]:
    """Return what a page may call itself, normalised: for a story whose address has changed too.

    :raises ExtractError: if there is nothing to parse
    """
    tree, _ = parse(page)
    told = [*(element.text_content() for element in tree.iter("h1")), *meta_tags(tree).get("og:title", [])]
    return frozenset(filter(None, (normalise(str(text)) for text in told)))

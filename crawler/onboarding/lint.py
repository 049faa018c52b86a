"""A seed file held against pages: what its selectors and expressions match there, and what does harm. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.article.dissect import PageAnatomy, dissect
from crawler.article.page.anatomy import PageLink
from crawler.article.page.decode import parse
from crawler.article.page.page import Page
from crawler.article.related.lines import in_sentence
from crawler.article.related.outline import Outline
from crawler.article.saved_page import addressed
from crawler.outcome import length_sketch
from crawler.outcome.counts import fields_of
from crawler.outcome.expectations import unmet
from crawler.portals.seed import Seed
from crawler.urls.canonical import allowed_host, is_listing, looks_like_article

Verdict = Literal["ok", "wrong", "not seen"]
Rule = tuple[str, str]
"""Key of the seed file, and one of its selectors or expressions."""

_AROUND = frozenset({"related.css", "related.list_css", "related.exclude_css", "related.script_css", "body.remove_css"})
"""Selectors of what stands beside the text."""
_CUTTING = frozenset({"related.css", "related.list_css", "body.remove_css"})
_PATTERNS = ("article_url", "listing_url", "never_follow")
_MANY_LINKS = 10
"""Links of which one should be an article's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked for."""

    portal: str
    key: str
    """Key of the seed file, or ``article`` for what a page gave."""
    subject: str
    """Address or selector."""
    verdict: Verdict
    """``wrong`` needs a person; ``not seen`` may be: few pages were looked at, and old layouts have selectors too."""
    detail: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What one page gave and what matched on it."""

    url: str
    found: PageAnatomy
    links: tuple[PageLink, ...]
    """Those to hosts of the portal."""
    matched: Mapping[Rule, int] = field(default_factory=dict)
    """How many elements or links each rule matches; selectors on an article only."""
    harm: Mapping[Rule, str] = field(default_factory=dict)
    """What a selector matches that it must not, in words."""


def page_facts(page: Page, seed: Seed) -> PageFacts:
    """Return what *page* gives with *seed* and what the rules of *seed* match on it.

    :raises ExtractError: if there is nothing to parse
    """
    page = addressed(page)
    found = dissect(page, seed)
    links = tuple(link for link in found.links if allowed_host(urlsplit(link.address).hostname or "", seed))
    matched: dict[Rule, int] = {rule: sum(_leads(rule, link, seed) for link in links) for rule in _patterns(seed)}
    harm: dict[Rule, str] = {}
    if found.article is not None:
        tree, _ = parse(page)
        outline = Outline(tree)
        for key, selector in _selectors(seed):
            elements = tree.cssselect(selector, translator="html")
            matched[key, selector] = len(elements)
            if said := next(filter(None, (_harm(key, element, outline) for element in elements)), ""):
                harm[key, selector] = said
    return PageFacts(page.url, found, links, matched, harm)


def findings(seed: Seed, pages: Sequence[PageFacts]) -> Iterator[Finding]:
    """Yield what the rules of *seed* match on *pages*, and whether ``[expect]`` holds of their articles."""
    articles = [page for page in pages if page.found.article is not None]
    if articles:
        for rule in _selectors(seed):
            yield _of_selector(seed, rule, articles)
    yield from _of_patterns(seed, pages)
    yield from _expected(seed, articles)


def article_finding(seed: Seed, facts: PageFacts) -> Finding:
    """Return what a page gave that should be an article."""
    article = facts.found.article
    if article is None:
        return finding(seed, "article", facts.url, "wrong", f"no article: {facts.found.reason}")
    parts = {"title": bool(article.title), "text": bool(article.text), "date": article.published is not None}
    missing = [name for name, there in parts.items() if not there]
    words = f"{len(article.text.split())} words, {len(article.related)} related ({article.related_status})"
    given = f"no {', no '.join(missing)}; {words}" if missing else f"title, date, {words}"
    return finding(seed, "article", facts.url, "wrong" if missing else "ok", given)


def listing_finding(seed: Seed, facts: PageFacts, key: str = "listing") -> Finding:
    """Return how many links of a page that lists articles lead to some."""
    count = sum(link.article for link in facts.links)
    detail = f"{count} of {len(facts.links)} links match article_url" if seed.article_url else f"{count} links"
    return finding(seed, key, facts.url, "ok" if count else "wrong", detail)


def finding(seed: Seed, key: str, subject: str, verdict: Verdict, detail: str) -> Finding:
    """Return a finding about the portal of *seed*."""
    return Finding(portal=seed.name, key=key, subject=subject, verdict=verdict, detail=detail)


def _selectors(seed: Seed) -> Iterator[Rule]:
    for section in ("related", "body"):
        rules = getattr(seed, section)
        for one in fields(rules):
            yield from ((f"{section}.{one.name}", selector) for selector in getattr(rules, one.name))


def _patterns(seed: Seed) -> Iterator[Rule]:
    return ((key, pattern) for key in _PATTERNS for pattern in getattr(seed, key))


def _leads(rule: Rule, link: PageLink, seed: Seed) -> bool:
    key, pattern = rule
    if key == "article_url":
        return looks_like_article(link.address, replace(seed, article_url=(pattern,)))
    if key == "listing_url":
        alone = replace(seed, listing_url=(pattern,))
        return is_listing(link.address, alone) or is_listing(link.url, alone)
    return re.search(pattern, link.address) is not None


def _harm(key: str, element: HtmlElement, outline: Outline) -> str:
    """Return in words what is wrong with a match of a selector; empty if nothing is."""
    if key in _AROUND and outline.holds_body(element):
        return f"matches the text of the article itself (<{element.tag}>)"
    if key in _CUTTING and in_sentence(element):
        text = " ".join(element.text_content().split())
        return f"matches inside a sentence: {text[:60]!r}"
    return ""


def _of_selector(seed: Seed, rule: Rule, articles: Sequence[PageFacts]) -> Finding:
    harmed = [page.harm[rule] for page in articles if rule in page.harm]
    count = sum(page.matched[rule] > 0 for page in articles)
    if harmed:
        return finding(seed, *rule, "wrong", f"{harmed[0]}; so on {len(harmed)} of {len(articles)} articles")
    if not count:
        return finding(seed, *rule, "not seen", f"matches nothing on {len(articles)} articles")
    return finding(seed, *rule, "ok", f"on {count} of {len(articles)} articles")


def _of_patterns(seed: Seed, pages: Sequence[PageFacts]) -> Iterator[Finding]:
    links = sum(len(page.links) for page in pages)
    counts = {rule: sum(page.matched[rule] for page in pages) for rule in _patterns(seed)} if links else {}
    articles = sum(link.article for page in pages for link in page.links)
    for rule, count in counts.items():
        none = rule[0] == "article_url" and not articles and links >= _MANY_LINKS
        verdict: Verdict = "ok" if count else "wrong" if none else "not seen"
        yield finding(seed, *rule, verdict, f"matches {count} of {links} links")


def _expected(seed: Seed, pages: Iterable[PageFacts]) -> Iterator[Finding]:
    articles = [page.found.article for page in pages if page.found.article is not None]
    there = Counter(name for article in articles for name in fields_of(article))
    lengths = Counter(length_sketch.bucket(len(article.text)) for article in articles)
    short = dict(unmet(seed.expect, there, lengths))
    for one in fields(seed.expect):
        value = getattr(seed.expect, one.name)
        if articles and value and one.name != "new_per_day":
            said = short.get(one.name)
            detail = said or f"nothing against it on {len(articles)} articles"
            yield finding(seed, f"expect.{one.name}", str(value), "wrong" if said else "ok", detail)

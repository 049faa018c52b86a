"""What a first look showed → the text of a seed file, every guess with its count. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from crawler.onboarding.first_look import FirstLook, SampleArticle, SeenFeed
from crawler.onboarding.url_pattern import guess_patterns
from crawler.portals.reader import parse_seed
from crawler.portals.seed import Seed
from crawler.urls.canonical import looks_like_article, site_of
from crawler.urls.hosts import is_loopback_url
from storage.records import Article

_LEAST_PAGES = 2
"""Pages on which a class must hold related stories to be proposed."""


def draft_seed(seen: FirstLook, seed: Seed, day: date) -> str:
    """Return the text of a seed file for the portal in *seen*; :func:`~crawler.portals.reader.parse_seed` reads it.

    :param seed: what the pages were read with; names the allowed domains
    :param day: when they were read
    """
    articles = [one.anatomy.article for one in seen.articles if one.anatomy and one.anatomy.article]
    unverified = ["title", "start_urls", "allowed_domains"]
    lines = [
        f"# Drafted from {_pages(seen)}. Every value is a guess: read it, correct it,",
        "# save a page of each layout as a test case, then raise the confidence at the end.",
        f"title = {_text(seen.title or urlsplit(seen.url).netloc)}",
        *_language(articles, unverified),
        f"start_urls = [{_text(seen.url)}]",
        f"allowed_domains = [{', '.join(map(_text, seed.allowed_domains))}]",
        *_article_url(seen, unverified),
        *(["loopback = true"] if is_loopback_url(seen.url) else []),
        "",
        *_related(seen.articles, articles, unverified),
        *_articles(seen.articles),
        "",
        *_discovery(seen, seed, unverified),
        "[crawl]",
        f"delay = {0.0 if is_loopback_url(seen.url) else 3.0}",
        "",
        "[verified]",
        f"date = {day.isoformat()}",
        f'source = "storykin portals add, from {_pages(seen)}"',
        'confidence = "low"',
        f"unverified = [{', '.join(map(_text, unverified))}]",
    ]
    text = "\n".join(lines) + "\n"
    parse_seed(text, name="draft", where="draft")
    return text


def draft_name(url: str) -> str:
    """Return a name for the portal at *url*: its domain without the suffix.

    >>> draft_name("https://www.dantri.com.vn/"), draft_name("http://127.0.0.1:8787/")
    ('dantri', '127-0-0-1-8787')
    """
    site = site_of(url)
    name = site if ":" in site else site.partition(".")[0]
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "portal"


def _pages(seen: FirstLook) -> str:
    return f"the front page and {sum(one.anatomy is not None for one in seen.articles)} further pages of {seen.url}"


def _language(articles: list[Article], unverified: list[str]) -> Iterator[str]:
    languages = Counter(article.language for article in articles if article.language)
    for language, count in languages.most_common(1):
        if re.fullmatch(r"[a-z]{2}", language) and 5 * count >= 4 * len(articles):
            unverified.append("language")
            yield f"language = {_text(language)}  # {count} of {len(articles)} articles"
        else:  # a portal in two languages: its pages say which
            yield f"# Languages of the articles: {', '.join(f'{name} {n}' for name, n in languages.most_common())}."


def _article_url(seen: FirstLook, unverified: list[str]) -> Iterator[str]:
    articles = [link.address for link in seen.links if link.article]
    others = [link.address for link in seen.links if not link.article]
    guesses = guess_patterns(articles, others)
    if not guesses:
        yield f"# No form is common to the {len(articles)} links that look like articles; the generic guess is used."
        return
    unverified.append("article_url")
    yield f"# Of {len(articles)} links on the front page that look like articles, and of {len(others)} others:"
    yield "article_url = ["
    for guess in guesses:
        yield f"    '{guess.pattern}',  # {guess.articles} and {guess.others}"
    yield "]"


def _related(seen: tuple[SampleArticle, ...], articles: list[Article], unverified: list[str]) -> Iterator[str]:
    stories = sum(bool(article.related) for article in articles)
    counts = Counter(name for one in seen for name in one.related_classes)
    # Of equal counts the longest name says most: "related-stories" before "box".
    common = sorted(counts.items(), key=lambda item: (-item[1], -len(item[0]), item[0]))[:3]
    css = [(name, count) for name, count in common if count >= _LEAST_PAGES and 2 * count > stories]
    if not css:
        tiers = Counter(article.related[0].found_by for article in articles if article.related)
        how = f", by {', '.join(sorted(tiers))}" if tiers else ""
        yield f"# [related]: no class is common; the generic finder found some on {stories} of {len(articles)}{how}."
        return
    unverified.append("related.css")
    yield "[related]"
    yield f"# Elements that hold related stories and nothing else, of {stories} articles that have some."
    yield "css = ["
    for name, count in css:
        yield f"    {_text(f'.{name}')},  # on {count}"
    yield "]"


def _articles(seen: tuple[SampleArticle, ...]) -> Iterator[str]:
    """Yield what the articles gave without selectors, as comments."""
    for one in seen:
        article = one.anatomy.article if one.anatomy else None
        if article is not None:
            words = len(article.text.split())
            dated = article.published.date().isoformat() if article.published else "no date"
            found = f"{words} words, {dated}, {len(article.related)} related"
        else:
            found = one.problem or f"no article: {one.anatomy.reason if one.anatomy else ''}"
        yield f"# {_comment(one.url)}: {_comment(found)}"


def _discovery(seen: FirstLook, seed: Seed, unverified: list[str]) -> Iterator[str]:
    if not seen.feeds:
        yield "# [discovery]: the front page names no feed, robots.txt no sitemap."
        yield ""
        return
    yield "[discovery]"
    for key, kinds in (("feeds", ("feed",)), ("sitemaps", ("sitemap", "sitemap index"))):
        found = [one for one in seen.feeds if one.feed and one.feed.kind in kinds]
        if found:
            unverified.append(f"discovery.{key}")
            yield f"{key} = ["
            for one in found:
                yield f"    {_text(one.url)},  # {_held(one, seed)}"
            yield "]"
    for one in seen.feeds:
        if one.feed is None:
            yield f"# Named, but of no use: {_comment(one.url)}: {_comment(one.problem)}"
    yield ""


def _held(seen: SeenFeed, seed: Seed) -> str:
    assert seen.feed is not None
    if seen.feed.sitemaps:
        return f"{len(seen.feed.sitemaps)} sitemaps"
    entries = seen.feed.entries
    likely = sum(looks_like_article(entry.url, seed) for entry in entries)
    newest = max((entry.published for entry in entries if entry.published), default=None)
    dated = f", the newest of {newest.date().isoformat()}" if newest else ", no dates"
    return f"{likely} of {len(entries)} look like articles{dated}"


def _text(text: str) -> str:
    """Return *text* as a TOML string."""
    return json.dumps(_comment(text), ensure_ascii=False)


def _comment(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text).encode("utf-8", "replace").decode()

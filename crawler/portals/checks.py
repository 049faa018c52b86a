"""What can be wrong with a seed whose keys and types are right."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cssselect import HTMLTranslator, SelectorError

from crawler.portals.refetch_steps import parse_steps
from crawler.portals.seed import FOLLOWED, RENDERED_KINDS
from crawler.portals.timetable import schedule_problems, zone_problem

if TYPE_CHECKING:
    from crawler.portals.seed import CrawlRules, FetchRules, Seed

_REGEX_KEYS = ("article_url", "listing_url", "never_follow", "promo_lines")
PLACEHOLDERS = ("year", "month", "month2")
"""What may stand in braces in an address of ``[discovery]``."""
_PLACEHOLDER = re.compile(r"\{(?:" + "|".join(PLACEHOLDERS) + r")\}")
_CONFIDENCE = ("high", "medium", "low")
_HOST = re.compile(r"(?=.{1,253}$)[\w-]+(?:\.[\w-]+)*")


def problems(seed: Seed) -> Iterable[tuple[str, str]]:
    """Yield (key, what is wrong with it) for everything in *seed* that no crawl could use."""
    yield from _bad_addresses(seed)
    yield from _bad_patterns(seed)
    if seed.language and not re.fullmatch(r"[a-z]{2}", seed.language):
        yield "language", f"{seed.language!r} is no ISO 639-1 code such as 'vi'"
    if problem := zone_problem(seed.timezone):
        yield "timezone", problem
    yield from _bad_crawl(seed.crawl)
    if not 1 <= seed.discovery.newest_days <= 36_500:
        yield "discovery.newest_days", f"{seed.discovery.newest_days} is not between 1 and 36500"
    yield from _bad_discovery(seed)
    try:
        parse_steps(seed.refetch.steps)
    except ValueError as wrong:
        yield "refetch.steps", str(wrong)
    for key, problem in schedule_problems(seed.schedule):
        yield f"schedule.{key}", problem
    for field in fields(seed.expect):
        share, value = isinstance(field.default, float), getattr(seed.expect, field.name)
        if not 0 <= value <= (1 if share else 10**9):
            yield f"expect.{field.name}", f"{value} is {'not between 0 and 1' if share else 'below 0'}"
    if seed.verified.confidence not in _CONFIDENCE:
        yield "verified.confidence", f"{seed.verified.confidence!r} is none of {', '.join(_CONFIDENCE)}"
    yield from _bad_fetch(seed.fetch)
    if seed.verified.date and not re.fullmatch(r"\d{4}-\d\d-\d\d", seed.verified.date):
        yield "verified.date", f"{seed.verified.date!r} is no date such as 2026-08-20"


def _bad_fetch(rules: FetchRules) -> Iterable[tuple[str, str]]:
    if rules.render not in ("", "browser"):
        yield "fetch.render", f"{rules.render!r} is not 'browser'; leave the key out to render nothing"
    for kind in rules.render_kinds:
        if kind not in RENDERED_KINDS:
            yield "fetch.render_kinds", f"{kind!r} is none of {', '.join(RENDERED_KINDS)}"


def follow_problem(names: Iterable[str]) -> str:
    """Return in words what is wrong with *names* as what a crawl is to go along; empty where nothing is."""
    unknown = next((name for name in names if name not in FOLLOWED), None)
    return "" if unknown is None else f"{unknown!r} is none of {', '.join(FOLLOWED)}"


def _bad_crawl(rules: CrawlRules) -> Iterable[tuple[str, str]]:
    if not 0 <= rules.delay <= 3600:
        yield "crawl.delay", f"{rules.delay} is not between 0 and 3600 seconds"
    if not 1 <= rules.concurrency <= 64:
        yield "crawl.concurrency", f"{rules.concurrency} is not between 1 and 64"
    if rules.max_depth < 0:
        yield "crawl.max_depth", f"{rules.max_depth} is below 0"
    if problem := follow_problem(rules.follow):
        yield "crawl.follow", problem
    for key in ("requests_per_day", "bytes_per_day"):
        if getattr(rules, key) < 0:
            yield f"crawl.{key}", f"{getattr(rules, key)} is below 0; 0 sets no limit"


def _bad_addresses(seed: Seed) -> Iterable[tuple[str, str]]:
    hosts = [("allowed_domains", domain) for domain in seed.allowed_domains]
    hosts += [("host_aliases", host) for pair in seed.host_aliases for host in pair]
    hosts += [("fetch.hosts", host) for host in seed.fetch.hosts]
    for key, host in hosts:
        if not _HOST.fullmatch(host) or host != host.lower():
            yield key, f"{host!r} is no host name; write it in lower case without scheme, port and path"
    for url in seed.start_urls:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in {"http", "https"} or not host:
            yield "start_urls", f"{url!r} is no http or https address"
        elif not any(host == d or host.endswith(f".{d}") for d in seed.allowed_domains):
            yield "start_urls", f"{url!r} is outside allowed_domains ({', '.join(seed.allowed_domains)})"
    for url in seed.start_urls:
        for pattern in seed.never_follow:
            if not _regex_problem(pattern) and re.search(pattern, url):
                yield "never_follow", f"{pattern!r} forbids the start page {url}"


def _bad_discovery(seed: Seed) -> Iterable[tuple[str, str]]:
    """A feed may lie on another host than the portal: it is named here, not found on a page."""
    for key in ("feeds", "sitemaps"):
        for address in getattr(seed.discovery, key):
            filled = _PLACEHOLDER.sub("1", address)
            parts = urlsplit(filled)
            if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(parts.hostname or ""):
                yield f"discovery.{key}", f"{address!r} is no http or https address"
            elif unknown := re.search(r"[{}]", filled):
                known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
                yield f"discovery.{key}", f"{address!r}: {unknown[0]!r} belongs to none of {known}"


def _bad_patterns(seed: Seed) -> Iterable[tuple[str, str]]:
    for key in _REGEX_KEYS:
        for pattern in getattr(seed, key):
            if problem := _regex_problem(pattern):
                yield key, f"{pattern!r} is no regular expression: {problem}"
    for section in ("related", "body"):
        for field in fields(getattr(seed, section)):
            for selector in getattr(getattr(seed, section), field.name):
                try:
                    HTMLTranslator().css_to_xpath(selector)
                except SelectorError as problem:
                    yield f"{section}.{field.name}", f"{selector!r} is no CSS selector: {problem}"


def _regex_problem(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as problem:
        return str(problem)
    return ""

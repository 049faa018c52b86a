"""A test case of a portal from a saved page, in one command.

    python -m tools.portal_case NAME CASE page.html [--url URL] [--seeds DIR]

writes ``tests/portals/NAME/CASE/page.html`` and ``expected.json``. The running text of the page is no longer the
portal's: its words change places with one another, everywhere alike, so that a title in the head is still the title in
the body. Short strings (names, labels, headings of blocks, dates), numbers and the markup stay, and are to be read.
``expected.json`` holds what comes out today. It is to be read and corrected: only a person knows what is right.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from lxml.html import HtmlElement, tostring

from crawler.article.dissect import dissect
from crawler.article.metadata.jsonld import loads_leniently
from crawler.article.page.decode import parse
from crawler.article.page.page import Page
from crawler.article.saved_page import addressed, saved_page
from crawler.portals.reader import load_seed
from crawler.portals.seed import BodyRules, RelatedRules, Seed
from dedupe.errors import InputError

CASES = Path(__file__).resolve().parents[1] / "tests" / "portals"
RUNNING = 5
"""Words from which on a string is running text."""
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
"""Thai, Lao, Burmese, Khmer, kana, Han: each character changes places by itself, three count as a word."""
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W\d_{_UNSPACED}]+")
_READ = ("content", "alt", "title", "aria-label", "datetime", "data-title")
_ADDRESSES = ("href", "src", "content", "data-href", "data-url")


def write_case(name: str, case: str, page: Page, seed: Seed, folder: Path = CASES) -> Path:
    """Write the case and return its folder.

    :param page: as saved, with its address
    :raises InputError: if *page* is no article by *seed*, before or after its words changed places, or the case exists
    """
    to = folder / name / case
    if to.exists():
        raise InputError(f"{to}: exists; name another case, or remove it")
    found_in(page, seed)
    changed = with_words_exchanged(page, seed)
    expected = {"url": changed.url, "needs": needs(changed, seed), **found_in(changed, seed)}
    to.mkdir(parents=True)
    (to / "page.html").write_bytes(changed.body)
    text = json.dumps(expected, ensure_ascii=False, indent=2, default=lambda moment: moment.isoformat())
    (to / "expected.json").write_text(text + "\n", encoding="utf-8")
    return to


def found_in(page: Page, seed: Seed) -> dict[str, Any]:
    """Return what comes out of *page*, in the terms of ``expected.json``.

    :raises InputError: if the page is no article
    """
    dissected = dissect(page, seed)
    article = dissected.article
    if article is None:
        raise InputError(f"{page.url}: is no article by the seed {seed.name}: {dissected.kind}, {dissected.reason}")
    return {
        "title": article.title,
        "text": article.text.split("\n\n"),
        "related": [{"title": r.title, "url": r.key, "blurb": r.blurb} for r in article.related if r.kind == "related"],
        "related_status": article.related_status,
        "captions": list(article.captions),
        "published": article.published,
        "language": article.language,
    }


def needs(page: Page, seed: Seed) -> list[str]:
    """Return the keys of the sections ``related`` and ``body`` without which something else comes out of *page*."""
    wanted = found_in(page, seed)
    keys = [
        f"{section}.{field.name}"
        for section in ("related", "body")
        for field in fields(getattr(seed, section))
        if getattr(getattr(seed, section), field.name)
    ]
    for key in list(keys):
        fewer = [other for other in keys if other != key]
        if _found(page, with_only(seed, fewer)) == wanted:
            keys = fewer
    return keys


def with_only(seed: Seed, keys: Iterable[str]) -> Seed:
    """Return *seed* without its rules for pages but for the dotted *keys*, such as ``body.css``."""
    stripped = replace(seed, related=RelatedRules(), body=BodyRules())
    for key in keys:
        section, _, field = key.partition(".")
        rules = replace(getattr(stripped, section), **{field: getattr(getattr(seed, section), field)})
        stripped = replace(stripped, **{section: rules})
    return stripped


def _found(page: Page, seed: Seed) -> dict[str, Any] | None:
    try:
        return found_in(page, seed)
    except InputError:
        return None


def with_words_exchanged(page: Page, seed: Seed) -> Page:
    """Return *page* with the words of its running text exchanged, without comments, styles and scripts but JSON-LD.

    The portal's name in its own host and the promotion lines of *seed* stay.
    """
    tree, _ = parse(page)
    texts, addresses = _Words(seed), _Words(seed)
    _rewrite(tree, texts.note, addresses.note_slug)
    addresses.note_slug(page.url)
    for words in (texts, addresses):
        words.shuffle(page.body)
    _rewrite(tree, texts.exchange, addresses.exchange_slug)
    html = tostring(tree, encoding="utf-8", doctype="<!DOCTYPE html>")
    return Page(url=addresses.exchange_slug(page.url), body=html, content_type="text/html; charset=utf-8")


class _Words:
    """Words that change places with one another."""

    def __init__(self, seed: Seed) -> None:
        self.seen: dict[str, str] = {}
        self._own = {label for domain in seed.allowed_domains for label in domain.split(".")}
        self._promo = [re.compile(line, re.IGNORECASE) for line in seed.promo_lines]

    def note(self, text: str) -> str:
        if self._changes(text):
            self.seen.update((word.lower(), "") for word in _WORD.findall(text) if word.lower() not in self._own)
        return text

    def note_slug(self, url: str) -> str:
        for part in urlsplit(url).path.split("/"):
            self.note(" ".join(filter(_WORD.fullmatch, part.split("-"))))
        return url

    def shuffle(self, by: bytes) -> None:
        order = sorted(self.seen)
        others = order.copy()
        random.Random(by).shuffle(others)  # noqa: S311 - the same page gives the same case
        self.seen = dict(zip(order, others, strict=True))

    def exchange(self, text: str) -> str:
        return _WORD.sub(self._other, text) if self._changes(text) else text

    def exchange_slug(self, url: str) -> str:
        parts = urlsplit(url)
        path = "/".join(self._segment(part) for part in parts.path.split("/"))
        return urlunsplit(parts._replace(path=path))

    def _segment(self, part: str) -> str:
        tokens = part.split("-")
        if not _is_running(" ".join(filter(_WORD.fullmatch, tokens))):
            return part
        return "-".join(self.seen.get(token.lower(), token) for token in tokens)

    def _changes(self, text: str) -> bool:
        return _is_running(text) and not any(line.fullmatch(text.strip()) for line in self._promo)

    def _other(self, found: re.Match[str]) -> str:
        word = found[0]
        other = self.seen.get(word.lower(), word)
        if word.istitle():
            return other.capitalize()
        return other.upper() if word.isupper() else other


def _is_running(text: str) -> bool:
    words = _WORD.findall(text)
    unspaced = sum(bool(re.match(f"[{_UNSPACED}]", word)) for word in words)
    return len(words) - unspaced + unspaced // 3 >= RUNNING


def _rewrite(tree: HtmlElement, text: Callable[[str], str], address: Callable[[str], str]) -> None:
    """Put every string that a reader or a crawler sees through *text*, every address through *address*."""

    def value(string: str) -> str:
        return address(string) if re.match(r"https?://|/[\w-]", string) else text(string)

    def deep(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: deep(member) for key, member in data.items()}
        if isinstance(data, list):
            return [deep(member) for member in data]
        return value(data) if isinstance(data, str) else data

    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element.tag in ("style", "noscript"):
            element.drop_tree()
        elif element.tag == "script":
            known = "ld+json" in element.get("type", "")
            data = [deep(one) for one in loads_leniently(element.text or "")] if known else []
            element.text = json.dumps(data[0] if len(data) == 1 else data, ensure_ascii=False) if data else ""
            element.tail = text(element.tail or "")
        else:
            element.text, element.tail = text(element.text or ""), text(element.tail or "")
            for name in {*_READ, *_ADDRESSES} & set(element.attrib):
                element.set(name, value(element.get(name)))


def main() -> int:
    """Write the case that the command line names; say what to read in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="the portal")
    parser.add_argument("case", help="a word for the layout")
    parser.add_argument("page", type=Path, help="the page as saved from a browser or with curl")
    parser.add_argument("--url", default="", help="its address; else what the page itself names")
    parser.add_argument("--seeds", type=Path, help="folder of the seed file, if it is not bundled")
    parser.add_argument("--to", type=Path, default=CASES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    try:
        page = addressed(saved_page(options.page, options.url))
        to = write_case(options.name, options.case, page, load_seed(options.name, options.seeds), options.to)
    except InputError as problem:
        sys.stderr.write(f"portal_case: {problem}\n")
        return 2
    sys.stdout.write(f"{to}: read expected.json and correct what is wrong; read page.html for names of persons\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

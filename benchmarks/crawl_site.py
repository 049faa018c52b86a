"""The news site that crawlers are compared on: 52 kB pages with related blocks, copies and errors, served from memory.

    python -m benchmarks.crawl_site --pages 400 --port 8000
    python -m benchmarks.crawl_site --pages 400 --pages-from FILE.warc.gz [...]

What a page holds follows from its number alone, so the measuring process knows it without asking. Of a hundred stories
one does not answer (404 and 500 in turn) and five repeat the story before them under another headline: three word for
word, two with a changed paragraph. Every story shows four others, each blurb twice, in one of four layouts:

0. an ``aside`` beside the article, once for the desktop and once for the telephone
1. boxes inside the article, after its body
2. cards between the paragraphs and after the last
3. plain paragraphs "Read more: TITLE" and the blurb, between the paragraphs and after the last

Half of the stories are English, half Vietnamese. The words are invented; what joins them are function words of the
language, which extractors count.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
import urllib.request
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from html import escape
from pathlib import Path
from typing import Any

from crawler.article.page.page import Page
from crawler.warc.archive import read_pages

KIND = "text/html; charset=utf-8"
PAGE_BYTES = 52_000
ADDRESSES = r"https?://[^/]+/news/\d/[a-z-]+-\d{6}\.html"
"""Pattern of the addresses of stories. Archived pages link to addresses of their own hosts without naming the host."""
LAYOUTS = 4
RELATED = 4
_TITLES = {
    "en": "The {} of the {} {} has {} {} {}|Why {} {} was not {} by the {} {}|{} {} is to {} the {} {} of {}",
    "vi": "Vì sao {} {} của {} chưa được {} {} {}|{} {} sẽ {} các {} {} ở {}|Những {} {} đã {} cho {} {} và {}",
}
_SENTENCES = {
    "en": "The {} of the {} {} was {} by {} in the {}, and it is {} that {} {} will not {} before the {} {}.|"
    "After {} {}, they had to {} the {} with {} of their own, because {} {} from {} could not {} it.|"
    "{} said that there were {} {} at the {}, but only {} of them had been {} for more than {} {}.|"
    "It is not the {} {} that has {} us, {} told the {}, but what {} did with {} {} on the {}.|"
    "While {} {} is still {}, most of the {} from {} have been {} to {} {} near the {}.|"
    "If the {} {} of {} can be {} in this {}, all the {} will {} for {} {} at the same {}.",
    "vi": "Các {} của {} {} đã được {} ở {} {}, và người ta nói rằng {} {} sẽ không {} trước {} {}.|"
    "Sau khi {} {}, họ phải {} những {} bằng {} của mình, vì {} {} từ {} không thể {} được.|"
    "{} cho biết có {} {} tại {}, nhưng chỉ {} trong số đó đã được {} hơn {} {} nay.|"
    "Không phải {} {} làm cho {} lo, {} nói với {}, mà là điều {} đã làm với {} {} trên {}.|"
    "Trong khi {} {} vẫn còn {}, nhiều {} từ {} đã được {} về {} {} gần {}.|"
    "Nếu {} {} của {} có thể {} trong {} này, tất cả {} sẽ {} cho {} {} cùng một {}.",
}
_MORE = {"en": ("Read more", "Related stories"), "vi": ("Đọc thêm", "Tin liên quan")}
_SYLLABLES = {
    "en": "bra|kel|min|dor|tha|lun|vas|pel|gri|mon|sta|ril|qua|zen|hol|fir|ned|wos|cam|jut",
    "vi": "lương|bến|thạch|hòa|quế|vĩnh|đằng|khuê|ngọc|trúc|sơn|hạ|tường|phước|nghĩa|bạch|diệp|cẩm|mỹ|an",
}
_NAMES = 8_000
"""Invented words of a language; of those few are frequent (Zipf)."""


class Site:
    """The stories ``0 … pages - 1`` as text and as HTML."""

    def __init__(self, pages: int, seed: int = 1) -> None:
        self.pages = pages
        self.seed = seed

    def path(self, number: int) -> str:
        """Return the path of a story's page."""
        return f"/news/{number % 9}/what-became-of-the-plan-{100_000 + number}.html"

    def status(self, number: int) -> int:
        """Return what the page answers."""
        return 200 if number % 100 != 97 else 404 if number % 200 == 97 else 500

    @cached_property
    def answering(self) -> list[int]:
        """The stories whose pages answer 200."""
        return [number for number in range(self.pages) if self.status(number) == 200]

    def copy_of(self, number: int) -> int | None:
        """Return the story that this one repeats."""
        return number - 1 if number % 20 == 19 else None

    @cached_property
    def copies(self) -> list[int]:
        """The stories that repeat another one which answers."""
        return [n for n in self.answering if (of := self.copy_of(n)) is not None and self.status(of) == 200]

    def language(self, number: int) -> str:
        """Return the language of a story; a copy has that of its original."""
        return "vi" if (number // 2) % 2 else "en"

    def kind(self, number: int) -> str:
        """Return the Content-Type of a story's page."""
        return KIND

    def related(self, number: int) -> list[int]:
        """Return the stories that the page shows, not itself: a tree, a step and a leap, so that all are reached."""
        wanted = [2 * number + 1, 2 * number + 2, number + 1, 7 * number + 3, number + 11, number + 23]
        found = dict.fromkeys(one % self.pages for one in wanted)
        found.pop(number, None)
        return list(found)[:RELATED]

    @cache  # noqa: B019 - a handful of sites in one process
    def title(self, number: int) -> str:
        """Return the headline."""
        draw = random.Random(f"{self.seed} title {number}")
        return _filled(draw, self.language(number), _TITLES[self.language(number)])

    @cache  # noqa: B019
    def blurb(self, number: int) -> str:
        """Return what other pages say about the story; no sentence of its own page."""
        language = self.language(number)
        return _filled(random.Random(f"{self.seed} blurb {number}"), language, _SENTENCES[language])

    def body(self, number: int) -> list[str]:
        """Return the paragraphs of the story, lead first."""
        original, language = self.copy_of(number), self.language(number)
        own = number if original is None else original
        draw = random.Random(f"{self.seed} body {own}")
        texts = [
            " ".join(_filled(draw, language, _SENTENCES[language]) for _ in range(draw.randint(3, 5)))
            for _ in range(draw.randint(7, 11))
        ]
        if original is not None and number % 100 in (39, 79):
            changed = random.Random(f"{self.seed} changed {number}")
            texts[3] = " ".join(_filled(changed, language, _SENTENCES[language]) for _ in range(3))
        return texts

    def html(self, number: int) -> bytes:
        """Return the story's page, padded with menus and script to the size of a portal's."""
        language, title, body = self.language(number), escape(self.title(number)), self.body(number)
        inside, after = self._placed(number, [f"<p>{text}</p>" for text in body])
        facts = json.dumps(
            {
                "@context": "https://schema.org",
                "@type": "NewsArticle",
                "headline": self.title(number),
                "description": body[0],
                "datePublished": f"2026-{number % 9 + 1:02}-{number % 27 + 1:02}T0{number % 9}:15:00+07:00",
                "author": {"@type": "Person", "name": "Lan Ferryman"},
            },
            ensure_ascii=False,
        )
        menu = "".join(f'<li><a href="/section/{n}/">Section {n} of the gazette</a></li>' for n in range(60))
        page = (
            f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{title} | Lock Gazette</title>'
            f'<meta name="description" content="{escape(body[0])}"><meta property="og:type" content="article">'
            f'<meta property="og:title" content="{title}"><script type="application/ld+json">{facts}</script></head>'
            f'<body><header><nav class="main-menu"><ul>{menu}</ul></nav></header><main><article class="story-page">'
            f'<h1 class="article-title">{title}</h1><div class="article-meta"><span class="author">Lan Ferryman</span>'
            f'</div><div class="article-body">{inside}</div></article>{after}</main>'
            f'<footer class="footer"><p>Lock Gazette, an invented paper.</p></footer>'
        )
        draw = random.Random(f"{self.seed} script {number}")
        left = PAGE_BYTES - len(page.encode())
        state = " ".join(f"{draw.randrange(16**7):07x}" for _ in range(max(0, left // 8 - 8)))
        return f'{page}<script>window.state = "{state}"</script></body></html>'.encode()

    def front(self) -> bytes:
        """Return the front page, which shows the first stories."""
        cards = "".join(
            f'<div class="teaser"><h2><a href="{self.path(n)}">{escape(self.title(n))}</a></h2>'
            f"<p>{escape(self.blurb(n))}</p></div>"
            for n in range(min(self.pages, 30))
        )
        return (
            f'<html lang="en"><head><title>Lock Gazette</title></head><body><main>{cards}</main></body></html>'.encode()
        )

    def _placed(self, number: int, paragraphs: list[str]) -> tuple[str, str]:
        """Return the inside of the body with its related entries, and what stands after the article."""
        layout, (more, heading) = (number // 4) % LAYOUTS, _MORE[self.language(number)]
        entries = [(self.path(n), escape(self.title(n)), self.blurb(n)) for n in self.related(number)]
        cards = "".join(
            f'<article class="story"><h3><a href="{path}" title="{title}">{title}</a></h3><div class="summary">{blurb}'
            "</div></article>"
            for path, title, blurb in entries
        )
        half = len(paragraphs) // 2
        if layout == 0:
            block = f"<h3>{heading}</h3>{cards}"
            twice = f'<aside class="related-news">{block}</aside><div class="related-news-mobile">{block}</div>'
            return "".join(paragraphs), twice
        if layout == 1:
            boxes = "".join(
                f'<div class="{name}"><h4>{heading}</h4>{cards}</div>'
                for name in ("box-tinlienquan", "box-cungchuyenmuc")
            )
            return "".join(paragraphs) + boxes, ""
        if layout == 2:
            inserts = f'<div class="article__insert">{cards}</div>'
        else:
            inserts = "".join(
                f'<p>{more}: <a href="{path}">{title}</a></p><p>{blurb}</p>' for path, title, blurb in entries
            )
        return "".join([*paragraphs[:half], inserts, *paragraphs[half:], inserts]), ""


class ArchivedSite:
    """Real pages whose text is known, under addresses like those of :class:`Site`, all linked from the front page.

    The truth of ``NAME.warc.gz`` is ``NAME.gold.jsonl`` beside it, with ``text`` or ``paragraphs`` for each ``url``. A
    page without a truth of 300 characters is left out. Every n-th of the others is taken.
    """

    copies: tuple[int, ...] = ()

    def __init__(self, files: Sequence[Path], most: int) -> None:
        found = [one for file in files for one in _with_truth(file)]
        self._found = found[:: max(1, -(-len(found) // most))]
        self.pages = len(self._found)
        self.answering = list(range(self.pages))

    def path(self, number: int) -> str:
        """Return the path of a page."""
        return f"/news/{number % 9}/an-archived-story-{100_000 + number}.html"

    def status(self, _number: int) -> int:
        """Return what the page answers."""
        return 200

    def html(self, number: int) -> bytes:
        """Return the bytes of a page as archived."""
        return self._found[number][0].body

    def kind(self, number: int) -> str:
        """Return the Content-Type of a page as archived."""
        return self._found[number][0].content_type or "text/html"

    def truth(self, number: int) -> str:
        """Return the text that a page is known to have."""
        return self._found[number][1]

    def front(self) -> bytes:
        """Return a front page that links to all pages."""
        cards = "".join(
            f'<li><a href="{self.path(n)}">Archived story number {n} of many</a></li>' for n in self.answering
        )
        return f'<html lang="en"><head><title>Archive</title></head><body><ul>{cards}</ul></body></html>'.encode()


def _with_truth(file: Path) -> Iterator[tuple[Page, str]]:
    gold = file.with_name(file.name.removesuffix(".warc.gz") + ".gold.jsonl")
    rows = map(json.loads, gold.read_bytes().splitlines())  # of a text, splitlines() parts at U+2028 too
    truth = {row["url"]: row.get("text") or "\n\n".join(row.get("paragraphs", ())) for row in rows}
    for page in read_pages(file):
        if len(text := truth.get(page.url, "")) >= 300:
            yield page, text


def sitemap(site: Site | ArchivedSite, base: str) -> bytes:
    """Return the sitemap with the addresses of all stories of *site*."""
    urls = "".join(
        f"<url><loc>{base}{site.path(n)}</loc><lastmod>2026-09-01</lastmod></url>" for n in range(site.pages)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"{urls}</urlset>"
    ).encode()


def _filled(draw: random.Random, language: str, patterns: str) -> str:
    """Return one of the patterns with invented words, and here and there a figure, in its places."""
    words = _lexicon(language)
    pattern = draw.choice(patterns.split("|"))
    chosen = [
        str(draw.randrange(2, 9000)) if draw.random() < 0.08 else words[int(_NAMES ** draw.random()) - 1]
        for _ in range(pattern.count("{}"))
    ]
    text = pattern.format(*chosen)
    return text[0].upper() + text[1:]


@cache
def _lexicon(language: str) -> list[str]:
    draw, syllables = random.Random(f"words {language}"), _SYLLABLES[language].split("|")
    join = "" if language == "en" else " "
    return [join.join(draw.choices(syllables, k=draw.randint(2, 3))) for _ in range(_NAMES)]


class Server(asyncio.Protocol):
    """HTTP/1.1 with prepared answers; ``/_counts`` tells what was asked for, and when first, since the last call."""

    answers: dict[str, bytes]
    asked: list[tuple[float, str]]
    site: Site | ArchivedSite

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while b"\r\n\r\n" in self._rest:
            head, self._rest = self._rest.split(b"\r\n\r\n", 1)
            method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
            answer = self._answer(target, head)
            self._transport.write(answer if method != "HEAD" else answer[: answer.index(b"\r\n\r\n") + 4])

    def _answer(self, target: str, head: bytes) -> bytes:
        if target == "/_counts":
            told, self.asked[:] = json.dumps(self.asked).encode(), []
            return _http(200, told, "application/json")
        self.asked.append((time.time(), target))
        if target == "/sitemap.xml":
            return _http(200, sitemap(self.site, _base(head)), "application/xml")
        if target == "/robots.txt":
            text = f"User-agent: *\nDisallow: /private/\nSitemap: {_base(head)}/sitemap.xml\n"
            return _http(200, text.encode(), "text/plain")
        return self.answers.get(target) or _http(404, b"<html><body><p>There is no such page.</p></body></html>")


def _base(head: bytes) -> str:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return "http://" + next((line[5:].strip() for line in lines if line.lower().startswith("host:")), "127.0.0.1")


def _http(status: int, body: bytes, kind: str = KIND) -> bytes:
    reason = {200: "OK", 404: "Not Found", 500: "Internal Server Error"}[status]
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def counts(base: str) -> list[tuple[float, str]]:
    """Return (time, path) of the requests to the server at *base* since the last call."""
    with urllib.request.urlopen(f"{base}/_counts") as answer:
        return [(moment, path) for moment, path in json.load(answer)]


async def _serve(site: Site | ArchivedSite, port: int) -> None:
    Server.site, Server.asked = site, []
    error = b"<html><body><p>This page cannot be shown.</p></body></html>"
    Server.answers = {
        site.path(n): _http(200, site.html(n), site.kind(n)) if site.status(n) == 200 else _http(site.status(n), error)
        for n in range(site.pages)
    } | {"/": _http(200, site.front())}
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", port, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one; it is printed")
    parser.add_argument("--pages-from", type=Path, nargs="+", metavar="WARC", help="serve real pages with their truth")
    given = parser.parse_args()
    site = ArchivedSite(given.pages_from, given.pages) if given.pages_from else Site(given.pages, given.seed)
    asyncio.run(_serve(site, given.port))


if __name__ == "__main__":
    main()

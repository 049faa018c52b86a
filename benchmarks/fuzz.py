"""Mutated pages, feeds, archives and robots files: crashes, hangs, other answers in a second process; and growth.

``python -m benchmarks.fuzz --seconds 60`` or ``--inputs 50000``. Every input is made from its number, so that one that
fails is found again: ``--only NUMBER``. Two processes with different hash seeds answer each; their answers must agree.
``--growth`` measures CPU at n and 4 n for kinds of input that have been slow.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import logging
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

CHUNK = 400
HANGS = 20.0
"""Seconds of CPU after which an input counts as one that hangs."""
STEEP = 6.0
"""Times the CPU at 4 n may be that at n; linear is 4."""
FELT = 0.05
"""Seconds of CPU below which growth is not looked at."""

WORDS = [
    *(b"<p>", b"</p>", b"<div>", b"</div>", b"<a href='/n/a-123456.html'>", b"</a>", b"<script>", b"</script>"),
    *(b"<!--", b"<h3>Related</h3>", b"<li>", b"<table><td>", b"&", b"&#0;", b"&#xD800;", b"\0", b"\xff\xfe"),
    *(b"<body>", b"<article>", b"class='related'", b"charset=utf-7", b"]]>", b"<![CDATA[", b"<loc>", b"<link>"),
    *(b"<item>", b"0001-01-01", b"Content-Length: 99999", b"WARC/1.1\r\n", b"\r\n\r\n", b"Disallow: /", b"9" * 400),
    *(b'{"@type":"NewsArticle","headline":', b'"datePublished":"', b"<meta charset=zip>", b"<iframe>", b"<noscript>"),
    *(b"<", b"-->", b"\xe2\x80\x8b", b"\xcc\x80" * 50),
]  # fmt: skip


@cache
def originals() -> list[tuple[str, bytes]]:
    """Return what is mutated: (kind, bytes)."""
    from tests.support.leak_pages import pages

    found = [("page", page.body) for page, _, _ in pages(12, vary=True)]
    items = "".join(
        f"<item><title>Ferry {n}</title><link>https://e.vn/a-{100000 + n}.html?a=1&amp;b=2</link>"
        f"<pubDate>Mon, {n + 1:02} Nov 2026 07:00:00 GMT</pubDate></item>"
        for n in range(8)
    )
    rss = f'<?xml version="1.0"?><rss version="2.0"><channel><title>N</title>{items}</channel></rss>'
    entry = "<url><loc>https://e.vn/a</loc></url>"
    sitemap = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{entry}</urlset>"
    found += [("feed", rss.encode()), ("feed", sitemap.encode()), ("feed", gzip.compress(sitemap.encode(), mtime=0))]
    records = [_record(n, page.body) for n, (page, _, _) in enumerate(pages(3, vary=False))]
    found += [("warc", b"".join(records)), ("warc", b"".join(gzip.compress(one, mtime=0) for one in records))]
    found += [("warc", gzip.compress(b"".join(records), mtime=0))]
    found += [("robots", b"User-agent: *\nDisallow: /private/\nCrawl-delay: 2\nSitemap: https://e.vn/s.xml\n" * 3)]
    found += [("text", "\n\n".join(["The ferry sails at nine.", "Related", "The tax – Thuế đất", "The end."]).encode())]
    return found


def _record(number: int, body: bytes) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:032}>\r\nWARC-Date: 2026-11-0"
        f"{number + 1}T00:00:00Z\r\nWARC-Target-URI: https://e.vn/{number}\r\nContent-Type: application/http\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def mutated(number: int) -> tuple[str, bytes]:
    """Return the input of that *number*."""
    chance = random.Random(number)
    kind, body = chance.choice(originals())
    data = bytearray(body)
    for _ in range(chance.choice((1, 1, 2, 4, 9))):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 3, 20, 300)))
        match chance.randrange(7):
            case 0:
                data[at:at] = chance.choice(WORDS)
            case 1:
                data[at:end] = chance.choice(WORDS) * chance.choice((1, 2, 40))
            case 2:
                del data[at:end]
            case 3:
                data[at:at] = data[at:end] * chance.choice((1, 5, 30))
            case 4:
                data[at:end] = chance.randbytes(end - at)
            case 5:
                del data[at:]
            case 6:
                other = chance.choice(originals())[1]
                data[at:end] = other[: chance.randrange(len(other))]
    return kind, bytes(data)


def answer(kind: str, body: bytes) -> str:
    """Return all that storykin says of an input, or the reason why it says nothing."""
    from crawler.article.dissect import ExtractError, dissect
    from crawler.article.page.feeds import NotAFeedError, parse_feed
    from crawler.article.page.page import Page
    from crawler.article.plaintext.clean import clean_text
    from crawler.warc.archive import WarcArchive, read_pages
    from dedupe.errors import InputError
    from dedupe.intake.skipped import Skipped
    from dedupe.text.normalise import normalise

    if kind == "page":
        try:
            return repr(dissect(Page(url="https://e.vn/a/ferry-100001.html", body=body)))
        except ExtractError as problem:
            return str(problem)
    if kind == "feed":
        try:
            return repr(parse_feed(body, "https://e.vn/rss"))
        except NotAFeedError as problem:
            return str(problem)
    if kind == "robots":
        from protego import Protego

        return str(Protego.parse(body.decode("utf-8", "replace")).can_fetch("https://e.vn/private/x", "storykin"))
    if kind == "text":
        text = body.decode("utf-8", "replace")
        return repr((clean_text(text), normalise(text)))
    with tempfile.NamedTemporaryFile(suffix=".warc") as file:
        path, skipped, said = Path(file.name), Skipped(), []
        path.write_bytes(body)
        try:
            said += [repr(page) for page in read_pages(path, skipped)]
            with WarcArchive(path) as archive:
                said += [repr(archive.lookup(f"https://e.vn/{number}")) for number in range(3)]
        except (InputError, ValueError) as problem:
            if not isinstance(problem, InputError) and type(problem).__name__ != "RefusedRecordError":
                raise
            said.append(str(problem))
        # Messages and pages name the file, which is another one in each process.
        return repr((said, dict(skipped.counts))).replace(str(path), "FILE").replace(path.name, "FILE")


def _hang(*_: object) -> None:
    raise TimeoutError("hangs")


def child(first: int, count: int) -> None:
    """Print a line for each input: its number, the hash of its answer, and what went wrong."""
    logging.disable()
    signal.signal(signal.SIGVTALRM, _hang)
    for number in range(first, first + count):
        kind, body = mutated(number)
        problem, said = "", ""
        signal.setitimer(signal.ITIMER_VIRTUAL, HANGS)
        try:
            said = answer(kind, body)
        except Exception as error:  # noqa: BLE001  what is looked for
            problem = f"{type(error).__name__}: {error}"[:200]
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        digest = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        print(json.dumps([number, kind, digest, problem]), flush=True)


def run(start: int, inputs: int, seconds: float) -> int:
    """Answer inputs from number *start* on until there were *inputs* or *seconds*; print what went wrong, return how
    many did.
    """
    begun, first = time.monotonic(), start
    wrong: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    while first < start + inputs and time.monotonic() - begun < seconds:
        count = min(CHUNK, start + inputs - first)
        commands = [sys.executable, "-m", "benchmarks.fuzz", "--child", str(first), str(count)]
        pair = [
            subprocess.Popen(commands, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONHASHSEED": seed})
            for seed in ("1", "2")
        ]
        answers = [[json.loads(line) for line in process.communicate()[0].splitlines()] for process in pair]
        for number in range(first, first + count):
            one, two = (rows[number - first] if number - first < len(rows) else None for rows in answers)
            kinds[one[1] if one else "?"] += 1
            said = _verdict(one, two)
            if said:
                wrong[said.partition(":")[0]] += 1
                print(f"{number}: {said}")
        first += count
    took = time.monotonic() - begun
    print(f"{first - start:,} inputs ({dict(kinds)}) in {took:.0f} s: {dict(wrong) or 'nothing wrong'}")
    return wrong.total()


def _verdict(one: Any, two: Any) -> str:
    if one is None or two is None:
        return "the process died"
    return one[3] or two[3] or ("another answer in a second process" if one[2] != two[2] else "")


def _page(body: str) -> bytes:
    story = "".join(
        f"<p>The council decided on the bridge over the river on Tuesday, number {n}.</p>" for n in range(8)
    )
    return f"<html><title>Council</title><body><h1>Council</h1><article>{story}</article>{body}</body></html>".encode()


def _each(n: int, text: str) -> str:
    return "".join(text.replace("%d", str(100_000 + i)) for i in range(n))


_LINK = '<a href="/news/story-%d.html">Story %d of the council and the bridge</a> '
GROWING: dict[str, tuple[str, Callable[[int], bytes], int]] = {
    "links": ("page", lambda n: _page(_each(n, _LINK)), 1000),
    "list items": ("page", lambda n: _page(f"<ul>{_each(n, '<li>item %d and so on</li>')}</ul>"), 2000),
    "related list": ("page", lambda n: _page(f"<h3>Related</h3><ul>{_each(n, f'<li>{_LINK}</li>')}</ul>"), 500),
    "headings": ("page", lambda n: _page("<h3>Related</h3>" * n + _each(20, _LINK)), 2000),
    "attributes": ("page", lambda n: _page(f"<p {_each(n, 'a%d=1 ')}>x</p>"), 10_000),
    "paragraphs": ("page", lambda n: _page(_each(n, "<p>The ferry number %d sails at nine.</p>")), 1000),
    "table": ("page", lambda n: _page(f"<table>{_each(n, '<tr><td>cell %d<td>%d</tr>')}</table>"), 1000),
    "marks": ("page", lambda n: _page("<p>a" + "\u0300\u0316" * n + "</p>"), 50_000),
    "no charset": ("page", lambda n: b"<script " * n + b"\xe9", 20_000),
    "quotes in a script": ("page", lambda n: b'<script>"' + b'\\"u003cp' * n + b"</script>", 20_000),
    "spaces": ("page", lambda n: _page("<p>a" + " " * n + "b</p>"), 100_000),
    "json-ld": ("page", lambda n: _page('<script type="application/ld+json">' + '{"a":"b"\n' * n + "</script>"), 5000),
    "feed": ("feed", lambda n: b"<rss>" + b"<item><link>http://e.vn/a?b&c=%d</link></item>" * n + b"</rss>", 2000),
    "cdata": ("feed", lambda n: b"<rss><item><link>" + b"<![CDATA[&" * n, 20_000),
    "marks in a text": ("text", lambda n: ("a" + "\u0300\u0316" * n).encode(), 50_000),
    "lines": ("text", lambda n: _each(n, "The ferry number %d sails at nine.\n").encode(), 1000),
}  # fmt: skip


def growth() -> int:
    """Print CPU at n and 4 n of every kind, the least of three; return how many grow too steeply."""
    steep = 0
    print(f"{'kind':<20}{'n':>8}{'CPU ms':>9}{'4 n':>9}{'times':>7}")
    for name, (kind, make, n) in GROWING.items():
        small, large = (min(_cpu(kind, make(size)) for _ in range(3)) for size in (n, 4 * n))
        times = large / small
        bad = large > FELT and small > FELT / STEEP and times > STEEP
        steep += bad
        print(
            f"{name:<20}{n:>8}{1000 * small:>9.0f}{1000 * large:>9.0f}{times:>7.1f}{'  TOO STEEP' if bad else ''}",
            flush=True,
        )
    return steep


def _cpu(kind: str, body: bytes) -> float:
    begun = time.process_time()
    answer(kind, body)
    return time.process_time() - begun


def main() -> int:
    """Run what the command line asks for; 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--inputs", type=int, default=10**9)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--only", type=int)
    parser.add_argument("--child", type=int, nargs=2)
    asked = parser.parse_args()
    if asked.child:
        child(*asked.child)
        return 0
    if asked.only is not None:
        kind, body = mutated(asked.only)
        sys.stdout.write(f"{kind}: {answer(kind, body)}\n")
        return 0
    return 1 if (growth() if asked.growth else run(asked.first, asked.inputs, asked.seconds)) else 0


if __name__ == "__main__":
    sys.exit(main())

"""An invented news site in a process of its own, of whose addresses every twentieth does a crawler harm.

    python -m tests.support.hostile_site --stories 1000     # prints its port, serves until its standard input ends

All is made from the numbers in the addresses, so that the site needs no memory and the same address always answers
in the same way. :func:`expected` says what a crawl has to make of it.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import random
import socket
import struct
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from itertools import count

import brotli

WARDS = ("Bến Cảng", "Đồng Xuân", "Hải Châu", "Thủ Thiêm", "Cồn Phụng", "Ninh Kiều", "An Hải", "Long Biên")
TOPICS = ("the bridge", "the harbour", "the rice market", "the tram", "the school", "the library", "the dyke")
CHILDREN = 6
"""Further stories that a story leads to: 20,000 of them are seven links from the front page at most."""
EVERY = 20
"""One story of so many leads to an address that does harm: 5 %."""
BOMB = 64 * 1024 * 1024
"""Bytes that a bomb unpacks to; four times what a crawl takes."""

REASONS = {
    "silent": "no answer in time",
    "dripping-head": "no answer in time",
    "dripping-body": "no answer in time",
    "reset": "the connection was lost",
    "closed": "the connection was lost",
    "cut": "the answer was cut",
    "no-http": "the connection was lost",
    "endless-head": "the head of the answer is too large",
    "500": "HTTP 500",
    "502": "HTTP 502",
    "404": "HTTP 404",
    "410": "HTTP 410",
    "403": "HTTP 403",
    "loop": "max redirections reached",
    "loop-of-two": "max redirections reached",
    "staircase": "max redirections reached",
    "to-this-machine": "leads off the portal, to localhost",
    "to-a-script": "leads to what is no address of the web",
    "to-a-file": "HTTP 302, which leads to no address of the web",
    "garbage": "binary data, not an HTML page",
    "gzip-bomb": "the answer is too large when unpacked",
    "brotli-bomb": "the answer is too large when unpacked",
    "onion": "the answer is packed too many times",
    "broken-gzip": "the answer cannot be unpacked",
    "cut-gzip": "the answer was cut",
    "huge": "the answer is too large",
    "announced-huge": "the answer is too large",
    "empty": "the response has no content",
    "picture": "a JPEG image, not an HTML page",
}
"""What does harm, and the reason that its failure has to name."""
LATE = REASONS["silent"]
WITHOUT_END = frozenset({REASONS["huge"], REASONS["endless-head"]})
"""Reasons of answers that never end: on a slow machine they meet the limit of time first, and name that."""
ODD = ("wrong-charset", "no-charset", "moved", "breeding", "deeper", "calendar")
"""What only looks like it: articles under a wrong charset or a redirect, and traps that breed addresses."""
KINDS = (*REASONS, *ODD)
COPIES = 3
"""Pages of a ``breeding`` trap that are fetched: itself and the two that it leads to, whose text is its own."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a crawl of the site has to store."""

    articles: frozenset[str]
    """Paths, with their query, that are articles."""
    failures: dict[str, str]
    """Path to the reason it failed for."""


def expected(stories: int, every: int = EVERY, deepest: int = 8) -> Expected:
    """Return what a crawl has to make of a site of *stories* stories, *every* how manieth of which leads to harm.

    :param deepest: links from the front page that the crawl goes
    """
    articles = {story_path(number) for number in range(stories) if depth_of(number) <= deepest}
    failures = {}
    for number in range(0, stories, every):
        kind, below = kind_of(number, every), deepest - depth_of(number)
        if below < 1:
            continue
        path = harm_path(number, kind)
        if kind in REASONS:
            failures[path] = REASONS[kind]
        elif kind == "moved":
            articles.add(path.replace("/moved/", "/arrived/"))
        elif kind == "breeding":
            articles |= {f"{path}?visit={visit}" for visit in range(1, (COPIES if below > 1 else 1) + 1)}
        elif kind == "deeper":
            articles |= {path, f"/deeper{path}"} if below > 1 else {path}
        elif kind != "calendar":
            articles.add(path)
    return Expected(frozenset(articles), failures)


def depth_of(number: int) -> int:
    """Return how many links story *number* is from the front page."""
    depth = 1
    while number:
        number, depth = (number - 1) // CHILDREN, depth + 1
    return depth


def kind_of(number: int, every: int = EVERY) -> str:
    """Return what the address beside story *number* does."""
    return KINDS[number // every % len(KINDS)]


def story_path(number: int) -> str:
    """Return the address of story *number*."""
    return f"/news/{number % 7}/what-the-council-decided-{1000000 + number}.html"


def harm_path(number: int, kind: str) -> str:
    """Return the address beside story *number*."""
    return f"/{kind}/how-it-came-to-this-in-the-ward-{1000000 + number}.html"


def harm_link(number: int, kind: str) -> str:
    """Return the link to it."""
    path = harm_path(number, kind)
    if kind == "calendar":
        return f"/calendar/2031/07/{number % 28 + 1}/what-is-on-that-day-{number}.html"
    return f"{path}?visit=1" if kind == "breeding" else path


def title(number: int) -> str:
    """Return the headline of story *number*."""
    return f"{TOPICS[number % 7].title()}, part {number}: what ward {WARDS[number % 8]} decided"


def page(number: int, links: list[tuple[str, str]], variant: str = "") -> str:
    """Return an article as HTML, with related stories."""
    draw = random.Random(f"{number} {variant}")
    body = "".join(
        f"<p>In part {part} of its talk number {number}{variant} about {TOPICS[(number + part) % 7]}, ward "
        f"{draw.choice(WARDS)} counted {draw.randrange(10**6)} voices, of which {draw.randrange(10**5)} came "
        f"from {draw.choice(WARDS)} and {draw.randrange(10**4)} from beyond the river that {number * 3 + part} "
        f"people cross with {draw.randrange(900)} carts, {draw.randrange(90)} boats and {draw.randrange(9)} trams.</p>"
        for part in range(6)
    )
    items = "".join(f'<li><a href="{link}">{text}</a></li>' for link, text in links)
    related = f'<section class="related-stories"><h3>Related stories</h3><ul>{items}</ul></section>' if items else ""
    heading = f"{title(number)}{variant}"
    head = f'<title>{heading}</title><meta property="og:type" content="article">'
    return (
        f'<html lang="en"><head>{head}</head><body><article><h1>{heading}</h1>{body}</article>{related}</body></html>'
    )


def story(number: int, stories: int, every: int = EVERY) -> str:
    """Return story *number* with its related stories, those that do harm among them."""
    onward = [n for n in range(CHILDREN * number + 1, CHILDREN * number + CHILDREN + 1) if n < stories]
    links = [(story_path(n), title(n)) for n in onward]
    if number % every == 0:
        links.append(
            (harm_link(number, kind_of(number, every)), f"How it came to this in the ward, part {number} of it all")
        )
    return page(number, links)


@cache
def bomb(kind: str) -> bytes:
    """Return what unpacks to :data:`BOMB` bytes."""
    text = b"<p>" + b"\0" * BOMB
    return gzip.compress(text, 9) if kind == "gzip-bomb" else brotli.compress(text, quality=1)


@cache
def onion() -> bytes:
    """Return a page packed into gzip nine times."""
    body = page(1, []).encode()
    for _ in range(9):
        body = gzip.compress(body)
    return body


@dataclass
class Answer:
    """What is sent for a request."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    length: int | None = None
    """Content-Length, where it is to be another one."""

    def bytes(self) -> bytes:
        """Return it as it goes over the wire."""
        length = len(self.body) if self.length is None else self.length
        lines = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(length), **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"HTTP/1.1 {self.status} Said\r\n{head}\r\n".encode() + self.body


def answer(path: str, stories: int, every: int = EVERY) -> Answer:
    """Return what an address answers that closes its answer in the usual way."""
    bare, _, query = path.partition("?")
    kind = bare.split("/")[1]
    number = int(bare.rpartition("-")[2].removesuffix(".html") or 0) - 1000000 if bare.endswith(".html") else 0
    if bare == "/":
        link = f'<h2><a href="{story_path(0)}">{title(0)}</a></h2>'
        html = f'<html lang="en"><head><title>Front page</title></head><body>{link}</body></html>'
        return Answer(body=html.encode())
    if kind == "news":
        return Answer(body=story(number, stories, every).encode())
    if kind.isdigit():
        return Answer(int(kind), {"Content-Type": "text/html"}, b"<p>no</p>")
    if kind in ("loop", "loop-of-two", "staircase", "moved", "to-this-machine", "to-a-script", "to-a-file"):
        return Answer(302, {"Location": _onward(kind, path)})
    packed = {"gzip-bomb": "gzip", "brotli-bomb": "br", "broken-gzip": "gzip", "cut-gzip": "gzip"}
    packed["onion"] = ", ".join(["gzip"] * 9)
    coding = {"Content-Encoding": packed[kind]} if kind in packed else {}
    return Answer(200, {**coding, **_type_of(kind)}, _body(kind, number, bare, query))


def _type_of(kind: str) -> dict[str, str]:
    types = {"wrong-charset": "text/html; charset=iso-8859-1", "no-charset": "text/html"}
    return {"Content-Type": types[kind]} if kind in types else {}


def _onward(kind: str, path: str) -> str:
    steps = {
        "loop": path,
        "loop-of-two": path.removesuffix("?b") if path.endswith("?b") else f"{path}?b",
        "staircase": f"{path.partition('?')[0]}?step={int(path.partition('step=')[2] or 0) + 1}",
        "moved": path.replace("/moved/", "/arrived/"),
        "to-this-machine": "http://localhost:1/admin",
        "to-a-script": "javascript:alert(1)",
        "to-a-file": "file:///etc/passwd",
    }
    return steps[kind]


def _body(kind: str, number: int, bare: str, query: str) -> bytes:
    if kind in ("gzip-bomb", "brotli-bomb"):
        return bomb(kind)
    if kind == "onion":
        return onion()
    if kind == "broken-gzip":
        whole = gzip.compress(page(number, [], " of old").encode(), mtime=0)
        return whole[:10] + random.Random(number).randbytes(600) + whole[-8:]
    if kind == "cut-gzip":  # of which Scrapy takes what is there
        whole = gzip.compress(page(number, [], " of old").encode(), mtime=0)
        return whole[: len(whole) // 2]
    if kind == "garbage":
        return b"\x81" + random.Random(number).randbytes(20_000)  # no beginning of any format, such as [ of JSON
    if kind == "empty":
        return b""
    if kind == "picture":
        return b"\xff\xd8\xff\xe0" + random.Random(number).randbytes(5_000)
    if kind == "breeding":  # every visit gets addresses of its own
        visit = int(query.removeprefix("visit=") or 1)
        links = [(f"{bare}?visit={visit * 2 + more}", f"Again: {title(number)}") for more in (0, 1)]
        return page(number, links, " as it was").encode()
    if kind == "deeper":  # /deeper/x.html links to deeper/x.html
        return page(number, [(bare.lstrip("/"), f"Deeper: {title(number)}")], " from below").encode()
    return page(number, [], f" ({kind})").encode()


class Site:
    """Serves the pages, and what no well-meant server does."""

    def __init__(self, stories: int, every: int) -> None:
        self.stories = stories
        self.every = every
        self.asked: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                path = request.split(b" ", 2)[1].decode()
                self.asked[path.split("/")[1].partition("?")[0]] += path != "/asked"
                if not await self._answer(path, reader, writer):
                    break
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the connection goes on."""
        kind = path.split("/")[1]
        if kind in _WICKED:
            await _wicked(kind, reader, writer)
            return False
        body = json.dumps(self.asked).encode()
        found = Answer(body=body) if path == "/asked" else answer(path, self.stories, self.every)
        if path == "/robots.txt":
            found = Answer(404)
        if kind == "cut":
            found.length = len(found.body) + 500
        writer.write(found.bytes())
        await writer.drain()
        return kind != "cut"


_WICKED = frozenset(
    {"silent", "dripping-head", "dripping-body", "reset", "closed", "no-http", "endless-head", "huge", "announced-huge"}
)


async def _wicked(kind: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Do what *kind* says until the crawler goes away."""
    if kind == "silent":
        await reader.read()
    elif kind == "reset":
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    elif kind == "no-http":
        writer.write(random.Random(1).randbytes(300) + b"\r\n\r\n")
    elif kind == "announced-huge":
        writer.write(Answer(length=2**40).bytes())
        await reader.read()
    elif kind != "closed":
        await _pour(kind, writer)


async def _pour(kind: str, writer: asyncio.StreamWriter) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    drop = {
        "dripping-head": (head, b"X-Drop: %d\r\n", 0.1),
        "dripping-body": (head + b"Content-Length: 100000\r\n\r\n", b"<p>%d", 0.1),
        "endless-head": (head, b"X-%08d: " + b"x" * 8000 + b"\r\n", 0),
        "huge": (head + b"Connection: close\r\n\r\n", b"<p>%08d" + b"x" * 200_000, 0),
    }
    first, more, pause = drop[kind]
    writer.write(first)
    for number in count():
        writer.write(more % number)
        await writer.drain()
        if pause:
            await asyncio.sleep(pause)
        if writer.transport.is_closing():
            return


async def _main(stories: int, every: int) -> None:
    site = Site(stories, every)
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until whoever started it is gone
    server.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=1000)
    parser.add_argument("--every", type=int, default=EVERY, help="one story of so many leads to harm")
    options = parser.parse_args()
    asyncio.run(_main(options.stories, options.every))

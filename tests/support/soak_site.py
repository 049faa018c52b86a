"""An invented news site on loopback for soaks: related blocks, copies, redirects, errors. Counts fetches."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from email.message import Message
from http.server import ThreadingHTTPServer

from tests.support.loopback import Answer, serve

WARDS = ("Bến Cảng", "Đồng Xuân", "Hải Châu", "Thủ Thiêm", "Cồn Phụng", "Ninh Kiều", "An Hải", "Long Biên")
TOPICS = ("the bridge", "the harbour", "the rice market", "the tram", "the school", "the library", "the dyke")


@dataclass
class SoakSite:
    """A site of *stories* stories; which ones are copies, redirects or errors depends on *seed* alone.

    Of a hundred stories three are copies of another one under another headline, two answer under another address
    first (a redirect), two stand under two addresses (rel=canonical), one is gone (404) and one always fails (500).
    """

    stories: int = 520
    seed: int = 1
    port: int = 0
    fetches: Counter[str] = field(default_factory=Counter)
    pages: dict[str, Answer] = field(default_factory=dict)
    _server: ThreadingHTTPServer | None = None

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)
        self._start()
        for number in range(self.stories):
            self._add(number)
        self._html("/", "Front page", "".join(self._link(number) for number in range(8)), kind="website")
        self.fetches.clear()

    @property
    def url(self) -> str:
        """Address of the front page."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def progress(self) -> float:
        """Share of the story pages that were asked for at least once."""
        return sum(path.startswith("/news/") for path in list(self.fetches)) / self.stories

    def close(self) -> None:
        """Stop serving."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def path(self, number: int) -> str:
        """Return the address of story *number*."""
        return f"/news/{number % 7}/what-the-council-decided-{100000 + number}.html"

    def _add(self, number: int) -> None:
        kind = number % 100
        onward = {(2 * number + 1), (2 * number + 2), (number * 7 + 3)} if number < self.stories else set()
        related = sorted({other % self.stories for other in onward} - {number})
        links = "".join(f"<li>{self._link(other)}<p>{self._blurb(other)}</p></li>" for other in related)
        block = f'<section class="related-stories"><h3>Related stories</h3><ul>{links}</ul></section>'
        of = number - 1 if kind in (11, 37, 73) else number
        path = self.path(number)
        if kind == 91 and number:
            self.pages[path] = (404, {"Content-Type": "text/plain"}, b"gone")
        elif kind == 53:
            self.pages[path] = (500, {"Content-Type": "text/plain"}, b"broken")
        elif kind in (29, 67):
            moved = path.replace("/news/", "/moved/")
            self.pages[path] = (302, {"Location": moved}, b"")
            self._html(moved, self._title(number), self._body(of) + block)
        elif kind in (43, 83):
            canonical = f'<link rel="canonical" href="{self.url.rstrip("/")}{path}">'
            self._html(path, self._title(number), self._body(of) + block, head=canonical)
            # The story before it links to the other address as well.
            self._html(path + "?print=1", self._title(number), self._body(of) + block, head=canonical)
        else:
            self._html(path, self._title(number), self._body(of) + block)

    def _title(self, number: int) -> str:
        return f"{TOPICS[number % 7].title()}, part {number}: what ward {WARDS[number % 8]} decided"

    def _blurb(self, number: int) -> str:
        return f"Ward {WARDS[number % 8]} spoke about {TOPICS[number % 7]} for {number + 2} hours."

    def _link(self, number: int) -> str:
        return f'<a href="{self.path(number)}">{self._title(number)}</a>'

    def _body(self, number: int) -> str:
        draw = random.Random(f"{self.seed} {number}")
        paragraphs = [
            f"In part {part} of its talk number {number} about {TOPICS[(number + part) % 7]}, ward "
            f"{draw.choice(WARDS)} counted {draw.randrange(10**6)} voices, of which {draw.randrange(10**5)} came "
            f"from {draw.choice(WARDS)} and {draw.randrange(10**4)} from beyond the river that {number * 3 + part} "
            f"people cross with {draw.randrange(900)} carts, {draw.randrange(90)} boats and {draw.randrange(9)} trams."
            for part in range(7)
        ]
        return (
            f"<article><h1>{self._title(number)}</h1>" + "".join(f"<p>{text}</p>" for text in paragraphs) + "</article>"
        )

    def _html(self, path: str, title: str, body: str, *, head: str = "", kind: str = "article") -> None:
        head = f'<title>{title}</title><meta property="og:type" content="{kind}">{head}'
        html = f'<html lang="en"><head>{head}</head><body>{body}</body></html>'
        self.pages[path] = (200, {"Content-Type": "text/html; charset=utf-8"}, html.encode())

    def _start(self) -> None:
        self._server = serve(self._answer, self.port)
        self.port = self._server.server_port

    def _answer(self, path: str, _: Message) -> Answer:
        self.fetches[path] += 1
        return self.pages.get(path, (404, {"Content-Type": "text/plain"}, b"nothing"))

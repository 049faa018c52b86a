"""Fixtures for crawls: a news site on loopback, and the command line in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from crawler.http.site_rights import TDMREP
from tests.crawler import forked_commands
from tests.crawler.processes import PATIENCE
from tests.support import loopback
from tests.support.loopback import Answer

if TYPE_CHECKING:
    from storage.database.store import Store


@dataclass
class NewsSite:
    """A site of invented stories. ``pages`` maps a path to (status, headers, body); what is missing is 404."""

    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Paths in the order they were asked for, robots.txt included, but for :data:`TDMREP`."""
    tdmrep_asked: int = 0
    before: Callable[[str], None] = lambda path: None
    """Called in the server's thread before each answer."""
    note_agent: Callable[[str], None] = lambda agent: None
    """Called with the User-Agent of each request."""
    note_headers: Callable[[str, Message], None] = lambda path, headers: None
    """Called with the path and the headers of each request."""
    port: int = 0
    unmodified: list[str] = field(default_factory=list)
    """Paths answered with 304: their ETag or Last-Modified was sent back."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def story_path(self, number: int) -> str:
        return f"/news/the-harbour-story-number-{number}-{100000 + number}.html"

    def html(self, path: str, html: str, status: int = 200, **headers: str) -> None:
        self.pages[path] = (status, {"Content-Type": "text/html; charset=utf-8", **headers}, html.encode())

    def redirect(self, path: str, target: str) -> None:
        self.pages[path] = (302, {"Location": target}, b"")

    def front(self, *links: str, path: str = "/") -> None:
        items = "".join(f'<h2><a href="{link}">What happened at {link[-20:]} today</a></h2>' for link in links)
        self.html(path, f'<html lang="en"><head><title>Front page</title></head><body>{items}</body></html>')

    def story(self, number: int, related: tuple[str, ...] = (), links: tuple[str, ...] = ()) -> str:
        """Add a story with its related block and further links in a menu; return its path."""
        block = "".join(
            f'<li><a href="{path}">The story that stands at {path[-24:]}</a><p>And its blurb, {path}.</p></li>'
            for path in related
        )
        menu = "".join(f'<a href="{path}">Go to {path}</a> ' for path in links)
        body = "".join(
            f"<p>In part {part} of story {number} the council of ward {number * 31 + part} spoke for "
            f"{number + part} hours about bridge {number * 17 + part}, which {part + 3} people cross every day "
            "on their way to the market.</p>"
            for part in range(6)
        )
        heading = f"Harbour story {number}: the council speaks"
        self.html(
            self.story_path(number),
            f'<html lang="en"><head><title>{heading}</title><meta property="og:type" content="article"></head>'
            f"<body><nav>{menu}</nav><article><h1>{heading}</h1>{body}</article>"
            f'<section class="related-stories"><h3>Related stories</h3><ul>{block}</ul></section></body></html>',
        )
        return self.story_path(number)

    def stories(self, count: int, related: int = 3) -> None:
        """Fill the site: a front page that leads to five stories, each related to some others, all reachable."""
        path = self.story_path
        for number in range(count):
            onward = {(2 * number + 1) % count, (2 * number + 2) % count, (number + 7) % count} - {number}
            self.story(number, tuple(path(other) for other in sorted(onward)[:related]))
        self.front(*(path(number) for number in range(min(5, count))))

    def hold(self, after: int = 0, *, but: Container[str] = ()) -> threading.Event:
        """Keep back all answers behind the first *after* (those for *but* excepted) until the event returned is set.

        So a test meets a crawl under way however slow the machine is.
        """
        go_on = threading.Event()

        def before(path: str) -> None:
            if len(self.asked) > after and path not in but:
                go_on.wait(PATIENCE)

        self.before = before
        return go_on

    def asked_for(self, path: str) -> int:
        return self.asked.count(path)


def serve(site: NewsSite) -> ThreadingHTTPServer:
    def answer(path: str, asked: Message) -> Answer:
        site.note_agent(asked["User-Agent"])
        site.note_headers(path, asked)
        if path == TDMREP:  # every crawl asks for it beside robots.txt
            site.tdmrep_asked += 1
        else:
            site.asked.append(path)
            site.before(path)
        status, headers, body = site.pages.get(path, (404, {"Content-Type": "text/plain"}, b"no such page"))
        asked_if = {asked.get("If-None-Match"), asked.get("If-Modified-Since")}
        if status == 200 and {headers.get("ETag"), headers.get("Last-Modified")} & asked_if - {None}:
            site.unmodified.append(path)
            return 304, headers, b""
        return status, headers, body

    server = loopback.serve(answer, site.port)
    site.port = server.server_port
    return server


@pytest.fixture
def site() -> Iterator[NewsSite]:
    """An empty site that is served; fill its ``pages``."""
    site = NewsSite()
    server = serve(site)
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def other_site() -> Iterator[NewsSite]:
    """A second server on this machine, which crawls must not reach."""
    site = NewsSite()
    server = serve(site)
    yield site
    server.shutdown()
    server.server_close()


@dataclass
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str


class Command:
    """``storykin`` and ``scrapy`` in processes of their own, with output in files: no orphan can hold a pipe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # A pool takes seconds to start, which tests of small crawls would pay each; tests of the pool ask for it.
        # A page that a test keeps back is waited for: asked for again after 30 s, it would be counted twice.
        self.env = {"STORYKIN_WORKERS": "0", "STORYKIN_ANSWER_SECONDS": f"{PATIENCE:.0f}"} | {
            name: value for name, value in os.environ.items() if not name.startswith("STORYKIN_CONTACT")
        }
        self._runs = 0
        self.started: list[subprocess.Popen[bytes]] = []

    def start(
        self, *arguments: str, program: str = "crawler.cli", largest_file: int = 0, fresh: bool = False, **env: str
    ) -> subprocess.Popen[bytes]:
        """Start a command; *largest_file* (bytes) makes longer files fail as a full disk does.

        :param fresh: in an interpreter of its own, with its own seed of hashes
        """
        self.started.append(self._start(arguments, program, largest_file, fresh, env))
        return self.started[-1]

    def _start(
        self, arguments: tuple[str, ...], program: str, largest_file: int, fresh: bool, env: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        self._runs += 1
        whole = {**self.env, "SCRAPY_SETTINGS_MODULE": "crawler.settings", **env}
        if program == "crawler.cli" and not (largest_file or fresh):
            return forked_commands.start(arguments, whole, self.folder, self.files())
        call = {
            "crawler.cli": "from crawler.cli.main import main",
            "scrapy": "from scrapy.cmdline import execute as main",
        }
        # The detector of languages unpacks its model into a file; the disk that is full is that of the crawl's files.
        loaded = "from crawler.article.page.language import detect_language; detect_language('x' * 40); "
        limit = (
            f"{loaded}from resource import *; setrlimit(RLIMIT_FSIZE, ({largest_file},) * 2); " if largest_file else ""
        )
        code = f"{limit}import sys; sys.argv[0] = 'storykin'; {call[program]}; sys.exit(main())"
        out, err = self.files()
        with out.open("wb") as stdout, err.open("wb") as stderr:
            return subprocess.Popen(
                [sys.executable, "-c", code, *arguments],
                stdout=stdout,
                stderr=stderr,
                env=whole,
                cwd=self.folder,
                start_new_session=True,
            )

    def end(self, process: subprocess.Popen[bytes], files: tuple[Path, Path] | None = None) -> Ended:
        """Wait for a command; *files* are those of the one started last unless given."""
        code = process.wait(600)
        out, err = files or self.files()
        return Ended(code, out.read_text(), err.read_text())

    def __call__(self, *arguments: str, **more: Any) -> Ended:
        """Start a command as :meth:`start` does and wait for its end."""
        return self.end(self.start(*arguments, **more))

    def files(self) -> tuple[Path, Path]:
        """Output and error output of the command started last."""
        return self.folder / f"{self._runs}.out", self.folder / f"{self._runs}.err"


@pytest.fixture
def command(tmp_path: Path, store: Store) -> Iterator[Command]:
    """Run commands against the database of ``store``; what a failed test leaves running is killed."""
    command = Command(tmp_path)
    yield command
    for process in command.started:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)

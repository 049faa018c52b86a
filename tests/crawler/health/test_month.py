"""A month of five invented portals, crawled from archives day by day: each fault is named on its day, and nothing else.

Every day has one archive, as a recording has it; the time of its captures is the clock. The command is the one that
operators run. The short form has five days; with STORYKIN_SOAK it is a month, with faults that take a week of history.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.cli.main import run
from crawler.health.check import findings

if TYPE_CHECKING:
    from storage.database.store import Store
    from tests.crawler.conftest import Command

SOAK = bool(os.environ.get("STORYKIN_SOAK"))
BEGIN = datetime(2026, 3, 2, 6, tzinfo=UTC)
WORDS = (
    "bridge harbour market ward council ferry school library tram dyke bakery orchard station tower clinic museum "
    "budget meeting night morning river valley island teacher driver fisherman mayor engineer nurse painter spoke "
    "opened closed measured painted repaired counted promised refused bought sold carried crossed visited planned"
).split()
SYLLABLES = "cầu bến chợ phường đò trường đê vườn ga tháp sông đảo thầy thợ họp mở đóng đo sửa đếm hứa mua bán".split()
FRONT_LINKS = 14
Answer = tuple[int, str, str]
"""Status, media type, body."""


@dataclass
class Portal:
    """A portal that publishes *stories* a day; *faults* alter what it answers on one day, by path."""

    name: str
    stories: int
    vietnamese: bool = False
    faults: dict[int, Callable[[Portal, int, dict[str, Answer]], None]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"https://{self.name}.example"

    def path(self, day: int, number: int) -> str:
        return f"/news/what-was-decided-in-{self.name}-{100_000 + 1000 * day + number}.html"

    def draw(self, day: int, number: int) -> random.Random:
        return random.Random(f"{self.name} {day} {number}")

    def title(self, day: int, number: int) -> str:
        draw = self.draw(day, number)
        return " ".join(draw.choices(SYLLABLES if self.vietnamese else WORDS, k=7)).capitalize()

    def count(self, day: int) -> int:
        """Return how many stories it publishes on *day*: fewer on Saturdays and Sundays, as newspapers do."""
        usual = self.draw(day, -1).gauss(self.stories, self.stories / 20)
        return round(usual * (0.75 if (BEGIN + timedelta(days=day)).weekday() > 4 else 1))

    def story(self, day: int, number: int, *, block: str = "related-stories", signed: bool = True) -> str:
        draw, words = self.draw(day, number), SYLLABLES if self.vietnamese else WORDS
        title = self.title(day, number)
        body = "".join(
            "<p>" + " ".join(" ".join(draw.choices(words, k=14)).capitalize() + "." for _ in range(4)) + "</p>"
            for _ in range(5)
        )
        known = [(day - 1, draw.randrange(self.count(day - 1))) for _ in range(3)] if day else []
        items = "".join(f'<li><a href="{self.path(*one)}">{self.title(*one)}</a></li>' for one in dict.fromkeys(known))
        when = BEGIN + timedelta(days=day, minutes=-5 * number)
        by = f'<p class="byline">By Ann Lee</p><time datetime="{when.isoformat()}">{when}</time>' if signed else ""
        heading = "Tin liên quan" if self.vietnamese else "Related stories"
        return (
            f'<html lang="{"vi" if self.vietnamese else "en"}"><head><title>{title}</title>'
            f'<meta property="og:type" content="article"></head><body><article><h1>{title}</h1>{by}{body}</article>'
            f'<section class="{block}"><h3>{heading}</h3><ul>{items}</ul></section></body></html>'
        )

    def day(self, day: int) -> dict[str, Answer]:
        """Return what it answers on *day*, by path."""
        pages: dict[str, Answer] = {}
        numbers = range(self.count(day))
        links = [self.path(day, number) for number in numbers][:FRONT_LINKS]
        shown = "".join(f'<h2><a href="{path}">{self.title(day, place)}</a></h2>' for place, path in enumerate(links))
        pages["/"] = (200, "text/html", f"<html><head><title>{self.name}</title></head><body>{shown}</body></html>")
        items = "".join(
            f"<item><title>{self.title(day, number)}</title><link>{self.url}{self.path(day, number)}</link>"
            f"<pubDate>{format_datetime(BEGIN + timedelta(days=day, minutes=-5 * number))}</pubDate></item>"
            for number in numbers
        )
        pages["/rss/all.xml"] = (200, "application/xml", f"<rss><channel>{items}</channel></rss>")
        for number in numbers:
            pages[self.path(day, number)] = (200, "text/html; charset=utf-8", self.story(day, number))
        # What failed yesterday is asked for again.
        for number in range(self.count(day - 1) if day - 1 in self.faults else 0):
            pages[self.path(day - 1, number)] = (200, "text/html; charset=utf-8", self.story(day - 1, number))
        if day in self.faults:
            self.faults[day](self, day, pages)
        return pages

    def seed(self, folder: Path) -> None:
        (folder / f"{self.name}.toml").write_text(
            f'title = "{self.name}"\nstart_urls = ["{self.url}/"]\nallowed_domains = ["{self.name}.example"]\n'
            f"article_url = ['https://{self.name}\\.example/news/.+-\\d{{6}}\\.html']\n"
            f'[related]\ncss = [".related-stories"]\n[discovery]\nfeeds = ["{self.url}/rss/all.xml"]\n'
        )


def dead_feed(portal: Portal, day: int, pages: dict[str, Answer]) -> None:
    pages["/rss/all.xml"] = (404, "text/html", "<html><body>There is nothing here.</body></html>")


def redesign(portal: Portal, day: int, pages: dict[str, Answer]) -> None:
    """Load the related stories by script, and sign and date nothing."""
    for number in range(portal.count(day)):
        story = portal.story(day, number, block="x7", signed=False).replace("<h3>Related stories</h3>", "")
        story = story.replace("<ul>", "<div data-src='/more'></div><!--").replace("</ul>", "-->")
        pages[portal.path(day, number)] = (200, "text/html", story)


def shell(portal: Portal, day: int, pages: dict[str, Answer]) -> None:
    pages["/"] = (200, "text/html", "<html><head><title>x</title></head><body><div id='root'></div></body></html>")


def challenge(portal: Portal, day: int, pages: dict[str, Answer]) -> None:
    asks = "<html><head><title>Just a moment...</title></head><body>Checking your browser.</body></html>"
    for path in pages:
        pages[path] = (403, "text/html", asks)


def half(portal: Portal, day: int, pages: dict[str, Answer]) -> None:
    """Leave every second story out, on the front page and in the feed."""
    gone = {portal.path(day, number) for number in range(1, portal.count(day), 2)}
    for path in gone:
        del pages[path]
    for listing, ends in (("/", "</h2>"), ("/rss/all.xml", "</item>")):
        status, kind, body = pages[listing]
        kept = [part for part in body.split(ends) if not any(path in part for path in gone)]
        pages[listing] = (status, kind, ends.join(kept))


def doubled(portal: Portal, day: int, pages: dict[str, Answer]) -> None:
    """Name every story under two addresses."""
    for path in [path for path in pages if path.startswith("/news/")]:
        twin = path.replace("/news/", "/news/again/")
        pages[twin] = pages[path]
    status, kind, body = pages["/rss/all.xml"]
    items = body.split("<item>")
    more = [item.replace("/news/", "/news/again/").replace("</channel></rss>", "") for item in items[1:]]
    pages["/rss/all.xml"] = (status, kind, "<item>".join([items[0], *more, *items[1:]]))


def archive(path: Path, portals: list[Portal], day: int) -> None:
    """Write what all portals answer on *day* into one archive."""
    moment = f"{BEGIN + timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for portal in portals:
            for page, (status, kind, text) in portal.day(day).items():
                head = StatusAndHeaders(f"{status} X", [("Content-Type", kind)], protocol="HTTP/1.1")
                body = BytesIO(text.encode())
                dated = {"WARC-Date": moment}
                size = len(text.encode())
                record = writer.create_warc_record(
                    portal.url + page, "response", body, size, warc_headers_dict=dated, http_headers=head
                )
                writer.write_record(record)


def portals_of(days: int) -> list[Portal]:
    last = days - 1
    if not SOAK:
        return [
            Portal("bay", 9, faults={last: dead_feed}),
            Portal("cove", 9, vietnamese=True),
            Portal("delta", 9, faults={last: redesign}),
            Portal("fjord", 9, vietnamese=True, faults={last: shell}),
            Portal("gulf", 9, faults={last: challenge}),
        ]
    return [
        Portal("bay", 22, faults={12: dead_feed, 20: challenge}),
        Portal("cove", 22, vietnamese=True, faults={15: shell, 26: redesign}),
        Portal("delta", 22, faults={13: redesign, 22: shell}),
        Portal("fjord", 80, vietnamese=True, faults={16: half, 24: doubled}),
        Portal("gulf", 22, faults={14: challenge, 23: doubled, 29: dead_feed}),
    ]


SAYS = {
    dead_feed: ("rss/all.xml: could not be read, usually ",),
    redesign: ("a date on 0 % of the articles", "an author on 0 % of the articles"),
    shell: ("front page: 0 links, usually ",),
    challenge: ("challenge",),
    half: (" articles, usually ",),
    doubled: ("repeat another",),
}


def told(command: Command, portals: list[Portal], days: int, folder: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Crawl each day; yield what is said of the portals that are not as usual."""
    for portal in portals:
        portal.seed(folder)
    kept = folder / "day.warc.gz"
    for day in range(days):
        archive(kept, portals, day)
        names = [portal.name for portal in portals]
        ended = command("crawl", *names, "--seeds", str(folder), "--replay", str(kept), "--json")
        rows = [json.loads(line) for line in ended.out.splitlines()]
        assert len(rows) == len(portals), ended.err
        yield day, {row["portal"]: row["verdict"] for row in rows if row["exit_code"]}


@pytest.mark.timeout(3600)
def test_every_fault_is_named_on_its_day_and_nothing_else(
    command: Command, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = 31 if SOAK else 5
    portals = portals_of(days)
    for day, said in told(command, portals, days, tmp_path):
        faults = {portal.name: portal.faults[day] for portal in portals if day in portal.faults}
        assert set(said) == set(faults), (day, said)
        for name, fault in faults.items():
            assert all(words in said[name] for words in SAYS[fault]), (day, said)
        # What is wrong with the last run is what `storykin check` says, as of that day.
        clock = BEGIN + timedelta(days=day)
        looked = {name: {found.subject for found in findings(store, name, clock)} for name in (p.name for p in portals)}
        assert {name for name, subjects in looked.items() if subjects & {"run", "source"}} == set(faults)
    assert run(["check", "cove", "--sources", "--json"]) == 0
    rows = {row["url"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    feed = rows["https://cove.example/rss/all.xml"]
    assert feed["named"] == feed["stored"] == feed["links"]
    # Whichever of the two sources was read first brought the stories that both name.
    last = max(row["last_useful"] or "" for row in rows.values())
    assert last.startswith(f"{BEGIN + timedelta(days=days - 1):%Y-%m-%d}")

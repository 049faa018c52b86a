"""The demo portal as a function: an address in, an answer out."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from crawler.demo.layouts import PAPER, SECTIONS, Link, article_page, broken, listing_page, missing_page
from crawler.demo.stories import LANGUAGES, Story, Via, all_stories

PER_PAGE = 4
"""Stories on one page of a section's list."""
ROBOTS = "User-agent: *\nDisallow: /private/\nDisallow: /search\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the portal sends."""

    status: int
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    location: str = ""


@dataclass(frozen=True)
class DemoSite:
    """The portal at *base*, its address without a slash at the end."""

    base: str
    stories: tuple[Story, ...] = field(default_factory=all_stories)

    def answer(self, target: str) -> Answer:
        """Return the answer to the request target *target*: a path, perhaps with a query."""
        parts = urlsplit(target)
        path = parts.path
        if path == "/robots.txt":
            return Answer(200, ROBOTS.encode(), "text/plain; charset=utf-8")
        if path.startswith("/img/"):
            return Answer(200, _picture(path), "image/svg+xml")
        if moved := self._moved(path):
            return Answer(301, location=moved)
        story = self._by_path().get(path.removeprefix("/print").removeprefix("/private"))
        if story is not None:
            return Answer(200, self._article(story).encode())
        listing = self._listing(path, parse_qs(parts.query).get("page", ["0"])[0])
        return Answer(200, listing.encode()) if listing else Answer(404, missing_page().encode())

    def links(self, story: Story) -> list[Link]:
        """Return the related stories of *story* as its page links to them."""
        by_id = {other.id: other for other in self.stories}
        return [Link(by_id[id_], address(by_id[id_], story.via.get(id_, "plain"))) for id_ in story.related]

    def start_urls(self) -> tuple[str, ...]:
        """Return the addresses where a crawl begins."""
        return tuple(f"{self.base}/{language}/" for language in LANGUAGES)

    def _by_path(self) -> dict[str, Story]:
        return {story.path: story for story in self.stories}

    def _moved(self, path: str) -> str:
        """Return where a page of the old system went, empty if there is none of that address."""
        return next((s.path for s in self.stories if path == address(s, "moved")), "")

    def _article(self, story: Story) -> str:
        popular = [Link(s, s.path) for s in self.stories if s.front and s.language == story.language][-4:]
        html = article_page(story, self.links(story), popular, self.base)
        if story.broken:
            html = broken(html)
        return unicodedata.normalize("NFD", html) if story.nfd else html

    def _listing(self, path: str, page: str) -> str:
        steps = path.strip("/").split("/")
        if path == "/":
            return listing_page("en", PAPER["en"], self._front("en") + self._front("vi"))
        language = steps[0]
        if language not in LANGUAGES or not path.endswith("/"):
            return ""
        if len(steps) == 1:
            return listing_page(language, PAPER[language], self._front(language))
        if len(steps) > 2 or steps[1] not in SECTIONS[language] or not page.isdecimal():
            return ""
        return self._section(language, steps[1], int(page))

    def _front(self, language: str) -> list[Link]:
        return [Link(story, story.path) for story in self.stories if story.front and story.language == language]

    def _section(self, language: str, section: str, page: int) -> str:
        found = [s for s in self.stories if (s.language, s.section, s.listed) == (language, section, True)]
        newest = sorted(found, key=lambda story: (story.published, story.id), reverse=True)
        start = page * PER_PAGE
        if start >= len(newest):
            return ""
        more = f"/{language}/{section}/?page={page + 1}" if start + PER_PAGE < len(newest) else ""
        shown = [Link(story, story.path) for story in newest[start : start + PER_PAGE]]
        return listing_page(language, SECTIONS[language][section], shown, more)


def address(story: Story, via: Via) -> str:
    """Return the path of the link to *story* on the demo portal.

    :param via: ``plain``, or a variant: ``moved`` redirects from an old system, ``gone`` answers 404, ``print`` is a
        copy for printing, ``tracked`` has a tracking parameter, ``private`` lies below a path that robots.txt forbids
    """
    old = f"/{story.language}/old/{story.slug}-{story.id}.html"
    return {
        "plain": story.path,
        "moved": old,
        "gone": f"/{story.language}/{story.section}/{story.slug}-{story.id + 900}.html",
        "print": f"/print{story.path}",
        "tracked": f"{story.path}?utm_source=related&utm_medium=card",
        "private": f"/private{story.path}",
    }[via]


def _picture(path: str) -> bytes:
    """Return a plain drawing of the sea whose colour depends on the story."""
    number = "".join(letter for letter in path if letter.isdigit()) or "0"
    hue = int(number[-4:]) * 37 % 360
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 90">'
        f'<rect width="160" height="90" fill="hsl({hue},40%,80%)"/>'
        f'<path d="M0 60q20-12 40 0t40 0 40 0 40 0v30H0z" fill="hsl({hue},40%,45%)"/></svg>'
    ).encode()

"""The stories of the demo portal: data files in this folder, and the facts that a crawl of it must find."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, Literal

Layout = Literal["doubled", "box", "cards", "plain", "list", "script", "none"]
Via = Literal["plain", "moved", "gone", "print", "tracked", "private"]
LANGUAGES = ("en", "vi")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One story of the demo portal."""

    id: int
    language: str
    section: str
    slug: str
    title: str
    lead: str
    author: str
    published: datetime
    body: tuple[str, ...]
    """Paragraphs; a leading ``## `` makes a heading."""
    layout: Layout
    """How related stories stand on the page: see :mod:`crawler.demo.layouts`."""
    related: tuple[int, ...] = ()
    """Ids in the order shown."""
    via: dict[int, Via] = field(default_factory=dict)
    """How the link to a related story is written, where it is not its plain address."""
    modified: datetime | None = None
    caption: str = ""
    front: bool = False
    """Stands on the front page of its language."""
    listed: bool = True
    """Stands in the list of its section; else only related links lead here."""
    nfd: bool = False
    """The page is written in Unicode's decomposed form."""
    broken: bool = False
    """Tags of the page are left open, crossed and closed twice."""
    same_as: int = 0
    """The earlier story whose text this one repeats."""
    relation: Literal["", "exact", "near", "contained"] = ""
    """How deduplication must find the two related."""

    @property
    def path(self) -> str:
        """Path of the page on the portal."""
        return f"/{self.language}/{self.section}/{self.slug}-{self.id}.html"

    @property
    def text(self) -> str:
        """The article's own words: lead, headings and body, joined by a blank line."""
        return "\n\n".join([self.lead, *(paragraph.removeprefix("## ") for paragraph in self.body)])


@cache  # read-only data of the package
def all_stories() -> tuple[Story, ...]:
    """Return the stories of both languages, by id."""
    found = [story for language in LANGUAGES for story in _read(language)]
    return tuple(sorted(found, key=lambda story: story.id))


def _read(language: str) -> list[Story]:
    text = (resources.files("crawler.demo") / f"stories_{language}.toml").read_text(encoding="utf-8")
    return [_story(language, entry) for entry in tomllib.loads(text)["story"]]


def _story(language: str, entry: dict[str, Any]) -> Story:
    values = {**entry, "body": tuple(entry["body"]), "related": tuple(entry["related"])}
    for key in ("published", "modified"):
        if key in values:
            values[key] = datetime.fromisoformat(values[key])
    values["via"] = {int(id_): way for id_, way in entry.get("via", {}).items()}
    return Story(language=language, **values)

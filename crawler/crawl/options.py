"""What an operator asks of a crawl, checked once for the command line and for ``scrapy crawl -a``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from crawler.portals.checks import follow_problem
from crawler.portals.seed import FOLLOWED
from dedupe.errors import InputError
from storage.base.number_setting import number_setting


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlOptions:
    """How far one crawl goes."""

    max_pages: int | None = None
    """Pages asked for in this run, the failed ones included; ``None``: all."""
    follow: str = ""
    """Kinds of related stories to go along from an article, as :func:`follow_of` writes them; or ``articles``: every
    article link of the portal on any page. Empty: what the seed says, every kind unless it says otherwise."""
    depth: int | None = None
    """Links from a start page; ``None``: what the seed says along related stories, 100 for ``articles``."""

    @classmethod
    def from_strings(cls, values: dict[str, Any]) -> Self:
        """Return the options in spider arguments such as ``-a max_pages=200``.

        :raises InputError: naming the argument that is unknown or no good
        """
        # Scrapyd adds the id of its job to every spider's arguments.
        unknown = sorted(set(values) - {"max_pages", "follow", "depth", "_job"})
        if unknown:
            raise InputError(f"unknown spider argument {unknown[0]!r}; known: max_pages, follow, depth")
        return cls(
            max_pages=_number(values, "max_pages", 1, "pages"),
            follow=follow_of(values["follow"]) if "follow" in values else "",
            depth=_number(values, "depth", 0, "links from a start page"),
        )


def follow_of(text: str) -> str:
    """Return the kinds in *text*, which commas separate, each once and in the order of :data:`FOLLOWED`.

    :raises InputError: naming what is none of them
    """
    names = [name.strip() for name in text.split(",")]
    if problem := follow_problem(names):
        raise InputError(f"follow {text!r}: {problem}")
    return ",".join(name for name in FOLLOWED if name in names)


def _number(values: dict[str, Any], name: str, least: int, what: str) -> int | None:
    number = number_setting(name, values.get(name), -1, (least, 10**9), what, whole=True)
    return None if number < 0 else int(number)

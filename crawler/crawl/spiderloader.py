"""Each seed is a spider: ``scrapy list``, ``scrapy crawl vov`` and Scrapyd work without a line of Python a portal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from crawler.crawl.scrapy_crawl import ScrapyCrawlSpider
from crawler.crawl.spider import PortalSpider, spider_for
from crawler.portals.reader import load_seeds, seed_for_url
from crawler.portals.seed import Seed

if TYPE_CHECKING:
    import builtins

    from scrapy import Request
    from scrapy.settings import BaseSettings


class SeedSpiderLoader:
    """Scrapy's spider loader interface over the seed files; ``STORYKIN_SEEDS`` names a folder of further ones."""

    def __init__(self, seeds: dict[str, Seed]) -> None:
        self._seeds = seeds

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Read the bundled seeds and those of ``STORYKIN_SEEDS``."""
        folder = settings.get("STORYKIN_SEEDS")
        return cls(load_seeds(Path(folder) if folder else None))

    def load(self, spider_name: str) -> type[PortalSpider]:
        """Return the spider of a portal.

        :raises KeyError: if there is no such portal; Scrapy turns it into a usage error
        """
        if spider_name not in self._seeds:
            raise KeyError(f"Spider not found: {spider_name}")
        return spider_for(self._seeds[spider_name], ScrapyCrawlSpider)

    def list(self) -> builtins.list[str]:
        """Return the names of all portals, sorted."""
        return sorted(self._seeds)

    def find_by_request(self, request: Request) -> builtins.list[str]:
        """Return the portal that the address of *request* belongs to, in a list; empty if there is none."""
        seed = seed_for_url(request.url, self._seeds) if urlsplit(request.url).hostname else None
        return [seed.name] if seed else []

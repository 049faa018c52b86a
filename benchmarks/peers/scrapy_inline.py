"""Scrapy that follows related stories, with trafilatura called in the callback: what people write by hand.

``--download-only`` leaves extraction out: the part of a crawl that is Scrapy's.
"""

import json
import sys
from pathlib import Path

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor

BASE, OUT, _FOLDER, *OPTIONS = sys.argv[1:]
EXTRACT = "--download-only" not in OPTIONS
if EXTRACT:
    from trafilatura import bare_extraction


class News(scrapy.Spider):
    name = "news"
    handle_httpstatus_all = True
    links = LinkExtractor(allow=r"/news/\d+/[^/]+-\d{6}\.html$")

    async def start(self):
        self.out = Path(OUT).open("w", encoding="utf-8")  # noqa: SIM115 - closed() closes it
        yield scrapy.Request(BASE + "/")

    def parse(self, response):
        if response.status == 200:
            for link in self.links.extract_links(response):
                yield scrapy.Request(link.url)
            if "/news/" in response.url:
                self.write(response)

    def write(self, response):
        found = bare_extraction(response.text, url=response.url, with_metadata=True) if EXTRACT else None
        row = {"url": response.url, "title": found.title if found else "", "text": (found.text or "") if found else ""}
        self.out.write(json.dumps(row, ensure_ascii=False) + "\n")

    def closed(self, _reason):
        self.out.close()


process = CrawlerProcess(
    {
        "LOG_LEVEL": "ERROR",
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 16,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "DOWNLOAD_DELAY": 0,
        "COOKIES_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
    }
)
process.crawl(News)
process.start()

"""Plain Scrapy that follows links and keeps its queue in JOBDIR, as its documentation says for stops and starts.

python -m benchmarks.peers.scrapy_jobdir crawl URL FOLDER
python -m benchmarks.peers.scrapy_jobdir stored FOLDER       # the address of each stored page, one a line
"""

import json
import sys
from pathlib import Path

import scrapy
from scrapy.crawler import CrawlerProcess


class Stories(scrapy.Spider):
    name = "stories"

    def parse(self, response):
        if response.css("article h1"):
            yield {"url": response.url, "title": response.css("h1::text").get()}
        yield from response.follow_all(css="a")


def crawl(url: str, folder: str) -> None:
    settings = {
        "JOBDIR": f"{folder}/job",
        "FEEDS": {f"{folder}/out.jsonl": {"format": "jsonlines", "overwrite": False}},
        "LOG_LEVEL": "WARNING",
        "ROBOTSTXT_OBEY": True,
    }
    process = CrawlerProcess(settings)
    process.crawl(Stories, start_urls=[url])
    process.start()


def stored(folder: str) -> None:
    """Print the addresses; a line that a kill cut is left out."""
    for line in Path(folder, "out.jsonl").read_text(encoding="utf-8").splitlines():
        try:
            print(json.loads(line)["url"])
        except ValueError:
            continue


if __name__ == "__main__":
    {"crawl": crawl, "stored": stored}[sys.argv[1]](*sys.argv[2:])

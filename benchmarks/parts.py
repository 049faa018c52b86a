"""One part of a crawl alone: ``anatomy()`` over pages in memory, in one process.

python -m benchmarks.parts PAGES.pickle SEEDS_FOLDER OUT.jsonl
"""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

from crawler.article.dissect import anatomy
from crawler.article.page.page import Page
from crawler.portals.reader import load_seed


def main(pages: str, seeds: str, out: str) -> None:
    seed = load_seed("bench", Path(seeds))
    with Path(out).open("w", encoding="utf-8") as file:
        for url, body, content_type in pickle.loads(Path(pages).read_bytes()):
            found = anatomy(Page(url=url, body=body, content_type=content_type), seed)
            row = {"url": url, "title": found.title, "text": found.text}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

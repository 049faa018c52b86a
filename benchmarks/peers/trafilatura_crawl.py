"""trafilatura's own way: addresses from the sitemap, threaded downloads, extraction.

It is the loop of https://trafilatura.readthedocs.io/en/latest/downloads.html, without waiting time. Its
``focused_crawler`` fetches one page after the other and only finds links, so it would be slower.
"""

import json
import sys
from pathlib import Path

from trafilatura import bare_extraction
from trafilatura.downloads import add_to_compressed_dict, buffered_downloads, load_download_buffer
from trafilatura.settings import Extractor, use_config
from trafilatura.sitemaps import sitemap_search


def main(base, out, _folder):
    config = use_config()
    config.set("DEFAULT", "SSRF_PROTECTION", "off")
    config.set("DEFAULT", "SLEEP_TIME", "0")
    urls = sitemap_search(f"{base}/sitemap.xml", config=config, sleep_time=0)
    store = add_to_compressed_dict(urls)
    with Path(out).open("w", encoding="utf-8") as file:
        while not store.done:
            buffer, store = load_download_buffer(store, sleep_time=0)
            for url, html in buffered_downloads(buffer, 8, Extractor(config=config)):
                found = bare_extraction(html, url=url, with_metadata=True) if html else None
                if found:
                    row = {"url": url, "title": found.title, "text": found.text or ""}
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

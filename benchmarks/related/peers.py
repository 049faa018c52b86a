"""What other libraries give as links of an article, by their own calls, as files that score.py reads.

    python benchmarks/related/peers.py pages.warc.gz FOLDER

Each finder whose library is installed writes FOLDER/NAME.jsonl. None of these libraries sets out to find related
stories: the figures say how far what they do give goes.

all-links          every link of the page to an http address
same-host          of these, links to the page's own host with a number of five digits or four words in the last segment
newspaper4k        of all links, those that newspaper.urls.valid_url takes for articles
trafilatura        links that stand in trafilatura's main content (include_links)
readability        links in the summary of readability-lxml
goose3             article.links of goose3: links in the body of the article
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement, document_fromstring
from warcio.archiveiterator import ArchiveIterator

Finder = Callable[[str, bytes], Iterable[str]]
ARTICLE = re.compile(r"\d{5}|(?:[^\W\d_]+-){3}[^\W\d_]+")


def links_of(tree: HtmlElement) -> Iterator[str]:
    for href in tree.xpath("//a/@href"):
        yield str(href)


def all_links(url: str, html: bytes) -> Iterable[str]:
    return links_of(document_fromstring(html))


def same_host(url: str, html: bytes) -> Iterable[str]:
    for href in all_links(url, html):
        parts = urlsplit(urljoin(url, href))
        segments = parts.path.rstrip("/").rsplit("/", 1)
        if parts.netloc == urlsplit(url).netloc and ARTICLE.search(segments[-1]):
            yield href


def newspaper4k(url: str, html: bytes) -> Iterable[str]:
    from newspaper.urls import valid_url

    return [href for href in all_links(url, html) if valid_url(urljoin(url, href))]


def trafilatura(url: str, html: bytes) -> Iterable[str]:
    from trafilatura import bare_extraction

    found = bare_extraction(html, url=url, include_links=True)
    return [] if found is None else [str(target) for target in found.body.xpath(".//ref/@target")]


def readability(url: str, html: bytes) -> Iterable[str]:
    from readability import Document

    return links_of(document_fromstring(Document(html).summary() or "<p></p>"))


def goose3(url: str, html: bytes) -> Iterable[str]:
    from goose3 import Goose

    with Goose({"enable_image_fetching": False}) as goose:
        return [str(link) for link in goose.extract(raw_html=html, url=url).links]


FINDERS: dict[str, tuple[str, Finder]] = {
    "all-links": ("lxml", all_links),
    "same-host": ("lxml", same_host),
    "newspaper4k": ("newspaper", newspaper4k),
    "trafilatura": ("trafilatura", trafilatura),
    "readability": ("readability", readability),
    "goose3": ("goose3", goose3),
}


def pages(path: Path) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response":
                yield record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read()


def main(archive: str, folder: str) -> int:
    """Write the file of each finder that is installed, and say which are not."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, (module, finder) in FINDERS.items():
        if not find_spec(module):
            print(f"{name}: not installed", file=sys.stderr)
            continue
        with Path(folder, f"{name}.jsonl").open("w", encoding="utf-8") as file:
            for url, html in pages(Path(archive)):
                try:
                    links = {urljoin(url, link) for link in finder(url, html)}
                except Exception as problem:  # noqa: BLE001 - a library that fails on a page found nothing there
                    print(f"{name}: {url}: {type(problem).__name__}: {problem}", file=sys.stderr)
                    links = set()
                found = sorted(link for link in links if urlsplit(link).scheme in {"http", "https"})
                print(json.dumps({"url": url, "related": found}, ensure_ascii=False), file=file)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))

"""fundus with a parser written for the site, as it needs one for every publisher; no delay."""

import json
import sys
from pathlib import Path

from fundus import Crawler, Sitemap
from fundus.parser import ArticleBody, BaseParser, ParserProxy, attribute
from fundus.parser.utility import extract_article_body_with_selector, generic_date_parsing
from fundus.publishers.base_objects import Publisher, PublisherGroup
from lxml.etree import XPath

BASE, OUT, _FOLDER = sys.argv[1:]


class GazetteParser(ParserProxy):
    class V1(BaseParser):
        _paragraphs = XPath("//div[@class='article-body']/p")

        @attribute
        def title(self) -> str | None:
            return self.precomputed.meta.get("og:title")

        @attribute
        def publishing_date(self):
            return generic_date_parsing(self.precomputed.ld.bf_search("datePublished"))

        @attribute
        def body(self) -> ArticleBody | None:
            return extract_article_body_with_selector(self.precomputed.doc, paragraph_selector=self._paragraphs)


class Bench(metaclass=PublisherGroup):
    default_language = "en"

    Gazette = Publisher(
        name="Gazette", domain=f"{BASE}/", parser=GazetteParser, sources=[Sitemap(f"{BASE}/sitemap.xml")]
    )


with Path(OUT).open("w", encoding="utf-8") as file:
    for article in Crawler(Bench, delay=0.0).crawl():
        row = {"url": article.html.requested_url, "title": article.title, "text": str(article.body)}
        file.write(json.dumps(row, ensure_ascii=False) + "\n")

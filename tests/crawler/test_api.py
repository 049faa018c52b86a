"""``crawler.api``: a page, a portal and a store from Python."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from crawler import api
from crawler.api import CrawlError, crawl, extract, open_store
from crawler.article.saved_page import seed_chooser
from crawler.demo.server import DemoServer
from dedupe.errors import InputError
from storage.articles import articles
from storage.records import Article

if TYPE_CHECKING:
    from storage.database.store import Store

PAGE = """<html lang="vi"><h1>Cầu mới thông xe</h1>
<p>Sáng nay những chiếc xe đầu tiên qua cầu mới, sau ba năm thi công.</p>
<p>Bến phà cũ vẫn chạy thêm một mùa hè, người lái phà nói với khách đợi trên bến.</p></html>"""


@pytest.fixture
def portal(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    monkeypatch.setenv("STORYKIN_WORKERS", "0")
    with DemoServer() as server:
        yield server


def temporary(store: Store) -> list[str]:
    return [name for name in store.client.list_database_names() if "temporary" in name]


def test_importing_it_loads_neither_scrapy_nor_the_driver() -> None:
    code = "import crawler.api, sys; print({'scrapy', 'pymongo', 'lxml'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["set()"]


def test_a_page_becomes_an_article() -> None:
    for page in (PAGE, PAGE.encode()):
        found = extract(page, "https://bao.example/cau-moi-4711.html")
        assert (found.title, found.language, found.url) == (
            "Cầu mới thông xe",
            "vi",
            "https://bao.example/cau-moi-4711.html",
        )
        assert "ba năm thi công" in found.text
    assert extract("", "https://bao.example/").quality[0].startswith("failed: ")
    with pytest.raises(InputError, match="nosuch"):
        extract(PAGE, portal="nosuch")


def test_a_portal_becomes_articles_and_leaves_nothing(portal: DemoServer, store: Store) -> None:
    async def in_a_notebook() -> list[Article]:
        return list(crawl(*portal.site.start_urls(), max_pages=12))

    found = asyncio.run(in_a_notebook())
    assert len({one.id for one in found}) == len(found) >= 5
    assert all(one.text and one.title and one.updated for one in found)
    assert temporary(store) == []
    assert list(articles.iterate(store)) == [], "the user's own store is left alone"


def test_leaving_the_loop_ends_the_crawl(portal: DemoServer, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen):
        def __init__(self, *given: object, **more: object) -> None:
            super().__init__(*given, **more)
            started.append(self)

    monkeypatch.setattr(api.subprocess, "Popen", Watched)
    running = crawl(*portal.site.start_urls())
    first = next(running)
    assert first.title
    (child,) = started
    running.close()  # what leaving a loop over it does
    assert child.returncode is not None
    assert temporary(store) == []


@pytest.mark.parametrize(
    ("targets", "options", "sentence"),
    [
        (("nosuch",), (), r"unknown portal 'nosuch'"),
        (("http://127.0.0.1:9/x",), (), r"127\.0\.0\.1:9: .*refused"),
        (("demo",), ("--nosuch",), r"No such option.*--nosuch"),
    ],
)
def test_a_crawl_that_fails_says_why_in_a_sentence(
    store: Store, targets: tuple[str, ...], options: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CrawlError, match=sentence) as raised:
        list(crawl(*targets, options=options))
    assert "\n" not in str(raised.value)
    assert temporary(store) == []


def test_any_form_of_an_address_finds_its_article(store: Store) -> None:
    url = "https://vov.vn/xa-hoi/cau-moi-thong-xe-post1234567.vov"
    page = Article(
        id="", url=url, canonical_url=seed_chooser("").identity(url), portal="vov", title="Cầu mới", text="Xe qua."
    )
    articles.put_many(store, [page])
    with open_store() as opened:
        for address in (url, f"{url}?utm_source=mail#binh-luan", url.replace("https://", "http://www.")):
            found = opened.article(address)
            assert found, address
            assert found.url == url
        assert opened.article("https://vov.vn/another-post7654321.vov") is None

"""The demo portal: what it serves, and what a crawl of it must find."""

from __future__ import annotations

import http.client
import re
import signal
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from crawler.article.dissect import dissect
from crawler.article.page.page import Page
from crawler.cli.demo import DATABASE
from crawler.demo.layouts import PROMO, cut_blurb
from crawler.demo.server import DemoServer
from crawler.demo.site import DemoSite, address
from crawler.demo.stories import Story, all_stories
from crawler.portals.reader import load_seed
from crawler.urls.canonical import canonical_url, looks_like_article
from dedupe.errors import InputError
from storage.articles import articles
from storage.database.store import Store
from storage.frontier import related_links
from storage.records import Article
from tests.crawler.processes import PATIENCE, wait_for
from tests.support.databases import drop

if TYPE_CHECKING:
    from tests.crawler.conftest import Command

SITE = DemoSite("http://127.0.0.1:8787")
STORIES = {story.id: story for story in all_stories()}
SEED = load_seed("demo")


def expected_related(story: Story, base: str = SITE.base) -> list[tuple[str, str]]:
    """Title and canonical URL of the related stories that the page shows without a script."""
    if story.layout in {"script", "none"}:
        return []
    return [(link.story.title, canonical_url(f"{base}{link.address}", SEED)) for link in DemoSite(base).links(story)]


def assert_found(article: Article, story: Story, base: str = SITE.base) -> None:
    """The page's own words, all of them and nothing else; its related stories with their blurbs."""
    assert article.title == story.title
    assert article.lead == story.lead
    assert article.text == story.text
    related = [story for story in article.related if story.kind == "related"]
    assert [(r.title, r.key) for r in related] == expected_related(story, base)
    if story.layout not in {"list", "script", "none"}:
        assert [r.blurb for r in related] == [STORIES[id_].lead for id_ in story.related]
    if story.layout in {"doubled", "box", "plain"}:
        assert all(r.title_copies >= 2 and r.blurb_copies == 2 for r in related)
    assert article.related_status == {"script": "loaded by script", "none": "none"}.get(story.layout, "found")
    assert (article.published, article.modified) == (story.published, story.modified)
    assert article.captions == ((story.caption,) if story.caption else ())
    assert PROMO[story.language] in [p.text for p in article.paragraphs if p.verdict == "promo"]
    assert article.language == story.language
    assert article.quality == ()


def test_it_is_a_portal_of_some_size() -> None:
    assert len(STORIES) >= 40
    assert Counter(story.language for story in STORIES.values()) == {"en": 24, "vi": 20}
    assert {story.layout for story in STORIES.values()} == {
        "doubled",
        "box",
        "cards",
        "plain",
        "list",
        "script",
        "none",
    }
    assert {via for story in STORIES.values() for via in story.via.values()} == {
        "moved", "gone", "print", "tracked", "private",
    }  # fmt: skip
    assert {story.relation for story in STORIES.values()} == {"", "exact", "near", "contained"}
    assert any(story.nfd for story in STORIES.values())
    assert any(story.broken for story in STORIES.values())
    assert len({story.text for story in STORIES.values() if not story.same_as}) == len(STORIES) - 4


@pytest.mark.parametrize("story", STORIES.values(), ids=lambda story: story.id)
def test_facts_fit_together(story: Story) -> None:
    assert story.id not in story.related
    assert all(STORIES[id_].language == story.language for id_ in story.related)
    assert set(story.via) <= set(story.related)
    assert bool(story.same_as) == bool(story.relation)
    assert looks_like_article(f"{SITE.base}{story.path}", SEED)
    assert SITE.answer(story.path) == SITE.answer(story.path)


def test_every_story_can_be_reached_and_some_only_as_related() -> None:
    listed = {story.id for story in STORIES.values() if story.listed}
    assert set(STORIES) - listed == {1020, 2016}
    linked = {id_ for story in STORIES.values() if story.layout not in {"script", "none"} for id_ in story.related}
    assert {1020, 2016} <= linked


@pytest.mark.parametrize("story", STORIES.values(), ids=lambda story: story.id)
def test_anatomy_of_every_page(story: Story) -> None:
    answer = SITE.answer(story.path)
    found = dissect(Page(url=f"{SITE.base}{story.path}", body=answer.body, content_type=answer.content_type), SEED)
    assert found.kind == "article", found.reason
    assert found.article is not None
    assert_found(found.article, story)


@pytest.mark.parametrize("path", ["/", "/en/", "/vi/", "/en/sea/", "/vi/bien/?page=1"])
def test_listings_are_no_articles(path: str) -> None:
    found = dissect(Page(url=f"{SITE.base}{path}", body=SITE.answer(path).body), SEED)
    assert (found.kind, found.article) == ("listing", None)
    assert any(link.article for link in found.links)


def test_pages_of_a_list_hold_every_listed_story_once() -> None:
    seen: list[str] = []
    path = "/en/sea/"
    while path:
        html = SITE.answer(path).body.decode()
        seen += re.findall(r'<h2><a href="([^"]+)"', html)
        following = re.search(r'<ul class="pagination"><li><a href="([^"]+)"', html)
        path = following[1] if following else ""
    assert len(seen) > 4
    assert sorted(seen) == sorted(s.path for s in STORIES.values() if s.listed and s.path.startswith("/en/sea/"))
    assert SITE.answer("/en/sea/?page=99").status == 404
    assert SITE.answer("/en/sea/?page=x").status == 404


@pytest.mark.parametrize("path", ["/nothing", "/en", "/fr/", "/en/sea/x/", "/en/none/", "/en/sea/none-1.html"])
def test_what_is_not_there(path: str) -> None:
    assert SITE.answer(path).status == 404


def test_over_http() -> None:
    with DemoServer() as server:
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(server.url).port or 0, timeout=PATIENCE)

        def get(path: str, method: str = "GET") -> tuple[http.client.HTTPResponse, bytes]:
            connection.request(method, path)
            response = connection.getresponse()
            return response, response.read()

        assert get("/robots.txt")[1].startswith(b"User-agent: *\nDisallow: /private/")
        moved, _ = get(address(STORIES[1005], "moved"))
        assert (moved.status, moved.headers["Location"]) == (301, STORIES[1005].path)
        assert get(address(STORIES[1002], "gone"))[0].status == 404
        head, nothing = get(STORIES[1001].path, "HEAD")
        assert (head.status, nothing) == (200, b"")
        assert int(head.headers["Content-Length"]) == len(get(STORIES[1001].path)[1])
        twin = get(address(STORIES[1003], "print"))[1].decode()
        assert f'<link rel="canonical" href="{server.site.base}{STORIES[1003].path}">' in twin
        picture, drawing = get("/img/1001.svg")
        assert picture.headers["Content-Type"] == "image/svg+xml"
        assert drawing.startswith(b"<svg ")
        connection.close()


def test_the_page_in_nfd_is_nfd() -> None:
    html = SITE.answer(STORIES[2010].path).body.decode()
    assert html == unicodedata.normalize("NFD", html)
    assert html != unicodedata.normalize("NFC", html)


def test_blurbs_for_telephones_are_cut() -> None:
    lead = STORIES[2001].lead
    assert cut_blurb(lead).endswith("…")
    assert lead.startswith(cut_blurb(lead)[:-1])
    assert 0.5 < len(cut_blurb(lead)) / len(lead) < 0.65


def test_a_port_in_use_is_one_sentence() -> None:
    with DemoServer() as server:
        port = urlsplit(server.url).port or 0
        with pytest.raises(InputError, match=rf"port {port} of 127\.0\.0\.1 cannot be used: .*; give another --port"):
            DemoServer(port)


def test_serve_only_until_interrupted(command: Command) -> None:
    process = command.start("demo", "--serve-only")
    out = command.folder / "1.out"
    try:
        wait_for(lambda: out.read_text().endswith("\n") or process.poll() is not None)
        url = urlsplit(out.read_text().strip())
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=PATIENCE)
        connection.request("GET", "/en/")
        assert STORIES[1001].title in connection.getresponse().read().decode()
        connection.close()
    finally:
        process.send_signal(signal.SIGINT)
    ended = command.end(process)
    assert ended.code == 130
    assert "Traceback" not in ended.err


def test_demo_crawls_reports_and_can_be_run_again(command: Command, store: Store) -> None:
    """The whole main job, twice in a row; what is stored is what the stories say."""
    outputs = []
    for _ in range(2):
        done = command("demo")
        assert done.code == 0, done.err
        outputs.append(re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", done.out))
    assert "44 new, 0 changed" in outputs[1]
    assert outputs[1].splitlines()[0] == outputs[0].splitlines()[0] == "demo: finished"
    base = re.search(r"The demo portal is at (http://127\.0\.0\.1:\d+)/", done.err)
    assert base
    with type(store).open(database=DATABASE) as demo:
        assert_stored(demo, base[1])
        drop(demo.client[DATABASE])


def assert_stored(demo: Store, base: str) -> None:
    by_url = {canonical_url(f"{base}{story.path}", SEED): story for story in STORIES.values()}
    found = {stored.article.canonical_url: stored for stored in articles.iterate(demo)}
    assert set(found) == set(by_url)
    for url, stored in found.items():
        assert_found(stored.article, by_url[url], base)
    ids = {stored.article.id: by_url[url].id for url, stored in found.items()}
    repeats = {
        frozenset({ids[article_id], ids[stored.duplicate.of]}): stored.duplicate.relation
        for article_id, stored in ((stored.article.id, stored) for stored in found.values())
        if stored.duplicate
    }
    assert repeats == {frozenset({s.id, s.same_as}): s.relation for s in STORIES.values() if s.same_as}
    reasons = Counter((failure["reason"], urlsplit(failure["url"]).path) for failure in demo.db["failures"].find())
    assert reasons[("HTTP 404", address(STORIES[1002], "gone"))] == 1
    private = address(STORIES[1009], "private")
    assert [reason for reason, path in reasons if path == private] != []
    assert all("robots" in reason for reason, path in reasons if path == private)
    known = {article.id for article in (stored.article for stored in found.values())}
    loose = {urlsplit(edge.story.url).path for edge in related_links.iterate(demo) if edge.target not in known}
    elsewhere = {"moved", "gone", "private"}  # print and tracked addresses are the story's own
    assert loose == {
        address(STORIES[id_], via) for s in STORIES.values() for id_, via in s.via.items() if via in elsewhere
    }
    twin = found[canonical_url(f"{base}{STORIES[1003].path}", SEED)]
    assert f"{base}{STORIES[1003].path}" == twin.article.url or twin.article.url in twin.article.aliases


def test_a_demo_of_an_older_storykin_is_no_obstacle(command: Command, store: Store) -> None:
    with Store.open(store.uri, "storykin_demo") as demo:
        demo.db["meta"].update_one({"_id": "schema"}, {"$set": {"schema_version": 1}})
        try:
            assert command("demo").code == 0
        finally:
            drop(demo.client["storykin_demo"])

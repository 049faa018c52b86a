"""Rendered pages in a real browser: what is fetched, stored and refused."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from warcio.archiveiterator import ArchiveIterator

from storage.articles import articles, pages
from storage.frontier import failures
from tests.crawler.processes import PATIENCE, wait_for
from tests.support.browser import require_browser, seed, story_pages

if TYPE_CHECKING:
    from storage.articles.articles import StoredArticle
    from storage.database.store import Store
    from tests.crawler.conftest import Command, NewsSite

BROWSER = 'render = "browser"'


@pytest.fixture(autouse=True, scope="module")
def browser() -> None:
    require_browser()


def script_story(site: NewsSite, number: int, related: tuple[int, ...] = (), more: str = "") -> str:
    site.pages |= story_pages(number, related, more)
    return site.story_path(number)


def by_number(store: Store) -> dict[str, StoredArticle]:
    return {one.title.split(":")[0].split()[-1]: one for one in articles.iterate(store)}


def test_without_a_section_nothing_is_rendered(command: Command, site: NewsSite, store: Store, tmp_path: Path) -> None:
    site.front(script_story(site, 1, (2,)))
    assert command("crawl", "harbour", "--seeds", seed(tmp_path / "s", site.url, "")).code in (0, 3)
    assert site.asked_for("/app.js") == 0


@pytest.mark.parametrize("only_missing", ["", "\nonly_missing = true"])
def test_what_a_script_fills_is_read_followed_and_marked(
    command: Command, site: NewsSite, store: Store, tmp_path: Path, only_missing: str
) -> None:
    site.front(script_story(site, 1, (2, 3)), site.story(4, (site.story_path(1),)))
    for number in (2, 3):
        script_story(site, number)
    ended = command("crawl", "harbour", "--seeds", seed(tmp_path / "s", site.url, BROWSER + only_missing))
    assert ended.code == 0, ended.out + ended.err
    found = by_number(store)
    assert sorted(found) == ["1", "2", "3", "4"]
    assert found["1"].related_status == "found"
    assert "the council of ward 31 spoke" in found["1"].text
    assert "rendered" in found["1"].quality
    assert ("rendered" in found["4"].quality) == (not only_missing), "it has all without a browser"
    kept = pages.get(store, site.url + site.story_path(1))
    assert kept is not None
    assert kept.doubts == ("rendered",)
    assert b"the council of ward 31 spoke" in kept.body
    assert site.asked_for("/app.js") == 1, "all pages have the same script"
    assert all(site.asked_for(site.story_path(number)) == 1 for number in range(1, 5)), (
        "the page itself is asked for once"
    )
    # Nothing but the browser's word says that it is as it was.
    assert command("crawl", "harbour", "--seeds", str(tmp_path / "s")).code == 0
    text = found["1"].text
    assert command("reprocess").code == 0
    assert by_number(store)["1"].text == text


def test_kinds_of_pages_that_are_not_named_are_not_rendered(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.front(script_story(site, 1))
    rules = BROWSER + '\nrender_kinds = ["start"]'
    command("crawl", "harbour", "--seeds", seed(tmp_path / "s", site.url, rules))
    assert site.asked_for("/app.js") == 0
    assert "text" not in {one.text for one in articles.iterate(store)}


def test_every_request_of_a_page_keeps_the_rules(
    command: Command, site: NewsSite, other_site: NewsSite, store: Store, tmp_path: Path
) -> None:
    """robots.txt, other origins, private addresses, methods, frames, pictures, sockets, navigation."""
    more = f"""<img src="/picture.png"><link rel="stylesheet" href="/style.css"><iframe src="/frame.html"></iframe>
    <script src="{other_site.url}/other.js"></script>
    <script>
      for (const url of ['/private/data.json', '{other_site.url}/inside.json', 'http://10.0.0.1/', 'http://169.254.169.254/x',
                         'http://localhost:{other_site.port}/name.json', 'file:///etc/passwd'])
        fetch(url).then(answer => answer.text()).then(text => document.title = text).catch(() => 0);
      fetch('/posted', {{method: 'POST', body: 'x'}}).catch(() => 0);
      new WebSocket('ws://127.0.0.1:{other_site.port}/socket');
      navigator.sendBeacon('/beacon', 'x');
      window.open('{other_site.url}/popup.html');
      setTimeout(() => {{ location.href = '{other_site.url}/elsewhere.html'; }}, 0);
    </script>"""
    site.front(script_story(site, 1, more=more))
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private/\n")
    rules = BROWSER + '\nhosts = ["10.0.0.1", "169.254.169.254", "localhost"]'
    ended = command("crawl", "harbour", "--seeds", seed(tmp_path / "s", site.url, rules))
    assert ended.code == 0, ended.out + ended.err
    assert other_site.asked == []
    assert set(site.asked) == {"/robots.txt", "/", site.story_path(1), "/app.js", "/api/1.json"}
    (article,) = articles.iterate(store)
    assert article.url == site.url + site.story_path(1)
    assert "the council of ward 31 spoke" in article.text


def test_a_list_without_end_and_a_script_without_end_end(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    endless = """<ol id="list"></ol><script>
      let count = 0;
      function more() { fetch('/more.json?page=' + count++).then(() => {
        document.querySelector('#list').insertAdjacentHTML('beforeend', '<li>One more entry of the list</li>');
        more();
      }); }
      more();
    </script>"""
    growing = "<script>setInterval(() => document.body.append('x'.repeat(10)), 20)</script>"
    script_story(site, 1, more=endless)
    script_story(site, 2, more=growing)
    script_story(site, 3, more="<script>setTimeout(() => { while (true) {} }, 0)</script>")
    site.pages["/more.json?page=0"] = (200, {}, b"{}")
    site.front(*map(site.story_path, (1, 2, 3, 4)))
    script_story(site, 4)
    ended = command("crawl", "harbour", "--seeds", seed(tmp_path / "s", site.url, BROWSER))
    assert ended.code == 0, ended.out + ended.err
    found = by_number(store)
    assert all("rendered" in found[number].quality for number in ("1", "2", "4"))
    assert len([path for path in site.asked if path.startswith("/more.json")]) < 41
    assert "3" not in found or "not rendered" in found["3"].quality
    assert "its scripts do not come to an end" in ended.err


@pytest.mark.parametrize("status", [200, 403])
def test_a_challenge_is_not_rendered_and_not_solved(
    command: Command, site: NewsSite, store: Store, tmp_path: Path, status: int
) -> None:
    wall = "<script>document.cookie='pass=1';location.reload()</script><script src='/solve.js'></script>"
    site.front(site.story_path(1), site.story_path(2), site.story_path(3))
    for number in (1, 2, 3):
        site.html(site.story_path(number), wall, status=status)
    ended = command("crawl", "harbour", "--seeds", seed(tmp_path / "s", site.url, BROWSER))
    assert ended.code == 4, ended.out
    assert site.asked_for("/solve.js") == 0
    assert {one.reason for one in failures.iterate(store)} == {"challenge page (a cookie set by script)"}


def test_a_challenge_or_a_wall_that_a_script_puts_up_is_no_text(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    words = "<p>We and our 812 partners store cookies on your device. You may change your choices at any time.</p>" * 5
    puts = "<p>One moment.</p><script>document.body.innerHTML = `{}`</script>"
    site.front(site.story_path(1), site.story_path(2))
    site.html(site.story_path(1), puts.format(words + "<button>Accept all</button>"))
    site.html(site.story_path(2), puts.format("<h1>Verify you ${'are'} human</h1>"))
    command("crawl", "harbour", "--seeds", seed(tmp_path / "s", site.url, BROWSER))
    assert {one.reason for one in failures.iterate(store)} == {"consent wall", "challenge page (a captcha)"}
    assert list(articles.iterate(store)) == []


def test_a_recording_has_the_rendered_page_beside_the_answer_and_replays(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.front(script_story(site, 1))
    archive, folder = tmp_path / "harbour.warc.gz", seed(tmp_path / "s", site.url, BROWSER)
    assert command("crawl", "harbour", "--seeds", folder, "--record", str(archive)).code == 0
    (live,) = articles.iterate(store)
    with archive.open("rb") as file:
        kinds = [
            (
                record.rec_type,
                record.rec_headers.get_header("Content-Type"),
                record.rec_headers.get_header("X-Rendered"),
            )
            for record in ArchiveIterator(file)
            if record.rec_headers.get_header("WARC-Target-URI") == live.url
        ]
    assert kinds == [
        ("response", "application/http; msgtype=response", None), ("resource", "text/html; charset=utf-8", "yes")
    ]  # fmt: skip
    exported = tmp_path / "exported.warc.gz"
    assert command("export", "-o", str(exported)).code == 0
    for line in command("extract", "--warc", str(exported)).out.splitlines():
        read = json.loads(line)
        assert read["url"] != live.url or (read["text"] == live.text and "rendered" in read["quality"])
    for name in set(store.db.list_collection_names()) - {"meta"}:
        store.db[name].delete_many({})
    site.pages.clear()
    site.asked.clear()
    assert command("crawl", "harbour", "--seeds", folder, "--replay", str(archive)).code == 0
    (replayed,) = articles.iterate(store)
    assert (replayed.text, replayed.related, replayed.quality) == (live.text, live.related, live.quality)
    assert (replayed.warc_file, replayed.warc_offset) == (live.warc_file, live.warc_offset)
    assert site.asked == []


def test_a_crawl_killed_while_rendering_loses_nothing(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    count = 4
    for number in range(count):
        script_story(site, number, ((number + 1) % count,))
    site.front(site.story_path(0))
    folder, held = seed(tmp_path / "s", site.url, BROWSER), threading.Event()

    def before(path: str) -> None:
        if path == "/api/2.json" and not held.is_set():
            held.wait(PATIENCE)

    site.before = before
    process = command.start("crawl", "harbour", "--seeds", folder)
    wait_for(lambda: site.asked_for("/api/2.json") == 1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    held.set()
    assert "2" not in by_number(store)
    ended = command("crawl", "harbour", "--seeds", folder)
    assert ended.code == 0, ended.out + ended.err
    assert sorted(by_number(store)) == [str(number) for number in range(count)]
    assert all("rendered" in one.quality for one in articles.iterate(store))


def test_requests_of_pages_take_turns_and_count_for_the_budget(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    script_story(site, 1)
    script_story(site, 2)
    site.front(site.story_path(1), site.story_path(2))
    folder = seed(tmp_path / "s", site.url, BROWSER, "[crawl]\nrequests_per_day = 5\ndelay = 0.01\n")
    ended = command("crawl", "harbour", "--seeds", folder, "--json")
    assert ended.code == 0, ended.err
    said = json.loads(ended.out)
    assert "the budget of 127.0.0.1 for today is used up" in said["verdict"]
    # Front, stories, script, data of one: those of the other have to wait for tomorrow, and so has it.
    assert len(by_number(store)) == 1
    assert said["queued"] == 1
    assert len([path for path in site.asked if path != "/robots.txt"]) == 5


def test_the_crawl_does_not_begin_without_a_browser(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.front(script_story(site, 1))
    ended = command("crawl", "harbour", "--seeds", seed(tmp_path / "s", site.url, BROWSER), PATH=str(tmp_path))
    assert ended.code == 2
    assert "needs Chromium on the PATH" in ended.err
    assert site.asked == []

"""Crawls of a loopback site into a real MongoDB, through the command line."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from storage.articles import articles
from storage.frontier import frontier, runs
from tests.crawler.processes import wait_for
from tests.support.kills import MAX_FETCHES, Victim, soak

if TYPE_CHECKING:
    from storage.database.store import Store
    from tests.crawler.conftest import Command, NewsSite


MORE_THAN_ONE_LEASES = 80
"""Stories: a worker holds 64 leases at most, for 16 requests at once."""
SOAK = bool(os.environ.get("STORYKIN_SOAK"))


class Relay:
    """Passes connections on to the database of a URI until it is cut; a server that goes away, for one client."""

    def __init__(self, uri: str) -> None:
        host, port = re.search(r"@([\d.]+):(\d+)/", uri).groups()
        self._target = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.uri = uri.replace(f":{port}/", f":{self._listener.getsockname()[1]}/")
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Relay:
        return self

    def __exit__(self, *problem: object) -> None:
        self.cut()

    def cut(self) -> None:
        for end in (self._listener, *self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, far = self._listener.accept()[0], socket.create_connection(self._target)
                self._open += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pass_on(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)


def summary(output: str) -> dict[str, Any]:
    counts: dict[str, Any] = json.loads(output)
    parts = ("articles", "listings", "not_articles", "failures", "unchanged_pages", "withdrawn")
    assert counts["fetched"] == sum(counts[name] for name in parts)
    assert counts["articles"] == counts["distinct"] + counts["duplicates"]
    assert sum(counts["failures_by_reason"].values()) == counts["failures"]
    return counts


def forget(store: Store) -> None:
    """Empty every collection, the settings of the store itself excepted."""
    for name in set(store.db.list_collection_names()) - {"meta"}:
        store.db[name].delete_many({})


def titles(store: Store) -> dict[str, str]:
    return {found.article.canonical_url: found.article.text for found in articles.iterate(store)}


@pytest.mark.parametrize("longer_comes_last", [True, False])
def test_a_copy_is_counted_whichever_of_two_texts_came_first(
    command: Command, site: NewsSite, longer_comes_last: bool
) -> None:
    """The longer text is kept; where it comes last, the article that is the copy was stored as a story of its own."""
    first, last = site.story_path(1), site.story_path(2)
    site.story(1)
    _, headers, page = site.pages[first]
    block = (
        f'<section class="related"><h3>Related</h3><a href="{last}">The story in full, as it stands at 2</a></section>'
    )
    texts = [
        page,
        page.replace(b"</p>", b"</p><p>On Sunday the ward asked for 14 more boats and a second pier.</p>", 1),
    ]
    for path, text in zip((first, last), texts if longer_comes_last else texts[::-1], strict=True):
        own = text.replace(first.encode(), path.encode())
        site.pages[path] = (200, headers, own.replace(b"</body>", block.encode() + b"</body>"))
    site.front(first)
    counts = json.loads(command("crawl", site.url, "--json").out)
    assert (counts["articles"], counts["distinct"], counts["new"]) == (2, 1, 2)
    assert sum(counts["duplicates_by_relation"].values()) == counts["duplicates"] == 1


def test_every_related_story_is_stored_and_a_second_run_stores_nothing(
    command: Command, site: NewsSite, store: Store
) -> None:
    site.stories(40)
    first = command("crawl", site.url, "--json")
    assert first.code == 0, first.err
    counts = summary(first.out)
    assert (counts["articles"], counts["new"], counts["listings"]) == (40, 40, 1)
    assert len(titles(store)) == 40
    assert store.db["edges"].count_documents({}) > 40
    assert all(site.asked_for(path) == 1 for path in set(site.asked))
    again = command("crawl", site.url, "--json")
    counts = summary(again.out)
    assert (again.code, counts["fetched"], counts["new"], counts["unchanged_pages"]) == (0, 1, 0, 1)


def test_related_follows_related_blocks_and_articles_follows_every_article_link(
    command: Command, site: NewsSite, store: Store
) -> None:
    menu_only = site.story(3)
    second = site.story(2)
    site.story(1, related=(second,), links=(menu_only,))
    site.front(site.story_path(1))
    command("crawl", site.url)
    assert {url.rpartition("-")[2] for url in titles(store)} == {"100001.html", "100002.html"}
    forget(store)
    command("crawl", site.url, "--follow", "articles")
    assert {url.rpartition("-")[2] for url in titles(store)} == {"100001.html", "100002.html", "100003.html"}


def test_depth_counts_links_from_the_start_page(command: Command, site: NewsSite, store: Store) -> None:
    for number in range(1, 5):
        site.story(number, related=(site.story_path(number + 1),))
    site.front(site.story_path(1))
    command("crawl", site.url, "--depth", "2")
    assert len(titles(store)) == 2


def test_max_pages_ends_a_run_and_the_next_goes_on(command: Command, site: NewsSite, store: Store) -> None:
    site.stories(30)
    counts = summary(command("crawl", site.url, "--max-pages", "12", "--json").out)
    assert counts["fetched"] == 12
    assert counts["queued"] > 0
    summary(command("crawl", site.url, "--json").out)
    assert len(titles(store)) == 30
    assert all(site.asked_for(site.story_path(number)) == 1 for number in range(30))


def test_pages_that_are_no_articles_are_accounted_for_with_their_reason(
    command: Command, site: NewsSite, store: Store
) -> None:
    paths = [site.story_path(number) for number in range(1, 6)]
    site.story(1)
    site.redirect(paths[1], paths[0])
    site.html(paths[2], "<p>gone</p>", status=410)
    site.pages[paths[3]] = (200, {"Content-Type": "image/png"}, b"\x89PNG")
    site.redirect(paths[4], paths[4])
    site.front(*paths)
    ended = command("crawl", site.url, "--json")
    counts = summary(ended.out)
    assert (counts["fetched"], counts["articles"], counts["new"]) == (6, 2, 1)
    assert counts["not_articles"] == 1
    assert counts["failures_by_reason"] == {"HTTP 410": 1, "max redirections reached": 1}
    [found] = articles.iterate(store)
    assert any(alias.endswith("100002.html") for alias in found.article.aliases)


def test_a_server_that_fails_for_a_while_is_asked_again_in_the_next_run(
    command: Command, site: NewsSite, store: Store
) -> None:
    site.story(1)
    story = site.pages[site.story_path(1)]
    site.pages[site.story_path(1)] = (503, {}, b"")
    site.front(site.story_path(1))
    first = summary(command("crawl", site.url, "--json").out)
    assert first["failures_by_reason"] == {"HTTP 503": 1}
    site.pages[site.story_path(1)] = story
    assert summary(command("crawl", site.url, "--json").out)["new"] == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_crawl_gives_its_leases_back_and_the_next_goes_on(
    command: Command, site: NewsSite, store: Store, how: signal.Signals
) -> None:
    site.stories(40)
    go_on = site.hold(after=12)
    process = command.start("crawl", site.url, "--json")
    wait_for(lambda: len(site.asked) > 12)
    process.send_signal(how)
    go_on.set()
    ended = command.end(process)
    assert ended.code == 130, ended.err
    assert frontier.counts(store, site.url.removeprefix("http://"))["leased"] == 0
    assert summary(ended.out)["articles"] == len(titles(store)) < 40
    assert command("crawl", site.url).code == 0
    assert len(titles(store)) == 40
    assert all(site.asked_for(site.story_path(number)) == 1 for number in range(40))


@pytest.mark.timeout(900)
def test_killed_again_and_again_what_is_stored_is_that_of_an_undisturbed_crawl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole process group with its workers and the database; with STORYKIN_SOAK each of them alone, too."""
    monkeypatch.setenv("STORYKIN_WORKERS", "1")
    said: list[str] = []
    victims: tuple[Victim, ...] = ("crawl", "worker", "mongod", "keeper", "both") if SOAK else ("both",)
    stories = 80 if SOAK else 40
    outcome = soak(len(victims), stories, 20_261, 3, tmp_path, said.append, victims)
    assert outcome.problems == [], said
    assert outcome.kills == dict.fromkeys(victims, 1), said
    assert outcome.pages > stories
    assert outcome.most <= MAX_FETCHES


def test_four_workers_on_one_frontier_ask_for_no_page_twice(command: Command, site: NewsSite, store: Store) -> None:
    site.stories(MORE_THAN_ONE_LEASES)
    go_on = site.hold(but=["/robots.txt"])
    portal = site.url.removeprefix("http://")
    begun = runs.begin(store, portal)
    # Held by nobody that works, so that no worker leaves before all have come.
    frontier.add(store, [frontier.FrontierEntry(portal=portal, url=f"{site.url}/none")])
    held = frontier.lease(store, portal, "this test", 1, 600)
    workers = [(command.start("crawl", site.url, "--join", "--json"), command.files()) for _ in range(4)]
    wait_for(lambda: len(runs.get(store, begun.id).helpers) == 4)
    paths = [site.story_path(number) for number in range(MORE_THAN_ONE_LEASES)]
    frontier.add(store, [frontier.FrontierEntry(portal=portal, url=site.url + path) for path in paths])
    frontier.finish(store, [(one, {"state": "done"}) for one in held])
    wait_for(lambda: len(store.db["frontier"].distinct("worker", {"state": "leased"})) > 1)
    go_on.set()
    counts = [summary(command.end(*worker).out) for worker in workers]
    assert sum(one["fetched"] > 0 for one in counts) > 1, "they share the work"
    assert sum(one["fetched"] for one in counts) == sum(one["new"] for one in counts) == len(paths)
    assert all(site.asked_for(path) == 1 for path in paths)


def test_the_pages_of_a_killed_worker_are_taken_by_the_others_before_its_leases_end(
    command: Command, site: NewsSite, store: Store
) -> None:
    site.stories(60)
    go_on = site.hold(but=["/robots.txt"])
    portal = site.url.removeprefix("http://")
    begun = runs.begin(store, portal)
    # Held by nobody that works, so that neither leaves before both have come.
    frontier.add(store, [frontier.FrontierEntry(portal=portal, url=f"{site.url}/none")])
    held = frontier.lease(store, portal, "this test", 1, 600)
    first, second = command.start("crawl", site.url, "--join"), command.start("crawl", site.url, "--join")
    wait_for(lambda: len(runs.get(store, begun.id).helpers) == 2)
    paths = [site.story_path(number) for number in range(60)]
    frontier.add(store, [frontier.FrontierEntry(portal=portal, url=site.url + path) for path in paths])
    frontier.finish(store, [(one, {"state": "done"}) for one in held])
    leased = {"portal": portal, "state": "leased"}
    wait_for(lambda: store.db["frontier"].count_documents(leased) > 0)
    unlucky = store.db["frontier"].find_one(leased)["worker"]
    victim, survivor = (first, second) if f":{first.pid}:" in unlucky else (second, first)
    victim.send_signal(signal.SIGSTOP)  # what it holds now it still holds when it dies
    year = {"$add": ["$$NOW", 365 * 24 * 3600 * 1000]}
    assert store.db["frontier"].update_many(leased | {"worker": unlucky}, [{"$set": {"until": year}}]).modified_count
    victim.kill()
    victim.wait()
    go_on.set()
    assert survivor.wait() in (0, 3), "the leases of the dead one would last for a year"
    assert len(titles(store)) == 60


def test_a_second_crawl_of_the_same_portal_says_who_is_at_it_and_join_helps(
    command: Command, site: NewsSite, store: Store
) -> None:
    site.stories(60)
    go_on = site.hold(but=["/", "/robots.txt"])
    first = command.start("crawl", site.url, "--json")
    files = command.files()
    wait_for(lambda: len(site.asked) >= 4)
    second = command("crawl", site.url)
    assert second.code == 6
    assert f"process {first.pid} " in second.err
    assert len(second.err.strip().splitlines()) == 1
    helper = command.start("crawl", site.url, "--join", "--json")
    wait_for(lambda: runs.history(store)[0].helpers)
    go_on.set()
    helped = summary(command.end(helper).out)
    counts = summary(command.end(first, files=files).out)
    assert len(titles(store)) == 60 == helped["new"] + counts["new"]
    assert all(site.asked_for(site.story_path(number)) == 1 for number in range(60))
    [run] = runs.history(store)
    assert run.exit_code == 0
    assert run.counts["fetched"] == helped["fetched"] + counts["fetched"] == 61


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("ftp://example.org/", "only http and https"),
        ("http://", "names no host"),
        ("vof", "unknown portal 'vof'; did you mean vov"),
        ("example.org/news", "did you mean https://example.org/news"),
    ],
)
def test_what_cannot_be_crawled_gets_one_sentence(command: Command, store: Store, target: str, says: str) -> None:
    ended = command("crawl", target)
    assert ended.code == 2
    assert says in ended.err
    assert len(ended.err.strip().splitlines()) == 1
    assert store.db["frontier"].count_documents({}) == 0


def test_an_unknown_kind_to_follow_gets_one_sentence(command: Command, store: Store) -> None:
    ended = command("crawl", "vov", "--follow", "related,lates")
    assert (ended.code, len(ended.err.strip().splitlines())) == (2, 1)
    assert "'lates' is none of related, recommended" in ended.err


def test_a_real_portal_wants_a_contact_first(command: Command, store: Store) -> None:
    ended = command("crawl", "https://news.example.org/")
    assert ended.code == 2
    assert "STORYKIN_CONTACT" in ended.err
    assert len(ended.err.strip().splitlines()) == 1
    assert store.db["frontier"].count_documents({}) == 0


def test_a_database_that_is_down_gets_one_sentence(command: Command, site: NewsSite) -> None:
    uri = "mongodb://someone:geheim@127.0.0.1:9/?serverSelectionTimeoutMS=300"
    ended = command("crawl", site.url, MONGODB_URI=uri, STORYKIN_MONGODB_TIMEOUT="1")
    assert ended.code == 5
    assert len(ended.err.strip().splitlines()) == 1
    assert "geheim" not in ended.err
    assert site.asked == []


def test_a_database_that_goes_away_ends_the_crawl_and_loses_nothing(
    command: Command, site: NewsSite, store: Store
) -> None:
    site.stories(40)
    go_on = site.hold(after=20)
    with Relay(store.uri) as relay:
        uri = f"{relay.uri}&serverSelectionTimeoutMS=1000"
        process = command.start("crawl", site.url, "--json", MONGODB_URI=uri, STORYKIN_MONGODB_WAIT="3")
        wait_for(lambda: store.db["articles"].count_documents({}) >= 8)
        relay.cut()
        go_on.set()
        ended = command.end(process)
    assert ended.code == 5, ended.err
    assert "does not answer" in summary(ended.out)["verdict"]
    assert "the crawl waited 3 s for it" in summary(ended.out)["verdict"]
    assert len(titles(store)) < 40
    assert command("crawl", site.url).code == 0
    assert len(titles(store)) == 40


def test_a_start_page_that_fails_is_below_expectation(command: Command, site: NewsSite) -> None:
    ended = command("crawl", site.url)
    assert ended.code == 3
    assert "HTTP 404" in ended.out


def test_a_site_without_articles_is_below_expectation(command: Command, site: NewsSite) -> None:
    site.html("/", "<html><head><title>App</title></head><body><div id=root></div></body></html>")
    ended = command("crawl", site.url)
    assert ended.code == 3
    assert "no article was found" in ended.out


def test_native_scrapy_crawls_the_same_way_and_feeds_articles(
    command: Command, site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(10)
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "harbour.toml").write_text(
        f'title = "Harbour"\nstart_urls = ["{site.url}/"]\nallowed_domains = ["127.0.0.1"]\nloopback = true\n'
    )
    env = {"STORYKIN_SEEDS": str(seeds)}
    listed = command("list", program="scrapy", **env)
    assert {"harbour", "vov"} <= set(listed.out.split()), listed.err
    ended = command("crawl", "harbour", "-a", "max_pages=8", "-O", "out.jsonl", program="scrapy", **env)
    assert ended.code == 0, ended.err
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert len(lines) == 7 == len(titles(store))
    assert all(line["text"] and line["portal"] == "harbour" for line in lines)
    assert command("crawl", "vov", program="scrapy", **env).code == 2


def test_a_portal_is_closed_and_told_of_while_another_goes_on(
    command: Command, site: NewsSite, other_site: NewsSite, store: Store, tmp_path: Path
) -> None:
    site.stories(4)
    slow = other_site
    slow.stories(12)
    go_on = slow.hold(after=3)
    script, told = tmp_path / "hook.sh", tmp_path / "told"
    script.write_text(f'echo "$STORYKIN_PORTAL" >> {told}\n')
    process = command.start(
        "crawl", site.url, slow.url, "--notify", f"sh {script}", "--notify-on", "always",
        "--metrics", str(tmp_path / "all.prom"),
    )  # fmt: skip
    quick, other = (one.url.removeprefix("http://") for one in (site, slow))
    wait_for(lambda: told.exists() and told.read_text() == f"{quick}\n")
    assert runs.history(store, quick)[0].exit_code == 0
    assert runs.history(store, other)[0].finished is None
    assert (tmp_path / "all.prom").read_text().count("storykin_run_exit_code{") == 1
    go_on.set()
    ended = command.end(process)
    assert ended.code == 0, ended.err
    assert told.read_text() == f"{quick}\n{other}\n"
    metrics = (tmp_path / "all.prom").read_text()
    assert quick in metrics
    assert other in metrics
    assert runs.history(store, quick)[0].finished < runs.history(store, other)[0].finished

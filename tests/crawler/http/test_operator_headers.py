"""Headers and cookies of the operator: where they go, what is refused, and that no file has them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

import bson
import pytest
from scrapy import Request

from crawler.http.operator_headers import OperatorHeadersMiddleware, operator_headers
from dedupe.errors import InputError
from storage.articles import articles
from tests.support.browser import seed, story_pages

if TYPE_CHECKING:
    from storage.database.store import Store
    from tests.crawler.conftest import Command, NewsSite

SECRETS = ("abo-4711-geheim", "key-0815-secret", "session-2342-secret")
GIVEN = f"Cookie: abo={SECRETS[0]}\nX-Harbour-Key: {SECRETS[1]}\n"
VARIABLE = "STORYKIN_HEADERS_THE_HARBOUR"


def test_one_header_a_line_from_the_environment_or_a_file(tmp_path: Path) -> None:
    wanted = {"Cookie": f"abo={SECRETS[0]}", "X-Harbour-Key": SECRETS[1]}
    assert operator_headers("the-harbour", {VARIABLE: GIVEN}) == wanted
    file = tmp_path / "headers"
    file.write_text(GIVEN + "\n")
    file.chmod(0o600)
    assert operator_headers("the-harbour", {f"{VARIABLE}_FILE": str(file)}) == wanted
    assert operator_headers("another", {VARIABLE: GIVEN}) == {}


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "headers"
    file.write_text(GIVEN)
    file.chmod(mode)
    with pytest.raises(InputError, match=r"others may read it; chmod 600 it"):
        operator_headers("the-harbour", {f"{VARIABLE}_FILE": str(file)})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SECRETS[0], "line 1 is no header"),
        (f"X-A: b\n{SECRETS[0]} x: y", "line 2 is no header"),
        ("X-A: ü", "line 1 is no header"),
        ("X-A: a\x00b", "line 1 is no header"),
        ("User-Agent: Mozilla/5.0", "User-Agent is storykin's to set"),
        ("host: other.example", "host is storykin's to set"),
    ],
)
def test_what_is_no_header_is_refused_without_being_said(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        operator_headers("the-harbour", {VARIABLE: text})
    assert SECRETS[0] not in str(caught.value)
    with pytest.raises(InputError, match="/nowhere: cannot be read"):
        operator_headers("the-harbour", {f"{VARIABLE}_FILE": "/nowhere"})


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://harbour.example/news", True),
        ("https://www.harbour.example/news", True),
        ("http://harbour.example/news", False),
        ("https://notharbour.example/news", False),
        ("https://harbour.example.other.example/", False),
        ("http://127.0.0.1:80/", False),
    ],
)
def test_they_go_to_the_portal_alone(url: str, sent: bool) -> None:
    middleware = OperatorHeadersMiddleware({"X-Harbour-Key": SECRETS[1]}, ("harbour.example",))
    # A redirect takes the headers of the first request along.
    request = Request(url, headers={"X-Harbour-Key": SECRETS[1]})
    middleware.process_request(request)
    assert (request.headers.get("X-Harbour-Key") is not None) == sent
    assert request.meta["operator_headers"] == sent


@pytest.mark.parametrize("render", ["", 'render = "browser"'])
def test_no_file_and_no_log_has_them(
    command: Command, site: NewsSite, other_site: NewsSite, store: Store, tmp_path: Path, render: str
) -> None:
    if render:
        from tests.support.browser import require_browser

        require_browser()
    got: dict[str, set[str]] = {}
    site.note_headers = lambda path, headers: got.setdefault(path, set()).update(map(str, headers.values()))
    other_got: list[str] = []
    other_site.note_headers = lambda path, headers: other_got.extend(map(str, headers.values()))
    site.pages |= story_pages(1, filled=not render)
    status, headers, body = site.pages[site.story_path(1)]
    site.pages[site.story_path(1)] = (status, {**headers, "Set-Cookie": f"session={SECRETS[2]}; Path=/"}, body)
    site.redirect("/news/the-story-that-moved-elsewhere-100098.html", f"{other_site.url}/x")
    site.front(
        site.story_path(1), "/news/the-story-that-moved-elsewhere-100098.html", "/news/the-lost-story-100099.html"
    )
    folder, archive, log = seed(tmp_path / "s", site.url, render), tmp_path / "all.warc.gz", tmp_path / "log.txt"
    arguments = ("--seeds", folder, "--record", str(archive), "--log-file", str(log), "--log-level", "DEBUG")
    ended = command(
        "crawl", "harbour", *arguments, "--metrics", str(tmp_path / "m.prom"), STORYKIN_HEADERS_HARBOUR=GIVEN
    )
    assert ended.code == 0, ended.out + ended.err
    (article,) = articles.iterate(store)
    assert "the council of ward 31 spoke" in article.text
    assert set(SECRETS[:2]) <= {value.removeprefix("abo=") for value in got[site.story_path(1)]}
    if render:
        assert set(SECRETS[:2]) <= {value.removeprefix("abo=") for value in got["/api/1.json"]}
    assert not any(secret in value for value in other_got for secret in SECRETS)
    for name in ("a.jsonl", "a.csv", "a.warc"):
        assert command("export", "-o", str(tmp_path / name)).code == 0
    command("runs", "--json")
    command("failures", "--json")
    command("report", "--html", str(tmp_path / "report.html"))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {archive, log, tmp_path / "m.prom", tmp_path / "a.warc"} <= set(files)
    stored = [bson.encode(row) for name in store.db.list_collection_names() for row in store.db[name].find()]
    held = [*(_plain(path) for path in files), *stored]
    assert any(b"the council of ward 31 spoke" in one for one in held)
    for secret in SECRETS:
        assert not any(secret.encode() in one for one in held), secret


def _plain(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def test_a_crawl_with_headers_that_cannot_be_used_does_not_begin(
    command: Command, site: NewsSite, tmp_path: Path
) -> None:
    site.stories(1)
    folder = seed(tmp_path / "s", site.url, "")
    ended = command("crawl", "harbour", "--seeds", folder, STORYKIN_HEADERS_HARBOUR="geheim", fresh=True)
    assert ended.code == 2
    assert "STORYKIN_HEADERS_HARBOUR: line 1 is no header" in ended.err
    assert "geheim" not in ended.err
    assert site.asked == []
    assert json.loads(command("runs", "--json").out or "[]") == []

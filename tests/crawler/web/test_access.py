"""Who is let in, and that nothing is written: asked over real HTTP."""

from __future__ import annotations

import http.client
import secrets
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlsplit

import pytest
from pymongo import MongoClient

from tests.support.databases import drop

if TYPE_CHECKING:
    from storage.database.store import Store
    from tests.crawler.web.conftest import Serve, Served

PATHS = ("/", "/?portal=demo", "/articles", "/stories", "/style.css", "/live.js", "/article/x", "/raw/x", "/story/x")


def ask(
    served: Served, path: str, method: str = "GET", *, open_: bool = True, **headers: str
) -> tuple[int, Mapping[str, str], bytes]:
    """Return status, headers and body of the answer; *open_* sends the cookie."""
    cookie = {"Cookie": f"storykin_{served.port}={served.token}"} if open_ else {}
    line = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    line.request(method, path, headers=cookie | headers)
    answer = line.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    line.close()
    return found


@pytest.mark.parametrize("path", PATHS)
def test_nobody_is_let_in_without_the_token(served: Served, path: str) -> None:
    wrong = secrets.token_urlsafe(32)
    for refused in (
        ask(served, path, open_=False),
        ask(served, path, open_=False, Cookie=f"storykin_{served.port}={wrong}"),
        ask(served, path, open_=False, Cookie=f"storykin_1={served.token}"),
        ask(served, f"{path}{'&' if '?' in path else '?'}token={wrong}"),
        ask(served, path, open_=False, Authorization=f"Bearer {wrong}"),
        ask(served, path, "HEAD", open_=False),
    ):
        assert refused[0] == 403
        assert b"demo" not in refused[2]


def test_the_token_becomes_a_cookie_that_no_script_and_no_other_site_has(served: Served) -> None:
    status, headers, _ = ask(served, f"/articles?portal=demo&token={served.token}", open_=False)
    assert status == 303
    assert headers["location"] == f"{served.base.replace('http://localhost', 'http://127.0.0.1')}/articles?portal=demo"
    cookie = headers["set-cookie"]
    assert cookie.startswith(f"storykin_{served.port}={served.token};")
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert "domain" not in cookie.lower()
    assert ask(served, "/")[0] == 200


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_forbids_what_pages_do_not_need(served: Served, path: str) -> None:
    for open_ in (True, False):
        _, headers, _ = ask(served, path, open_=open_)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:{port}", 200),
        ("LOCALHOST:{port}", 200),
        ("rebound.example:{port}", 403),
        ("rebound.example", 403),
        ("127.0.0.1.rebound.example:{port}", 403),
        ("localhost.rebound.example", 403),
        ("0x7f.1:{port}", 403),
        ("re_bound.example:{port}", 403),  # a name to browsers and DNS, and none to RFC 1123
        ("re bound", 403),
        ("127.0.0.1@rebound.example", 403),
        ("[::1", 403),
        ("", 403),
        ("[::1]:{port}", 200),
    ],
)
def test_a_page_whose_name_was_turned_to_this_machine_learns_nothing(served: Served, host: str, status: int) -> None:
    """DNS rebinding: the browser takes the page of the name and ours for one origin."""
    found = ask(served, "/articles", Host=host.format(port=served.port), Cookie=_all_ports(served))
    assert found[0] == status


def _all_ports(served: Served) -> str:
    return "; ".join(f"storykin_{port}={served.token}" for port in (served.port, 80))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_nothing_but_reading_is_answered(served: Served, method: str) -> None:
    status, headers, _ = ask(served, "/articles", method)
    assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_a_head_is_answered_without_a_body(served: Served) -> None:
    status, headers, body = ask(served, "/articles", "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 1000


def test_a_user_who_may_only_read_will_do(
    serve: Serve, demo: Store, owner: MongoClient[dict[str, Any]], mongodb_uri: str
) -> None:
    """Then nothing is written, whatever is asked for: the server itself would refuse it."""
    password = secrets.token_hex(8)
    database = owner[f"reader_{password}"]
    for name in demo.db.list_collection_names():
        if rows := list(demo.db[name].find()):
            database[name].insert_many(rows)
    owner.admin.command("createUser", password, pwd=password, roles=[{"role": "read", "db": database.name}])
    parts = urlsplit(mongodb_uri)
    uri = parts._replace(netloc=f"{quote_plus(password)}:{password}@{parts.netloc.rpartition('@')[2]}").geturl()
    try:
        before = {name: list(database[name].find()) for name in database.list_collection_names()}
        ids = [row["_id"] for row in database["articles"].find({}, {"_id": 1})]
        with serve(uri, database.name) as served:
            for path in ("/", "/?portal=demo", "/articles", "/stories", "/articles?words=ho&in_text=1"):
                assert ask(served, path)[0] == 200, path
            for key in ids:
                assert [ask(served, f"/{page}/{key}")[0] for page in ("article", "raw", "story")] == [200] * 3, key
        assert {name: list(database[name].find()) for name in database.list_collection_names()} == before
    finally:
        owner.admin.command("dropUser", password)
        drop(database)


def test_beyond_this_machine_only_when_asked_for_and_with_the_token(serve: Serve, demo: Store) -> None:
    warned = ["Other machines reach this port, and the connection is not encrypted."]
    with serve(demo.uri, demo.db.name, "--host", "0.0.0.0", said=warned) as served:
        assert ask(served, "/", open_=False)[0] == 403
        for name, status in ((socket.gethostname(), 200), ("192.0.2.7", 200), ("rebound.example", 403)):
            assert ask(served, "/", Host=f"{name}:{served.port}")[0] == status

"""Corners of HTTP: cookies of a redirect, a page that loads itself anew, tags in Latin-1, a cut robots.txt."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response
from scrapy.utils.test import get_crawler

from crawler.crawl.refetch import conditional_headers
from crawler.http.meta_refresh import ElsewhereRefreshMiddleware
from crawler.http.redirect_cookies import RedirectCookiesMiddleware
from crawler.http.robots import _whole_lines
from dedupe.intake.limits import MAX_ROBOTS
from storage.frontier.entry import KnownPage


def test_a_redirect_to_itself_gets_its_cookie_back_and_other_hosts_do_not() -> None:
    cookies = RedirectCookiesMiddleware()
    first = Request("https://bao.example/a.html")
    cookies.process_request(first)
    assert "Cookie" not in first.headers
    cookies.process_response(first, Response(first.url, status=302, headers={"Set-Cookie": "seen=1; Path=/"}))
    again = first.replace(dont_filter=True)
    cookies.process_request(again)
    assert again.headers["Cookie"] == b"seen=1"
    elsewhere = first.replace(url="https://khac.example/a.html")
    elsewhere.headers.pop("Cookie", None)
    cookies.process_request(elsewhere)
    assert "Cookie" not in elsewhere.headers


def test_a_page_sets_no_cookies() -> None:
    request = Request("https://bao.example/a.html")
    RedirectCookiesMiddleware().process_response(request, Response(request.url, headers={"Set-Cookie": "id=1"}))
    assert request.meta == {}


@pytest.mark.parametrize(("target", "moves"), [("", False), ("/a.html", False), ("/a.html#top", False), ("/b", True)])
def test_a_page_that_loads_itself_anew_is_the_page(target: str, moves: bool) -> None:
    request = Request("https://bao.example/a.html")
    body = f'<head><meta http-equiv="refresh" content="0; url={target}"></head>'.encode()
    middleware = ElsewhereRefreshMiddleware.from_crawler(get_crawler(settings_dict={"METAREFRESH_MAXDELAY": 5}))
    assert isinstance(middleware.process_response(request, HtmlResponse(request.url, body=body)), Request) is moves


@pytest.mark.parametrize("charset", ["zip", "rot13", "idna", "hex", "punycode"])
def test_a_charset_that_is_no_text_encoding_costs_no_page(charset: str) -> None:
    response = HtmlResponse(
        "https://bao.example/a.html",
        body="<p>café</p>".encode("latin-1"),
        headers={"Content-Type": f"text/html; charset={charset}"},
    )
    middleware = ElsewhereRefreshMiddleware.from_crawler(get_crawler(settings_dict={"METAREFRESH_MAXDELAY": 5}))
    assert middleware.process_response(Request(response.url), response) is response


def test_a_tag_goes_back_as_the_bytes_that_came() -> None:
    known = KnownPage(etag='"b\xe1n-\xe9"')
    assert conditional_headers(known) == {"If-None-Match": b'"b\xe1n-\xe9"'}


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_a_robots_txt_beyond_the_limit_loses_the_line_that_is_cut(newline: bytes) -> None:
    rule = b"Disallow: /private/x" + newline
    body = b"User-agent: *" + newline + rule * (MAX_ROBOTS // len(rule) + 2)
    kept = _whole_lines(body)
    assert MAX_ROBOTS - len(rule) <= len(kept) <= MAX_ROBOTS
    assert set(kept.split(newline)[1:]) == {rule.strip(), b""}
    assert _whole_lines(body[:900]) == body[:900]

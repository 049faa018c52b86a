"""The quick look before Scrapy's search for a meta refresh gives its answers."""

from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.http import HtmlResponse, Response
from scrapy.utils.test import get_crawler

from crawler.http.meta_refresh import QuickMetaRefreshMiddleware

REFRESH = '<meta http-equiv="{}" content="0; url=/moved.html">'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "windows-1258"])
@pytest.mark.parametrize(
    "head",
    [
        REFRESH.format("refresh"),
        REFRESH.format("Refresh"),
        "x" * 3000 + REFRESH.format("REFRESH"),
        "\U0001f600" * 3000 + REFRESH.format("refresh"),
        "x" * 5000 + REFRESH.format("refresh"),
        "<title>a refreshing drink</title>",
        "<title>a drink</title>",
    ],
)
def test_answers_as_scrapys_own(encoding: str, head: str) -> None:
    if "\U0001f600" in head and encoding == "windows-1258":
        pytest.skip("it has no such character")
    crawler = get_crawler(settings_dict={"METAREFRESH_MAXDELAY": 5})
    request = Request("https://bao.example/a.html")
    body = f"<html><head>{head}</head></html>".encode(encoding)
    response = HtmlResponse(request.url, body=body, headers={"Content-Type": f"text/html; charset={encoding}"})
    told: list[Request | Response] = [
        kind.from_crawler(crawler).process_response(request.copy(), response)
        for kind in (MetaRefreshMiddleware, QuickMetaRefreshMiddleware)
    ]
    assert [one.url for one in told] == [told[0].url] * 2
    assert isinstance(told[1], Request) == isinstance(told[0], Request)


def test_a_redirect_is_found() -> None:
    crawler = get_crawler(settings_dict={"METAREFRESH_MAXDELAY": 5})
    request = Request("https://bao.example/a.html")
    response = HtmlResponse(request.url, body=f"<head>{REFRESH.format('refresh')}</head>".encode())
    told = QuickMetaRefreshMiddleware.from_crawler(crawler).process_response(request, response)
    assert isinstance(told, Request)
    assert told.url == "https://bao.example/moved.html"

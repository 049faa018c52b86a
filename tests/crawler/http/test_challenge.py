from __future__ import annotations

import time

import pytest

from crawler.http.challenge import challenge

ARTICLE = b"<html><body>" + b"<p>The ferry to the island runs again, twice a day, said the harbour office.</p>" * 40


@pytest.mark.parametrize(
    ("status", "headers", "body", "guard"),
    [
        (403, {"cf-mitigated": "challenge"}, b"", "Cloudflare"),
        (
            200,
            {},
            b"<title>Just a moment...</title><script>window._cf_chl_opt={cType:'managed'}</script>",
            "Cloudflare",
        ),
        (403, {}, b"<script>var dd={'host':'geo.captcha-delivery.com'}</script>", "DataDome"),
        (403, {"x-datadome": "protected"}, b"", "DataDome"),
        (403, {}, b"<div id='px-captcha'></div>", "HUMAN"),
        (202, {"x-amzn-waf-action": "challenge"}, b"", "AWS WAF"),
        (200, {}, b"<iframe src='/_Incapsula_Resource?SWUDNSAI=31&amp;incident_id=1'></iframe>", "Imperva"),
        (200, {}, b"<h1>Making sure you&#39;re not a bot!</h1>", "a captcha"),
        (503, {}, b"<p>Please verify you are human</p>", "a captcha"),
        (200, {}, "<p>Vui lòng xác minh bạn là con người</p>".encode(), "a captcha"),
        (429, {}, b"<p>Our systems have detected unusual traffic from your network.</p>", "a captcha"),
    ],
)
def test_challenge_pages_are_known_by_what_only_they_have(
    status: int, headers: dict[str, str], body: bytes, guard: str
) -> None:
    assert challenge(status, headers, body) == guard


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, {}, ARTICLE),
        # Scripts of the same guards on ordinary pages.
        (200, {}, ARTICLE + b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"),
        (404, {}, b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script><p>Not found</p>"),
        (200, {"x-datadome": "protected"}, ARTICLE),
        # A story about them.
        (200, {}, ARTICLE + b"<p>'Verify you are human', says the page to everybody.</p>"),
        (403, {}, b"<h1>Forbidden</h1>"),
        (503, {}, b"<h1>Service unavailable</h1>"),
        (200, {}, b""),
        (200, {}, b"\xff\xfe\x00"),
    ],
)
def test_other_pages_are_none(status: int, headers: dict[str, str], body: bytes) -> None:
    assert challenge(status, headers, body) == ""


@pytest.mark.parametrize("filler", [b"<script>", b"<", b"<script", b"/cdn-cgi/", b"_Incapsula_Resource?", b"are you "])
def test_no_page_takes_long(filler: bytes) -> None:
    body = b"verify you are human" + filler * (2_000_000 // len(filler))
    before = time.process_time()
    challenge(200, {}, body)
    assert time.process_time() - before < 10, "a few milliseconds; a quadratic search takes minutes"

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.base.masking import MASK, Masker, is_secret

SECRET = "s3cr3t-Word"


@pytest.mark.parametrize(
    "text",
    [
        f"mongodb://ann:{SECRET}@db.example:27017/news?tls=true",
        f"cannot reach 'mongodb+srv://ann:{SECRET}@db.example/news'",
        f"mongodb://ann:p/{SECRET}@x@db.example/news",
        f"<GET https://ann:{SECRET}@intranet.example/a?b=c> (referer: None)",
        f"proxy http://ann:{SECRET}@proxy.example:3128 refused",
        f"https://{SECRET}@api.example/x",
        f"Authorization: Basic {SECRET}",
        f"authorization: bearer {SECRET}",
        f"Proxy-Authorization: Digest username=ann, response={SECRET}",
        f"{{'Authorization': [b'Bearer {SECRET}'], 'Accept': [b'text/html']}}",
        f'{{"Cookie": "a=1; session={SECRET}"}}',
        f"Set-Cookie: sid={SECRET}; HttpOnly",
        f"[(b'Cookie', b'sid={SECRET}')]",
        f"Cookie={SECRET}",
        f"X-Api-Key: {SECRET}",
        f"GET /feed?user=ann&api_key={SECRET}&x=1",
        f"https://vov.example/a?access_token={SECRET}",
        f"mongodb://db.example/?tls=true&tlsCertificateKeyFilePassword={SECRET}",
        f"login with password={SECRET} failed",
        f"{{'client_secret': '{SECRET}'}}",
        f"got Bearer {SECRET}9Ab in a header",
        f"line one\nCookie: a={SECRET}\nline three",
    ],
)
def test_no_form_of_a_secret_gets_through(text: str) -> None:
    masked = Masker()(text)
    assert SECRET not in masked
    assert MASK in masked
    assert Masker()(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "https://vov.example:443/people/@ann?page=2",
        "Crawled (200) <GET https://vov.example/kinh-te/a-post123.vov> (referer: https://vov.example/)",
        "HTTP 403",
        "Basic training for everybody; a bearer of good news",
        "write to ops@example.org",
        "Thời tiết hôm nay: mưa to ở Hà Nội",
        "Cookie, flour and sugar",
    ],
)
def test_ordinary_lines_stay_as_they_are(text: str) -> None:
    assert Masker()(text) == text


@given(st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=4, max_size=30), st.text(max_size=20))
def test_a_known_password_is_masked_wherever_it_stands(password: str, around: str) -> None:
    masker = Masker()
    masker.learn_uri(f"mongodb://ann:{quote(password, safe='')}@db.example/news")
    for form in (password, quote(password, safe="")):
        assert form not in masker(f"{around}{form}{around}").replace(MASK, "\0") or form in MASK


def test_a_password_that_is_a_short_word_blots_out_no_others() -> None:
    masker = Masker()
    masker.learn("a", "", "of")
    assert masker("a page of it") == "a page of it"


@pytest.mark.parametrize(
    "text",
    [
        "mongodb://" + ":" * 100_000,
        "https://" * 20_000,
        "a" * 200_000,
        "Cookie:" * 20_000,
        "token" * 40_000,
        "a:b@" * 50_000,
        "Basic " * 30_000 + "x" * 100_000,
    ],
)
def test_no_line_takes_long(text: str) -> None:
    before = time.process_time()
    Masker()(text)
    assert time.process_time() - before < 10, "a fraction of a second; a quadratic search takes minutes"


def test_names_of_secrets() -> None:
    assert all(map(is_secret, ("Cookie", "authorization", "X-Api-Key", "access_token", "password")))
    assert not any(map(is_secret, ("portal", "url", "verdict", "exit_code")))

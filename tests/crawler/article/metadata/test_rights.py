"""What a page and its headers say of its use, and which of several statements holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.article.dissect import anatomy
from crawler.article.page.page import Page
from crawler.portals.rights import header_rights, resolved
from crawler.portals.seed import RightsRules, Seed
from storage.records import RightsStatement

READ = datetime(2026, 3, 14, 6, tzinfo=UTC)
TEXT = "".join(
    f"<p>The ferry of ward {number} carries {number + 40} people to the old market.</p>" for number in range(9)
)


def page(head: str = "", body: str = "", rights: tuple[RightsStatement, ...] = ()) -> Page:
    html = (
        f"<html lang='en'><head><title>The ferry</title>{head}</head><body><article><h1>The ferry</h1>{TEXT}</article>"
    )
    return Page(
        url="https://harbour.example/news/ferry-12345.html", body=(html + body).encode(), fetched=READ, rights=rights
    )


@pytest.mark.parametrize(
    ("head", "body", "expected", "source"),
    [
        ("<meta name='tdm-reservation' content='1'>", "", ("tdm:reserved",), "meta"),
        ("<META NAME='TDM-Reservation' CONTENT=' 0 '>", "", ("tdm:not-reserved",), "meta"),
        ("<meta name='tdm-reservation' content='yes'>", "", (), ""),
        ("<meta name='robots' content='index, NoAI, noimageai'>", "", ("noai", "noimageai"), "meta"),
        ("<meta name='robots' content='noaim, nonoai'>", "", (), ""),
        ("<link rel='license' href='https://creativecommons.org/licenses/by/4.0/'>", "", ("licence",), "link"),
        ("", "<footer><a rel='nofollow license' href='/terms'>Terms</a></footer>", ("licence",), "link"),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":"False"}</script>',
            "",
            ("access:paid",),
            "json-ld",
        ),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","license":"https://h.example/l"}</script>',
            "",
            ("licence",),
            "json-ld",
        ),
        ("", "", (), ""),
    ],
)
def test_what_a_page_says(head: str, body: str, expected: tuple[str, ...], source: str) -> None:
    article = anatomy(page(head, body))
    assert article.rights == expected
    assert {(one.source, one.read) for one in article.rights_source} == ({(source, READ)} if source else set())


def test_what_headers_say() -> None:
    headers = [
        ("TDM-Reservation", "1"),
        ("tdm-policy", "https://harbour.example/policy.json"),
        ("X-Robots-Tag", "otherbot: noai, noindex"),
        ("content-signal", "ai-train=no, search=yes"),
        ("Link", '</style.css>; rel=preload, <https://harbour.example/terms>; title="x"; rel="license"'),
        ("Content-Type", "text/html; note=noai"),
    ]
    found = header_rights(headers, READ)
    assert resolved(found) == ("ai-train:no", "licence", "noai", "search:yes", "tdm-policy", "tdm:reserved")
    assert {one.said for one in found if one.right == "licence"} == {"https://harbour.example/terms"}
    assert {(one.source, one.read) for one in found} == {("header", READ)}


def test_the_page_goes_before_its_headers_and_these_before_the_file_of_the_host() -> None:
    file = RightsStatement(right="tdm:not-reserved", source="tdmrep.json", read=READ)
    header = header_rights([("tdm-reservation", "1"), ("tdm-policy", "https://harbour.example/p")], READ)
    assert anatomy(page(rights=(file, *header))).rights == ("tdm-policy", "tdm:reserved")
    article = anatomy(page("<meta name='tdm-reservation' content='0'>", rights=(file, *header)))
    assert article.rights == ("tdm:not-reserved",)
    assert [one.source for one in article.rights_source] == ["tdmrep.json", "header", "header", "meta"]


def test_what_was_agreed_stands_beside_it() -> None:
    seed = Seed(name="harbour", rights=RightsRules(agreed="research only, contract 14"))
    article = anatomy(page("<meta name='tdm-reservation' content='1'>"), seed)
    assert article.rights == ("agreed", "tdm:reserved")
    assert (article.rights_source[-1].source, article.rights_source[-1].said) == ("seed", "research only, contract 14")


def test_a_page_without_end_says_little() -> None:
    links = "".join(
        f"<a rel=license href='https://harbour.example/{'x' * 5000}/{number}'>l</a>" for number in range(999)
    )
    article = anatomy(page(body=links))
    assert len(article.rights_source) == 5
    assert all(len(one.said) <= 300 for one in article.rights_source)

"""``storykin explain``: a saved page, a stored article, a page without article."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from crawler.article.dissect import anatomy
from crawler.article.page.page import Page
from crawler.cli.main import run
from crawler.review.explain import explain_page
from crawler.review.explain_view import render
from storage.articles.articles import put_many
from storage.database.store import Store
from storage.frontier import frontier
from storage.frontier.frontier import FrontierEntry
from storage.maintenance.repair import repair
from storage.records import KEPT_VERDICTS, Article, article_id
from storage.write.finished_page import FinishedPage, Outcome
from storage.write.store_pages import store_pages
from storage.write.withdrawal import withdraw

SITE = "https://bencang.example"
FERRY = [
    "Chuyến phà đầu tiên rời bến Cồn Sậy lúc sáu giờ sáng nay, chở theo hai trăm người dân cù lao đi chợ tỉnh.",
    *(
        f"Ở bến thứ {n}, ông trưởng bến kể rằng {n + 3} thuyền máy đã chờ suốt {n * 2 + 1} giờ để đưa {n * 17 + 40} "
        f"bao gạo, {n + 5} thùng cá và cả đàn vịt của bà con ấp {n} sang bên kia sông trước khi nước lên."
        for n in range(1, 8)
    ),
]
PROMO = "Mời quý độc giả theo dõi VOV.VN trên"


def html(name: str, paragraphs: list[str], related: tuple[str, ...] = (), title: str = "") -> bytes:
    title = title or f"Chuyện bến sông: {name}"
    stories = "".join(
        f'<li><a href="{SITE}/xa-hoi/{to}-post12345{n}.html">Chuyện bến sông: {to} và dòng nước</a></li>'
        for n, to in enumerate(related)
    )
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f'<html lang="vi"><head><title>{title}</title><meta property="og:type" content="article">'
        f'<meta property="og:title" content="{title}"></head><body><article><h1>{title}</h1>{body}'
        f'<div class="related-news"><h3>Tin liên quan</h3><ul>{stories}</ul></div></article></body></html>'
    ).encode()


def page(name: str, paragraphs: list[str] = FERRY, related: tuple[str, ...] = (), **fields: Any) -> Page:
    url = f"{SITE}/xa-hoi/{name}-post123450.html"
    return Page(**({"url": url, "body": html(name, paragraphs, related)} | fields))


def finish(
    store: Store,
    entry: FrontierEntry,
    outcome: Outcome,
    article: Article | None = None,
    links: tuple[FrontierEntry, ...] = (),
    **fields: Any,
) -> None:
    frontier.add(store, [entry])
    (leased,) = [one for one in frontier.lease(store, "bencang", "w", 99, 60) if one.id == entry.id]
    done = FinishedPage(entry=leased, outcome=outcome, article=article, outlinks=links, **fields)
    (stored,) = store_pages(store, [done], "r")
    assert stored.held


def entry_for(url: str, kind: str = "article", referrer: str = "", depth: int = 0) -> FrontierEntry:
    return FrontierEntry(portal="bencang", url=url, kind=kind, referrer=referrer, depth=depth)


def crawled(store: Store) -> tuple[Article, Article]:
    """Store a front page, an article that it links to under an old address, and a copy that this one relates to."""
    first = anatomy(page("pha", [*FERRY, PROMO], ("ban-sao",), redirects=(f"{SITE}/cu/pha.html",)))
    copy = anatomy(page("ban-sao", [*FERRY[:6], "Bài viết có sửa chữa ở câu cuối này so với bài trước đó."]))
    old = entry_for(f"{SITE}/cu/pha.html", "article", f"{SITE}/", 1)
    related = entry_for(copy.canonical_url, "related", first.url, 2)
    finish(store, entry_for(f"{SITE}/", "start"), "listing", final_url=f"{SITE}/", status=200)
    finish(store, old, "article", first, final_url=first.url, status=200)
    finish(store, related, "article", copy, final_url=copy.url, status=200)
    return first, copy


def explained(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["explain", *arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def snapshot(store: Store) -> dict[str, list[Any]]:
    return {name: list(store.db[name].find().sort("_id", 1)) for name in sorted(store.db.list_collection_names())}


def test_saved_page_needs_no_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://127.0.0.1:9/none")
    file = tmp_path / "page.html"
    file.write_bytes(html("pha", [*FERRY, PROMO], ("ban-sao",)))
    shown = explained(capsys, str(file), "--url", f"{SITE}/xa-hoi/pha-post123450.html")
    assert (shown["source"], shown["kind"], shown["seed"], shown["nearest"]) == ("file", "article", "generic", None)
    title, dropped = [one for one in shown["article"]["paragraphs"] if one["verdict"] not in KEPT_VERDICTS]
    assert (title["verdict"], title["reason"]) == ("repeated", "is the title")
    assert (dropped["text"], dropped["verdict"]) == (PROMO, "promo")
    assert dropped["reason"]
    (story,) = shown["article"]["related"]
    assert (story["found_by"], story["title_copies"]) == ("related-class", 1)
    assert run(["explain", str(file), "--seed", "vov"]) == 0
    text = capsys.readouterr().out
    assert "portal file vov" in text
    assert "Paragraphs: 8 of 10 kept" in text
    assert "promo line of this portal" in text


def test_a_saved_page_without_an_address_says_what_that_costs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = "<p>The ferry of harbour {} sailed late because of the ice on the strait.</p>"
    paragraphs = "".join(map(sentence.format, range(9)))
    page = tmp_path / "saved.html"
    page.write_text(f"<title>Ice</title><article><h1>Ice on the strait</h1>{paragraphs}</article>")
    assert run(["explain", str(page)]) == 0
    assert "relative links lead nowhere; name it with --url" in " ".join(capsys.readouterr().out.split())
    assert run(["explain", str(page), "--url", "https://bay.example/ice-1.html"]) == 0
    assert "--url" not in capsys.readouterr().out


def test_stored_article_by_any_address_or_id(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    first, copy = crawled(store)
    before = snapshot(store)
    shown = explained(capsys, f"{copy.url}?utm_source=x#top")
    assert [step["kind"] for step in shown["found"]] == ["related", "article", "start"]
    assert [step["url"] for step in shown["found"]] == [copy.canonical_url, f"{SITE}/cu/pha.html", f"{SITE}/"]
    assert shown["robots"].startswith("allowed")
    assert (shown["duplicate"]["of"], shown["duplicate_url"]) == (article_id(first.canonical_url), first.url)
    assert shown["duplicate"]["reason"]
    assert "".join(one["text"] for one in shown["stretches"]) == shown["article"]["text"]
    assert any(one["same"] for one in shown["stretches"])
    (nearest,) = shown["nearest"]
    assert (nearest["url"], nearest["relation"]) == (first.url, shown["duplicate"]["relation"])
    assert nearest["score"] == shown["duplicate"]["score"]
    for address in (first.url, f"{SITE}/cu/pha.html", article_id(first.canonical_url)):
        root = explained(capsys, address)
        assert root["article"]["title"] == first.title
        assert [step["kind"] for step in root["found"]] == ["article", "start"]
        assert (root["duplicate"], root["copies"], root["version"]) == (None, 1, 1)
        assert [(link["article"], link["linked_by"]) for link in root["links"]] == [(shown["article"]["id"], "address")]
    assert snapshot(store) == before


def test_teasers_and_links_of_repair_are_shown(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    other = anatomy(
        page("chim sếu về bãi", [f"Đàn sếu thứ {n} bay về bãi bồi số {n * 3} lúc {n} giờ chiều." for n in range(9)])
    )
    own = [f"Tin số {n}: chợ nổi họp {n + 2} phiên với {n * 11} ghe hàng về từ miệt vườn." for n in range(9)]
    first = anatomy(page("cho", [*own[:4], "Chuyện bến sông: chim sếu về bãi", *own[4:]], ("chim sếu về bãi",)))
    assert "Chuyện bến sông: chim sếu về bãi" in first.text
    finish(store, entry_for(first.url), "article", first, final_url=first.url)
    finish(store, entry_for(other.url), "article", other, final_url=other.url)
    repair(store)
    shown = explained(capsys, first.url)
    (teaser,) = shown["teasers"]
    assert shown["article"]["paragraphs"][teaser["paragraph"]]["text"] == "Chuyện bến sông: chim sếu về bãi"
    assert teaser["of"] == article_id(other.canonical_url)
    assert [link["article"] for link in shown["links"]] == [article_id(other.canonical_url)]
    assert run(["explain", first.url]) == 0
    assert "likely a teaser: 100% title" in capsys.readouterr().out


def test_page_without_article_tells_why(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"{SITE}/rieng/tu"
    finish(store, entry_for(url), "failure", stage="robots", reason="forbidden by robots.txt")
    shown = explained(capsys, url)
    assert (shown["article"], shown["kind"]) == (None, "failure")
    assert shown["robots"] == "refused: forbidden by robots.txt"
    frontier.add(store, [entry_for(f"{SITE}/sau", referrer=f"{SITE}/khong-ro")])
    assert run(["explain", f"{SITE}/sau"]) == 0
    text = capsys.readouterr().out
    assert "not asked yet" in text
    assert f"{SITE}/khong-ro (how that page was found is not known)" in text


def test_saved_page_beside_the_stored_ones(store: Store, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    first, _ = crawled(store)
    before = snapshot(store)
    file = tmp_path / "page.html"
    file.write_bytes(html("khac", FERRY[:7], title="Một toà soạn khác kể lại"))
    shown = explained(capsys, str(file), "--url", "https://khac.example/tin/1-post999999.html", "--nearest")
    assert shown["nearest"][0]["relation"] == "near"
    assert first.url in {one["url"] for one in shown["nearest"]}
    file.write_bytes(html("khac", [f"Câu chuyện {n} chẳng giống ai, kể về {n * 9} người lạ." for n in range(9)]))
    assert explained(capsys, str(file), "--nearest")["nearest"] == []
    assert snapshot(store) == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([f"{SITE}/nowhere"], "not stored, and no crawl has met it"),
        ([f"{SITE}/{'x' * 1900}"], "not stored, and no crawl has met it"),
        (["0" * 32], "not stored, and no crawl has met it"),
        (["nowhere.html"], "neither a file nor an address"),
        (["nowhere.html", "--nearest"], "no such file"),
    ],
)
def test_unknown_pages_are_one_sentence(
    store: Store, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    before = snapshot(store)
    assert run(["explain", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith(f"storykin: {arguments[0]}: {sentence}")
    assert snapshot(store) == before


def test_a_file_that_is_no_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(b"%PDF-1.7 ...")
    assert run(["explain", str(file)]) == 2
    assert "PDF" in capsys.readouterr().err


def test_a_narrow_terminal_and_hostile_text() -> None:
    hostile = explain_page(page("x", [*FERRY, "Dòng [bold]lạ[/bold] &#27;[31mđỏ gửi từ bến sông"], ("ban-sao",)))
    console = Console(width=60, record=True, force_terminal=False)
    with console.capture() as captured:
        console.print(render(hostile))
    assert "\x1b" not in captured.get()
    assert max(map(len, captured.get().splitlines())) <= 60
    assert "Related stories: 1" in captured.get()
    assert "bencang.example" in captured.get().partition("Related stories")[2]


def test_older_texts_and_a_withdrawal_are_shown(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    first, _ = crawled(store)
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    later = replace(first, title="Phà đã chạy lại", text=first.text + "\n\nPhà chạy lại.", fetched=moment)
    put_many(store, [later], "r2", [frontier.entry_id("bencang", f"{SITE}/cu/pha.html")])
    withdraw(store, first.canonical_url, "theo yêu cầu")
    shown = explained(capsys, first.canonical_url)
    (older,) = shown["older"]
    assert (older["version"], older["title"], older["changed"]) == (1, first.title, ["title", "text"])
    assert older["characters"] == len(first.text)
    assert (shown["version"], shown["withdrawn"]["reason"], shown["withdrawn"]["by"]) == (2, "theo yêu cầu", "hand")
    assert run(["explain", first.canonical_url]) == 0
    text = capsys.readouterr().out
    assert "title, text changed" in text
    assert "by hand: theo yêu cầu" in text


def test_a_saved_page_shows_every_date_that_may_be_its_publication() -> None:
    head = '<html><head><title>Ferry line opens</title><meta name="pubdate" content="2024-05-03T08:00:00Z"></head>'
    body = "<body><h1>Ferry line opens</h1><p>Updated: 4 May 2024</p><p>The boats left at dawn.</p></body></html>"
    found = explain_page(Page(url="https://news.example/town/ferry-line-opens-1", body=(head + body).encode()))
    assert [date.partition(": ")[0] for date in found.dates] == [
        "2024-05-03T08:00:00Z (meta pubdate, counts 2.5)",
        "2024-05-04T00:00:00Z (updated, text below the headline, counts 2.2)",
    ]


def test_a_saved_page_shows_every_title_and_byline_with_its_source() -> None:
    head = '<html><head><title>Ferry line opens - Harbour Paper</title><meta name="author" content="Jane Roe"></head>'
    body = (
        "<body><h1>Ferry line opens</h1><p class='byline'>By John Doe, Reuters</p><p>The boats left.</p></body></html>"
    )
    page = Page(url="https://news.example/town/ferry-line-opens-1", body=(head + body).encode())
    found = explain_page(page)
    assert found.titles == ("Ferry line opens - Harbour Paper (title)", "Ferry line opens (heading)")
    assert found.bylines == ("Jane Roe (meta)", "John Doe, agency Reuters (text)")

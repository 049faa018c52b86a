from __future__ import annotations

import random
from dataclasses import replace

from dedupe.report.report import PortalNumbers, Scope, build_report
from dedupe.report.terminal import sums
from storage.database.store import Store
from storage.frontier import frontier
from storage.frontier.frontier import FrontierEntry
from storage.records import Article, Paragraph, RelatedStory
from storage.report import rows as report_rows
from storage.write.finished_page import FinishedPage, Outcome
from storage.write.store_pages import store_pages


def words(seed: int) -> str:
    draw = random.Random(seed)
    return " ".join(f"từ{draw.randrange(5000)}" for _ in range(200))


def page(store: Store, portal: str, path: str, outcome: Outcome, article: Article | None = None) -> None:
    url = f"https://{portal}.example/{path}"
    frontier.add(store, [FrontierEntry(portal=portal, url=url)])
    (entry,) = frontier.lease(store, portal, "w", 1, 60)
    if article:
        home = article.canonical_url or url
        article = replace(article, url=url, canonical_url=home, portal=portal, title=path[:1])
    finished = FinishedPage(entry=entry, outcome=outcome, article=article, reason="for the test")
    (stored,) = store_pages(store, [finished], "r")
    assert stored.held


def article(text: str, **fields: object) -> Article:
    return Article(id="", url="", text=text, **fields)


def crawled(store: Store) -> dict[str, PortalNumbers]:
    promo = Paragraph(text="Mời quý vị đón nghe", verdict="promo", reason="promo line")
    again = Paragraph(text="Lặp lại.", verdict="repeated", reason="as above")
    story = RelatedStory(url="https://vov.example/x", title="Phà", blurb="Ngắn", title_copies=4, blurb_copies=2)
    recent = RelatedStory(url="https://vov.example/y", title="Chợ", kind="latest")
    page(store, "vov", "1", "article", article(words(1), paragraphs=(promo, again), related=(story,)))
    page(store, "vov", "2", "article", article(words(2), paragraphs=(promo, promo), related=(story, recent)))
    page(store, "vov", "1-mobile", "article", article(words(1), canonical_url="https://vov.example/1"))
    page(store, "vov", "list", "listing")
    page(store, "vov", "about", "not article")
    page(store, "vov", "gone", "failure")
    page(store, "ap", "1", "article", article(words(1) + "\n\n(AP)"))
    page(store, "ap", "2", "article", article(words(1)))
    page(store, "ap", "3", "article", article(words(3)))
    return {row.portal: row for row in report_rows.portal_numbers(store)}


def test_numbers_add_up(store: Store) -> None:
    rows = crawled(store)
    assert list(rows) == ["ap", "vov"]
    vov, copies = rows["vov"], rows["ap"]
    assert (vov.article_pages, vov.listings, vov.not_articles, vov.failures) == (3, 1, 1, 1)
    assert vov.fetched == 6 == store.db["frontier"].count_documents({"portal": "vov"})
    # Of three texts of one length, the credit left out, that without a credit and with the least id is kept.
    assert dict(vov.duplicates) == {"same url": 1, "exact": 1, "near": 0, "contained": 0, "by hand": 0}
    assert (vov.distinct, vov.duplicate_pages, vov.cross_portal) == (1, 2, 1)
    assert sum(copies.duplicates.values()) == copies.duplicates["near"] == 1
    assert (copies.distinct, copies.cross_portal, copies.agency) == (2, 0, 1)
    assert vov.repeated_entries == 1 + 2 * (3 + 1)  # a paragraph, twice three titles and a blurb
    assert (vov.related_stories, vov.related_kinds) == (3, {"related": 2, "latest": 1})
    assert "3 related stories (2 related, 1 latest)," in sums(vov)[-1]
    inside = len("Lặp lại.") + 2 * (3 * len("Phà") + len("Ngắn"))
    assert vov.characters == 2 * len(words(1)) + len(words(2)) + inside
    assert vov.characters_saved == inside + 2 * len(words(1))
    assert copies.characters_saved == len(words(1) + "\n\n(AP)")
    assert build_report(rows.values()).total.fetched == 9


def test_a_short_text_under_many_titles_is_a_notice_and_a_story_under_three_is_none(store: Store) -> None:
    for place, title in enumerate(("a", "b", "c", "a")):
        notice = article("Bài này chỉ dành cho người mua báo. Mời đăng nhập.")
        page(store, "vov" if place < 2 else "ap", f"{title}{place}", "article", notice)
        page(store, "vov", f"{title}{place}-long", "article", article(words(5)))
        page(store, "vov", f"x{place}", "article", article("Phà nghỉ vì gió. Xe đi vòng qua cầu."))
    rows = {row.portal: row.notices for row in report_rows.portal_numbers(store)}
    assert rows == {"vov": 2, "ap": 2}


def test_address_that_fails_later_is_still_counted_once(store: Store) -> None:
    before = crawled(store)
    frontier.requeue(store, "vov", states=("done",))
    for entry in frontier.lease(store, "vov", "w", 99, 60):
        store_pages(store, [FinishedPage(entry=entry, outcome="failure", reason="timeout")], "r2")
    (after,) = report_rows.portal_numbers(store, Scope(portal="vov"))
    assert after.fetched == before["vov"].fetched
    assert (after.article_pages, after.failures) == (before["vov"].article_pages, 3)


def test_rows_of_one_portal_only(store: Store) -> None:
    rows = crawled(store)
    assert list(report_rows.portal_numbers(store, Scope(portal="ap"))) == [rows["ap"]]
    assert list(report_rows.portal_numbers(store, Scope(portal="nowhere"))) == []


def test_most_repeated_lines_count_a_page_once(store: Store) -> None:
    crawled(store)
    lines = list(report_rows.repeated_lines(store))
    assert [(line.text, line.pages, line.verdict) for line in lines] == [
        ("Mời quý vị đón nghe", 2, "promo"),
        ("Lặp lại.", 1, "repeated"),
    ]
    assert list(report_rows.repeated_lines(store, Scope(portal="ap"))) == []


def test_an_empty_store_has_no_rows(store: Store) -> None:
    assert list(report_rows.portal_numbers(store)) == []
    assert list(report_rows.repeated_lines(store)) == []

"""``storykin portals learn``: from stored pages to lines of a seed file."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.article.body.promo import MAX_PROMO_CHARS, promo_reason
from crawler.article.page.decode import parse
from crawler.article.page.page import as_page
from crawler.article.related.finder import find_related
from crawler.cli.main import run
from crawler.onboarding.promo_lines import Proposal, patterns_for, toml_list
from crawler.portals.reader import parse_seed
from storage.articles import articles, pages
from storage.database.store import Store
from storage.duplicates import decide
from storage.frontier import related_links
from storage.records import Article, Paragraph, RawPage, RelatedStory

CALL = "Bến Cảng mỗi sáng: gửi thư cho toà soạn (24/7), đừng quên 'Góc nhỏ'!"
SEED = 'title = "Báo Bến Cảng"\nstart_urls = ["https://bencang.example/"]\nallowed_domains = ["bencang.example"]\n'


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=4))
@example(["it's 100% [free]*", "***", "\x7f a"])
@example(["ǅ", "ﬃ İ"])
def test_every_form_is_matched_by_what_is_pasted(forms: list[str]) -> None:
    patterns = patterns_for(forms, ["standing.*"])
    proposal = Proposal(patterns=patterns, text=forms[0], pages=2, share=0.1, examples=("https://x.example/\n'",))
    pasted = tomllib.loads(toml_list("promo_lines", ["standing.*"], [proposal]))["promo_lines"]
    assert pasted == ["standing.*", *patterns]
    assert all(promo_reason(form, pasted) for form in forms if form.split())


def crawled(store: Store, count: int = 8) -> None:
    for n in range(count):
        url = f"https://bencang.example/{n}"
        call = CALL if n % 2 else f"»  {CALL.upper()}"
        own = [
            f"Mở đầu của bài số {n} kể về con tàu {n * 7} rời bến.",
            f"Thân bài {n}: {' '.join(map(str, range(n * 50, n * 50 + 40)))}",
        ]
        shown = [
            "Mở đầu của bài số 0 kể về con tàu 0 rời bến." if n else own[1],
            "Bài bên cạnh chưa ai tải về bao giờ",
        ]
        lines = [*own, call, *shown, f"Ký tên{'' if n < 3 else f' {n}'}"]
        article = Article(
            id="",
            url=url,
            canonical_url=url,
            portal="bencang",
            title=f"Chuyện con tàu số {n} ở bến cảng",
            lead=own[0],
            text="\n\n".join(lines),
            paragraphs=(
                *(Paragraph(text=line) for line in lines),
                Paragraph(text="Dòng đã bị bỏ", verdict="promo", reason="promo line"),
            ),
            related=(RelatedStory(url="https://bencang.example/x", title="Bài bên cạnh chưa ai tải về bao giờ"),),
        )
        puts = articles.put_many(store, [article], "r")
        decide.decide(store, [put.id for put in puts])
        related_links.put_many(store, [article], "r")


def test_proposes_what_recurs_and_nothing_else(
    store: Store, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    crawled(store)
    (tmp_path / "bencang.toml").write_text(SEED + "promo_lines = ['Có sẵn']\n", encoding="utf-8")
    before = {name: list(store.db[name].find()) for name in ("articles", "edges", "meta")}
    assert run(["portals", "learn", "bencang", "--pages", "5", "--seeds", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    assert {name: list(store.db[name].find()) for name in before} == before
    assert "Recurring lines: 1 in 8 articles of bencang; left out: 2 titles, leads" in captured.err
    seed = parse_seed(SEED + captured.out, name="bencang", where="test")
    assert seed.promo_lines[0] == "Có sẵn"
    assert len(seed.promo_lines) == 2
    assert promo_reason(CALL, seed.promo_lines[1:]) == promo_reason(CALL.upper() + " »", seed.promo_lines[1:]) != ""
    assert "8 pages (100.0%), such as https://bencang.example/" in captured.out


def test_accepted_lines_are_not_proposed_again(
    store: Store, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    crawled(store)
    (tmp_path / "bencang.toml").write_text(SEED + 'promo_lines = ["\\\\W*Bến Cảng mỗi sáng.*"]\n', encoding="utf-8")
    assert run(["portals", "learn", "bencang", "--seeds", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "1 known as promotion" in captured.err


def test_as_json_with_counts_and_examples(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    crawled(store)
    assert run(["portals", "learn", "bencang", "--pages", "3", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["portal"], shown["articles"], shown["announcements"]) == ("bencang", 8, 2)
    assert [(line["pages"], line["share"]) for line in shown["lines"]] == [(8, 1.0), (3, 0.375)]
    assert shown["lines"][1]["text"] == "Ký tên"
    assert len(shown["lines"][0]["examples"]) == 3
    assert run(["portals", "learn", "bencang", "--pages", "3", "--share", "0.5", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["lines"]) == 1


def test_the_lead_of_several_stories_is_no_story_s_teaser(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    advert = "Bản tin chiều của Bến Cảng gửi tận nơi mỗi ngày, đăng ký trong một phút."
    for n in range(6):
        own = f"Tàu số {n} chở hàng về bến: {' '.join(map(str, range(n * 50, n * 50 + 60)))}."
        url = f"https://bencang.example/lead-{n}"
        article = Article(
            id="", url=url, canonical_url=url, portal="bencang", title=f"Tàu {n} về bến sớm", lead=advert,
            text=f"{advert}\n\n{own}", paragraphs=(Paragraph(text=advert, verdict="lead"), Paragraph(text=own)),
        )  # fmt: skip
        decide.decide(store, [put.id for put in articles.put_many(store, [article], "r")])
    assert run(["portals", "learn", "bencang"]) == 0
    said = capsys.readouterr().out
    assert promo_reason(advert, tomllib.loads(said)["promo_lines"])
    assert "6 pages (100.0%), the lead of 6 stories, such as" in said


def page(n: int, stands: str = "site-list") -> RawPage:
    """A page whose own related stories differ from page to page, and a list under the same heading that does not."""

    def block(name: str, numbers: range, word: str) -> str:
        items = "".join(
            f'<li><a href="/news/{word}-story-of-the-harbour-{i}.html">{word.title()} story {i} of the old harbour '
            f"town</a></li>"
            for i in numbers
        )
        return f'<div class="{name} box"><h3>Related stories</h3><ul>{items}</ul></div>'

    prose = "".join(f"<p>Sentence {i} of page {n} tells at some length what the town did in week {i * n}, and why "
                    f"nobody along the quay was surprised by it in the end.</p>" for i in range(6))  # fmt: skip
    own = block("more-on-this", range(100_000 + 10 * n, 100_003 + 10 * n), "own")
    html = f"<html><head><title>Page {n}</title></head><body><article><h1>Page {n} of the paper</h1>{prose}</article>"
    url = f"https://www.bencang.example/news/page-{200_000 + n}.html"
    return RawPage(
        url=url, body=f"{html}{own}{block(stands, range(300_000, 300_004), 'other')}</body></html>".encode(),
        content_type="text/html", fetched=datetime(2026, 3, 1, n, tzinfo=UTC), portal="bencang", kind="article",
        entry=f"{n:032x}", article=f"{n:032x}",
    )  # fmt: skip


BOXES = SEED + '[related]\ncss = [".box"]\n'
"""A selector that both blocks of a :func:`page` have."""


def test_a_block_that_stands_alike_on_page_after_page_is_a_list(
    store: Store, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    crawled(store)
    pages.put_many(store, [page(n) for n in range(1, 9)])
    (tmp_path / "bencang.toml").write_text(BOXES, encoding="utf-8")
    assert run(["portals", "learn", "bencang", "--seeds", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "# 8 pages (100.0%), 100% of its stories stand on the next page too, such as https://www.bencang" in said
    assert tomllib.loads(said)["related"]["list_css"] == [".site-list"]
    learnt = BOXES + said.partition("[related]\n")[2]
    before, after = (parse_seed(text, name="bencang", where="bencang.toml") for text in (BOXES, learnt))
    kinds = [
        Counter(story.kind for story in find_related(parse(as_page(page(1)))[0], page(1).url, seed).stories)
        for seed in (before, after)
    ]
    assert kinds == [{"related": 7}, {"related": 3, "latest": 4}]
    (tmp_path / "bencang.toml").write_text(learnt, encoding="utf-8")
    assert run(["portals", "learn", "bencang", "--seeds", str(tmp_path)]) == 0
    assert "list_css" not in capsys.readouterr().out


def test_blocks_that_change_with_the_page_or_stand_on_few_are_no_lists(
    store: Store, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    crawled(store)
    pages.put_many(store, [page(n, f"list-{n}") for n in range(1, 9)])
    (tmp_path / "bencang.toml").write_text(BOXES, encoding="utf-8")
    assert run(["portals", "learn", "bencang", "--json", "--seeds", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)["lists"] == []


def test_copies_of_one_story_do_not_recur(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"Câu {n} của bài được chép lại nhiều lần." for n in range(30)]
    for n in range(6):
        url = f"https://bencang.example/copy-{n}"
        paragraphs = tuple(Paragraph(text=line) for line in lines)
        copy = Article(
            id="", url=url, canonical_url=url, portal="bencang", text="\n\n".join(lines), paragraphs=paragraphs
        )
        decide.decide(store, [put.id for put in articles.put_many(store, [copy], "r")])
    assert run(["portals", "learn", "bencang", "--pages", "2", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["articles"], shown["lines"]) == (1, [])


def test_a_portal_without_stored_pages_is_named(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    crawled(store, 1)
    assert run(["portals", "learn", "nowhere"]) == 2
    assert capsys.readouterr().err == (
        "storykin: nothing is stored of a portal 'nowhere': crawl it first (stored: bencang)\n"
    )


def test_long_lines_are_no_promotion(store: Store) -> None:
    assert not promo_reason("a" * (MAX_PROMO_CHARS + 1), ["a+"])

"""``portals check --page``: what a seed's selectors and expressions match on saved pages, and what does harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.article.dissect import anatomy
from crawler.article.page.page import Page
from crawler.cli.main import run
from crawler.onboarding.lint import article_finding, findings, page_facts
from crawler.portals.reader import parse_seed

SEED = """title = "Gazette"
start_urls = ["https://gazette.example/"]
allowed_domains = ["gazette.example"]
article_url = ['https://gazette\\.example/[a-z]+/.+-\\d{6}\\.html', 'https://gazette\\.example/old/.+']
never_follow = ['/search']
"""
ADDRESS = "https://gazette.example/harbour/ferry-stops-100001.html"


def paragraphs(count: int) -> str:
    return "".join(
        f"<p>The {word} of the ferry was discussed for the whole evening, and nobody in the hall wanted to go home "
        f"before the harbour master had said in plain words what the {word} would cost the town.</p>"
        for word in ("crossing", "timetable", "engine", "landing", "ticket", "crew")[:count]
    )


def page(*, date: str = '<meta property="article:published_time" content="2026-03-02T08:00:00Z">') -> Page:
    links = "".join(f'<a href="/harbour/other-story-of-the-day-10000{n}.html">Story {n}</a> ' for n in range(2, 9))
    html = f"""<html><head><title>The ferry stops for a month</title>{date}<link rel=canonical href="{ADDRESS}"></head>
    <body><nav><a href="/about">About</a>{links}</nav><div class="story"><h1>The ferry stops for a month</h1>
    <p class="sapo">The ferry across the harbour stops for a month while its engine is taken apart on the quay.</p>
    {paragraphs(3)}
    <p>As <a class="inline-relate" href="/harbour/engine-100002.html">the first report about the engine</a> said in
    spring, the parts come by rail from the other end of the country, and one of them is still missing.</p>
    {paragraphs(6)}</div>
    <div class="more"><h3>Read more</h3><ul><li><a href="/harbour/quay-wall-cracks-again-100003.html">The quay wall
    cracks again after a storm</a></li><li><a href="/harbour/new-crane-for-the-port-100004.html">A new crane for the
    port comes by sea</a></li></ul></div></body></html>"""
    return Page(url=ADDRESS, body=html.encode())


def check(more: str, *pages: Page) -> dict[tuple[str, str], tuple[str, str]]:
    seed = parse_seed(SEED + more, name="gazette", where="gazette.toml")
    facts = [page_facts(one, seed) for one in pages]
    found = [*(article_finding(seed, one) for one in facts), *findings(seed, facts)]
    return {(one.key, one.subject): (one.verdict, one.detail) for one in found}


def test_each_selector_and_expression_says_what_it_matches() -> None:
    rules = '[related]\ncss = [".more", ".nowhere"]\n[body]\ncss = [".story"]\nlead_css = [".sapo"]'
    found = check(rules, page(), page())
    assert found["article", ADDRESS] == ("ok", found["article", ADDRESS][1])
    assert found["related.css", ".more"] == ("ok", "on 2 of 2 articles")
    assert found["related.css", ".nowhere"] == ("not seen", "matches nothing on 2 articles")
    assert found["body.lead_css", ".sapo"] == ("ok", "on 2 of 2 articles")
    own, old = (rule for rule in found if rule[0] == "article_url")
    assert found[own] == ("ok", "matches 20 of 22 links")
    assert found[old] == ("not seen", "matches 0 of 22 links")
    assert found["never_follow", "/search"] == ("not seen", "matches 0 of 22 links")


@pytest.mark.parametrize("key", ["related.css", "body.remove_css"])
def test_a_selector_that_would_take_words_out_of_a_sentence_is_wrong(key: str) -> None:
    section, _, name = key.partition(".")
    verdict, detail = check(f'[{section}]\n{name} = [".inline-relate"]', page())[key, ".inline-relate"]
    assert verdict == "wrong"
    assert detail.startswith("matches inside a sentence: 'the first report about the engine'")
    seed = parse_seed(f'{SEED}[{section}]\n{name} = [".inline-relate"]', name="gazette", where="-")
    assert "As the first report about the engine said in spring" in anatomy(page(), seed).text


@pytest.mark.parametrize("key", ["related.css", "related.exclude_css", "body.remove_css"])
def test_a_selector_of_the_text_itself_is_wrong(key: str) -> None:
    section, _, name = key.partition(".")
    assert (
        "the text of the article itself (<div>)" in check(f'[{section}]\n{name} = [".story"]', page())[key, ".story"][1]
    )


def test_expressions_that_match_no_link_of_many_are_wrong() -> None:
    seed = SEED.replace("[a-z]+/.+-\\d{6}\\.html", "archive/\\d+")
    facts = [page_facts(page(), parsed := parse_seed(seed, name="gazette", where="-"))]
    verdicts = {one.verdict for one in findings(parsed, facts) if one.key == "article_url"}
    assert verdicts == {"wrong"}


def test_what_is_expected_counts_where_chance_does_not_explain_it() -> None:
    rules = "[expect]\ndate = 0.9\nlead = 0.9\nrelated = 0.5\ncharacters = 40_000\nnew_per_day = 10"
    dated = check(rules, page(), page(), page())
    assert dated["expect.date", "0.9"] == ("ok", "nothing against it on 3 articles")
    assert dated["expect.characters", "40000"][0] == "wrong"
    assert ("expect.new_per_day", "10") not in dated
    bare = check(rules, *[page(date="")] * 6)
    assert bare["expect.date", "0.9"] == ("wrong", "a date on 0 of 6 articles, 90 % expected")


def test_a_file_and_a_saved_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seed, saved = tmp_path / "gazette.toml", tmp_path / "page.html"
    seed.write_text(SEED + '[related]\ncss = [".inline-relate"]', encoding="utf-8")
    saved.write_bytes(page().body)
    assert run(["portals", "check", str(seed), "--page", str(saved), "--json"]) == 3
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["subject"]: row["verdict"] for row in rows}[".inline-relate"] == "wrong"
    assert rows[0]["subject"] == ADDRESS
    seed.write_text(SEED, encoding="utf-8")
    assert run(["portals", "check", str(seed), "--page", str(saved)]) == 0
    (tmp_path / "empty.warc").write_bytes(b"")
    assert run(["portals", "check", str(seed), "--page", str(tmp_path / "empty.warc")]) == 2


def test_all_problems_of_a_file_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seed = tmp_path / "gazette.toml"
    wrong = 'lead_css = []\n[related]\ncss = [".a", "..b", "a["]\n[crawl]\ndelay = "x"\n[expect]\ndate = 2\nlead = -1'
    seed.write_text(SEED + wrong, encoding="utf-8")
    assert run(["portals", "check", str(seed)]) == 2
    said = capsys.readouterr().err.splitlines()
    keys = (
        "unknown key 'lead_css'",
        "'crawl.delay' must",
        "'..b'",
        "'a['",
        "'expect.date': 2.0",
        "'expect.lead': -1.0",
    )
    assert [sum(key in line for line in said) for key in keys] == [1] * 6
    assert len(said) == 7
    assert run(["crawl", "gazette", "--seeds", str(tmp_path)]) == 2
    assert "(and 5 more: storykin portals check)" in capsys.readouterr().err

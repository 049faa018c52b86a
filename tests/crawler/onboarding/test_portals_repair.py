"""``portals repair``: a portal changes its layout, and its known stories are found again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.article.page.page import Page
from crawler.cli.main import run
from crawler.onboarding.repair import candidates, match
from crawler.portals.reader import parse_seed
from storage.articles import articles
from storage.database.store import Store
from storage.records import Article, Paragraph, RelatedStory, article_id
from tests.crawler.conftest import Command, NewsSite

SEED = """# The paper of the harbour.
title = "Harbour Paper"
start_urls = ["{url}/"]
allowed_domains = ["127.0.0.1"]
loopback = true

[body]
title_css = ["h1.old-head"]  # until 2026
lead_css = ["p.old-lead"]
date_css = ["time.old-date"]

[related]
css = ["div.old-related"]
"""
WORDS = "anchor beacon compass dredger estuary ferry gangway hawser island jetty keel lantern".split()
# No two share a word: what a list of them has to do with a page is told by nothing but its seed.
TITLES = (
    "Old anchor raised by divers",
    "New beacon lights narrow channel",
    "Captain loses compass overboard",
    "Dredger blocks deep basin again",
    "Eels return up muddy estuary",
    "Night ferry sails without crew",
    "Gangway gives way beneath choir",
    "Hawser parts during spring storm",
    "Hermit leaves island forever",
    "Council closes crumbling jetty",
    "Shipwright lays largest keel",
    "Lantern thief caught at dawn",
)
FIRST = datetime(2026, 3, 2, 6, 45, tzinfo=UTC)


def path(n: int) -> str:
    return f"/news/{WORDS[n]}-story-of-the-old-harbour-{100_000 + n}.html"


def story(n: int, base: str) -> Article:
    """A story as an earlier crawl stored it, when the layout was the old one."""
    word, url = WORDS[n], base + path(n)
    lead = f"The {word} of the harbour was sold on the quay for {n + 3} crowns before the town had finished breakfast."
    body = [
        f"Paragraph {i} says of the {word} what {WORDS[(n + i) % 12]} and {WORDS[(n * i) % 12]} had to do with week "
        f"{n * 7 + i}, and that the harbour master would not be drawn on the price."
        for i in range(1, 7)
    ]
    others = [(n + step) % len(WORDS) for step in (1, 2, 3)]
    return Article(
        id=article_id(url),
        url=url,
        canonical_url=url,
        portal="paper",
        title=TITLES[n],
        lead=lead,
        text="\n\n".join([lead, *body]),
        language="en",
        published=FIRST + timedelta(days=n, hours=n),
        authors=(f"Ada {word.title()}",),
        paragraphs=(Paragraph(text=lead, verdict="lead"), *(Paragraph(text=text) for text in body)),
        related=tuple(RelatedStory(url=base + path(other), title=TITLES[other]) for other in others),
        fetched=FIRST + timedelta(days=n),
    )


def page_of(one: Article) -> str:
    """The story in the layout of today: no class is an old one, and none says in words what it is for."""
    paragraphs = "".join(f"<p>{part.text}</p>" for part in one.paragraphs[1:])
    cards = "".join(f'<div class="q7"><a href="{link.url}">{link.title}</a></div>' for link in one.related)
    assert one.published is not None
    return f"""<html lang="en"><head><title>Harbour Paper</title></head><body>
    <div class="shell"><div class="x-top">Updated {FIRST:%d %B %Y} by the desk</div>
    <div class="x-head">{one.title}</div><div class="x-by">By {one.authors[0]}</div>
    <span class="x-when">{one.published:%d %B %Y, %H:%M}</span>
    <div class="x-intro">{one.lead}</div><div class="x-text">{paragraphs}</div>
    <div class="x-strip"><b>Zvw qpl</b>{cards}</div></div></body></html>"""


@pytest.fixture
def changed(store: Store, site: NewsSite, tmp_path: Path) -> Path:
    """Twelve stories in the store, their pages of today on the site; the folder of the stale seed."""
    known = [story(n, site.url) for n in range(len(WORDS))]
    articles.put_many(store, known, "r")
    for n, one in enumerate(known):
        site.html(path(n), page_of(one))
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "paper.toml").write_text(SEED.format(url=site.url), encoding="utf-8")
    return folder


def test_selectors_are_proposed_for_what_is_found_again_and_written_when_told(
    command: Command, changed: Path, site: NewsSite
) -> None:
    before = (changed / "paper.toml").read_text(encoding="utf-8")
    shown = command("portals", "repair", "paper", "--seeds", str(changed), "--json")
    assert shown.code == 0, shown.err
    result = json.loads(shown.out)
    found = {one["key"]: one for one in result["found"]}
    assert found["body.title_css"]["selectors"] == ["div.x-head"]
    assert found["body.lead_css"]["selectors"] == ["div.x-intro"]
    assert found["body.date_css"]["selectors"] == ["span.x-when"]
    assert found["related.css"]["selectors"] == ["div.x-strip"]
    assert len(found) == 4  # author and text are found without
    assert all((one["before"], one["right"], one["pages"]) == (0, 12, 12) for one in found.values())
    assert len(result["shown"]) == 10
    for _, sooner, later in result["shown"]:
        assert sooner["related"] < 1 == later["related"] == later["title"] == later["date"] == later["lead"]
    assert (changed / "paper.toml").read_text(encoding="utf-8") == before

    ended = command("portals", "repair", "paper", "--seeds", str(changed), "--write")
    assert ended.code == 0, ended.err
    assert "x-strip" in ended.out
    text = (changed / "paper.toml").read_text(encoding="utf-8")
    assert text.startswith("# The paper of the harbour.\n")
    assert "# until 2026" in text
    seed = parse_seed(text, name="paper", where="paper.toml")
    assert seed.body.title_css == ("div.x-head", "h1.old-head")
    assert seed.related.css == ("div.x-strip", "div.old-related")
    again = command("portals", "repair", "paper", "--seeds", str(changed))
    assert "no selector is proposed" in again.err


def test_stories_that_have_moved_are_known_by_their_titles(
    command: Command, changed: Path, site: NewsSite, tmp_path: Path
) -> None:
    """Saved pages without an address; nothing is asked of the portal."""
    pages: list[str] = []
    for n in range(len(WORDS)):
        one, file = story(n, site.url), tmp_path / f"{n}.html"
        named = f'<meta property="og:title" content="{one.title}"><title>'
        file.write_text(page_of(one).replace("<title>", named), encoding="utf-8")
        pages += ["--page", str(file)]
    ended = command("portals", "repair", "paper", "--seeds", str(changed), "--json", *pages)
    assert ended.code == 0, ended.err
    found = {one["key"]: one["selectors"] for one in json.loads(ended.out)["found"]}
    assert found["related.css"] == ["div.x-strip"]
    assert site.asked == []


def test_what_cannot_be_repaired_is_one_sentence(
    store: Store, changed: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = tmp_path / "other.html"
    other.write_text("<html><body><h1>Nobody knows this</h1></body></html>")
    for arguments, said in (
        (("vov", "--write"), "name a folder for the changed file with --seeds"),
        (("vov",), "nothing is stored of vov"),
        (("paper", "--seeds", str(changed), "--page", str(other)), "of 1 pages 0 show a known story"),
        (("paper", "--seeds", str(changed), "--before", "2020-01-01"), "nothing is stored of paper"),
        (("papre", "--seeds", str(changed)), "unknown portal 'papre'; did you mean paper"),
    ):
        assert run(["portals", "repair", *arguments]) == 2
        caught = capsys.readouterr().err
        assert said in caught
        assert len(caught.strip().splitlines()) == 1


def test_a_page_without_an_address_is_no_story_without_one() -> None:
    unnamed = [replace(story(n, "https://paper.example"), canonical_url="") for n in range(3)]
    pages = [Page(url="a.html", body=b"<html><body><h1>Something else</h1></body></html>")]
    seed = parse_seed(SEED.format(url="https://127.0.0.1"), name="paper", where="-")
    assert match(pages, unnamed, seed, lambda function, calls: [function(*one) for one in calls]) == []


def test_of_a_page_the_innermost_element_is_named() -> None:
    one = story(3, "https://paper.example")
    seed = parse_seed(SEED.format(url="https://127.0.0.1"), name="paper", where="-")
    found = candidates(Page(url=one.url, body=page_of(one).encode()), seed, one)
    assert found["body.title_css"][0] == "div.x-head"
    assert found["body.author_css"][0] == "div.x-by"
    assert found["body.css"][0] == "div.x-text"
    assert "div.shell" not in found["related.css"]

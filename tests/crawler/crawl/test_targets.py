"""What is named on the command line, and what is followed from a page."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.article.dissect import PageAnatomy
from crawler.article.page.anatomy import PageLink
from crawler.crawl.options import CrawlOptions, follow_of
from crawler.crawl.outlinks import needs_links, outlinks
from crawler.crawl.targets import resolve_targets
from crawler.http.user_agent import require_contact, user_agent
from crawler.outcome.counts import Counts
from crawler.outcome.exit_codes import BELOW_EXPECTATION, BLOCKED, FAILED, INTERRUPTED, OK, STORAGE
from crawler.outcome.summary import PortalSummary, exit_code, judge_run
from crawler.portals.seed import FOLLOWED, CrawlRules, Seed
from dedupe.errors import InputError
from storage.errors import StorageError
from storage.frontier.frontier import EntryKind, FrontierEntry
from storage.records import Article, Duplicate, RelatedKind, RelatedStory
from storage.write.finished_page import FinishedPage, Stored

HARBOUR = Seed(
    name="harbour",
    start_urls=("https://harbour.example/", "https://harbour.example/ships/"),
    allowed_domains=("harbour.example",),
    listing_url=(r"https://harbour\.example/[a-z]+/",),
    crawl=CrawlRules(max_depth=3),
)
SEEDS = {"harbour": HARBOUR, "vov": Seed(name="vov", allowed_domains=("vov.vn",))}


def test_names_and_urls_become_portals_with_their_start_pages() -> None:
    found = resolve_targets(
        ["harbour", "https://www.lake.example", "https://lake.example/b", "https://m.harbour.example/c"], SEEDS
    )
    assert [(seed.name, starts) for seed, starts in found] == [
        ("harbour", (*HARBOUR.start_urls, "https://m.harbour.example/c")),
        ("lake.example", ("https://www.lake.example/", "https://lake.example/b")),
    ]
    assert found[1][0].allowed_domains == ("lake.example",)


@pytest.mark.parametrize(
    "target", ["habour", "ftp://a.example/", "http://", "https:/a", "a.example", "mailto:a@b.example", ""]
)
def test_anything_else_is_one_sentence(target: str) -> None:
    with pytest.raises(InputError) as problem:
        resolve_targets([target], SEEDS)
    assert "\n" not in str(problem.value)


@given(st.text(max_size=30))
def test_no_text_does_worse_than_input_error(target: str) -> None:
    with suppress(InputError):
        resolve_targets([target], SEEDS)


def link(path: str, *, article: bool = False, host: str = "harbour.example") -> PageLink:
    url = f"https://{host}{path}"
    return PageLink(url=url, address=url.replace("https://", "http://www."), text=path, article=article)


RELATED = RelatedStory(
    url="http://www.harbour.example/tide-story-100001.html",
    canonical_url="https://harbour.example/tide-story-100001.html",
    title="Tide",
)
AWAY = RelatedStory(url="https://other.example/wave-story-100002.html", title="Wave")
LINKS = (link("/tide-story-100001.html", article=True), link("/fish-story-100003.html", article=True), link("/boats/"),
         link("/imprint"), link("/wave-story-100002.html", article=True, host="other.example"))  # fmt: skip


def followed(kind: str, entry: EntryKind = "article", at: int = 1, **options: object) -> dict[str, str]:
    article = Article(id="1", url="https://harbour.example/own-story-100000.html", related=(RELATED, AWAY))
    found = PageAnatomy(
        kind=kind, reason="", article=article if kind == "article" else None, links=LINKS
    )  # fmt: skip
    start = FrontierEntry(portal="harbour", url=article.url, key=article.url, kind=entry, depth=at)
    given_options = CrawlOptions(**options)
    return {one.url: one.kind for one in outlinks(found, start, article.url, HARBOUR, given_options)}


TIDE, FISH, BOATS = (LINKS[number].address for number in range(3))


@pytest.mark.parametrize("follow", ["", "latest", "articles"])
@pytest.mark.parametrize("entry", get_args(EntryKind))
@pytest.mark.parametrize("kind", ["article", "listing", "other"])
def test_links_that_are_not_needed_lead_nowhere(kind: str, entry: EntryKind, follow: str) -> None:
    article = Article(id="1", url="https://harbour.example/own-story-100000.html", related=(RELATED,))
    whole = PageAnatomy(kind=kind, reason="", article=article, links=LINKS)
    asked = FrontierEntry(portal="harbour", url=article.url, key=article.url, kind=entry)
    options = CrawlOptions(follow=follow)
    with_links, without = (
        outlinks(one, asked, article.url, HARBOUR, options) for one in (whole, replace(whole, links=()))
    )
    assert with_links == without or kind == "listing" or needs_links(asked, HARBOUR, options)


def test_fresh_related_stories_go_first_and_unsure_ones_behind_sure_ones() -> None:
    now = datetime(2026, 3, 14, tzinfo=UTC)
    stories = [
        RelatedStory(url=f"https://harbour.example/{name}-story-10000{n}.html", title=name, found_by=tier, published=at)
        for n, (name, tier, at) in enumerate(
            [
                ("sure", "selector", None),
                ("unsure", "cards", None),
                ("young", "cards", now - timedelta(hours=30)),
                ("old", "selector", now - timedelta(days=900)),
            ]
        )
    ]
    article = Article(id="1", url="https://harbour.example/own-story-100000.html", related=tuple(stories), fetched=now)
    found = PageAnatomy(kind="article", reason="", article=article, links=())
    entry = FrontierEntry(portal="harbour", url=article.url, key=article.url)
    ranks = [one.priority for one in outlinks(found, entry, article.url, HARBOUR, CrawlOptions())]
    assert ranks == [0, 1, 1, 31]


def test_an_article_leads_to_its_related_stories_and_with_articles_to_every_article() -> None:
    assert followed("article") == followed("article", follow="related,latest") == {TIDE: "related"}
    assert followed("article", follow="latest,most-read") == {}
    assert followed("article", follow="articles") == {TIDE: "related", FISH: "article", BOATS: "listing"}


def test_start_and_listing_pages_lead_to_articles_and_listings() -> None:
    everything = {TIDE: "article", FISH: "article", BOATS: "listing"}
    assert followed("listing") == everything
    assert followed("other", entry="start") == everything
    assert followed("other") == {}


def test_a_start_page_that_is_an_article_is_followed_as_one() -> None:
    assert followed("article", entry="start") == {TIDE: "related"}


def test_depth_ends_where_it_is_set_and_goes_far_for_all_articles() -> None:
    assert followed("article", at=2)
    assert followed("article", at=3) == {}
    assert followed("article", at=3, depth=4)
    assert followed("article", at=99, follow="articles")
    assert followed("article", at=100, follow="articles") == {}
    assert followed("article", at=5, follow="articles", depth=5) == {}


@pytest.mark.parametrize(
    "values",
    [
        {"max_pages": "0"},
        {"max_pages": "many"},
        {"max_pages": "1.5"},
        {"follow": "everything"},
        {"follow": "related,lates"},
        {"follow": ""},
        {"depth": "-1"},
        {"dept": "1"},
    ],
)
def test_spider_arguments_are_checked(values: dict[str, str]) -> None:
    with pytest.raises(InputError, match=next(iter(values))):
        CrawlOptions.from_strings(values)
    assert CrawlOptions.from_strings({"max_pages": "7", "depth": "0"}) == CrawlOptions(max_pages=7, depth=0)
    assert CrawlOptions.from_strings({"follow": "latest, related,latest"}).follow == "related,latest"


def test_a_seed_says_what_is_followed_unless_the_command_does() -> None:
    stories = [replace(RELATED, url=f"{TIDE}?{kind}", canonical_url="", kind=kind) for kind in get_args(RelatedKind)]
    found = PageAnatomy(kind="article", reason="", article=Article(id="1", url=TIDE, related=tuple(stories)), links=())
    asked = FrontierEntry(portal="harbour", url=TIDE, key=TIDE, depth=1)

    def along(*kinds: str, told: str = "") -> set[str]:
        seed = replace(HARBOUR, keep_query=get_args(RelatedKind), crawl=replace(HARBOUR.crawl, follow=kinds))
        return {one.url.partition("?")[2] for one in outlinks(found, asked, TIDE, seed, CrawlOptions(follow=told))}

    assert along() == along("articles") == along("latest", told="articles") == set(get_args(RelatedKind))
    assert along("related", "recommended") == {"related", "recommended"}
    assert along("related", told="same-section") == {"same-section"}
    assert follow_of(",".join(reversed(FOLLOWED))) == ",".join(FOLLOWED)


@pytest.mark.parametrize("contact", ["", "me", "me @example.org", "ü@example.org", "a@b\r\nX: y"])
def test_a_contact_is_an_address_that_fits_a_header(contact: str) -> None:
    with pytest.raises(InputError, match="STORYKIN_CONTACT"):
        require_contact(contact)


def test_the_user_agent_names_us_and_the_contact() -> None:
    require_contact("ops@example.org")
    assert user_agent("ops@example.org").endswith(" (+ops@example.org)")
    assert user_agent("").startswith("storykin/")


OUTCOMES = st.sampled_from(["article", "listing", "not article", "failure"])
CHANGES = st.sampled_from(["new", "version", "unchanged", "alias"])
DUPLICATES = st.sampled_from([None, Duplicate(of="x", relation="near", score=0.9)])


@given(st.lists(st.tuples(OUTCOMES, CHANGES, DUPLICATES, st.booleans()), max_size=30))
def test_the_counts_add_up(pages: list[tuple[str, str, Duplicate | None, bool]]) -> None:
    counts = Counts()
    entry = FrontierEntry(portal="p", url="https://harbour.example/")
    for outcome, change, duplicate, held in pages:
        page = FinishedPage(entry=entry, outcome=outcome, reason="because")
        stored = Stored(entry="e", outcome=outcome, held=held)
        if outcome == "article":
            stored = Stored(entry="e", outcome="article", change=change, duplicate=duplicate, held=held)
        counts.add(page, stored)
    told = counts.to_json()
    parts = told["articles"] + told["listings"] + told["not_articles"] + told["failures"]
    assert told["fetched"] == parts == sum(held for *_, held in pages)
    assert told["articles"] == told["distinct"] + told["duplicates"]
    assert told["articles"] == told["new"] + told["versions"] + told["unchanged"]
    assert told["failures"] == sum(told["failures_by_reason"].values())


def failed_start(reason: str, status: int) -> Counts:
    counts = Counts()
    entry = FrontierEntry(portal="p", url="https://harbour.example/", kind="start")
    page = FinishedPage(entry=entry, outcome="failure", reason=reason, status=status)
    counts.add(page, Stored(entry="e", outcome="failure", reason=reason))
    return counts


@pytest.mark.parametrize(
    ("counts", "starts", "closed", "problem", "code"),
    [
        (Counts(), 1, "finished", None, OK),
        (Counts(), 1, "shutdown", None, INTERRUPTED),
        (Counts(), 1, "finished", StorageError("gone"), STORAGE),
        (Counts(), 1, "finished", RuntimeError("disk full"), FAILED),
        (Counts(), 1, "start_error", None, FAILED),
        (failed_start("HTTP 403", 403), 1, "finished", None, BLOCKED),
        (failed_start("forbidden by robots.txt", 0), 1, "finished", None, BLOCKED),
        (failed_start("HTTP 500", 500), 1, "finished", None, BELOW_EXPECTATION),
    ],
)
def test_exit_codes_tell_how_it_went(
    counts: Counts, starts: int, closed: str, problem: Exception | None, code: int
) -> None:
    assert judge_run(counts, starts, closed, problem)[0] == code


@given(st.permutations([OK, BLOCKED, STORAGE, INTERRUPTED]))
def test_the_command_ends_with_the_worst_portals_code(codes: list[int]) -> None:
    summaries = [
        PortalSummary(portal=str(code), run="", exit_code=code, verdict="", counts=Counts().to_json(), queued=0)
        for code in codes
    ]
    assert exit_code(summaries) == STORAGE
    assert exit_code([one for one in summaries if one.exit_code == OK]) == OK

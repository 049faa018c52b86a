"""What people see of the demo's store, in a real browser: light, dark, on a phone, by keyboard, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from storage.frontier import runs
from tests.crawler.web.test_access import ask
from tests.support.browser import axe_findings, cut_off

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator
    from playwright.sync_api import Page as BrowserPage

    from storage.database.store import Store
    from tests.crawler.web.conftest import Served

LOOKS: dict[str, Any] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 375, "height": 800}, "has_touch": True},
}


@pytest.fixture(scope="module")
def near(demo: Store) -> Any:
    """A near copy of the demo."""
    return demo.db["articles"].find_one({"duplicate.relation": "near", "language": "vi"})


@pytest.fixture
def context(browser: Browser, served: Served) -> Iterator[BrowserContext]:
    """A browser that came by the printed address."""
    opened = browser.new_context()
    opened.new_page().goto(served.address)
    yield opened
    opened.close()


@pytest.fixture
def view(context: BrowserContext) -> BrowserPage:
    """Its page."""
    return context.pages[0]


def follow(view: BrowserPage, link: Locator) -> str:
    """Follow a link, or send a form, by the Enter key; return the heading of the next page."""
    with view.expect_navigation():
        link.press("Enter")
    return view.get_by_role("heading", level=1).inner_text()


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    browser: Browser, served: Served, near: Any, look: str
) -> None:
    said: list[str] = []
    context = browser.new_context(**LOOKS[look], bypass_csp=True)  # axe is no part of the page
    context.route(lambda url: not url.startswith(served.base), lambda route: route.abort())
    page = context.new_page()
    page.on("pageerror", lambda problem: said.append(str(problem)))
    page.goto(served.address)
    for path in (
        "/",
        "/?portal=demo",
        "/?portal=nowhere",
        "/articles",
        "/articles?words=nothing&all_copies=1&quality=any",
        f"/article/{near['_id']}",
        "/article/unknown",
        "/stories",
        f"/story/{near['_id']}",
    ):
        page.goto(served.base + path)
        assert axe_findings(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        if look == "phone":
            assert cut_off(page) == [], path
    assert said == []
    context.close()


def test_the_token_leaves_the_address_at_once(view: BrowserPage, served: Served) -> None:
    assert view.url == f"{served.base}/"
    assert served.token not in view.content()
    assert view.evaluate("document.cookie") == ""


def test_the_page_of_portals_tells_runs_in_words_and_groups_failures(view: BrowserPage) -> None:
    assert follow(view, view.get_by_role("link", name="demo", exact=True)) == "demo"
    run = view.get_by_role("group", name="Last runs").locator("tbody tr").first.inner_text()
    assert run.split()[:2] == ["demo", "finished"]
    failures = view.get_by_role("group", name="Failures, like ones together").inner_text()
    assert "forbidden by robots.txt" in failures
    assert "vi/kinh-te" in view.get_by_role("group", name="Sources").inner_text()
    follow(view, view.get_by_role("group", name="Failures").get_by_role("link").first)
    assert "failure" in view.locator(".facts").inner_text()


def test_a_run_shows_up_without_a_reload_and_the_focus_stays(view: BrowserPage, demo: Store) -> None:
    link = view.get_by_role("link", name="demo", exact=True)
    link.focus()
    begun = runs.begin(demo, "demo")
    try:
        look = "document.dispatchEvent(new Event('visibilitychange'))"
        view.evaluate(look)
        view.get_by_text("a crawl is under way").wait_for()
        assert "under way" in view.get_by_role("group", name="Last runs").locator("tbody tr").first.inner_text()
        assert view.evaluate("document.activeElement.textContent") == "demo"
    finally:
        runs.finish(demo, begun, exit_code=0, counts={})
        demo.db["runs"].delete_one({"_id": begun.id})
    view.evaluate(look)
    view.get_by_text("a crawl is under way").wait_for(state="detached")


def test_search_and_filters_lead_to_an_article(view: BrowserPage, near: Any) -> None:
    search = view.get_by_placeholder("Title, address or id")
    search.fill("dong cua HAU")
    assert follow(view, search) == "Articles"
    assert view.locator(".found li").count() == 0, "a copy is no part of an export"
    view.get_by_text("Filters, as of").click()
    view.get_by_label("All copies").check()
    view.locator("select[name=portal]").select_option("demo")
    follow(view, view.get_by_role("button", name="Show"))
    assert view.locator(".found li a").first.inner_text() == near["title"]
    assert follow(view, view.locator(".found li a").first) == near["title"]
    for key in (near["url"], near["_id"]):
        search.fill(key)
        assert follow(view, search) == near["title"]


def test_a_filter_that_cannot_be_meant_is_a_sentence(served: Served) -> None:
    for query, said in (
        ("shortest=many", "shortest &#39;many&#39; is no number of characters"),
        ("longest=99999999999999999999", "is no number of characters"),
        ("role=king", "no role &#39;king&#39;"),
        ("published_from=tomorrow", "is no ISO date or time"),
        ("after=tomorrow", "is no position in the list"),
    ):
        status, _, body = ask(served, f"/articles?{query}")
        assert status == 400
        assert said in body.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/articles?words=%00", "/articles?words=%ED%A0%80&in_text=1", f"/articles?words={'a' * 9000}",
        "/articles?words=%5B", "/?portal=%00", "/article/%00", "/raw/%ED%A0%80", "/story/..%2F..%2Fetc",
        "/article/http:%2F%2F%5B", "/nowhere",
    ],
)  # fmt: skip
def test_odd_addresses_are_answered_in_words(served: Served, path: str) -> None:
    status, _, body = ask(served, path)
    assert status in (200, 404)
    assert b"</html>" in body


def test_an_article_shows_what_was_left_out_and_why_beside_its_page(
    view: BrowserPage, served: Served, near: Any
) -> None:
    view.goto(f"{served.base}/article/{near['_id']}")
    text = view.get_by_role("article").inner_text()
    kept, dropped = (
        [one for one in near["paragraphs"] if (one["verdict"] in ("lead", "heading", "body")) == wanted]
        for wanted in (True, False)
    )
    assert len(view.locator(".dropped").all()) == len(dropped) > 0
    for one, shown in zip(dropped, view.locator(".dropped").all(), strict=True):
        assert one["text"] in shown.inner_text()
        assert one["reason"] in shown.inner_text()
    places = [text.index(one["text"]) for one in near["paragraphs"]]
    assert places == sorted(places), "in place"
    assert all(one["text"] in text for one in kept)
    facts = view.locator(".facts").inner_text()
    for fact in ("published: json-ld", "title: heading", "allowed: a crawl fetched it"):
        assert fact in facts
    raw = view.frame_locator("iframe")
    assert raw.get_by_role("heading", level=1).inner_text() == near["title"]
    related = view.locator("h2:has-text('Related stories') + ol li")
    assert related.count() == len(near["related"])
    assert "related · found by" in related.first.inner_text()
    assert follow(view, related.first.get_by_role("link")) == near["related"][0]["title"]


def test_a_story_shows_its_texts_word_by_word_and_can_be_walked(view: BrowserPage, served: Served, near: Any) -> None:
    view.goto(f"{served.base}/story/{near['_id']}")
    members = view.get_by_role("group", name="Its texts").inner_text()
    assert "first" in members
    assert "left out" in members
    assert "97%" in members
    assert view.locator(".diff ins").inner_text().endswith("tất")
    assert view.locator(".diff del").inner_text().endswith("tối qua")
    view.get_by_text("equal words").first.click()
    first = view.get_by_role("heading", level=1).inner_text()
    links = view.locator(".columns ol").first.get_by_role("link")
    assert len({first, *(follow(view, links.first) for _ in range(3))}) > 2


def test_versions_are_shown_as_differences(view: BrowserPage, served: Served, demo: Store) -> None:
    row = demo.db["articles"].find_one({"language": "en", "duplicate": None})
    assert row
    older = {**row, "_id": f"{row['_id']}:older", "article": row["_id"], "changed": ["text"], "version": 1}
    older["text"] = row["text"].replace(row["text"].split()[3], "formerly", 1)
    demo.db["versions"].insert_one(older)
    try:
        view.goto(f"{served.base}/article/{row['_id']}")
        assert "text changed" in view.locator("summary", has_text="Version 1").inner_text()
        assert view.locator(".diff del").first.inner_text().endswith("formerly")
    finally:
        demo.db["versions"].delete_one({"_id": older["_id"]})


def test_everything_is_there_without_scripts(browser: Browser, served: Served, near: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served.address)
    assert "finished" in page.get_by_role("group", name="Last runs").inner_text()
    page.goto(f"{served.base}/story/{near['_id']}")
    assert page.locator(".diff ins").inner_text().endswith("tất")
    context.close()


def test_the_keyboard_reaches_all(view: BrowserPage, served: Served, near: Any) -> None:
    view.goto(f"{served.base}/article/{near['_id']}")
    view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.textContent") == "Skip to the content"
    view.keyboard.press("Enter")
    assert view.evaluate("document.activeElement.id") == "content"
    reached = []
    for _ in range(12):
        view.keyboard.press("Tab")
        reached.append(view.evaluate("document.activeElement.getAttribute('href') || document.activeElement.tagName"))
    assert f"/story/{near['_id']}" in reached

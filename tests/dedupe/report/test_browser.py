"""The HTML report in a real Chromium: filter, difference, dark mode, keyboard, phone, accessibility, no error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dedupe.report.between_runs import RunComparison
from dedupe.report.checks import KINDS
from dedupe.report.html import page as html_page
from dedupe.report.report import Card, Copy, PortalNumbers, RepeatedLine, RepeatedStory, build_report
from tests.support.browser import axe_findings, chromium, cut_off

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

FERRY = "Bến phà cũ đóng cửa từ thứ hai. Người dân đi qua cầu mới cách đó hai cây số. " * 12
HOSTILE = "<script>document.title = 'owned'</script></script><img src=x onerror=alert(1)>"


def copy(key: str, text: str, **fields: Any) -> Copy:
    values: dict[str, Any] = {"url": f"https://vov.example/{key}", "portal": "vov", "title": f"Title {key}"} | fields
    return Copy(id=key, text=text, **values)


def stories(words: int = 350) -> list[RepeatedStory]:
    """A borderline pair, a hostile one, one from right to left, one of so many *words*, and 150 more."""
    near: dict[str, Any] = {"relation": "near", "score": 0.71, "reason": "A near copy: 71%. It stands there."}
    changed = FERRY.replace("thứ hai", "thứ ba") + "Giá vé không đổi."
    arabic = "افتتح الجسر الجديد يوم الاثنين بعد عامين من العمل 👩‍🚀 "
    found = [
        RepeatedStory(
            copies=(
                copy("ferry", FERRY, title="Phà Hồ Tây đóng cửa"),
                copy("ferry-ap", changed, portal="ap", title="Phà đóng cửa", **near),
                copy("ferry-twin", FERRY, portal="ap", relation="exact", reason="An exact copy: the same."),
            )
        ),
        RepeatedStory(
            copies=(
                copy("bad", HOSTILE * 3, title=HOSTILE, url="javascript:alert(1)"),
                copy("bad2", HOSTILE * 3 + " end", title="\u202e" + HOSTILE, relation="contained", score=0.9),
            )
        ),
        RepeatedStory(
            copies=(
                copy("rtl", arabic * 20, title=arabic),
                copy("rtl2", arabic * 19 + "نهاية", title=arabic, relation="near", score=0.95),
            )
        ),
        RepeatedStory(
            copies=(
                copy("hand", FERRY),
                copy(
                    "hand2", "Một bài khác hẳn.", relation="by hand", score=0.02, reason="Merged by ada because: one."
                ),
            )
        ),
        RepeatedStory(
            copies=(copy("long", "từ " * words), copy("long2", "từ " * words + "hết", relation="near", score=0.99)),
        ),
    ]
    for number in range(150):
        pair = copy(f"{number}", FERRY), copy(f"{number}b", changed, relation="different", score=0.5)
        found.append(RepeatedStory(copies=pair))
    return found


def card(kind: str, kept: str, other: str) -> Card:
    says = f"They differ. {HOSTILE}"
    return Card(
        kind=kind, heading=KINDS[kind], title=f"Title {kept}", says=says, command="storykin x", kept=kept, copy=other
    )


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    return report_of(stories(), tmp_path_factory.mktemp("report"))


def report_of(found: list[RepeatedStory], folder: Path) -> str:
    """Write the report of *found* into *folder*; return its address."""
    rows = [
        PortalNumbers(portal=name, article_pages=9, duplicates={"near": 2, "exact": 1}, repeated_entries=3)
        for name in ("vov", "ap")
    ]
    lines = [RepeatedLine(text=f"Mời quý vị đón nghe {HOSTILE}", portal="vov", pages=3, verdict="promo")]
    scores = {"near": [0] * 14 + [3, 1, 0, 0, 0, 0], "contained": [0] * 20, "exact": [0] * 20}
    apart = [story for story in found if story.copies[1].relation == "different"]
    report = build_report(rows, found[:3], lines, scores=scores, clusters=5, kept_apart=apart)
    checks = [card("close", "ferry", "ferry-ap"), card("by hand", "hand", "hand2"), card("close", "149", "149b")]
    report = replace(report, checks=tuple(checks))
    compare = RunComparison(run="vov-1", here=report.total, there=rows[0]).to_json()
    path = folder / "report.html"
    path.write_bytes(html_page(report, found, of=200, made="Made for a test.", compare=compare))
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def said() -> list[str]:
    """What the page wrote to the console, errors of scripts and of its policy among it."""
    return []


@pytest.fixture(scope="module")
def window(browser: Browser) -> BrowserContext:
    """The window of all tests that want no other one: a new one costs more than most of them."""
    return browser.new_context(viewport={"width": 1280, "height": 900})


@pytest.fixture
def view(
    browser: Browser, window: BrowserContext, address: str, said: list[str], request: pytest.FixtureRequest
) -> Iterator[Page]:
    """The report in a window; its options are the test's parameter."""
    options = getattr(request, "param", {})
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}) if options else window
    page = context.new_page()
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda problem: said.append(str(problem)))
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto(address)
    page.wait_for_selector("#list li")
    yield page
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    page.evaluate("localStorage.clear()")
    page.close()
    if options:
        context.close()


def listed(page: Page) -> int:
    # The filter waits for the end of typing: its timer, which is due earlier, comes before this one.
    page.evaluate("new Promise(done => setTimeout(done, 300))")
    return page.locator("#list li").count()


def test_numbers_are_drawn(view: Page) -> None:
    assert view.locator("#tiles div").count() == 9
    assert view.locator("#causes tbody tr").count() == 2
    assert "all portals" in view.locator("#causes tfoot").inner_text()
    assert view.locator("#histogram rect.near").count() == 2
    assert "threshold 70%" in (view.locator("#histogram svg").text_content() or "")
    assert "+9" in view.locator("#compare-table").inner_text()
    assert "45" in view.locator("#clusters-note").inner_text()  # 200 stories, 155 in the file


def heading_in_view(view: Page) -> bool:
    found: bool = view.evaluate(
        "(() => { const box = document.getElementById('detail-title').getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight; })()"
    )
    return found


def test_what_to_check_stands_first_and_opens_its_two_texts(view: Page) -> None:
    assert view.locator("#cards .card").count() == 3
    assert "storykin x" in view.locator("#cards code").first.inner_text()
    for number, right in enumerate(["ap: Phà đóng cửa", "vov: Title hand2", "vov: Title 149b"]):
        view.locator("#cards button").nth(number).click()
        assert heading_in_view(view)
        assert view.evaluate("document.activeElement.id") == "detail"
        chosen = view.locator("#pair-right option:checked").text_content() or ""
        assert chosen.endswith(right)
    assert view.locator("#option-154").get_attribute("aria-selected") == "true"


def test_a_merge_by_hand_has_its_own_word_and_colour_and_no_figure(view: Page) -> None:
    view.locator("#cards button").nth(1).click()
    row = view.locator("#members tbody tr").nth(1)
    assert "merged by hand" in row.inner_text()
    assert "%" not in row.inner_text()
    dot = "getComputedStyle(document.querySelector('#members .relation'), '::before').backgroundColor"
    hand = view.evaluate(dot)
    view.locator("#cards button").nth(0).click()
    assert view.evaluate(dot) != hand
    view.select_option("#filter-relation", "by hand")
    assert listed(view) == 1
    assert view.locator("#histogram rect.by-hand").count() == 0


def test_every_click_leaves_the_heading_of_the_story_in_view(view: Page) -> None:
    for number in (60, 3, 40, 1):
        view.evaluate("window.scrollBy(0, 900)")
        view.locator("#list li").nth(number).click()
        assert heading_in_view(view)
    for button in view.locator("#stories button").all():
        button.click()
        assert heading_in_view(view)


def test_filters_narrow_the_list(view: Page) -> None:
    assert listed(view) == 100
    view.click("#more")
    assert listed(view) == 155
    view.fill("#filter-text", "pha ho tay")  # marks need not be typed
    assert listed(view) == 1
    assert "Phà Hồ Tây" in view.locator("#list li").inner_text()
    view.fill("#filter-text", "phá")  # but count where they are
    assert listed(view) == 0
    view.click("#clear")
    view.select_option("#filter-portal", "ap")
    assert listed(view) == 1
    view.click("#clear")
    view.select_option("#filter-relation", "contained")
    assert listed(view) == 1
    view.click("#clear")
    view.fill("#filter-from", "95")
    view.fill("#filter-to", "98")
    assert listed(view) == 1
    assert view.locator("#count").inner_text() == "1 of 155: 5 stories, 150 pairs kept apart"


def test_any_two_members_are_compared_word_by_word(view: Page) -> None:
    assert view.locator("#reason").inner_text() == "A near copy: 71%. It stands there."
    assert "hai." in view.locator("#diff del").first.inner_text()
    assert "ba." in view.locator("#diff ins").first.inner_text()
    assert "Giá vé không đổi." in view.locator("#diff ins").last.inner_text()
    view.select_option("#pair-view", "two")
    assert view.locator("#diff .two .text").count() == 2
    view.select_option("#pair-left", "2")
    assert view.locator("#pair-right").input_value() == "1"
    assert "own differences stand below" in view.locator("#reason").inner_text()
    view.click("#swap")
    assert view.locator("#pair-left").input_value() == "1"
    view.select_option("#pair-left", "0")
    view.select_option("#pair-right", "2")
    assert view.locator("#figures").inner_text() == "The same words in the same order."
    fold = view.locator("#diff button.fold").first
    assert "equal words" in fold.inner_text()
    fold.click()
    assert view.locator("#diff .text").first.inner_text().split() == FERRY.split()


def test_what_pages_wrote_is_text(view: Page) -> None:
    view.fill("#filter-text", "onerror")
    assert listed(view) == 1
    view.click("#list li")
    assert HOSTILE in (view.locator("#detail-title").text_content() or "")
    assert HOSTILE in (view.locator("#lines").text_content() or "")
    assert view.locator("#members a").count() == 1  # javascript: is no link
    assert view.locator("#members a").get_attribute("rel") == "noopener noreferrer"
    assert view.locator("img").count() == 0
    assert view.title() == "Dedupe report"


def test_right_to_left_and_a_megabyte(view: Page, tmp_path: Path) -> None:
    view.goto(report_of(stories(350_000), tmp_path))
    view.fill("#filter-text", "الجسر")
    assert listed(view) == 1
    view.click("#list li")
    direction = view.evaluate("getComputedStyle(document.querySelector('#diff .text')).direction")
    assert direction == "rtl"
    view.fill("#filter-text", "title long")
    assert listed(view) == 1
    view.click("#list li")
    assert view.locator("#members td").nth(-1).inner_text() == "1,050,003"
    assert view.locator("#diff ins").last.inner_text().endswith("hết")


def test_the_keyboard_reaches_everything(view: Page) -> None:
    view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.className") == "skip"
    view.keyboard.press("Enter")
    assert view.evaluate("document.activeElement.id") == "clusters"
    for _ in range(20):
        view.keyboard.press("Tab")
        if view.evaluate("document.activeElement.getAttribute('role')") == "option":
            break
    assert view.evaluate("document.activeElement.id") == "option-0"
    view.keyboard.press("ArrowDown")
    assert view.evaluate("document.activeElement.id") == "option-1"
    assert view.locator("#option-1").get_attribute("aria-selected") == "true"
    outline = view.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    view.keyboard.press("End")
    assert view.evaluate("document.activeElement.id") == "option-99"
    view.keyboard.press("Home")
    view.keyboard.press("Enter")
    assert view.evaluate("document.activeElement.id") == "detail"
    assert view.locator("#list li[tabindex='0']").count() == 1


def test_a_story_of_the_list_above_opens_below(view: Page) -> None:
    view.fill("#filter-text", "phá")
    assert listed(view) == 0
    view.locator("#stories button").last.click()
    assert view.evaluate("document.activeElement.id") == "detail"
    assert view.locator("#list li[aria-selected='true']").count() == 1


def test_dark_mode_follows_the_system_and_the_switch(view: Page) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    light = view.evaluate(paper)
    view.emulate_media(color_scheme="dark")
    dark = view.evaluate(paper)
    assert dark != light
    assert view.locator("#theme").get_attribute("aria-pressed") == "true"
    view.click("#theme")
    assert view.evaluate(paper) == light
    view.emulate_media(color_scheme="light")
    view.click("#theme")
    assert view.evaluate(paper) == dark


def test_print_leaves_out_what_needs_a_screen(view: Page) -> None:
    view.emulate_media(media="print", color_scheme="dark")
    assert not view.locator("#filter").is_visible()
    assert not view.locator("#list").is_visible()
    assert view.locator("#diff").is_visible()
    assert view.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_no_motion_where_none_is_wanted(view: Page) -> None:
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    assert view.evaluate(behaviour) == "smooth"
    view.emulate_media(reduced_motion="reduce")
    assert view.evaluate(behaviour) == "auto"


PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


@pytest.mark.parametrize("view", [PHONE], indirect=True)
def test_a_phone_shows_it_without_scrolling_sideways(view: Page) -> None:
    assert view.evaluate("document.documentElement.scrollWidth") == 360
    view.locator("#option-1").tap()
    assert view.evaluate("document.activeElement.id") == "detail"
    assert view.evaluate("document.documentElement.scrollWidth") == 360
    view.click("#scores-title ~ details summary")
    assert cut_off(view) == []


WINDOWS = [{}, {"color_scheme": "dark"}, PHONE, {"forced_colors": "active"}]


@pytest.mark.parametrize("view", [{**window, "bypass_csp": True} for window in WINDOWS], indirect=True)
def test_axe_finds_nothing(view: Page) -> None:
    """WCAG 2.2 A and AA, and the best practices of axe-core: https://github.com/dequelabs/axe-core."""
    view.click("#scores-title ~ details summary")
    assert axe_findings(view) == []

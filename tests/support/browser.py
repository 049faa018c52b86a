"""The browser that tests need, and an invented paper whose pages a script fills."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.loopback import Answer
from tests.support.requirements import missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as BrowserPage

EXTRA = "needs the extra: pip install 'storykin[browser]', or make test where Chromium is on the PATH"

APP = """
const number = document.body.dataset.story;
fetch('/api/' + number + '.json').then(answer => answer.json()).then(story => {
  document.querySelector('#text').innerHTML = story.body.map(text => '<p>' + text + '</p>').join('');
  document.querySelector('.related-stories').innerHTML = '<h3>Related stories</h3><ul>' + story.related.map(
    one => '<li><a href="' + one.url + '">' + one.title + '</a></li>').join('') + '</ul>';
});
"""


QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def require_browser() -> str:
    """Return the path of Chromium; skip the test where there is no browser, or fail where one is required."""
    if not find_spec("playwright"):
        missing("browser", EXTRA)
    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
    if not found:
        missing("browser", "needs Chromium on the PATH (Debian: apt-get install chromium)")
    return found


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """Open a browser for tests that look at pages; skip or fail as :func:`require_browser` does.

    :param more: options of Chromium's command line
    """
    path = require_browser()
    from playwright import sync_api

    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=[*QUIET, *more], chromium_sandbox=False)
        yield opened
        opened.close()


ALIKE = """
const styles = new Map([...document.querySelectorAll('*')].map(element => [element, getComputedStyle(element)]));
const ground = new Map();
for (const [element, style] of styles) {
  const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.mixBlendMode].join(' ');
  const seen = own === 'rgba(0, 0, 0, 0) none 1 none normal' ? '' : own + '/';
  ground.set(element, (ground.get(element.parentElement) ?? '') + seen);
}
const look = style => [style.color, style.fontSize, style.fontWeight, style.fontStyle, style.textShadow, style.position,
  style.textDecorationLine, style.borderBottomStyle, style.borderBottomWidth].join(' ');
const inText = link => {
  let block = link.parentElement;
  while (styles.get(block)?.display.startsWith('inline')) block = block.parentElement;
  const within = [...link.querySelectorAll('*')].map(one => look(styles.get(one)));
  return block?.textContent.trim() !== link.textContent.trim() && [look(styles.get(block)), ...within].join('/');
};
const kinds = new Map();
for (const [element, style] of styles) {
  const says = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const link = element.matches('a, [role=link]');
  const key = [ground.get(element), look(style), element.matches('[disabled], [aria-disabled]'),
    element.matches('label'), element.matches('option'), link && inText(element)].join('|');
  if ((says || link || element.matches('input, select, textarea')) && element.checkVisibility())
    kinds.set(key, [...(kinds.get(key) ?? []), element].slice(0, 3));
}
return axe.run({include: [...kinds.values()].flat()}, {...options, runOnly: colours});
"""
"""Sorts visible texts by all that tells their colours apart, and asks axe-core about three of each kind."""


def axe_findings(page: BrowserPage) -> list[tuple[str, list[str]]]:
    """Return what axe-core finds wrong on *page* (WCAG 2.2 A and AA, best practices), with the elements.

    Its two rules of colours, which take most of the time of a large page, are asked of texts of each kind alone. Of
    what is right it tells one element a rule: a report of all of them takes as long as the rules.
    https://github.com/dequelabs/axe-core
    """
    spec = find_spec("axe_playwright_python")
    if not spec or not spec.origin:
        missing("browser", EXTRA)
    page.evaluate((Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8"))
    given = "const colours = ['color-contrast', 'link-in-text-block'], options = {resultTypes: ['violations']};"
    others = "Object.fromEntries(colours.map(rule => [rule, {enabled: false}]))"
    whole = page.evaluate(f"(() => {{ {given} return axe.run(document, {{...options, rules: {others}}}); }})()")
    coloured = page.evaluate(f"(() => {{ {given} {ALIKE} }})()")
    assert whole["passes"]
    assert coloured["passes"] + coloured["violations"]
    violations = whole["violations"] + coloured["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in violations]


def cut_off(page: BrowserPage) -> list[str]:
    """Return what of the tables on *page* a reader would have to scroll sideways for, or would not be told.

    These are cells that stand outside the window, or are hidden though they say something; cells without the head of
    their column; and cells that assistive technology no longer takes for cells.
    """
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll("tbody :is(th, td), tfoot :is(th, td)")].filter(cell => {
          const box = cell.getBoundingClientRect();
          const seen = box.width > 0 && box.left >= 0 && box.right <= innerWidth && cell.scrollWidth <= box.width + 1;
          const label = getComputedStyle(cell, "::before").content;
          const head = label !== "none" || cell.matches("th, [colspan], #members *");
          const hidden = cell.textContent.trim() === "–" && box.width === 0;
          return !cell.closest("details:not([open]), [hidden]") && !hidden && !(seen && head);
        }).map(cell => cell.outerHTML)"""
    )
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    roles = [node["role"]["value"] for node in tree if not node["ignored"]]
    drawn = page.locator("tbody:visible :is(th, td):visible, tfoot:visible :is(th, td):visible").count()
    told = sum(role in {"cell", "gridcell", "rowheader"} for role in roles)
    return found if told == drawn else [*found, f"{told} of {drawn} cells are told"]


def story_path(number: int) -> str:
    """Return the address of a story."""
    return f"/news/the-harbour-story-number-{number}-{100000 + number}.html"


def story_pages(number: int, related: Iterable[int] = (), more: str = "", *, filled: bool = False) -> dict[str, Answer]:
    """Return a story whose text and related block a script fills from data, with both, by their paths.

    :param more: HTML at its end
    :param filled: it has all without a script
    """
    heading = f"Harbour story {number}: the council speaks"
    body = [
        f"In part {part} of story {number} the council of ward {number * 31 + part} spoke for {number + part} hours "
        f"about bridge {number * 17 + part}, which {part + 3} people cross every day on their way to the market."
        for part in range(6)
    ]
    links = [{"url": story_path(other), "title": f"The story that bears number {other}"} for other in related]
    text = "".join(f"<p>{one}</p>" for one in body) if filled else ""
    block = "".join(f'<li><a href="{one["url"]}">{one["title"]}</a></li>' for one in links)
    html = (
        f'<html lang="en"><head><title>{heading}</title><meta property="og:type" content="article"></head>'
        f'<body data-story="{number}"><article><h1>{heading}</h1><div id="text">{text}</div></article>'
        f'<section class="related-stories">{f"<h3>Related stories</h3><ul>{block}</ul>" if filled else ""}</section>'
        f"{'' if filled else SCRIPT}{more}</body></html>"
    )
    return {
        story_path(number): (200, {"Content-Type": "text/html; charset=utf-8"}, html.encode()),
        f"/api/{number}.json": (200, JSON, json.dumps({"body": body, "related": links}).encode()),
        "/app.js": (200, {"Content-Type": "text/javascript"}, APP.encode()),
    }


SCRIPT = '<script src="/app.js"></script>'
JSON = {"Content-Type": "application/json"}


def seed(folder: Path, url: str, fetch: str, more: str = "") -> str:
    """Write the seed file ``harbour`` of the paper at *url* with the section ``[fetch]`` into *folder*; return it."""
    folder.mkdir(exist_ok=True)
    (folder / "harbour.toml").write_text(
        f'title = "Harbour"\nlanguage = "en"\nstart_urls = ["{url}/"]\nallowed_domains = ["127.0.0.1"]\n'
        f"loopback = true\n{more}\n[fetch]\n{fetch}\n"
    )
    return str(folder)

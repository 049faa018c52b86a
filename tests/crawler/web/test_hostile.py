"""Pages that do harm, stored as a crawl stores them, in a real browser: no script runs, nothing leaves loopback.

The names of the pages lead to a trap on this machine, which counts connections; so does the address that they name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crawler.api import extract
from storage.articles import articles, pages
from storage.frontier import failures, related_links
from storage.frontier.failures import Failure
from storage.records import RawPage, article_id

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from storage.database.store import Store
    from tests.crawler.web.conftest import Serve, Served, Trap

OUT = "http://out.example"
SCRIPT = "<script>document.title='owned';parent.document.title='owned';fetch('{out}/fetch')</script>"
QUOTED = "\"'><svg onload=alert(1)>&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}{% raw %}\u202e\x00]]>--><!--"
HARM = {
    "scripts": SCRIPT + "<script src={out}/x.js></script><img src=x onerror=alert(1)><svg onload=alert(1)></svg>",
    "links": "<link rel=preconnect href={out}><link rel=dns-prefetch href={out}><link rel=prefetch href={out}/a>"
    "<link rel=preload as=image href={out}/b><link rel=modulepreload href={out}/c><link rel=prerender href={out}/d>"
    "<link rel=stylesheet href={out}/e><link rel=icon href={out}/f><link rel=manifest href={out}/g>",
    "style": "<style>@import '{out}/i'; body{{background:url({out}/j)}} @font-face{{font-family:x;src:url({out}/k)}} "
    "*{{font-family:x}}</style>",
    "media": "<img src={out}/l srcset='{out}/m 2x'><video autoplay src={out}/n poster={out}/o></video>"
    "<audio autoplay src={out}/p></audio><input type=image src={out}/q><svg><image href={out}/r /></svg>",
    "frames": "<iframe src={out}/s></iframe><IFrame/src={out}/t></iframe><object data={out}/u></object>"
    "<embed src={out}/v><iframe srcdoc='<script>top.document.title=1</script><img src={out}/w>'></iframe>"
    "<frameset><frame src={out}/x></frameset>",
    "navigation": "<meta http-equiv=refresh content='0;url={out}/y'><base href={out}/><form action={out}/z id=f>"
    "<input autofocus onfocus=this.form.submit()></form><a ping={out}/p href='#'>x</a>",
    "speculation": '<script type=speculationrules>{{"prefetch":[{{"source":"list","urls":["{out}/1"]}}]}}</script>'
    "<meta http-equiv=x-dns-prefetch-control content=on><a href=http://anchor.example/>x</a>",
    "utf-16": "<iframe src={out}/2></iframe>" + SCRIPT,
}


def page(kind: str, out: str) -> bytes:
    """Return a page that does harm of *kind*, with prose enough for an article."""
    prose = "".join(
        f"<p>In part {part} the council of ward {part * 31} spoke for {part + 2} hours about the old bridge {QUOTED} "
        "over the river, which many people cross every day on their way to the market in the morning.</p>"
        for part in range(5)
    )
    harm = HARM[kind].format(out=out)
    related = "".join(
        f'<li><a href="{link}">The story about {QUOTED} the bridge</a></li>'
        for link in ("javascript:alert(1)", "data:text/html,<script>alert(1)</script>", f"{OUT}/news/story-1.html")
    )
    html = (
        f'<html lang="en"><head><title>Bridge {kind} {QUOTED}</title><meta property="og:type" content="article">'
        f'<meta name=author content="{QUOTED}">{harm}</head><body onload="alert(1)"><article><h1>Bridge {kind} '
        f"{QUOTED}</h1>{prose}{harm}</article><div class=related><h3>Related stories</h3><ul>{related}</ul>"
        "</div></body>"
    )
    return html.encode("utf-16") if kind == "utf-16" else html.encode()


def put(store: Store, url: str, body: bytes, content_type: str = "text/html") -> str:
    """Store a page and its article as a crawl does; return the article's id."""
    article = extract(body, url)
    articles.put_many(store, [article])
    related_links.put_many(store, [article])
    key = article_id(article.canonical_url or article.url)
    pages.put_many(
        store, [RawPage(url=url, body=body, content_type=content_type, entry=key, portal="evil", article=key)]
    )
    return key


@contextmanager
def opened(browser: Browser, served: Served) -> Iterator[tuple[Page, list[str]]]:
    """Yield a window that is let in, and a list of what its dialogs say and which other servers answer it."""
    said: list[str] = []
    context = browser.new_context()
    view = context.new_page()
    view.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    view.on("response", lambda answer: None if answer.url.startswith(served.base) else said.append(answer.url))
    view.goto(served.address)
    yield view, said
    context.close()


def test_hostile_pages_run_nothing_and_reach_nobody(serve: Serve, store: Store, trap: Trap, browser: Browser) -> None:
    trap.connections.clear()
    keys = []
    for kind in HARM:
        for out in (OUT, f"http://127.0.0.1:{trap.port}"):
            url = f"https://evil.example/news/{kind}-{len(keys)}.html"
            keys.append(put(store, url, page(kind, out), "text/html; charset=utf-7" if kind == "scripts" else ""))
    wicked = f"https://evil.example/news/{QUOTED}"
    failures.record(store, [Failure(id="x", portal=QUOTED, url=wicked, stage="fetch", reason=QUOTED)])
    with serve(store.uri, store.db.name) as served, opened(browser, served) as (view, said):
        paths = [f"/{kind}/{key}" for key in keys for kind in ("article", "raw", "story")]
        for path in ("/", f"/?portal={OUT}", "/articles", f"/articles?words={OUT}<script>", *paths):
            answer = view.goto(served.base + path, wait_until="load")
            assert answer
            assert answer.status in (200, 404), path
            assert view.url.startswith(served.base), path
            assert view.title() != "owned"
            assert (
                view.evaluate("document.querySelectorAll('svg, script:not([src]), img').length") == 0 or "/raw/" in path
            )
            for frame in view.frames[1:]:
                frame.wait_for_load_state("load")
                assert frame.url.startswith(f"{served.base}/raw/"), path
        reached = list(trap.connections)
        with pytest.raises(Exception, match=r"ERR_|closed"):
            view.goto(f"{OUT}/control")  # the trap counts what reaches it
        assert trap.connections
    assert reached == []
    assert said == []


def test_a_link_in_a_page_as_it_came_leads_nowhere(serve: Serve, store: Store, trap: Trap, browser: Browser) -> None:
    trap.connections.clear()
    key = put(store, "https://evil.example/news/a-1.html", page("navigation", OUT))
    raw = pages.get(store, key)
    assert raw
    pages.put_many(store, [RawPage(url=raw.url, body=f"<a href='{OUT}'>out</a>".encode(), entry="y", article="y")])
    with serve(store.uri, store.db.name) as served, opened(browser, served) as (view, _):
        view.goto(f"{served.base}/article/{key}")
        # The frame loads when it comes into view; another address given before that may be lost.
        element = view.wait_for_selector("iframe")
        element.scroll_into_view_if_needed()
        frame = element.content_frame()
        assert frame
        frame.wait_for_url(f"{served.base}/raw/{key}")
        element.evaluate("element => { element.src = '/raw/y' }")
        frame.wait_for_url(f"{served.base}/raw/y")
        frame.get_by_text("out").click()
        assert view.url == f"{served.base}/article/{key}"
        view.goto(f"{served.base}/articles")
        assert trap.connections == []


def test_the_attack_pages_of_the_measuring_data(
    serve: Serve, store: Store, trap: Trap, browser: Browser, shared_data: Path
) -> None:
    trap.connections.clear()
    folder = shared_data / "cases" / "attack"
    bodies = [path.read_bytes() for path in sorted(folder.glob("*.html"))]
    code = (folder / "evil_site.py").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    exec(re.split(r"^bomb=", code, flags=re.MULTILINE)[0], names)  # what makes its pages, not what serves them
    made, links = names["art"], f"{names['links']}{names['bad']}"
    assert callable(made)
    bodies += [made(number, links).encode("utf-8", "replace") for number in range(4)]
    keys = [put(store, f"https://evil.example/news/page-{n}.html", body) for n, body in enumerate(bodies)]
    with serve(store.uri, store.db.name) as served, opened(browser, served) as (view, said):
        for path in ("/articles", *(f"/{kind}/{key}" for key in keys for kind in ("article", "raw", "story"))):
            answer = view.goto(served.base + path, wait_until="load")
            assert answer
            assert answer.status == 200, path
    assert trap.connections == []
    assert said == []

"""The pages: each asks the store, and gives what it was told to a template."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from crawler.article.page.decode import decode
from crawler.article.saved_page import SeedChooser
from crawler.health.check import recent, sources
from crawler.health.status import status
from crawler.health.status_page import status_style, status_table
from crawler.review.explain import explain_stored
from crawler.review.explain_view import facts
from crawler.urls.canonical import is_http
from crawler.web import filters
from crawler.web.access import RAW_POLICY
from crawler.web.rendering import page, source
from dedupe.compare.diff import spans
from dedupe.errors import InputError
from storage.articles import articles, pages
from storage.articles.collection import portals as stored_portals
from storage.articles.versions import versions
from storage.base.masking import mask
from storage.duplicates.cluster_facts import facts_of, listed
from storage.errors import StorageError
from storage.export.graph import neighbourhood
from storage.export.listing import listing
from storage.frontier import failures, runs

if TYPE_CHECKING:
    from starlette.middleware import Middleware
    from starlette.requests import Request
    from starlette.types import Lifespan

    from crawler.portals.seed import Seed
    from storage.database.store import Store

SECONDS = 15.0
"""For all that one page asks of the database."""
_RUNS, _GROUPS, _STORIES, _VERSIONS, _AROUND = 20, 20, 50, 10, 300  # shown at most; the last: looked at
_LONGEST = 200  # characters of a search
_ID = re.compile(r"[0-9a-f]{32}")
_LEADS_OUT = re.compile(r"<(/?)(a|area|i?frame|object|embed|applet|portal|fencedframe)\b", re.IGNORECASE)
"""Tags for which, or for a click on which, Chromium connects to another host before it reads the policy against it."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of one store."""

    store: Store
    seeds: Mapping[str, Seed]

    def app(self, guard: Middleware, lifespan: Lifespan[Starlette]) -> Starlette:
        """Return the application behind *guard*."""
        builders: dict[str, Callable[[Request], Response]] = {
            "/": self.portals,
            "/articles": self.articles,
            "/article/{key:path}": self.article,
            "/raw/{key}": self.raw,
            "/stories": self.stories,
            "/story/{key}": self.story,
            "/style.css": lambda _: Response(status_style() + source("web.css"), media_type="text/css"),
            "/live.js": lambda _: Response(source("live.js"), media_type="text/javascript"),
        }
        return Starlette(
            routes=[Route(path, self._within_limits(build), methods=["GET"]) for path, build in builders.items()],
            middleware=[guard],
            lifespan=lifespan,
            exception_handlers={
                InputError: lambda _, problem: page("message.html", 400, sentence=str(problem)),
                StorageError: lambda _, problem: page("message.html", 503, sentence=mask(str(problem))),
                Exception: lambda _, problem: page(
                    "message.html", 500, sentence="This page failed; the terminal says why."
                ),
                HTTPException: lambda _, problem: page("message.html", problem.status_code, sentence=problem.detail),
            },
        )

    def _within_limits(self, build: Callable[[Request], Response]) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            with self.store.errors(within=SECONDS):
                return build(request)

        return answer

    def portals(self, request: Request) -> Response:
        """Show how portals stand, their last runs and failures; of one where it is named, with its sources."""
        name, now = request.query_params.get("portal", ""), datetime.now(UTC)
        scheduled = [one for one, seed in self.seeds.items() if seed.schedule.every or seed.schedule.cron]
        names = [name] if name else [*runs.portals(self.store), *scheduled]
        standing = status(self.store, {one: self.seeds.get(one) for one in names}, now)
        history = runs.history(self.store, name, _RUNS, measures=())
        states = runs.states(self.store, history)
        groups = failures.grouped(self.store, name)
        return page(
            "portals.html",
            portal=name,
            now=now,
            under_way="running" in states.values(),
            table=Markup(status_table(standing, "/?portal=").decode()),  # noqa: S704 - escaped there
            sources=sources(self.store, recent(self.store, name)) if name else [],
            runs=history,
            states=states,
            groups=groups[:_GROUPS],
            more=len(groups) - _GROUPS,
        )

    def articles(self, request: Request) -> Response:
        """List articles by the filters of an export and by words; an address or an id leads to its article."""
        given = request.query_params
        asked = given.get("words", "").replace("\0", " ").strip()[:_LONGEST]
        if _ID.fullmatch(asked) or is_http(asked):
            return RedirectResponse(f"/article/{quote(asked, safe='')}", 303)
        chosen, in_text = filters.selection(given), bool(given.get("in_text"))
        found = listing(self.store, chosen, asked.split(), in_text=in_text, after=given.get("after", ""))
        further = request.url.include_query_params(after=found.next).query if found.next else ""
        fields = filters.fields(stored_portals(self.store))
        filtered = any(given.get(field) for field, *_ in fields)
        return page("articles.html", given=given, fields=fields, filtered=filtered, found=found, further=further)

    def article(self, request: Request) -> Response:
        """Show one page: its text with what was left out of it and why, and all that is known of it."""
        key = request.path_params["key"]
        known = _ID.fullmatch(key) or is_http(key)
        explanation = explain_stored(self.store, key, SeedChooser(seeds=self.seeds)) if known else None
        if explanation is None:
            raise HTTPException(404, f"{key}: not stored, and no crawl has met it.")
        article = explanation.article
        older = versions(self.store, article.id) if article else []
        texts = [*(one.article.text for one in older), article.text if article else ""]
        shown = list(zip(older, pairwise(texts), strict=True))[: -_VERSIONS - 1 : -1]
        return page(
            "article.html",
            explanation=explanation,
            article=article,
            facts=[(name, value) for name, value in facts(explanation) if value],
            links={link.story: link for link in explanation.links},
            marks={teaser.paragraph: teaser for teaser in explanation.teasers},
            changes=[(one, spans(before, after)) for one, (before, after) in shown],
            more=len(older) - len(shown),
            raw=article is not None and pages.get(self.store, article.id) is not None,
        )

    def raw(self, request: Request) -> Response:
        """Show the page as it came; the browser may run nothing of it and ask nobody for its parts."""
        kept = pages.get(self.store, request.path_params["key"])
        if kept is None:
            raise HTTPException(404, "The page as it came is not kept any more.")
        text, _ = decode(kept.body, kept.content_type)
        return HTMLResponse(_LEADS_OUT.sub(r"<\1x-\2", text), headers={"Content-Security-Policy": RAW_POLICY})

    def stories(self, request: Request) -> Response:
        """List the stories that several articles tell."""
        portal = request.query_params.get("portal", "")
        return page("stories.html", portal=portal, stories=listed(self.store, portal=portal, top=_STORIES))

    def story(self, request: Request) -> Response:
        """Show the texts of a story beside each other, and the stories around it."""
        stored = articles.get(self.store, request.path_params["key"])
        if stored is None:
            raise HTTPException(404, f"{request.path_params['key']}: no such article is stored.")
        found = facts_of(self.store, stored.id)
        own = {one.id for one in found.members}
        around = neighbourhood(self.store, found.members[0].id, depth=min(len(own), 2), most=_AROUND)
        assert around is not None  # it is stored
        ways: dict[str, dict[str, Any]] = {"Its pages show": {}, "It is shown by": {}}
        for link in sorted(around.links, key=lambda one: one.story_kind != "related"):
            for way, (here, there) in zip(ways, ((link.source, link.target), (link.target, link.source)), strict=True):
                if link.kind == "related" and here in own and there not in own:
                    ways[way].setdefault(there, (around.nodes[there], link))
        return page("story.html", found=found, ways=ways, left_out=around.left_out)

"""Saved pages of every portal: invented text in the portal's real markup, with what must come out.

A case is ``tests/portals/<seed>/<case>/page.html`` with ``expected.json``: ``url``, ``title``, ``text`` (paragraphs,
the lead first), ``related`` (title, url, blurb in order), ``related_status``, ``captions``, ``published``,
``language``, and ``needs``: the keys of the seed file without which the case fails. Empty: the page is understood
without the portal's selectors.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.article.page.page import Page
from crawler.portals.reader import load_seed, load_seeds
from crawler.portals.seed import Seed
from crawler.urls.canonical import canonical_url
from dedupe.errors import InputError
from tools.portal_case import found_in, with_only

FOLDER = Path(__file__).resolve().parents[2] / "portals"


@dataclass(frozen=True)
class Case:
    """One saved page."""

    folder: Path
    expected: dict[str, Any]

    @property
    def seed(self) -> Seed:
        return load_seed(self.folder.parent.name)

    @property
    def needs(self) -> list[str]:
        return list(self.expected["needs"])

    def __str__(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    def found(self, seed: Seed) -> dict[str, Any]:
        """What comes out of the page, in the terms of ``expected.json``."""
        body = (self.folder / "page.html").read_bytes()
        return found_in(Page(url=self.expected["url"], body=body, content_type="text/html; charset=utf-8"), seed)

    def wanted(self, seed: Seed) -> dict[str, Any]:
        wanted = {key: value for key, value in self.expected.items() if key not in {"url", "needs"}}
        wanted["related"] = [{**r, "url": canonical_url(r["url"], seed)} for r in wanted["related"]]
        wanted["published"] = datetime.fromisoformat(wanted["published"])
        return wanted


CASES = [
    Case(path.parent, json.loads(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*/*/expected.json"))
]
CASES_BY_NAME = pytest.mark.parametrize("case", CASES, ids=str)


def found_or_none(case: Case, seed: Seed) -> dict[str, Any] | None:
    try:
        return case.found(seed)
    except InputError:
        return None


@CASES_BY_NAME
def test_the_page_is_understood(case: Case) -> None:
    assert case.found(case.seed) == case.wanted(case.seed)


@CASES_BY_NAME
def test_only_what_the_case_names_is_needed(case: Case) -> None:
    seed = with_only(case.seed, case.needs)
    assert case.found(seed) == case.wanted(seed)


@pytest.mark.parametrize("case", [case for case in CASES if case.needs], ids=str)
def test_without_what_it_needs_the_case_fails(case: Case) -> None:
    for key in case.needs:
        seed = with_only(case.seed, [other for other in case.needs if other != key])
        assert found_or_none(case, seed) != case.wanted(seed)


@CASES_BY_NAME
def test_the_address_is_an_article_s_and_on_the_portal(case: Case) -> None:
    seed = case.seed
    addresses = [case.expected["url"], *(related["url"] for related in case.expected["related"])]
    for url in addresses:
        assert any(re.fullmatch(pattern, url) for pattern in seed.article_url), url
        assert not any(re.search(pattern, url) for pattern in (*seed.listing_url, *seed.never_follow)), url


def test_every_portal_has_its_cases() -> None:
    """Two, or one where no markup of its related stories is known."""
    counts = {name: len(list((FOLDER / name).glob("*/page.html"))) for name in load_seeds()}
    del counts["demo"]  # a portal that is served whole: test_demo.py
    for name, count in counts.items():
        assert count >= (2 if load_seed(name).related.css else 1), name

"""Claims of a canonical address: believed where they agree with the page, else told."""

from __future__ import annotations

import pytest

from crawler.article.metadata.identity import identity
from crawler.article.page.page import Page
from crawler.portals.seed import GENERIC

OWN = "https://paper.example/town/ferry-line-opens-at-dawn-553412"
TITLE = "Ferry line opens at dawn"
DOUBT = ("canonical not believed",)


@pytest.mark.parametrize(
    ("url", "claimed"),
    [
        (OWN, "https://www.paper.example/553412"),
        (f"{OWN}?page=2", OWN),
        ("https://paper.example/?p=553412", "https://paper.example/town/553412/ferry"),
        ("https://paper.example/node/88", "https://paper.example/town/ferry-line-opens"),
        ("https://paper.example/m/ferry-line-opens", "https://paper.example/town/ferry-line-opens"),
    ],
    ids=["number", "without query", "number in query", "title", "slug"],
)
def test_the_page_in_another_form_is_believed(url: str, claimed: str) -> None:
    chosen, aliases, doubts = identity(Page(url=url, body=b""), claimed, TITLE, GENERIC)
    assert (chosen, doubts) == (claimed.replace("www.", ""), ())
    assert url in aliases


@pytest.mark.parametrize(
    "claimed",
    [
        "https://paper.example/{{ slug }}",
        "https://paper.example/town",
        "https://paper.example/",
        "https://paper.example/town/school-roof-falls-on-choir-553999",
        "https://paper.example/2024/05/undefined",
    ],
    ids=["placeholder", "section", "front", "another story", "undefined"],
)
def test_what_is_said_of_other_pages_is_not_believed(claimed: str) -> None:
    chosen, aliases, doubts = identity(Page(url=OWN, body=b""), claimed, TITLE, GENERIC)
    assert (chosen, aliases, doubts) == (OWN, (), DOUBT)


def test_two_stories_with_one_claim_stay_two() -> None:
    claim = "https://paper.example/live"
    pages = [Page(url=f"https://paper.example/town/{slug}", body=b"") for slug in ("ferry-opens", "roof-falls")]
    chosen = [identity(page, claim, "", GENERIC)[0] for page in pages]
    assert chosen == [page.url for page in pages]


def test_a_claim_of_another_site_is_an_alias_only() -> None:
    chosen, aliases, doubts = identity(Page(url=OWN, body=b""), "https://agency.example/ferry-1", TITLE, GENERIC)
    assert (chosen, aliases, doubts) == (OWN, ("https://agency.example/ferry-1",), ())

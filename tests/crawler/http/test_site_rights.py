"""What robots.txt and tdmrep.json say of a page."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.http.site_rights import SiteRights

READ = datetime(2026, 3, 14, tzinfo=UTC)
STORY = "https://harbour.example/news/ferry-12345.html"


def rights(robots: str = "", tdmrep: object = None, url: str = STORY) -> list[str]:
    text = tdmrep if isinstance(tdmrep, str) else "" if tdmrep is None else json.dumps(tdmrep)
    return [f"{one.right} {one.said}" for one in SiteRights(robots, text, READ, "storykin").of(url)]


def test_groups_that_name_agents_of_models_say_whether_these_may_fetch_the_page() -> None:
    robots = "User-agent: GPTBot\nUser-agent: ccbot # both\nDisallow: /news/\n\nUser-agent: *\nDisallow: /private/\n"
    assert rights(robots) == ["ai-agents:refused ccbot, gptbot"]
    assert rights(robots, url="https://harbour.example/about") == ["ai-agents:allowed ccbot, gptbot"]
    assert rights("User-agent: *\nDisallow: /\n") == []
    assert rights("User-agent: Googlebot\nDisallow: /news/\n") == []


def test_content_signals_hold_of_the_group_that_is_obeyed() -> None:
    all_of_them = "User-agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n"
    said = "Content-Signal: search=yes, ai-train=no"
    assert rights(all_of_them) == [f"search:yes {said}", f"ai-train:no {said}"]
    ours = all_of_them + "User-agent: StoryKin\ncontent-signal: ai-input=NO,use=full\nAllow: /\n"
    assert rights(ours) == ["ai-input:no Content-Signal: ai-input=NO,use=full"]
    other = "User-agent: otherbot\nContent-Signal: ai-train=no\nDisallow: /x\n"
    assert rights(other) == []
    assert rights("Content-Signal: ai-train=no\n" + other) == []


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([{"location": "/", "tdm-reservation": 1}], ["tdm:reserved tdm-reservation: 1"]),
        ([{"location": "/news/*.html$", "tdm-reservation": 0}], ["tdm:not-reserved tdm-reservation: 0"]),
        # The first that matches holds.
        (
            [{"location": "/news/", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}],
            ["tdm:not-reserved tdm-reservation: 0"],
        ),
        ([{"location": "/sport/", "tdm-reservation": 1}], []),
        (
            [{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://harbour.example/policy.json"}],
            ["tdm:reserved tdm-reservation: 1", "tdm-policy https://harbour.example/policy.json"],
        ),
        # Any other value is unset; a policy of what is not reserved is not looked at.
        ([{"location": "/", "tdm-reservation": 2}], []),
        ([{"location": "/", "tdm-reservation": True}], []),
        (
            [{"location": "/", "tdm-reservation": 0, "tdm-policy": "https://h.example/p"}],
            ["tdm:not-reserved tdm-reservation: 0"],
        ),
        ([{"location": "/"}, {"tdm-reservation": 1}, 7, None], []),
        ({"location": "/", "tdm-reservation": 1}, []),
        ("<html>no such page</html>", []),
        ("[" * 100_000, []),
    ],
)
def test_tdmrep_rules_by_their_report(rules: object, expected: list[str]) -> None:
    assert rights(tdmrep=rules) == expected


def test_a_pattern_with_a_line_break_makes_no_rule_of_its_own() -> None:
    assert rights(tdmrep=[{"location": "/sport/\nDisallow: /news/", "tdm-reservation": 1}]) == []


def test_each_statement_has_its_place_and_time() -> None:
    robots, tdmrep = "User-agent: gptbot\nDisallow: /", json.dumps([{"location": "/", "tdm-reservation": 1}])
    found = SiteRights(robots, tdmrep, READ, "storykin").of(STORY)
    assert [(one.source, one.read) for one in found] == [("robots.txt", READ), ("tdmrep.json", READ)]


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_file_fails(robots: str, tdmrep: str) -> None:
    SiteRights(robots, tdmrep, None, "storykin").of(STORY)

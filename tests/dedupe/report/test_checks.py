"""What a person should look at: which decisions make cards, what they say, and what corrects them."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dedupe.report.checks import MOST, Card, Facts, Link, cards, file_command, store_command, worth_a_look
from dedupe.report.report import Copy, RepeatedStory
from dedupe.report.scores import BY_HAND

DAY = datetime(2026, 3, 14, 7, tzinfo=UTC)
BODY = (
    "A quake of magnitude 5.2 shook the province of Arlen on Friday night. Nobody was hurt, the mayor said, and the "
    "schools open as usual on Monday, when engineers look at the bridge over the Lind."
)


def text(key: str, body: str = BODY, **fields: object) -> Copy:
    values: dict[str, object] = {"url": f"https://a.example/{key}", "portal": "a", "title": "Quake"} | fields
    return Copy(id=key, text=body, **values)  # type: ignore[arg-type]


def link(kept: Copy, copy: Copy, relation: str = "near", score: float = 0.95) -> Link:
    known = [Facts(one.id, one.title, len(one.text), one.published) for one in (copy, kept)]
    return Link(*known, relation, score)


def made(*links: tuple[Copy, Copy, Link], apart: tuple[RepeatedStory, ...] = ()) -> tuple[Card, ...]:
    texts = {one.id: one for kept, copy, _ in links for one in (kept, copy)}
    return cards(worth_a_look(one for _, _, one in links), texts, apart, store_command)


def only(kept: Copy, copy: Copy, relation: str = "near", score: float = 0.95) -> tuple[Card, ...]:
    return made((kept, copy, link(kept, copy, relation, score)))


def test_a_short_text_that_is_kept_for_a_long_one() -> None:
    (card, *_) = only(text("stub", BODY[:60]), text("report"), "contained", 1.0)
    assert (card.kind, card.kept, card.copy) == ("shorter kept", "stub", "report")
    assert "The kept text has 12 words, the dropped one 36" in card.says
    assert card.command == "storykin cluster unmerge https://a.example/report --from https://a.example/stub"


def test_a_notice_under_many_headlines_is_one_card() -> None:
    notice = "Please switch on JavaScript to read this page."
    first = text("0", notice, title="Ferry stays in port")
    others = [text(str(number), notice, title=f"Headline {number} on snow") for number in range(1, 6)]
    found = made(*((first, other, link(first, other, "exact", 1.0)) for other in others))
    assert [card.kind for card in found] == ["headlines"]
    assert "under 6 headlines (“Ferry stays in port”, " in found[0].says
    assert only(text("1"), text("2", title="Quake in Arlen"), "exact", 1.0) == ()


@pytest.mark.parametrize(
    ("old", "new", "shown"), [("5.2", "4.8", "“5.2” and “4.8”"), ("of Arlen", "of Mirau", "“Arlen” and “Mirau”")]
)
def test_texts_that_differ_in_one_name_or_number(old: str, new: str, shown: str) -> None:
    (card, *_) = only(text("1"), text("2", BODY.replace(old, new)))
    assert card.kind == "one word"
    assert shown in card.says


def test_a_corrected_word_is_no_card_of_its_own() -> None:
    assert [
        card.kind for card in only(text("1"), text("2", BODY.replace("looked", "look").replace("hurt", "harmed")))
    ] == ["close"]


def test_a_first_text_that_is_not_kept_is_dated() -> None:
    kept, copy = text("1", published=DAY, portal="b"), text("2", published=DAY - timedelta(hours=2))
    (card, *_) = only(kept, copy, "exact", 1.0)
    assert card.kind == "first"
    assert card.says == "a on 2026-03-14 05:00 was first; the kept text is b on 2026-03-14 07:00."
    assert card.command == "storykin export --role original"
    assert only(copy, kept, "exact", 1.0) == ()


def test_a_merge_by_hand_says_who_and_why_and_not_how_much_is_shared() -> None:
    reason = "merged by hand by ada@desk on 2026-03-14 (one ministry); only 2% of the shorter text stands in the other"
    (card,) = only(text("1"), text("2", "Snow.", reason=reason), BY_HAND, 0.02)
    assert (card.kind, card.says) == ("by hand", "Merged by ada@desk on 2026-03-14 because: one ministry.")
    assert card.command == "storykin cluster forget https://a.example/2 https://a.example/1"


def test_at_most_ten_cards_the_closest_call_of_each_story_and_some_of_each_kind() -> None:
    links = []
    for number in range(40):
        kept = text(f"k{number}", BODY + f" Part {number}.")
        for copy in range(3):
            other = text(f"c{number} {copy}", BODY[:90])
            links.append((kept, other, link(kept, other, "contained", 0.7 + 0.001 * (3 * number + copy))))
    stub, report = text("stub", BODY[:60]), text("report")
    apart = RepeatedStory(
        copies=(text("x"), text("y", relation="different", score=0.6999, reason="Kept apart: only 70%."))
    )
    found = made(*links, (stub, report, link(stub, report, "contained", 1.0)), apart=(apart,))
    assert len(found) == MOST
    assert [card.kind for card in found] == ["shorter kept"] + ["close"] * 9
    assert (found[1].kept, found[1].copy) == ("k0", "c0 0")
    assert (found[2].kept, found[2].copy) == ("x", "y")
    assert found[2].command == "storykin cluster merge https://a.example/y https://a.example/x"
    assert len({card.kept for card in found}) == MOST
    assert found == made(*reversed(links), (stub, report, link(stub, report, "contained", 1.0)), apart=(apart,))


def test_the_command_for_files_corrects_the_file_of_clusters(tmp_path: Path) -> None:
    clusters = tmp_path / "c 's.jsonl"
    rows = [
        {"id": name, "cluster": "a", "duplicate_of": of, "relation": None} for name, of in [("a", None), ('b"', "a")]
    ]
    clusters.write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = file_command("d.jsonl", str(clusters))
    kept, copy = text("a"), replace(text("b"), id='b"')
    assert command("first", kept, copy).startswith("storykin dedupe d.jsonl --keep first -o ")
    parted = command("one word", kept, copy)
    if not shutil.which("jq"):
        pytest.skip("needs jq on the PATH (Debian: apt-get install jq)")
    ran = subprocess.run(["sh", "-c", parted], capture_output=True, check=True, text=True)
    assert [json.loads(line)["duplicate_of"] for line in ran.stdout.splitlines()] == [None, None]

"""The stories of the report, read from a real store."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dedupe.report.report import PortalNumbers, Scope
from storage.database.store import Store
from storage.duplicates import corrections
from storage.frontier import frontier
from storage.frontier.frontier import FrontierEntry
from storage.records import Article, Paragraph
from storage.report import rows, stories
from storage.write.finished_page import FinishedPage
from storage.write.store_pages import store_pages


def words(seed: int, count: int = 200) -> list[str]:
    draw = random.Random(seed)
    return [f"từ{draw.randrange(5000)}" for _ in range(count)]


def put(store: Store, portal: str, path: str, text: str, run: str = "r", **fields: object) -> None:
    url = f"https://{portal}.example/{path}"
    frontier.add(store, [FrontierEntry(portal=portal, url=url)])
    frontier.requeue(store, portal, states=("done",))
    (entry,) = [one for one in frontier.lease(store, portal, "w", 99, 60) if one.url == url]
    article = Article(id="", url=url, canonical_url=url, portal=portal, title=path, text=text)
    article = replace(article, **fields)
    store_pages(store, [FinishedPage(entry=entry, outcome="article", article=article)], run)
    for rest in store.db["frontier"].find({"state": "leased"}):
        store.db["frontier"].update_one({"_id": rest["_id"]}, {"$set": {"state": "done"}})


def stored(store: Store) -> None:
    """Two exact copies and one with other words at its end; a story alone; one that is half like the first."""
    text = words(1)
    put(store, "vov", "1", " ".join(text))
    put(store, "ap", "1", " ".join(text))
    put(store, "ap", "cut", " ".join([*text[:150], *words(7, 50)]), run="later")
    put(store, "ap", "alone", " ".join(words(2)))
    put(store, "vov", "half", " ".join([*text[:128], *words(3, 72)]))


def test_stories_with_texts_and_two_sentences_each(store: Store) -> None:
    stored(store)
    (outline,) = stories.outlines(store, Scope())
    (story,) = stories.stories(store, [outline], in_full=True)
    first, *copies = story.copies
    assert (first.portal, first.title, first.relation) == ("vov", "1", "")
    assert sorted((copy.portal, copy.title) for copy in copies) == [("ap", "1"), ("ap", "cut")]
    by_title = {copy.title: copy for copy in copies}
    assert by_title["1"].reason == (
        "An exact copy: the same words in the same order. Nothing differs but case, spaces or punctuation."
    )
    cut = by_title["cut"]
    assert cut.reason.startswith("A near copy: 7")
    assert "50 words only in the representative and 50 only here" in cut.reason
    ((there, here),) = cut.differences
    assert there.removesuffix(" …") in first.text
    assert here.removesuffix(" …") in cut.text
    assert outline.margin == min(abs(cut.score - 0.7), 1)


def test_scope_of_portal_run_and_time(store: Store) -> None:
    stored(store)

    def roots(**scope: object) -> list[str]:
        return [one.root for one in stories.outlines(store, Scope(**scope))]

    everything = roots()
    assert len(everything) == 1
    assert roots(portal="vov") == roots(portal="ap") == everything  # vov has the representative alone
    assert roots(portal="dantri") == []
    (later,) = stories.outlines(store, Scope(run="later"))
    assert later.copies == 1
    assert roots(run="nothing") == []
    newest = max(row["updated"] for row in store.db["articles"].find())
    assert roots(since=newest + timedelta(seconds=1)) == []
    numbers = {row.portal: row for row in rows.portal_numbers(store, Scope(run="later"))}
    assert numbers["ap"].article_pages == 1
    assert numbers["ap"].duplicates["near"] == 1
    assert "vov" not in numbers


def test_alike_pairs_that_were_kept_apart(store: Store) -> None:
    stored(store)
    (pair,) = stories.alike(store, Scope())
    assert {copy.title for copy in pair.copies} & {"half"}
    assert [copy.relation for copy in pair.copies] == ["", "different"]
    assert 0.3 < pair.copies[1].score < 0.7
    assert pair.copies[1].reason.startswith("Kept apart: only ")
    assert list(stories.alike(store, Scope(portal="dantri"))) == []


def test_older_texts_of_an_address_stand_beside_the_current_one(store: Store) -> None:
    old, new = words(5), words(5)
    new[100:110] = words(6, 10)
    put(store, "vov", "1", " ".join(old))
    put(store, "vov", "1", " ".join(new), run="r2")
    assert stories.outlines(store, Scope()) == []
    (outline,) = stories.versioned(store, Scope())
    (story,) = stories.stories(store, [outline])
    assert [copy.relation for copy in story.copies] == ["", "version"]
    assert story.copies[0].text == " ".join(new)
    assert story.copies[1].text == " ".join(old)
    assert 0.8 < story.copies[1].score < 1
    (numbers,) = rows.portal_numbers(store)
    assert (numbers.versions, numbers.duplicate_pages) == (1, 0)


def test_the_original_is_the_earliest_text_known_or_none(store: Store) -> None:
    text = " ".join(words(1))
    put(store, "vov", "1", text, published=datetime(2026, 3, 14, 9, tzinfo=UTC))
    put(store, "ap", "1", text, published=datetime(2026, 3, 14, 7, tzinfo=UTC))
    put(store, "tass", "1", text)
    (story,) = stories.stories(store, stories.outlines(store, Scope()))
    roles = {copy.portal: copy.role for copy in story.copies}
    assert roles["ap"] == "original"
    assert list(roles.values()).count("original") == 1


def test_a_merge_by_hand_has_its_own_relation_and_stays_out_of_figures(store: Store) -> None:
    put(store, "vov", "1", " ".join(words(1)))
    put(store, "ap", "1", " ".join(words(2)))
    one, other = (row["_id"] for row in store.db["articles"].find().sort("_id", 1))
    corrections.merge(store, one, other, by="ada@desk", reason="both are the ministry's text")
    (outline,) = stories.outlines(store, Scope())
    (story,) = stories.stories(store, [outline])
    (copy,) = story.copies[1:]
    assert copy.relation == "by hand"
    assert copy.reason.startswith("Merged by ada@desk on 20")
    assert "because: both are the ministry's text." in copy.reason
    assert "%" not in copy.reason
    assert outline.margin == 1
    total = sum(rows.portal_numbers(store), PortalNumbers(portal="all"))
    assert (total.duplicates["by hand"], total.duplicate_pages, total.characters_saved) == (1, 1, 0)
    assert sum(map(sum, rows.similarities(store).values())) == 0


def test_a_line_without_a_word_is_no_repeated_line(store: Store) -> None:
    blank, said = (Paragraph(text=text, verdict="promo", reason="r") for text in ("\u00a0 ***", "Mời nghe"))
    put(store, "vov", "1", " ".join(words(1)), paragraphs=(blank, said))
    put(store, "vov", "2", " ".join(words(2)), paragraphs=(blank,))
    assert [line.text for line in rows.repeated_lines(store)] == ["Mời nghe"]


def test_similarities_are_counted_by_relation(store: Store) -> None:
    stored(store)
    bars = rows.similarities(store)
    assert (sum(bars["exact"]), sum(bars["near"])) == (1, 1)
    assert bars["exact"][-1] == 1
    assert sum(rows.similarities(store, Scope(portal="vov"))["exact"]) == 0

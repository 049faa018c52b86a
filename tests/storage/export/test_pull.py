"""Pulls: exactly what changed, each change once, none missed however writers and pullers overlap."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from dedupe.errors import InputError
from storage.articles import change_marks
from storage.articles.articles import put_many
from storage.articles.collection import marks
from storage.base.documents import now
from storage.database.store import Store
from storage.duplicates import decide
from storage.export.pull import TOMBSTONES, Cursor, Pull
from storage.export.selection import Selection
from storage.maintenance import repair
from storage.records import Article, article_id
from storage.write.withdrawal import restore, withdraw
from tests.crawler.processes import wait_for
from tests.support.databases import drop

START = Cursor.parse("start")
# `make soak` sets it.
MACHINES, RACES = (100, 20) if os.environ.get("STORYKIN_SOAK") else (3, 2)
FIELDS = ["title", "text", "language", "aliases", "duplicate", "story", "withdrawn"]
EVERY = Selection(all_copies=True)
WORDS = [f"{a}{b}" for a in ("ba", "cô", "du", "gi", "hạ") for b in range(60)]


AT_NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def words(seed: int) -> str:
    return " ".join(WORDS[(seed * 37 + n * n) % len(WORDS)] for n in range(60))


def article(name: str | int, text: str = "", **fields: Any) -> Article:
    url = f"https://portal.example/{name}"
    values = {"id": "", "url": url, "canonical_url": url, "portal": "vov", "title": f"Tin {name}", "language": "vi"}
    return Article(**(values | {"text": text or f"Bài {name}. {words(sum(str(name).encode()))}"} | fields))


def write(store: Store, *given: Article) -> None:
    decide.decide(store, [put.id for put in put_many(store, given)])


def pull(store: Store, since: Cursor, selection: Selection = EVERY) -> tuple[list[dict[str, Any]], Cursor]:
    found = Pull(store, selection, since)
    rows = [row for batch in found.batches(FIELDS) for row in batch]
    assert sum(found.counts.values()) == len(rows)
    return rows, found.upto


def kinds(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {row["url"].rpartition("/")[2]: row["change"] for row in rows}


def shown(document: dict[str, Any]) -> dict[str, Any]:
    return {name: document.get(name) for name in ("_id", *FIELDS)}


def stored(store: Store, selection: Selection = EVERY) -> dict[str, dict[str, Any]]:
    return {row["_id"]: shown(row) for row in store.db["articles"].find(selection.query())}


class Copy:
    """What a consumer has: it applies the rows in their order, and notes what no consumer may see.

    :param back_and_forth: between two pulls an article may be changed and changed back: its row is due, and shows
        what the consumer has
    """

    def __init__(self, selection: Selection = EVERY, *, back_and_forth: bool = False) -> None:
        self.selection = selection
        self.back_and_forth = back_and_forth
        self.cursor = START
        self.articles: dict[str, dict[str, Any]] = {}
        self.given: set[tuple[str, Any]] = set()

    def pull(self, store: Store) -> list[dict[str, Any]]:
        last = self.cursor.seq
        rows, self.cursor = pull(store, self.cursor, self.selection)
        numbers = [Cursor.parse(row["cursor"]).seq for row in rows]
        assert numbers == sorted(set(numbers))
        assert not numbers or numbers[0] > last
        for row, number in zip(rows, numbers, strict=True):
            # The write that was numbered; the row of one that was numbered again since tells nothing.
            change = store.db["changes"].find_one({"_id": row["_id"], "seq": number})
            if change is not None:
                assert (row["_id"], change["stamp"]) not in self.given, "the same change was given twice"
                self.given.add((row["_id"], change["stamp"]))
        for row in rows:
            self.apply(row)
        return rows

    def apply(self, row: dict[str, Any]) -> None:
        leaves = row["change"] in TOMBSTONES or (row["change"] == "merged" and self.selection.distinct)
        if leaves:
            self.articles.pop(row["_id"], None)
            return
        same = self.articles.get(row["_id"]) == shown(row)
        assert self.back_and_forth or not same, "the same content was given twice"
        assert (row["change"] == "new") == (row["_id"] not in self.articles) or row["change"] == "unmerged"
        self.articles[row["_id"]] = shown(row)


def test_first_pull_gives_all_and_the_next_one_nothing(store: Store) -> None:
    write(store, article(1), article(2))
    rows, cursor = pull(store, START)
    assert kinds(rows) == {"1": "new", "2": "new"}
    assert [row["cursor"] for row in rows] == [f"{cursor.key}.1", f"{cursor.key}.2"]
    assert pull(store, cursor) == ([], cursor)
    assert store.db["articles"].count_documents({"unpulled": True}) == 0


def test_each_kind_of_change(store: Store) -> None:
    text = words(5)
    write(store, article("a"), article("aa", text), article("b"), article("c"), article("d", language="en"))
    vietnamese = Selection(languages=("vi",))
    cursor = pull(store, START, vietnamese)[1]
    write(store, article("b", text), article("c", "Khác hẳn."), article("e"), article("d", "Else.", language="en"))
    withdraw(store, "https://portal.example/a", "sai")
    rows, second = pull(store, cursor, vietnamese)
    assert kinds(rows) == {"a": "withdrawn", "aa": "changed", "b": "merged", "c": "changed", "e": "new"}
    gone = next(row for row in rows if row["change"] == "withdrawn")
    assert "text" not in gone
    assert gone["withdrawn"]["reason"] == "sai"
    write(store, article("b", "Lại khác."), article("c", "Now English.", language="en"))
    restore(store, "https://portal.example/a")
    rows, third = pull(store, second, vietnamese)
    assert kinds(rows) == {"a": "new", "aa": "changed", "b": "unmerged", "c": "left"}
    since_then = {"a": "changed", "aa": "changed", "b": "unmerged", "c": "left", "e": "new"}
    assert kinds(pull(store, cursor, vietnamese)[0]) == since_then
    assert kinds(pull(store, third, EVERY)[0]) == {}


def test_the_next_representative_of_a_withdrawn_one_is_given(store: Store) -> None:
    write(store, article("a", words(1), published=AT_NOON), article("b", words(1)), article("c", words(1)))
    cursors = [pull(store, START, selection)[1] for selection in (Selection(), EVERY)]
    withdraw(store, "https://portal.example/a", "sai")
    first = min((article_id(f"https://portal.example/{name}"), name) for name in "bc")[1]
    other = {"b": "c", "c": "b"}[first]
    rows, cursors[0] = pull(store, cursors[0], Selection())
    assert kinds(rows) == {"a": "withdrawn", first: "unmerged"}
    rows, cursors[1] = pull(store, cursors[1])
    assert kinds(rows) == {"a": "withdrawn", first: "unmerged", other: "merged"}
    restore(store, "https://portal.example/a")
    assert kinds(pull(store, cursors[0], Selection())[0]) == {"a": "new", first: "merged"}
    assert kinds(pull(store, cursors[1])[0]) == {"a": "new", first: "merged", other: "merged"}


def test_what_came_and_went_between_two_pulls_is_not_told(store: Store) -> None:
    write(store, article("a"))
    cursor = pull(store, START)[1]
    write(store, article("b"))
    withdraw(store, "https://portal.example/b", "")
    assert pull(store, cursor)[0] == []
    assert kinds(pull(store, cursor, Selection(withdrawn=True))[0]) == {"b": "withdrawn"}


def test_withdrawn_and_back_as_a_duplicate_is_new(store: Store) -> None:
    write(store, article("a", words(1)), article("b"))
    withdraw(store, "https://portal.example/b", "")
    cursor = pull(store, START)[1]
    restore(store, "https://portal.example/b")
    write(store, article("b", words(1)))
    assert kinds(pull(store, cursor)[0])["b"] == "new"


def test_long_articles_are_read_few_at_a_time(store: Store) -> None:
    write(store, *[article(n, f"{n} " + "dài " * 200_000) for n in range(7)])
    batches = [len(batch) for batch in Pull(store, EVERY, START).batches(FIELDS)]
    assert batches == [2, 2, 2, 1]


def test_seen_again_without_change_is_no_change(store: Store) -> None:
    write(store, article("a"), article("b", text=article("a").text))
    repair.repair(store)  # elects the representative that order of arrival did not
    cursor = pull(store, START)[1]
    for _ in range(2):
        write(store, article("a"), article("b", text=article("a").text))
        repair.repair(store)
    assert pull(store, cursor)[0] == []


def test_another_representative_is_a_merge(store: Store) -> None:
    text = words(3)
    write(store, article("a", text))
    write(store, article("b", text))
    cursor = pull(store, START)[1]
    other = {"of": article_id("https://portal.example/z"), "relation": "near", "score": 0.9}
    store.db["articles"].update_one({"duplicate.of": {"$exists": True}}, {"$set": {"duplicate": other, **marks()}})
    rows, _ = pull(store, cursor)
    assert [(row["change"], row["duplicate"]["of"]) for row in rows] == [("merged", other["of"])]
    assert pull(store, cursor, Selection())[0] == [], "who pulls distinct stories never had it"


def test_undecided_article_waits_for_deduplication(store: Store) -> None:
    put_many(store, [article("a")])
    assert pull(store, START)[0] == []
    store.db["articles"].update_many({}, [{"$set": {"updated": {"$subtract": ["$updated", 11 * 60_000]}}}])
    assert kinds(pull(store, START)[0]) == {"a": "new"}


def test_articles_of_an_older_storykin_are_pulled_too(store: Store) -> None:
    write(store, article("a"))
    store.db["articles"].update_many({}, {"$unset": {"stamp": "", "unpulled": ""}})
    assert kinds(pull(store, START)[0]) == {"a": "new"}


def test_one_row_an_article_however_often_it_changes(store: Store) -> None:
    cursor = START
    for version in range(5):
        write(store, article("a", f"Bản {version}."))
        rows, cursor = pull(store, cursor)
        assert len(rows) == 1
    assert store.db["changes"].count_documents({}) == 1
    withdraw(store, "https://portal.example/a", "")
    pull(store, cursor)
    assert store.db["changes"].count_documents({}) == 1


def test_cursor_of_another_or_a_restored_database_is_refused(store: Store) -> None:
    write(store, article("a"))
    cursor = pull(store, START)[1]
    with pytest.raises(InputError, match=r"of another database.*--since start"):
        pull(store, Cursor("00000000", 1))
    with pytest.raises(InputError, match=r"ahead of this database, whose last change is 1;.*--since start"):
        pull(store, Cursor(cursor.key, 2))
    with pytest.raises(InputError, match="'yesterday' is no cursor"):
        Cursor.parse("yesterday")


class Held:
    """A writer that has its stamp and its data, in a transaction that is not committed yet."""

    def __init__(self, store: Store, name: str) -> None:
        self.stamp: ObjectId | None = None
        self.may_commit = threading.Event()
        self.holds = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(store, name))
        self.thread.start()
        assert self.holds.wait(120)

    def _run(self, store: Store, name: str) -> None:
        with store.client.start_session() as session, session.start_transaction():
            given = marks()
            self.stamp = given["stamp"]
            url = f"https://portal.example/{name}"
            store.db["articles"].update_one(
                {"_id": article_id(url)}, {"$set": {"title": "muộn", **given}}, session=session
            )
            self.holds.set()
            assert self.may_commit.wait(120)

    def commit(self) -> None:
        self.may_commit.set()
        self.thread.join(120)


def test_write_that_started_early_and_landed_late_is_given(store: Store) -> None:
    """A cursor over the stamp, an ObjectId with the clock in it, passes it; the pull does not."""
    write(store, article("early"), article("late"))
    cursor = pull(store, START)[1]
    held = Held(store, "early")
    write(store, article("late", "Bản mới."))
    rows, cursor = pull(store, cursor)
    assert kinds(rows) == {"late": "changed"}
    passed = store.db["articles"].find_one({"_id": rows[0]["_id"]})
    assert passed
    held.commit()
    assert held.stamp is not None
    assert held.stamp < passed["stamp"], "a reader that keeps the highest stamp would skip the late write"
    rows, cursor = pull(store, cursor)
    assert [(row["title"], row["change"]) for row in rows] == [("muộn", "changed")]
    assert pull(store, cursor)[0] == []


def test_puller_killed_before_it_takes_the_marks_off_numbers_nothing_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, *[article(n) for n in range(4)])
    real = change_marks._number_batch

    def killed(*arguments: Any) -> Any:
        real(*arguments)
        return []  # committed, and gone before the marks are off

    monkeypatch.setattr(change_marks, "_number_batch", killed)
    cursor = pull(store, START)[1]
    assert store.db["articles"].count_documents({"unpulled": True}) == 4
    monkeypatch.undo()
    assert pull(store, cursor) == ([], cursor)
    assert store.db["articles"].count_documents({"unpulled": True}) == 0


def test_mark_of_a_write_that_came_between_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between numbering and taking the marks off, an article is written again."""
    write(store, article("a"))
    real = change_marks._number_batch

    def overtaken(*arguments: Any) -> Any:
        numbered = real(*arguments)
        if not any(thread.name == "writer" for thread in threading.enumerate()) and not raced:
            raced.append(1)
            writer = threading.Thread(target=write, args=(store, article("a", "Bản hai.")), name="writer")
            # Not inside the transaction, which holds no lock on the article.
            writer.start()
            writer.join(120)
        return numbered

    raced: list[int] = []
    monkeypatch.setattr(change_marks, "_number_batch", overtaken)
    rows, cursor = pull(store, START)
    assert raced
    assert [(row["text"], row["change"]) for row in rows] == [("Bản hai.", "new")]
    assert pull(store, cursor)[0] == []


def test_article_written_while_it_is_pulled_comes_once_at_the_end(store: Store) -> None:
    write(store, *[article(n) for n in range(1200)])
    found = Pull(store, EVERY, START)
    batches = found.batches(FIELDS)
    rows = next(batches)
    given = {row["url"] for row in rows}
    late = next(n for n in range(1200) if article(n).url not in given)
    write(store, article(late, "Bản hai."))
    rows += [row for batch in batches for row in batch]
    assert len(rows) == len({row["_id"] for row in rows}) == 1200
    assert (rows[-1]["url"], rows[-1]["text"], rows[-1]["change"]) == (article(late).url, "Bản hai.", "new")
    assert Cursor.parse(rows[-1]["cursor"]).seq == found.upto.seq == 1201
    assert pull(store, found.upto)[0] == []


def test_two_consumers_at_once_and_an_article_changed_between(store: Store) -> None:
    """What one consumer's pull numbers anew reaches the other, which has given the article already, as changed."""
    write(store, *[article(n) for n in range(600)])
    first = Pull(store, EVERY, START)
    batches = first.batches(FIELDS)
    rows = next(batches)
    write(store, article(rows[0]["url"].rpartition("/")[2], "Bản hai."))
    assert len(pull(store, START)[0]) == 600
    rows += [row for batch in batches for row in batch]
    assert [row["change"] for row in rows if row["_id"] == rows[0]["_id"]] == ["new", "changed"]
    assert (len(rows), rows[-1]["text"]) == (601, "Bản hai.")
    assert pull(store, first.upto)[0] == []


def test_article_that_was_born_during_a_pull_and_changed_in_it_is_new_once(store: Store) -> None:
    """A change is told against what the consumer was given last, not against where the pull began."""
    write(store, article("a"))
    first = Pull(store, EVERY, START)
    batches = first.batches(FIELDS)
    assert kinds(next(batches)) == {"a": "new"}
    told = []
    for text, change in (("Bản một.", "new"), ("Bản hai.", "changed"), ("Bản ba.", "changed")):
        write(store, article("b", text))
        pull(store, START)  # another consumer's: it numbers the write, so that this pull goes on
        (row,) = next(batches)
        told.append((row["text"], row["change"]) == (text, change))
    withdraw(store, "https://portal.example/b", "sai")
    pull(store, START)
    assert kinds(next(batches)) == {"b": "withdrawn"}
    assert (told, next(batches, None)) == ([True] * 3, None)
    assert pull(store, first.upto)[0] == []


NAMES = st.sampled_from("abcdef")
TEXTS = st.integers(0, 2).map(words)
LANGUAGES = st.sampled_from(["vi", "vi", "en"])


class Pulls(RuleBasedStateMachine):
    """Writers, a withdrawal, a transaction that stays open, and three consumers, whose pulls others cut into."""

    store: Store

    @initialize()
    def begin(self) -> None:
        for name in ("articles", "versions", "changes", "fingerprints", "exact"):
            self.store.db[name].delete_many({})
        self.copies = [Copy(EVERY), Copy(Selection()), Copy(Selection(languages=("vi",), all_copies=True))]
        self.under_way: dict[int, tuple[Pull, Iterator[list[dict[str, Any]]], list[dict[str, Any]]]] = {}
        self.held: tuple[str, Held] | None = None

    def is_free(self, name: str) -> bool:
        return self.held is None or self.held[0] != name

    @rule(name=NAMES, text=TEXTS, language=LANGUAGES)
    def write(self, name: str, text: str, language: str) -> None:
        if self.is_free(name):
            write(self.store, article(name, text, language=language))

    @rule(name=NAMES)
    def withdraw_or_restore(self, name: str) -> None:
        if self.held is None:  # other copies of its text may be written, too
            url = f"https://portal.example/{name}"
            row = self.store.db["articles"].find_one({"_id": article_id(url)})
            (restore(self.store, url) if row and row.get("withdrawn") else withdraw(self.store, url, "sai"))

    @precondition(lambda self: self.held is None)
    @rule(name=NAMES)
    def hold(self, name: str) -> None:
        """Begin a write that is not visible yet. Its article bears no mark: taking that off would wait for it."""
        with self.store.client.start_session() as session:
            change_marks.number(self.store, session)
        if self.store.db["articles"].count_documents({"url": {"$regex": f"{name}$"}, "unpulled": {"$ne": True}}):
            self.held = name, Held(self.store, name)

    @precondition(lambda self: self.held is not None)
    @rule()
    def commit(self) -> None:
        assert self.held
        self.held[1].commit()
        self.held = None

    @rule(which=st.integers(0, 2))
    def pull_a_page(self, which: int) -> None:
        """Begin a pull, or go on with it for one page of two articles."""
        if which not in self.under_way:
            found = Pull(self.store, self.copies[which].selection, self.copies[which].cursor)
            self.under_way[which] = found, found.batches(FIELDS), []
        found, batches, rows = self.under_way[which]
        page = next(batches, None)
        if page is not None:
            rows += page
            return
        for row in rows:
            self.copies[which].apply(row)
        self.copies[which].cursor = found.upto
        del self.under_way[which]

    @rule(which=st.integers(0, 2))
    def kill_a_pull(self, which: int) -> None:
        """Its rows are never used, its cursor never stored."""
        self.under_way.pop(which, None)

    def teardown(self) -> None:
        if self.held:
            self.commit()
        for which, copy in enumerate(self.copies):
            while which in self.under_way:
                self.pull_a_page(which)
            copy.pull(self.store)
            assert copy.articles == stored(self.store, copy.selection)
            assert copy.pull(self.store) == []


def test_pulls_reproduce_the_store_whatever_cuts_into_them(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_marks.rows, "__defaults__", (2,))
    machine = type("MachinePulls", (Pulls,), {"store": store})
    run_state_machine_as_test(machine, settings=settings(max_examples=MACHINES, stateful_step_count=25))


@settings(max_examples=RACES)
@given(seed=st.integers(0, 10_000))
def test_pulls_reproduce_the_store_while_threads_write_it(mongodb_uri: str, seed: int) -> None:
    with Store.open(mongodb_uri, f"test_threads_{seed}") as store:
        try:
            _race(store, seed)
        finally:
            drop(store.db)


def _race(store: Store, seed: int) -> None:
    copies = [Copy(EVERY, back_and_forth=True), Copy(Selection(), back_and_forth=True)]
    ended = threading.Event()
    problems: list[BaseException] = []

    def run(body: Any, *arguments: Any) -> None:
        try:
            body(*arguments)
        except BaseException as problem:  # noqa: BLE001 - told to the test's own thread
            problems.append(problem)

    def writer(number: int) -> None:
        draw = random.Random(f"{seed} {number}")
        for _ in range(25):
            name = draw.choice("abcdefghij")
            if draw.random() < 0.2:
                withdraw(store, f"https://portal.example/{name}", "sai")
            elif draw.random() < 0.2:
                restore(store, f"https://portal.example/{name}")
            else:
                write(store, article(name, words(draw.randrange(4)), fetched=now() + timedelta(draw.random())))

    def consumer(copy: Copy) -> None:
        while not ended.is_set():
            copy.pull(store)

    writers = [threading.Thread(target=run, args=(writer, number)) for number in range(3)]
    pullers = [threading.Thread(target=run, args=(consumer, copy)) for copy in copies]
    for thread in [*writers, *pullers]:
        thread.start()
    for thread in writers:
        thread.join()
    ended.set()
    for thread in pullers:
        thread.join()
    assert problems == []
    for copy in copies:
        copy.pull(store)
        assert copy.articles == stored(store, copy.selection)
        assert copy.pull(store) == []


def test_pulls_while_the_demo_portal_is_crawled_reproduce_its_store(mongodb_uri: str) -> None:
    command = [sys.executable, "-c", "from crawler.cli.main import main; main()"]
    names = {"MONGODB_URI": mongodb_uri, "STORYKIN_DATABASE": "storykin_demo"}
    environment = os.environ | names | {"STORYKIN_WORKERS": "0"}
    # Where a story grows while it is crawled, an article may become a copy and cease to be one between two pulls.
    copies, during = [Copy(EVERY, back_and_forth=True), Copy(Selection(), back_and_forth=True)], 0
    with Store.open(mongodb_uri, "storykin_demo") as store:
        drop(store.db)
        crawl = subprocess.Popen([*command, "demo"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            wait_for(lambda: store.db["articles"].count_documents({}) or crawl.poll() is not None)
            while crawl.poll() is None:
                during += sum(len(copy.pull(store)) for copy in copies)
                time.sleep(0.1)
        finally:
            output = crawl.communicate()[0].decode()
        assert crawl.returncode == 0, output
        assert during, "nothing was pulled while the crawl ran"
        subprocess.run([*command, "dedupe", "--all"], env=environment, check=True, capture_output=True)
        for copy in copies:
            copy.pull(store)
            assert copy.articles == stored(store, copy.selection)
            assert copy.pull(store) == []
        assert len(copies[0].articles) > len(copies[1].articles) > 30
        drop(store.db)

"""Decisions made by hand outlive every re-run, online and in repair; what contradicts them is refused."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from dedupe.errors import InputError
from dedupe.minhash.params import MinHashParams
from storage.articles import articles, change_marks
from storage.database.store import Store
from storage.duplicates import clusters, corrections, decide, manual_decisions
from storage.duplicates.manual_decisions import ContradictionError
from storage.maintenance import rebuild, repair
from storage.records import Article, article_id

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WORDS = [f"chữ{n}" for n in range(4000)]


def words(seed: int, count: int = 240) -> list[str]:
    draw = random.Random(seed)
    return [draw.choice(WORDS) for _ in range(count)]


def edited(text: list[str], seed: int, places: int = 5) -> list[str]:
    draw = random.Random(f"edit {seed}")
    text = list(text)
    for place in draw.sample(range(len(text)), places):
        text[place] = f"khác{seed}x{place}"
    return text


def url(name: str) -> str:
    return f"https://vov.example/{name}"


def put(store: Store, name: str, text: list[str], hours: int = 0) -> None:
    one = Article(
        id="",
        url=url(name),
        canonical_url=url(name),
        portal="vov",
        title=name,
        text=" ".join(text),
        published=MONDAY + timedelta(hours=hours),
    )
    decide.decide(store, [found.id for found in articles.put_many(store, [one], "r")])


def stories(store: Store) -> set[str]:
    """The clusters as the names of their members."""
    return {
        " ".join(sorted(member.article.title for member in clusters.members(store, one.article.id)))
        for one in articles.iterate(store)
    }


def merge(store: Store, one: str, other: str, reason: str = "") -> corrections.Corrected:
    return corrections.merge(store, url(one), url(other), by="lan@bàn", reason=reason)


def unmerge(store: Store, one: str, other: str = "") -> corrections.Corrected:
    return corrections.unmerge(store, url(one), url(other) if other else "", by="lan@bàn")


def reason(store: Store, name: str) -> str:
    stored = articles.get(store, url(name))
    assert stored
    assert stored.duplicate
    return stored.duplicate.reason


@pytest.fixture
def filled(store: Store) -> Store:
    """Story a with the copies a2 and a3, story b with the copy b2, and c alone."""
    a, b = words(1), words(2)
    for name, text, hours in [
        ("a", a, 1), ("a2", edited(a, 1), 2), ("a3", a, 3), ("b", b, 4), ("b2", edited(b, 2), 5), ("c", words(3), 0),
    ]:  # fmt: skip
        put(store, name, text, hours)
    assert stories(store) == {"a a2 a3", "b b2", "c"}
    return store


def rerun(store: Store) -> None:
    repair.repair(store)


def rebuilt(store: Store) -> None:
    rebuild.rebuild(store, MinHashParams(num_perm=128, bands=32, rows=4))
    repair.repair(store)


def decided_anew(store: Store) -> None:
    decide.redecide(store, [one.article.id for one in articles.iterate(store)])


RERUNS = pytest.mark.parametrize("again", [rerun, rebuilt, decided_anew])


@RERUNS
def test_what_is_merged_stays_merged(filled: Store, again: object) -> None:
    merge(filled, "b2", "a2", "cùng một bản tin")
    assert stories(filled) == {"a a2 a3 b b2", "c"}
    assert reason(filled, "b").startswith("merged by hand by lan@bàn on 20")
    assert "(cùng một bản tin); " in reason(filled, "b2")
    assert callable(again)
    again(filled)
    assert stories(filled) == {"a a2 a3 b b2", "c"}
    rerun(filled)
    assert repair.repair(filled).changed == 0


@RERUNS
def test_what_is_parted_stays_parted(filled: Store, again: object) -> None:
    unmerge(filled, "a3")
    assert stories(filled) == {"a a2", "a3", "b b2", "c"}
    assert callable(again)
    again(filled)
    assert stories(filled) == {"a a2", "a3", "b b2", "c"}
    rerun(filled)
    assert repair.repair(filled).changed == 0


@RERUNS
def test_a_representative_that_is_parted_leaves_the_others_together(filled: Store, again: object) -> None:
    unmerge(filled, "a")
    assert stories(filled) == {"a", "a2 a3", "b b2", "c"}
    assert callable(again)
    again(filled)
    rerun(filled)
    assert stories(filled) == {"a", "a2 a3", "b b2", "c"}
    assert repair.repair(filled).changed == 0


def test_parting_from_one_keeps_the_rest(filled: Store) -> None:
    unmerge(filled, "a2", "a3")
    assert stories(filled) == {"a a2", "a3", "b b2", "c"} or stories(filled) == {"a a3", "a2", "b b2", "c"}


def test_decisions_outlive_new_versions_of_the_articles(filled: Store) -> None:
    merge(filled, "c", "b")
    unmerge(filled, "a2")
    put(filled, "c", words(30), 6)
    assert stories(filled) == {"a a3", "a2", "b b2 c", "c"} - {"c"}
    put(filled, "a2", edited(words(1), 9), 7)
    assert "a2" in stories(filled)
    put(filled, "a2", words(1), 8)
    assert "a2" in stories(filled), "an exact copy by now, and held apart still"
    rerun(filled)
    assert stories(filled) == {"a a3", "a2", "b b2 c"}


def test_new_articles_join_what_was_merged_and_not_what_was_parted(filled: Store) -> None:
    merge(filled, "b", "a")
    put(filled, "b3", edited(words(2), 3), 9)
    assert stories(filled) == {"a a2 a3 b b2 b3", "c"}
    unmerge(filled, "c", "a")
    put(filled, "c", edited(words(1), 4), 9)
    assert stories(filled) == {"a a2 a3 b b2 b3", "c"}
    rerun(filled)
    assert stories(filled) == {"a a2 a3 b b2 b3", "c"}


def test_what_contradicts_is_refused_with_both_named(filled: Store) -> None:
    unmerge(filled, "c", "b")
    merge(filled, "a", "b", "như nhau")
    before = list(manual_decisions.iterate(filled))
    with pytest.raises(
        ContradictionError, match=r"/a and .*/c cannot be merged|/c and .*/a cannot be merged"
    ) as refused:
        merge(filled, "a", "c")
    assert "were held apart by lan@bàn on 20" in str(refused.value)
    assert "storykin cluster forget" in str(refused.value)
    with pytest.raises(ContradictionError, match=r"were merged by lan@bàn on .*\(như nhau\)"):
        unmerge(filled, "b", "a")
    with pytest.raises(ContradictionError):
        unmerge(filled, "b")
    assert list(manual_decisions.iterate(filled)) == before, "nothing half-stored"
    with pytest.raises(InputError, match="no such article is stored"):
        merge(filled, "a", "none")
    with pytest.raises(InputError, match="one article"):
        merge(filled, "a", "a")
    with pytest.raises(InputError, match="nothing to part"):
        unmerge(filled, "c")


def test_forgetting_gives_the_word_back_to_the_texts(filled: Store) -> None:
    merge(filled, "b", "a")
    corrections.forget(filled, url("a"), url("b"))
    assert stories(filled) == {"a a2 a3", "b b2", "c"}
    unmerge(filled, "a3", "a")
    corrections.forget(filled, url("a3"), url("a"))
    assert stories(filled) == {"a a2 a3", "b b2", "c"}
    assert list(manual_decisions.iterate(filled)) == []
    with pytest.raises(InputError, match="nothing was decided"):
        corrections.forget(filled, url("a"), url("b"))


def test_a_decision_made_twice_keeps_its_first_time_and_reason(filled: Store) -> None:
    assert len(merge(filled, "a", "b", "một").decided) == 1
    assert merge(filled, "b", "a", "hai").decided == []
    (only,) = manual_decisions.iterate(filled)
    assert (only.reason, only.by, only.verdict) == ("một", "lan@bàn", "same")
    assert only.couple == tuple(sorted([article_id(url("a")), article_id(url("b"))]))


def test_articles_that_a_decision_changes_bear_the_marks_of_a_change(filled: Store) -> None:
    with filled.client.start_session() as session:
        change_marks.number(filled, session)
    filled.db["articles"].update_many({}, {"$unset": {"unpulled": ""}})
    merge(filled, "b", "a")
    marked = {row["title"] for row in filled.db["articles"].find({"unpulled": True})}
    assert marked == {"b", "b2"}
    filled.db["articles"].update_many({}, {"$unset": {"unpulled": ""}})
    unmerge(filled, "a3")
    assert {row["title"] for row in filled.db["articles"].find({"unpulled": True})} == {"a3"}


def test_roles_stand_with_each_duplicate(store: Store) -> None:
    base = words(5)
    put(store, "first", base, 1)
    put(store, "later", [*base, *words(6, 30)], 2)
    put(store, "early", edited(base, 1, 3), 0)
    found = {one.article.title: one.duplicate.role for one in articles.iterate(store) if one.duplicate}
    assert found == {"first": "light edit", "early": "original"}
    store.db["articles"].update_many({"duplicate.of": {"$exists": True}}, {"$unset": {"duplicate.role": ""}})
    repair.repair(store)
    found = {one.article.title: one.duplicate.role for one in articles.iterate(store) if one.duplicate}
    assert found == {"first": "light edit", "early": "original"}, "the longest is kept, the earliest is the original"
